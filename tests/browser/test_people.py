"""Who belongs to an organization, and as what: what one does, the others see, and lose, at once."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from data.models import Role
from data.permissions import IN_USE
from tests.support.served import Served, let_in
from tests.support.steps import act, befriend, card

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""

AWAY = 30_000
"""Milliseconds within which somebody who has gone is not shown as here any more: the time to reconnect."""


def person(page: Page, email: str) -> Locator:
    """The line of somebody in the list."""
    return page.locator('.person', has_text=email)


def team(server: Served, browser_page: Callable[..., Page], domain: str) -> list[Page]:
    """An Owner, a Member and a Viewer before their team."""
    pages = [browser_page() for _ in range(3)]
    at = let_in(pages[0], server.url, f'olga@{domain}')
    for page, name, role in ((pages[1], 'mia', Role.MEMBER), (pages[2], 'vera', Role.VIEWER)):
        let_in(page, server.url, f'{name}@{domain}')
        befriend(server, f'olga@{domain}', f'{name}@{domain}', at, role)
    for page in pages:
        page.goto(f'{server.url}/organizations/{at}/members')
        expect(page.locator('.person')).to_have_count(3)
    return pages


def test_roles_and_removal_reach_every_open_screen(server: Served, browser_page: Callable[..., Page]) -> None:
    olga, mia, vera = pages = team(server, browser_page, 'team.com')
    for page in pages:
        expect(page.locator('.person', has_text='Here now')).to_have_count(3)
    expect(mia.get_by_role('button', name='Actions for')).to_have_count(0)
    expect(mia.get_by_text('Only Owners and Admins can change roles. You are a Member.')).to_be_visible()
    expect(mia.get_by_role('link', name='Activity')).to_be_visible()

    act(olga, 'mia@team.com', 'Make Admin')
    expect(person(vera, 'mia@team.com').locator('.person-role')).to_have_text('Admin', timeout=LIVE)
    expect(mia.get_by_role('button', name='Actions for vera@team.com')).to_be_visible(timeout=LIVE)
    expect(mia.get_by_role('button', name='Actions for olga@team.com')).to_have_count(0)
    expect(person(mia, 'olga@team.com')).to_contain_text('Only Owners can appoint or remove Owners')

    act(mia, 'vera@team.com', 'Remove')
    mia.get_by_role('button', name='Remove person').click()
    expect(vera).not_to_have_url(re.compile('/members$'), timeout=LIVE)
    expect(vera.get_by_text('You no longer have access to olga.')).to_be_visible()
    for page in (olga, mia):
        expect(page.locator('.person')).to_have_count(2, timeout=LIVE)


def test_whoever_leaves_is_gone_everywhere_and_the_last_owner_stays(
    server: Served, browser_page: Callable[..., Page]
) -> None:
    olga, mia, vera = team(server, browser_page, 'leaving.com')
    expect(person(olga, 'vera@leaving.com')).to_contain_text('Here now', timeout=LIVE)
    expect(person(olga, 'vera@leaving.com')).not_to_contain_text('Not here yet')
    vera.close()
    expect(person(olga, 'vera@leaving.com')).to_contain_text('Last seen just now', timeout=AWAY)
    expect(person(olga, 'vera@leaving.com')).not_to_contain_text('Here now')
    expect(card(olga, 'Leave this organization')).to_contain_text('There must always be an Owner.')
    card(mia, 'Leave this organization').get_by_role('button', name='Leave organization').click()
    mia.get_by_role('dialog').get_by_role('button', name='Leave organization').click()
    expect(mia).not_to_have_url(re.compile('/members$'))
    expect(person(olga, 'mia@leaving.com')).to_have_count(0, timeout=LIVE)


def test_the_roles_are_explained_to_whoever_wants_to_know(server: Served, browser_page: Callable[..., Page]) -> None:
    """A disclosure that is folded at first, opens by keyboard, and is folded again on the next visit."""
    page = browser_page()
    at = let_in(page, server.url, 'olga@roles.com')
    page.goto(f'{server.url}/organizations/{at}/members')
    table, title = page.get_by_role('table', name='Who may do what'), page.locator('summary')
    expect(title).to_have_text('What each role may do')
    expect(table).to_be_hidden()
    title.press('Enter')
    expect(table).to_be_visible()
    expect(table.get_by_role('row')).to_have_count(len(IN_USE) + 1)
    title.press('Space')
    expect(table).to_be_hidden()
    title.click()
    expect(table).to_be_visible()
    page.get_by_role('link', name='Overview').click()
    page.get_by_role('link', name='Team members').click()
    expect(title).to_be_visible()
    expect(table).to_be_hidden()
