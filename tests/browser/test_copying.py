"""Copying: “Copied” is said when it is true; where a browser has no clipboard or refuses it, the person is told how."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.served import Served, let_in, sign_up
from tests.support.steps import act, box

Serve = Callable[..., Served]
Open = Callable[..., Page]

REFUSED = """if (navigator.clipboard)
  navigator.clipboard.writeText = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));"""
NO_COMMAND = 'document.execCommand = () => false;'
IDLE_COMMAND = 'document.execCommand = () => true;'
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
BY_HAND = 'Press Ctrl+C to copy the marked text.'


@pytest.fixture(scope='module')
def lan(serve: Serve) -> Served:
    """A server reached over plain http by a name of the local network: such pages get no clipboard at all."""
    server = serve()
    server.url = f'http://botcadence.lan.test:{server.port}'
    server.environment |= {'BOTCADENCE_PUBLIC_URL': server.url, 'BOTCADENCE_ALLOW_INSECURE': '1'}
    server.restart()
    return server


def link_dialog(page: Page, url: str) -> tuple[Locator, str]:
    """Invite somebody, and open the dialog with the link."""
    begin = sign_up if 'lan.test' in url else let_in  # only Chromium knows that name
    organization_id = begin(page, url, f'olga-{uuid4().hex[:8]}@acme.com')
    page.goto(f'{url}/organizations/{organization_id}/members')
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog')
    box(dialog, 'Email addresses').fill('ivy@new.com')
    expect(dialog.locator('.verdict').first).to_contain_text('Will be invited.')
    dialog.locator('[type="submit"]').click()
    page.get_by_role('button', name='Done').click()
    expect(page.get_by_role('dialog')).to_have_count(0)
    act(page, 'ivy@new.com', 'Show link')
    dialog = page.get_by_role('dialog', name='Invitation link')
    return dialog, box(dialog, 'Link').input_value()


def pasted(page: Page) -> str:
    """What the clipboard holds, as whoever pastes it sees it."""
    page.goto('about:blank')
    page.set_content('<textarea autofocus></textarea>')
    page.locator('textarea').press('Control+V')
    return page.locator('textarea').input_value()


@pytest.mark.parametrize('script', ['', REFUSED, NO_CLIPBOARD], ids=['allowed', 'refused', 'missing'])
def test_copied_means_that_it_is_in_the_clipboard(server: Served, browser_page: Open, script: str) -> None:
    page = browser_page()
    page.add_init_script(script)
    dialog, link = link_dialog(page, server.url)
    dialog.get_by_role('button', name='Copy').click()
    expect(dialog.get_by_role('status').filter(has_text='Copied')).to_be_visible()
    assert pasted(page) == link


def test_it_is_copied_over_plain_http_too(lan: Served, browser_page: Open) -> None:
    page = browser_page()
    dialog, link = link_dialog(page, lan.url)
    assert page.evaluate('[isSecureContext, navigator.clipboard === undefined]') == [False, True]
    dialog.get_by_role('button', name='Copy').click()
    expect(dialog.get_by_role('status').filter(has_text='Copied')).to_be_visible()
    expect(dialog.get_by_role('button', name='Copy')).to_be_focused()
    assert pasted(page) == link


def test_a_denied_permission_is_no_copied(server: Served, browser_page: Open) -> None:
    page = browser_page()
    dialog, link = link_dialog(page, server.url)
    denied = {'permission': {'name': 'clipboard-write'}, 'setting': 'denied', 'origin': server.url}
    page.context.new_cdp_session(page).send('Browser.setPermission', denied)
    dialog.get_by_role('button', name='Copy').click()
    expect(dialog.get_by_role('status').filter(has_text='Copied').or_(page.get_by_text(BY_HAND))).to_be_visible()
    if page.get_by_text(BY_HAND).count() == 0:
        assert pasted(page) == link


@pytest.mark.parametrize('command', [NO_COMMAND, IDLE_COMMAND], ids=['refused', 'claims more than it does'])
@pytest.mark.parametrize('clipboard', [REFUSED, NO_CLIPBOARD], ids=['refused', 'missing'])
def test_where_nothing_copies_the_link_is_marked_and_the_keys_are_said(
    server: Served, browser_page: Open, clipboard: str, command: str
) -> None:
    page = browser_page()
    page.add_init_script(clipboard + command)
    dialog, link = link_dialog(page, server.url)
    dialog.get_by_role('button', name='Copy').click()
    expect(dialog.get_by_role('status').filter(has_text=BY_HAND)).to_be_visible()
    expect(dialog.get_by_text('Copied')).to_have_count(0)
    expect(box(dialog, 'Link')).to_be_focused()
    assert page.evaluate('getSelection().toString()') == link
    page.keyboard.press('Control+C')
    expect(dialog.get_by_role('status').filter(has_text='Copied')).to_be_visible()
    assert pasted(page) == link


def test_escape_takes_away_what_is_said_and_not_the_dialog(server: Served, browser_page: Open) -> None:
    page = browser_page()
    page.add_init_script(REFUSED + NO_COMMAND)
    dialog, _ = link_dialog(page, server.url)
    dialog.get_by_role('button', name='Copy').click()
    expect(dialog.get_by_text(BY_HAND)).to_be_visible()
    page.keyboard.press('Escape')
    expect(dialog.get_by_text(BY_HAND)).to_have_count(0)
    expect(dialog).to_be_visible()


@pytest.mark.parametrize(
    ('agent', 'sentence'),
    [({'has_touch': True, 'is_mobile': True}, 'Hold the marked text to copy it.'), ({}, BY_HAND)],
    ids=['touch', 'keyboard'],
)
def test_text_that_stands_nowhere_is_shown_to_be_copied(
    server: Served, browser_page: Open, agent: dict[str, bool], sentence: str
) -> None:
    """An icon in a row, and a button for several lines: the text is nowhere on the screen."""
    page = browser_page(viewport={'width': 390, 'height': 844}, **agent)
    page.add_init_script(REFUSED + NO_COMMAND)
    page.goto(f'{server.url}/sign-in')
    lines = 'a@b.example, https://one\nc@d.example, https://two'
    page.evaluate(
        """text => {
            const button = Object.assign(document.createElement('button'), { textContent: 'Copy all links' });
            button.dataset.copy = text;
            document.querySelector('main .card').append(button);
        }""",
        lines,
    )
    page.get_by_role('button', name='Copy all links').click()
    expect(page.get_by_text(sentence)).to_be_visible()
    shown = page.get_by_label('Text to copy')
    expect(shown).to_be_focused()
    expect(shown).to_have_value(lines)
    expect(shown).to_be_in_viewport(ratio=1)
    assert page.evaluate('document.activeElement.selectionEnd') == len(lines)
    page.get_by_label('Email').focus()
    expect(shown).to_have_count(0)


@pytest.mark.parametrize('key', ['Escape', 'Control+C'])
def test_after_text_that_was_marked_the_keyboard_goes_on_from_its_button(
    server: Served, browser_page: Open, key: str
) -> None:
    """In a dialog, whose links stand nowhere as a field: Escape closes what is said, and not the dialog."""
    page = browser_page()
    page.add_init_script(REFUSED + NO_COMMAND)
    organization_id = let_in(page, server.url, f'olga-{uuid4().hex[:8]}@acme.com')
    page.goto(f'{server.url}/organizations/{organization_id}/members')
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog')
    box(dialog, 'Email addresses').fill('ivy@new.com')
    dialog.locator('[type="submit"]').click()
    button = dialog.get_by_role('button', name='Copy the link for ivy@new.com')
    link = button.get_attribute('data-copy')
    button.click()
    expect(dialog.get_by_label('Text to copy')).to_be_focused()
    page.keyboard.press(key)
    expect(dialog.get_by_label('Text to copy')).to_have_count(0)
    expect(button).to_be_focused()
    expect(dialog).to_be_visible()
    if key == 'Control+C':
        assert pasted(page) == link
