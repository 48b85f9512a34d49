"""Second factors where they are asked for, in Chromium: after a password, in place, and by an organization, live."""

from collections.abc import Callable
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Page, expect

from data import database
from data.models import Role
from tests.support.probes import run
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import befriend
from tests.support.virtual_device import (
    Device,
    add_passkey,
    sign_in_by_password,
    sign_out,
    visit_account,
    write_codes_down,
)

Open = Callable[..., Page]
OTHER = 'seven quiet orange ferries'


@pytest.fixture(scope='module')
def named(server: Served) -> str:
    """The address of this machine that has a name."""
    return server.url.replace('127.0.0.1', 'localhost')


def new(name: str) -> str:
    return f'{name}-{uuid4().hex[:8]}@acme.com'


def set_up_app(page: Page) -> pyotp.TOTP:
    """Set up an app on the screen of the account."""
    page.get_by_role('button', name='Set up an authenticator app').click()
    dialog = page.get_by_role('dialog', name='Set up an authenticator app')
    app = pyotp.TOTP(str(dialog.locator('.one-time-text').text_content()).replace(' ', ''))
    dialog.get_by_label('Code that the app shows').fill(app.now())
    dialog.get_by_role('button', name='Confirm').click()
    expect(page.get_by_role('button', name='Remove authenticator app', include_hidden=True)).to_have_count(1)
    return app


def forget_codes_taken(server: Served) -> None:
    """Let the code of this very moment be good once more: a test does not wait for half a minute."""
    change(server, 'UPDATE authenticators SET last_step = 0')


def change(server: Served, statement: str) -> None:
    engine = database.connect(server.database_url)
    run(engine, statement)
    engine.dispose()


def test_an_app_that_is_set_up_lets_in_by_its_codes(browser_page: Open, server: Served, named: str) -> None:
    page, email = browser_page(), new('olga')
    let_in(page, named, email)
    visit_account(page, named)
    app = set_up_app(page)
    assert len(set(write_codes_down(page))) == 10
    sign_out(page, named)
    forget_codes_taken(server)
    sign_in_by_password(page, email)
    page.wait_for_url('**/second-step')
    page.get_by_label('Code').fill('000 000')
    page.keyboard.press('Enter')
    expect(page.get_by_text('This code is not right.')).to_be_visible()
    expect(page.get_by_label('Code')).to_be_focused()
    page.reload()
    code = app.now()
    page.get_by_label('Code').fill(f' {code[:3]} {code[3:]} ')
    page.keyboard.press('Enter')
    page.wait_for_url('**/organizations/*')
    page.go_back()
    page.wait_for_url('**/organizations/*')


def test_what_was_about_to_be_done_goes_on_after_a_passkey_or_a_code(
    browser_page: Open, server: Served, named: str
) -> None:
    page = browser_page()
    let_in(page, named, new('olga'))
    visit_account(page, named)
    Device(page)
    add_passkey(page)
    codes = write_codes_down(page)
    app = set_up_app(page)
    for confirm in ('passkey', 'code'):
        change(server, "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000'")
        page.get_by_role('button', name='Make new recovery codes').click()
        page.get_by_role('button', name='Make new codes', exact=True).click()
        asked = page.get_by_role('dialog', name='Confirm that it is you')
        if confirm == 'passkey':
            asked.get_by_role('button', name='Use your passkey').click()
        else:
            asked.get_by_label('Code').fill('never one of them')
            asked.get_by_role('button', name='Confirm with the code').click()
            expect(asked.get_by_text('This is none of your unused recovery codes.')).to_be_visible()
            forget_codes_taken(server)
            asked.get_by_label('Code').fill(app.now())
            asked.get_by_role('button', name='Confirm with the code').click()
        before, codes = codes, write_codes_down(page)
        assert not set(codes) & set(before)


def test_a_browser_from_before_there_was_one_is_asked_for_it_not_for_the_password(
    browser_page: Open, server: Served, named: str
) -> None:
    page, before, email = browser_page(), browser_page(), new('olga')
    let_in(page, named, email)
    before.goto(f'{named}/sign-in')
    sign_in_by_password(before, email)
    before.wait_for_url('**/organizations/*')
    visit_account(page, named)
    app = set_up_app(page)
    visit_account(before, named)
    for label, typed in (('Current password', PASSWORD), ('New password', OTHER), ('Confirm password', OTHER)):
        before.get_by_label(label, exact=True).fill(typed)
    before.get_by_role('button', name='Change password').click()
    asked = before.get_by_role('dialog', name='Confirm that it is you')
    expect(asked.get_by_text('Prove your second factor in this browser.')).to_be_visible()
    expect(asked.get_by_label('Password')).to_have_count(0)
    forget_codes_taken(server)
    asked.get_by_label('Code').fill(app.now())
    before.keyboard.press('Enter')
    expect(before.get_by_text('Your password is changed.')).to_be_visible()


def test_an_organization_asks_for_it_while_somebody_works_and_lets_go_again(
    browser_page: Open, server: Served, named: str
) -> None:
    olga, mia, owner, member = browser_page(), browser_page(), new('olga'), new('mia')
    home = let_in(olga, named, owner)
    let_in(mia, named, member)
    befriend(server, owner, member, home, Role.MEMBER)
    visit_account(olga, named)
    set_up_app(olga)
    write_codes_down(olga)
    olga.goto(f'{named}/organizations/{home}/settings')
    olga.wait_for_function('window.socket?.connected')
    mia.goto(f'{named}/organizations/{home}/members')
    mia.wait_for_function('window.socket?.connected')
    expect(mia.get_by_text(owner).first).to_be_visible()

    olga.get_by_role('button', name='Require a second factor').click()
    olga.get_by_role('button', name='Require it', exact=True).click()
    expect(mia.get_by_text('This organization requires a second factor. Set one up to go on.')).to_be_visible()
    expect(mia.get_by_text(owner)).to_have_count(0)
    mia.get_by_role('link', name='Set up a second factor').click()
    mia.wait_for_url('**/account#second-factor')
    mia.wait_for_function('window.socket?.connected')
    other = mia.context.new_page()
    other.goto(f'{named}/organizations/{home}/members')
    other.wait_for_function('window.socket?.connected')
    expect(other.get_by_text('Set one up to go on.')).to_be_visible()
    app = set_up_app(mia)
    write_codes_down(mia)
    expect(other.get_by_text(owner).first).to_be_visible()

    change(server, 'UPDATE sessions SET proved_at = NULL WHERE user_id = (' + id_of(member) + ')')
    forget_codes_taken(server)
    visit_account(mia, named)
    mia.get_by_role('button', name='Prove it').click()
    asked = mia.get_by_role('dialog', name='Confirm that it is you')
    expect(asked.get_by_label('Password', exact=True)).to_have_count(0)
    asked.get_by_label('Code').fill(app.now())
    asked.get_by_role('button', name='Confirm with the code').click()
    expect(mia.get_by_role('button', name='Prove it')).to_have_count(0)

    mia.get_by_role('button', name='Remove authenticator app').click()
    mia.get_by_role('button', name='Remove app').click()
    expect(other.get_by_text('Set one up to go on.')).to_be_visible()
    olga.get_by_role('button', name='Require it no longer').click()
    olga.get_by_role('dialog').get_by_role('button', name='Require it no longer').click()
    expect(other.get_by_text(owner).first).to_be_visible()


def id_of(email: str) -> str:
    """A query for the id of a person of this test."""
    return f"SELECT id FROM users WHERE email = '{email}'"
