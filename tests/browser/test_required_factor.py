"""An Owner requires a second factor while a colleague works: what is open closes at once, and opens again."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.models import Role
from tests.support.served import Served, let_in
from tests.support.steps import befriend, card
from tests.support.virtual_device import Device

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""

REQUIRED = 'This organization requires a second factor.'


def add_passkey(page: Page, url: str) -> None:
    """Make one on the account, which proves it in this session, and put the recovery codes away."""
    Device(page)
    page.goto(f'{url}/account')
    page.wait_for_function('window.socket?.connected')
    page.get_by_role('button', name='Add a passkey').click()
    page.get_by_role('dialog').get_by_role('button', name='Create passkey').click()
    page.get_by_role('dialog', name='Your recovery codes').get_by_role('button', name='I have them').click()


def test_who_works_is_asked_at_once_sets_one_up_and_goes_on(server: Served, browser_page: Callable[..., Page]) -> None:
    url = server.url.replace('127.0.0.1', 'localhost')
    olga, mia, elsewhere = (browser_page() for _ in range(3))
    at = let_in(olga, url, 'olga@acme.com')
    let_in(mia, url, 'mia@acme.com')
    befriend(server, 'olga@acme.com', 'mia@acme.com', at, Role.ADMIN)
    elsewhere.goto(f'{url}/sign-in')
    elsewhere.get_by_label('Email').fill('mia@acme.com')
    elsewhere.get_by_label('Password').fill('violet harbor cactus 71')
    elsewhere.get_by_role('button', name='Sign in', exact=True).click()
    elsewhere.wait_for_url('**/organizations/*')
    for page, screen in ((mia, 'settings'), (elsewhere, 'members')):
        page.goto(f'{url}/organizations/{at}/{screen}')
        page.wait_for_function('window.socket?.connected')
    mia.get_by_label('Name', exact=True).fill('Half typed')

    add_passkey(olga, url)
    olga.goto(f'{url}/organizations/{at}/settings')
    olga.wait_for_function('window.socket?.connected')
    card(olga, 'Second factor').get_by_role('button', name='Require a second factor').click()
    expect(olga.get_by_role('dialog')).to_contain_text('1 of 2 has none yet.')
    olga.get_by_role('dialog').get_by_role('button', name='Require it').click()
    for page in (mia, elsewhere):
        expect(page.get_by_text(REQUIRED)).to_be_visible(timeout=LIVE)
        expect(page.get_by_text('olga@acme.com')).to_have_count(0)
        expect(page.get_by_label('Name', exact=True)).to_have_count(0)

    mia.get_by_role('link', name='Set up a second factor').click()
    mia.wait_for_url('**/account*')
    add_passkey(mia, url)
    mia.get_by_role('link', name='Settings').click()
    expect(card(mia, 'Phone numbers')).to_be_visible()
    expect(elsewhere.get_by_text(f'{REQUIRED} Prove yours to go on.')).to_be_visible(timeout=LIVE)

    card(olga, 'Second factor').get_by_role('button', name='Require it no longer').click()
    olga.get_by_role('dialog').get_by_role('button', name='Require it no longer').click()
    expect(elsewhere.locator('.person')).to_have_count(2, timeout=LIVE)
    expect(elsewhere.get_by_text(REQUIRED)).to_have_count(0)
