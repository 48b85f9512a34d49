"""What the tests of browsers stand on: a tab that is used again has forgotten whoever used it before."""

from playwright.sync_api import Browser, Page

from tests.support.raw import new
from tests.support.served import Served, let_in
from tests.support.tabs import Tabs

LEFT = """[localStorage.length, sessionStorage.length, history.length, innerWidth, innerHeight,
  ...['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)', 'print'].map((it) => matchMedia(it).matches)]
"""


def test_nothing_is_left_of_whoever_used_a_tab(server: Served, chromium: Browser) -> None:
    tabs, heard = Tabs(chromium), list[str]()
    with tabs.browsers() as browsers:
        page = browsers()
        let_in(page, server.url, new('olga'))
        page.on('request', lambda request: heard.append(request.url))
        page.goto(f'{server.url}/organizations')
        page.evaluate("localStorage.x = sessionStorage.x = 'left'")
        page.emulate_media(media='print', color_scheme='dark', reduced_motion='reduce')
        page.set_viewport_size({'width': 390, 'height': 844})
        other = page.context.new_page()
    assert heard and other.is_closed()
    heard.clear()
    with tabs.browsers() as browsers:
        assert browsers() is page
        assert page.context.cookies() == []
        assert page.evaluate(LEFT) == [0, 0, 1, 1280, 900, False, False, False]
        page.goto(f'{server.url}/organizations')
        assert page.url.startswith(f'{server.url}/sign-in')
        assert heard == []
    tabs.close()


def test_a_tab_that_stays_changed_is_not_used_again(server: Served, chromium: Browser) -> None:
    def change(page: Page) -> None:
        page.add_init_script('window.left = true')

    def go_elsewhere(page: Page) -> None:
        page.goto(server.url.replace('127.0.0.1', 'localhost') + '/healthz')

    tabs = Tabs(chromium)
    for act in (change, go_elsewhere, Page.close):
        with tabs.browsers() as browsers:
            page = browsers()
            page.goto(f'{server.url}/healthz')
            act(page)
        with tabs.browsers() as browsers:
            assert browsers() is not page
        tabs.close()
        tabs.resting.clear()
