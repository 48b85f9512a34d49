"""A click on a card in a real browser, until the next screen stands."""

import shutil

from playwright.async_api import Page, async_playwright

from tests.load.report import Row, Times, ratio
from tests.load.servers import Server
from tests.load.tab import Visitor
from tests.load.world import Person

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')

CLICK = """
([card, heading, rest]) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("The screen never came.")), 10000);
  const began = performance.now();
  let titled = 0;
  const observer = new MutationObserver(() => {
    const title = document.querySelector(heading);
    if (!title || title.textContent !== "Overview") return;
    titled ||= performance.now() - began;
    if (!document.querySelector(rest)) return;
    observer.disconnect();
    resolve([titled, performance.now() - began]);
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  document.querySelectorAll(".org-card")[card].click();
})
"""


async def clicks(bare: Server, app: Server, person: Person, rounds: int) -> list[Row]:
    """The same click here and in a bare application, in turns."""
    if not CHROMIUM:
        return [Row('card click to screen in Chromium', '≤ 2 × bare sub pages', 'not measured: no Chromium')]
    async with Visitor.of(app.url) as visitor, async_playwright() as playwright:
        await visitor.sign_in(person.email, person.password)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            context = await browser.new_context()
            cookies = visitor.cookies().items()
            await context.add_cookies([{'name': name, 'value': value, 'url': app.url} for name, value in cookies])
            ours, theirs = await context.new_page(), await (await browser.new_context()).new_page()
            return await _in_turns(theirs, bare, ours, app, rounds)
        finally:
            await browser.close()


async def _in_turns(theirs: Page, bare: Server, ours: Page, app: Server, rounds: int) -> list[Row]:
    base, titled, whole = Times(), Times(), Times()
    await theirs.goto(f'{bare.url}/cards')
    await ours.goto(f'{app.url}/organizations')
    for number in range(rounds):
        base.append((await _click(theirs, number % 20, '.screen-title'))[1])
        await theirs.wait_for_url('**/cards/*')
        await theirs.go_back()
        seen = await _click(ours, number % 20, '.feed-row')
        titled.append(seen[0])
        whole.append(seen[1])
        await ours.click('a.menu-link[href="/organizations"]')
    return [
        Row('card click in a bare application of two sub pages, Chromium', '', '1 ×', str(base)),
        ratio('card click to the heading of the screen', titled, base, 2, 'bare'),
        ratio('card click to the whole screen, with its data', whole, base, 2.3, 'bare'),
    ]


async def _click(page: Page, card: int, rest: str) -> tuple[float, float]:
    await page.bring_to_front()
    await page.wait_for_function('document.querySelectorAll(".org-card").length == 20', polling=50)
    await page.wait_for_timeout(100)
    titled, whole = await page.evaluate(CLICK, [card, '.screen-title', rest])
    return titled, whole
