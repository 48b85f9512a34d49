"""A button that goes by its own press, or can't be pressed again, leaves the focus where whoever pressed it goes on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from data import database
from data.database import transaction
from data.models import Role
from data.permissions import Permission, authorize
from data.services import audit, members, organizations
from tests.browser.test_long_lists import CROWD, crowd
from tests.support.raw import new
from tests.support.served import Served, let_in
from tests.support.steps import befriend, box, card, standing

EVENTS = 120


class Desk:
    """Somebody without a mouse in an organization of their own."""

    def __init__(self, server: Served, page: Page) -> None:
        self.server, self.page, self.email = server, page, new('olga')
        self.at = let_in(page, server.url, self.email)

    def open(self, path: str) -> None:
        """Open a screen of the organization."""
        self.page.goto(f'{self.server.url}/organizations/{self.at}{path}')
        self.page.wait_for_function('window.socket?.connected')

    def press(self, name: str) -> None:
        """Press a button by the keyboard."""
        self.page.get_by_role('button', name=name).press('Enter')

    def heading(self, title: str) -> Locator:
        """A title on the screen."""
        return self.page.get_by_role('heading', name=title)


@pytest.fixture
def desk(server: Served, browser_page: Callable[..., Page]) -> Desk:
    """Somebody who has just signed up."""
    return Desk(server, browser_page())


def test_what_is_put_away_leaves_it_to_the_title(desk: Desk) -> None:
    desk.open('')
    desk.press('Hide this list')
    expect(desk.heading('First steps')).to_be_hidden()
    expect(desk.heading('Overview')).to_be_focused()


def test_more_rows_are_gone_on_with_at_what_can_be_done_to_the_first(desk: Desk) -> None:
    engine = database.connect(desk.server.database_url)
    people = crowd(engine, desk.at)
    engine.dispose()
    desk.open('/members')
    for count in (125, 225, CROWD + 1):
        desk.press('Show more')
        expect(desk.page.locator('.person')).to_have_count(count)
        if count <= CROWD:
            expect(desk.page.get_by_role('button', name='Show more')).to_be_focused()
    expect(desk.page.get_by_role('button', name=f'Actions for {people[225].email}')).to_be_focused()


def test_more_rows_with_nothing_to_do_are_gone_on_with_at_the_first(desk: Desk) -> None:
    with standing(desk.server, desk.email, desk.at) as actor, transaction(actor) as tx:
        member = authorize(tx, actor, Permission.AUDIT_VIEW)
        for number in range(EVENTS):
            audit.record(tx, member, audit.Act.PHONE_ADD, str(number))
    desk.open('/activity')
    for count in (100, EVENTS + 1):
        desk.press('Show more')
        expect(desk.page.locator('.event')).to_have_count(count)
        if count <= EVENTS:
            expect(desk.page.get_by_role('button', name='Show more')).to_be_focused()
    expect(desk.page.locator('.event').nth(100)).to_be_focused()


@pytest.mark.parametrize('button', ['Save name', 'Discard', 'Use what is saved'])
def test_the_buttons_of_a_form_leave_it_to_the_form(desk: Desk, button: str) -> None:
    desk.open('/settings')
    named = card(desk.page, 'Organization name')
    box(named, 'Name').fill('Mine')
    expect(named.locator('form')).to_have_attribute('data-unsaved', 'true')
    if button == 'Use what is saved':
        with standing(desk.server, desk.email, desk.at) as actor:
            organizations.rename(actor, 'Theirs', version=organizations.membership(actor).organization.version)
    desk.press(button)
    expect(named.locator('form')).not_to_have_attribute('data-unsaved', 'true')
    expect(named.locator('form')).to_be_focused()
    desk.page.keyboard.press('Tab')
    expect(box(named, 'Name')).to_be_focused()


def test_a_screen_that_is_drawn_anew_under_it_leaves_it_to_its_title(
    desk: Desk, server: Served, browser_page: Callable[..., Page]
) -> None:
    adam = Desk(server, browser_page())
    befriend(server, desk.email, adam.email, desk.at)
    adam.at = desk.at
    adam.open('/activity')
    box(adam.page, 'Search').focus()
    with standing(server, desk.email, desk.at) as actor, standing(server, adam.email, desk.at) as other:
        members.change_role(actor, other.user_id, 'viewer', expected=Role.ADMIN)
    expect(box(adam.page, 'Search')).to_have_count(0)
    expect(adam.heading('Activity')).to_be_focused()
