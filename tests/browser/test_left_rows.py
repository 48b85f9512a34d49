"""What has the focus when its row goes hands it on: to the row that takes its place, or to the title of the list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from data.models import Role
from data.services import accounts, phone_numbers
from tests.support.raw import new
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import act, befriend, box, standing
from tests.support.world import offered

Open = Callable[..., Page]

NUMBERS = '+33 1 42 68 53 00', '+41 44 668 18 00', '+49 30 901820'


def invite(server: Served, owner: str, at: str) -> list[str]:
    """Three invitations, the newest first."""
    with standing(server, owner, at) as actor:
        guests = [new('guest') for _ in range(3)]
        for guest in guests:
            offered(actor, guest)
    return guests[::-1]


def gather(server: Served, owner: str, at: str) -> list[str]:
    """Three colleagues, with the Owner, about whom nothing can be done, between them."""
    names = [new(name) for name in ('anna', 'mia', 'zoe')]
    with standing(server, owner, at) as actor:
        for name in names:
            accounts.sign_up(name, PASSWORD, PASSWORD, invitation=offered(actor, name))
    return names


def list_numbers(server: Served, owner: str, at: str) -> list[str]:
    """Three phone numbers."""
    with standing(server, owner, at) as actor:
        for number in NUMBERS:
            phone_numbers.add(actor, {'country': 'FR', 'number': number, 'label': '', 'purpose': 'voice'})
    return list(NUMBERS)


def menu_of(page: Page, name: str) -> Locator:
    """The button with what can be done about this row."""
    return page.get_by_role('button', name=f'Actions for {name}')


@pytest.mark.parametrize(
    ('fill', 'screen', 'item', 'confirm', 'title'),
    [
        (invite, 'members', 'Withdraw', 'Withdraw', 'Invitations'),
        (gather, 'members', 'Remove', 'Remove person', 'Team members'),
        (list_numbers, 'settings', 'Remove', 'Remove number', 'Phone numbers'),
    ],
)
def test_the_next_row_has_the_focus(
    server: Served,
    browser_page: Open,
    fill: Callable[[Served, str, str], list[str]],
    screen: str,
    item: str,
    confirm: str,
    title: str,
) -> None:
    page, owner = browser_page(), new('olga')
    at = let_in(page, server.url, owner)
    first, second, third = fill(server, owner, at)
    page.goto(f'{server.url}/organizations/{at}/{screen}')
    page.wait_for_function('window.socket?.connected')
    heading = page.get_by_role('heading', name=title)
    for gone, heir in (second, menu_of(page, third)), (third, menu_of(page, first)), (first, heading):
        act(page, gone, item)
        page.get_by_role('dialog').get_by_role('button', name=confirm).press('Enter')
        expect(menu_of(page, gone)).to_have_count(0)
        expect(page.get_by_role('dialog')).to_have_count(0)
        expect(heir).to_be_focused()
    page.keyboard.press('Tab')
    expect(page.locator(':focus')).to_be_visible()


@pytest.mark.parametrize('busy', ['at its menu', 'in its menu', 'before a question'])
def test_a_row_that_somebody_else_removes_leaves_the_focus_to_the_next(
    server: Served, browser_page: Open, busy: str
) -> None:
    page, owner = browser_page(), new('olga')
    at = let_in(page, server.url, owner)
    first, second, _ = invite(server, owner, at)
    other = page.context.new_page()
    for each in (page, other):
        each.goto(f'{server.url}/organizations/{at}/members')
        each.wait_for_function('window.socket?.connected')
    menu_of(page, first).focus()
    if busy != 'at its menu':
        page.keyboard.press('Enter')
        expect(page.get_by_role('menu')).to_be_focused()
    if busy == 'before a question':
        page.get_by_role('menuitem', name='Withdraw').press('Enter')
        expect(page.get_by_role('button', name='Cancel')).to_be_focused()
    act(other, first, 'Withdraw')
    other.get_by_role('button', name='Withdraw').click()
    expect(page.locator('.person', has_text=first)).to_have_count(0)
    if busy == 'before a question':
        expect(page.get_by_role('button', name='Cancel')).to_be_focused()
        page.keyboard.press('Enter')
    expect(menu_of(page, second)).to_be_focused()


def test_whoever_gives_a_right_away_is_not_lost_with_the_menus(server: Served, browser_page: Open) -> None:
    page, owner, adam = browser_page(), new('olga'), new('adam')
    at = let_in(browser_page(), server.url, owner)
    let_in(page, server.url, adam)
    befriend(server, owner, adam, at, Role.ADMIN)
    page.goto(f'{server.url}/organizations/{at}/members')
    page.wait_for_function('window.socket?.connected')
    act(page, adam, 'Make Viewer')
    page.get_by_role('button', name='Become Viewer').press('Enter')
    expect(menu_of(page, adam)).to_have_count(0)
    expect(page.get_by_role('heading', name='Team members')).to_be_focused()


def test_a_row_that_somebody_else_moves_keeps_the_focus(server: Served, browser_page: Open) -> None:
    page, owner = browser_page(), new('olga')
    at = let_in(page, server.url, owner)
    *_, last = gather(server, owner, at)
    other = page.context.new_page()
    for each in (page, other):
        each.goto(f'{server.url}/organizations/{at}/members')
        each.wait_for_function('window.socket?.connected')
    box(page, 'Order').click()
    page.get_by_role('option', name='By role').click()
    expect(page.locator('.person').first).to_contain_text(owner)
    menu_of(page, last).focus()
    act(other, last, 'Make Admin')
    expect(page.locator('.person').nth(1)).to_contain_text(last)
    expect(menu_of(page, last)).to_be_focused()
