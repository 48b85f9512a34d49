"""Asked in place who one is: what was typed stays, what was about to happen goes on, and so do all open pages."""

from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import create_engine, text

from data.models import Role
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import act, befriend, box

OLD = "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000'"


def run_there(server: Served, statement: str) -> list[tuple[object, ...]]:
    """Run plain SQL in the database of the server."""
    engine = create_engine(server.database_url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def cookie_of(page: Page) -> str:
    return next(it['value'] for it in page.context.cookies() if it['name'] == 'session')


def team(server: Served, page: Page, domain: str) -> str:
    """An Owner who has been signed in for long, with a colleague, before their team."""
    at = let_in(page, server.url, f'olga@{domain}')
    other = page.context.browser.new_context()
    with closing(other):
        let_in(other.new_page(), server.url, f'mia@{domain}')
    befriend(server, f'olga@{domain}', f'mia@{domain}', at, Role.MEMBER)
    run_there(server, OLD)
    page.goto(f'{server.url}/organizations/{at}/members')
    expect(page.locator('.person')).to_have_count(2)
    page.wait_for_function('window.socket?.connected')
    return at


def question(page: Page) -> Locator:
    return page.get_by_role('dialog', name='Confirm that it is you')


def role_of(page: Page, email: str) -> Locator:
    return page.locator('.person', has_text=email).locator('.person-role')


def test_an_owner_is_made_after_the_password(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    team(server, page, 'appoint.com')
    page.evaluate('window.never_reloaded = true')
    tab = page.context.new_page()
    tab.goto(page.url)
    expect(tab.locator('.person')).to_have_count(2)
    tab.wait_for_function('window.socket?.connected')
    tab.evaluate('window.never_reloaded = true')
    before = cookie_of(page)

    act(page, 'mia@appoint.com', 'Make Owner')
    page.get_by_role('button', name='Make Owner').click()
    asked = question(page)
    expect(asked).to_be_visible()
    expect(box(asked, 'Email')).to_have_value('olga@appoint.com')
    expect(box(asked, 'Email')).not_to_be_editable()
    secret = asked.get_by_label('Password', exact=True)
    expect(secret).to_be_focused()
    expect(secret).to_have_attribute('autocomplete', 'current-password')

    secret.fill('not the right one')
    secret.press('Enter')
    expect(asked).to_contain_text('This is not your password.')
    expect(secret).to_be_focused()
    expect(role_of(tab, 'mia@appoint.com')).to_have_text('Member')
    secret.fill(PASSWORD)
    secret.press('Enter')
    expect(asked).to_have_count(0)
    for each in (page, tab):
        expect(role_of(each, 'mia@appoint.com')).to_have_text('Owner')

    assert cookie_of(page) != before, 'a new token'
    stale = page.context.browser.new_context()
    with closing(stale):
        stale.add_cookies([{'name': 'session', 'value': before, 'url': server.url}])
        assert '/sign-in' in stale.new_page().goto(f'{server.url}/organizations').url, 'the one before is nobody’s'
    for each in (page, tab):  # their connections are lost, and come again with the cookie as it is now
        each.evaluate('window.socket.io.engine.close()')
        each.wait_for_function('window.socket?.connected')
    act(tab, 'mia@appoint.com', 'Make Viewer')
    for each in (page, tab):
        expect(role_of(each, 'mia@appoint.com')).to_have_text('Viewer')
        assert each.evaluate('window.never_reloaded')


def test_who_thinks_better_of_it_keeps_what_was_typed(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    team(server, page, 'invite.com')
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    typed = box(dialog, 'Email addresses')
    typed.fill('new@invite.com, other@invite.com')
    expect(dialog.get_by_text('Will be invited.')).to_have_count(2)
    box(dialog, 'Role').click()
    page.get_by_role('option', name='Owner').click()
    dialog.get_by_role('button', name='Create invitations').click()
    for sure in page.get_by_role('button', name='Invite as Owner').all():
        sure.click()
    asked = question(page)
    expect(asked).to_be_visible()
    asked.get_by_role('button', name='Cancel').click()
    expect(asked).to_have_count(0)
    expect(dialog).to_contain_text('Confirm that it is you first. Nothing was changed.')
    expect(typed).to_have_value('new@invite.com, other@invite.com')
    assert run_there(server, "SELECT * FROM invitations WHERE email LIKE '%@invite.com' AND role = 'owner'") == []

    dialog.get_by_role('button', name='Create invitations').click()
    for sure in page.get_by_role('button', name='Invite as Owner').all():
        sure.click()
    secret = question(page).get_by_label('Password', exact=True)
    secret.fill(PASSWORD)
    question(page).get_by_role('button', name='Confirm', exact=True).click()
    expect(page.get_by_role('dialog', name='Invitations')).to_contain_text('Invited.')
    assert len(run_there(server, "SELECT * FROM invitations WHERE email LIKE '%@invite.com' AND role = 'owner'")) == 2


def test_escape_is_no_answer_and_the_cursor_goes_back(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page(viewport={'width': 390, 'height': 800})
    team(server, page, 'escape.com')
    page.goto(f'{server.url}/account#close-account')
    page.wait_for_function('window.socket?.connected')
    button = page.get_by_role('button', name='Download my data')
    button.focus()
    button.press('Enter')
    asked = question(page)
    expect(asked.get_by_label('Password', exact=True)).to_be_focused()
    frame = asked.bounding_box()
    assert frame and frame['x'] >= 0 and frame['x'] + frame['width'] <= 390
    page.keyboard.press('Escape')
    expect(asked).to_have_count(0)
    expect(button).to_be_focused()
    assert run_there(server, "SELECT * FROM account_events WHERE action = 'account:export'") == []

    button.press('Enter')
    asked.get_by_label('Password', exact=True).fill(PASSWORD)
    with page.expect_download() as download:
        page.keyboard.press('Enter')
    assert download.value.suggested_filename.startswith('botcadence-my-data-')
    expect(button).to_be_focused()


def test_the_cursor_goes_back_to_a_form_that_is_being_saved(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    team(server, page, 'cursor.com')
    page.goto(f'{server.url}/account#address')
    page.wait_for_function('window.socket?.connected')
    email = page.get_by_label('Email', exact=True)
    email.fill('olga@moved.com')
    email.press('Enter')
    question(page).get_by_label('Password', exact=True).fill(PASSWORD)
    page.keyboard.press('Enter')
    expect(question(page)).to_have_count(0)
    page.wait_for_function("document.activeElement.closest('form')?.dataset.form === 'address'")
    expect(page.locator('.user-email')).to_have_text('olga@moved.com')  # it is saved behind what asked


def test_confirmed_in_one_tab_is_confirmed_in_the_other(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    at = team(server, page, 'tabs.com')
    tab = page.context.new_page()
    tab.goto(f'{server.url}/organizations/{at}/members')
    tab.wait_for_function('window.socket?.connected')
    for each in (page, tab):
        act(each, 'mia@tabs.com', 'Make Owner')
        each.get_by_role('button', name='Make Owner').click()
        expect(question(each)).to_be_visible()
    question(tab).get_by_label('Password', exact=True).fill(PASSWORD)
    question(tab).get_by_role('button', name='Confirm', exact=True).click()
    for each in (page, tab):
        expect(question(each)).to_have_count(0)
        expect(role_of(each, 'mia@tabs.com')).to_have_text('Owner')


def test_who_is_signed_out_meanwhile_confirms_nothing(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    team(server, page, 'out.com')
    act(page, 'mia@out.com', 'Make Owner')
    page.get_by_role('button', name='Make Owner').click()
    expect(question(page)).to_be_visible()
    run_there(server, "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email_key = 'olga@out.com')")
    expect(page).to_have_url(f'{server.url}/sign-in', timeout=15_000)
    expect(page.get_by_role('status')).to_contain_text('You are signed out here')
