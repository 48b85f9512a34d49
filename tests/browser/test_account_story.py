"""Somebody looks after their account: signs out a browser that is not theirs, sees who tried, and leaves for good."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.models import Role
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import act, befriend, box, card

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""

PHONE = (
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) '
    'Version/17.5 Mobile/15E148 Safari/604.1'
)


def sign_in(page: Page, server: Served, email: str, password: str = PASSWORD) -> None:
    page.goto(f'{server.url}/sign-in')
    page.get_by_label('Email').fill(email)
    page.get_by_label('Password', exact=True).fill(password)
    page.get_by_role('button', name='Sign in').click()


def account_of(page: Page, server: Served) -> None:
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')


def test_a_browser_that_is_not_mine_is_signed_out(server: Served, browser_page: Callable[..., Page]) -> None:
    mine, other = browser_page(), browser_page(user_agent=PHONE)
    let_in(mine, server.url, 'olga@mine.com')
    account_of(mine, server)
    sessions, events = card(mine, 'Sessions'), card(mine, 'Security events')
    expect(sessions.get_by_role('listitem')).to_have_count(1)

    sign_in(other, server, 'olga@mine.com', 'not the right one')
    expect(other.get_by_role('alert')).to_contain_text('don’t match')
    expect(events.get_by_role('listitem').first).to_contain_text('Somebody tried to sign in', timeout=LIVE)
    expect(events.get_by_role('listitem').first).to_contain_text('Safari on iPhone')
    sign_in(other, server, 'olga@mine.com')
    other.wait_for_url('**/organizations/*')
    other.wait_for_function('window.socket?.connected')
    there = sessions.get_by_role('listitem').filter(has_text='Safari on iPhone')
    expect(there).to_contain_text('with your password', timeout=LIVE)

    there.get_by_role('button', name='Sign out Safari on iPhone').click()
    expect(there).to_have_count(0, timeout=LIVE)
    other.wait_for_url('**/sign-in', timeout=LIVE)
    expect(other.get_by_role('status')).to_contain_text('You are signed out here')
    expect(sessions).to_contain_text('This browser')
    expect(events.get_by_role('listitem').first).to_contain_text('You signed out Safari on iPhone')
    other.go_back()
    expect(other).to_have_url(f'{server.url}/sign-in?next=%2Forganizations%2F{other.url.rpartition("%2F")[2]}')


def test_who_leaves_for_good_hands_over_first(server: Served, browser_page: Callable[..., Page]) -> None:
    olga, mia = browser_page(), browser_page()
    at = let_in(olga, server.url, 'olga@bye.com')
    let_in(mia, server.url, 'mia@bye.com')
    befriend(server, 'olga@bye.com', 'mia@bye.com', at, Role.MEMBER)
    account_of(olga, server)
    closing = card(olga, 'Close your account')
    expect(closing).to_contain_text('Make somebody else Owner first:')
    expect(closing.get_by_role('button', name='Close account')).to_have_count(0)
    closing.get_by_role('link', name='olga').click()
    expect(olga).to_have_url(f'{server.url}/organizations/{at}/members')
    act(olga, 'mia@bye.com', 'Make Owner')
    olga.get_by_role('button', name='Make Owner').click()
    expect(olga.locator('.person', has_text='mia@bye.com').locator('.person-role')).to_have_text('Owner')

    mia.goto(f'{server.url}/organizations/{at}/members')
    expect(mia.locator('.person')).to_have_count(2)
    account_of(olga, server)
    tab = olga.context.new_page()
    tab.goto(f'{server.url}/organizations/{at}')
    tab.wait_for_function('window.socket?.connected')
    expect(closing).to_contain_text('You leave:')
    closing.get_by_role('button', name='Close account').click()
    dialog = olga.get_by_role('dialog', name='Close your account for good?')
    typed = box(dialog, 'Type olga@bye.com to confirm')
    typed.fill('olga@by.com')
    typed.press('Enter')
    expect(dialog).to_contain_text('This is not the address of your account.')
    typed.fill('olga@bye.com')
    dialog.get_by_role('button', name='Close account for good').click()
    olga.wait_for_url('**/sign-in')
    expect(olga.get_by_role('status')).to_contain_text('Your account is closed.')
    tab.wait_for_url('**/sign-in')
    expect(mia.locator('.person')).to_have_count(1, timeout=LIVE)
    mia.goto(f'{server.url}/organizations/{at}/activity')
    expect(mia.locator('.event').first).to_contain_text('olga@bye.com left')
    expect(mia.locator('.event').first).to_contain_text('Closed their account')
    sign_in(olga, server, 'olga@bye.com')
    expect(olga.get_by_role('alert')).to_contain_text('don’t match')
