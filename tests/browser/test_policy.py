"""The content security policy: no screen needs what it forbids, and nothing that was smuggled in runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.served import Served, let_in, sign_up
from tests.support.steps import settings, user_menu

LISTEN = (
    'window.broken = []; addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective))'
)
SMUGGLED = [
    '<img src=x onerror="window.XSS = 1">',
    '<svg onload="window.XSS = 1"></svg>',
    '<iframe srcdoc="<script>parent.XSS = 1</script>"></iframe>',
    '<a id=smuggled href="javascript:void(window.XSS = 1)">x</a>',
    '<form id=smuggled action="https://evil.test/"></form>',
    '<base href="https://evil.test/">',
    '<object data="https://evil.test/"></object>',
    '<img src="https://evil.test/?stolen">',
]
SCRIPT = 'const it = document.createElement("script"); it.textContent = "window.XSS = 1"; document.head.append(it)'


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_no_screen_violates_it(server: Served, browser_page: Callable[..., Page], scheme: str) -> None:
    page = browser_page(color_scheme=scheme)
    page.add_init_script(LISTEN)
    page.goto(f'{server.url}/sign-up')
    expect(page.get_by_role('button', name='Sign up')).to_be_visible()
    assert page.evaluate('broken') == []
    organization_id = sign_up(page, server.url, f'{scheme}@acme.test')
    home = f'{server.url}/organizations/{organization_id}'
    for path in (home, f'{home}/activity', f'{server.url}/organizations', home):
        page.goto(path)
        expect(page.locator('h1, h2').first).to_be_visible()
        assert page.evaluate('broken') == []
    settings(page, server, organization_id)
    user_menu(page)
    page.keyboard.press('Escape')
    page.get_by_role('button', name='Add number').click()
    expect(page.get_by_role('dialog')).to_be_visible()
    page.keyboard.press('Escape')
    page.goto(f'{server.url}/organizations')
    page.get_by_role('button', name='New organization').click()
    expect(page.get_by_role('dialog')).to_be_visible()
    assert page.evaluate('broken') == []


def test_what_is_smuggled_into_a_page_does_nothing(server: Served, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    organization_id = let_in(page, server.url, 'smuggler@acme.test')
    settings(page, server, organization_id)
    sent: list[Request] = []
    page.on('request', lambda request: sent.append(request) if 'evil.test' in request.url else None)
    for html in SMUGGLED:
        with page.expect_console_message(lambda said: 'Content Security Policy' in said.text):
            page.evaluate('html => document.body.insertAdjacentHTML("beforeend", html)', html)
            page.evaluate('document.querySelector("a#smuggled")?.click()')
            page.evaluate('document.querySelector("form#smuggled")?.submit()')
        page.evaluate('document.querySelector("#smuggled")?.remove()')
    with page.expect_console_message(lambda said: 'Content Security Policy' in said.text):
        page.evaluate(SCRIPT)
    assert page.evaluate('window.XSS') is None
    assert page.evaluate('document.baseURI').startswith(f'{server.url}/organizations/')
    assert all(request.failure == 'csp' for request in sent)
    assert 'session' not in page.evaluate('document.cookie')
    context.close()


def test_no_other_page_can_frame_it(server: Served, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with page.expect_event('console', lambda said: 'frame-ancestors' in said.text or 'Framing' in said.text):
        page.set_content(f'<iframe src="{server.url}/sign-in"></iframe>')
    context.close()
