"""The first load of a page in a real browser: from the navigation until the last thing a person sees is painted."""

from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.load.browser import CHROMIUM
from tests.load.report import Row, Times, ratio
from tests.load.servers import Server
from tests.load.tab import Visitor
from tests.load.world import Person

KNOWN = 3
"""Loads after which a browser has kept of a page what it keeps."""

WATCH = """
(() => {
  const wanted = %s;
  const observer = new MutationObserver(() => {
    if (!wanted.every((selector) => document.querySelector(selector))) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.painted = performance.now())));
  });
  observer.observe(document, { subtree: true, childList: true });
})()
"""


@dataclass
class Loads:
    """A page, what shows that it is whole, and how many ms that took each time."""

    url: str
    whole: list[str]
    cookies: dict[str, str] = field(default_factory=dict)
    cold: Times = field(default_factory=Times)
    warm: Times = field(default_factory=Times)

    async def newcomer(self, browser: Browser) -> BrowserContext:
        """A browser that has nothing of this page but the cookies."""
        context = await browser.new_context()
        here = {'domain': '127.0.0.1', 'path': '/'}
        await context.add_cookies([{'name': name, 'value': value, **here} for name, value in self.cookies.items()])
        await context.add_init_script(WATCH % self.whole)
        await context.new_page()
        return context

    async def load(self, context: BrowserContext, elsewhere: str) -> float:
        """Come from another site: the browser takes another process for every page then, whatever its headers say."""
        page = context.pages[0]
        await page.goto(elsewhere)
        await page.bring_to_front()
        await page.wait_for_timeout(100)
        await page.goto(self.url)
        painted = await page.wait_for_function('window.painted', polling=50)
        taken = float(await painted.json_value())
        await page.wait_for_timeout(300)  # what a page does afterwards is not the next one's
        return taken


async def measure(bare: Server, app: Server, person: Person, rounds: int) -> list[Row]:
    """The overview, and the way in, in turns with a bare page."""
    if not CHROMIUM:
        return [Row('first load of the dashboard in Chromium', '≤ 1 × bare', 'not measured: no Chromium')]
    async with Visitor.of(app.url) as visitor, async_playwright() as playwright:
        await visitor.sign_in(person.email, person.password)
        base = Loads(bare.url, ['#app .q-page *'])
        entry = Loads(f'{app.url}/sign-in', ['h1', 'button[type=submit]'])
        ours = Loads(f'{app.url}/organizations/{person.organizations[0]}', ['h1', '.feed-row'], visitor.cookies())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            elsewhere = f'{bare.url}/favicon.ico'.replace('127.0.0.1', 'localhost')
            await in_turns(browser, [base, entry, ours], elsewhere, rounds)
        finally:
            await browser.close()
    return [
        Row('first load of a bare page in Chromium, cold', '', '1 ×', str(base.cold)),
        ratio('first load of the dashboard in Chromium, cold', ours.cold, base.cold, 1.0, 'bare'),
        Row('first load of the sign-in in Chromium, cold', '', _times(entry.cold, base.cold), str(entry.cold)),
        Row('first load of a bare page in Chromium, warm', '', '1 ×', str(base.warm)),
        ratio('first load of the dashboard in Chromium, warm', ours.warm, base.warm, 1.1, 'bare'),
        Row('first load of the sign-in in Chromium, warm', '', _times(entry.warm, base.warm), str(entry.warm)),
    ]


async def in_turns(browser: Browser, pages: list[Loads], elsewhere: str, rounds: int) -> None:
    """Each page as somebody loads it who has never been here, and then in a browser that has been here before."""
    for _ in range(rounds):
        for page in pages:
            context = await page.newcomer(browser)
            page.cold.append(await page.load(context, elsewhere))
            await context.close()
    known = [await page.newcomer(browser) for page in pages]
    for number in range(KNOWN + rounds):
        for page, context in zip(pages, known, strict=True):
            taken = await page.load(context, elsewhere)
            if number >= KNOWN:
                page.warm.append(taken)


def _times(times: Times, base: Times) -> str:
    return f'{times.p50 / base.p50:.1f} ×'
