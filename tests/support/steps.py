"""What people do in a dashboard, and what they make of it before a test begins."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from playwright.sync_api import Locator, Page, expect

from data import database
from data.database import Actor
from data.models import Role
from data.services import accounts, invitations
from data.services.accounts import sessions
from tests.support.served import PASSWORD, Served
from tests.support.world import offered

# through the services, in the database of the server -----------------------------------------------------------------


@contextmanager
def standing(server: Served, email: str, organization_id: str = '') -> Iterator[Actor]:
    """The person with this address in an organization, for calls of services from this process."""
    engine = database.connect(server.database_url)
    try:
        actor = sessions.of_token(accounts.sign_in(email, PASSWORD))
        assert actor
        yield replace(actor, organization_id=organization_id)
    finally:
        engine.dispose()


def befriend(server: Served, owner: str, colleague: str, organization_id: str, role: Role = Role.ADMIN) -> None:
    """Make somebody a colleague, who has an account."""
    with standing(server, owner, organization_id) as actor:
        accept(offered(actor, colleague, role), colleague)


def accept(token: str, colleague: str) -> None:
    """Let somebody who has an account accept an invitation."""
    newcomer = sessions.of_token(accounts.sign_in(colleague, PASSWORD))
    assert newcomer
    invitations.accept(newcomer, token)


# in the browser ------------------------------------------------------------------------------------------------------


def card(page: Page, title: str) -> Locator:
    """The card with this title."""
    return page.get_by_role('region', name=title, exact=True)


def box(within: Page | Locator, label: str) -> Locator:
    """The input with this label."""
    return within.locator('input, textarea').and_(within.get_by_label(label, exact=True))


def choose(within: Page | Locator, label: str, option: str) -> None:
    """Type into a list that can be searched and take what it offers."""
    box(within, label).click()
    box(within, label).fill(option)
    page = within if isinstance(within, Page) else within.page
    wanted = page.get_by_role('option').filter(has_text=option).first
    expect(wanted).to_be_visible()
    expect(page.get_by_role('option').filter(has_not_text=option)).to_have_count(0)  # else it moves under the click
    wanted.click()


def save(within: Locator, label: str) -> None:
    """Save and wait until it is."""
    within.get_by_role('button', name=label).click()
    expect(within.locator('form')).not_to_have_attribute('data-unsaved', 'true')


def give_up(page: Page, dialog: Locator) -> Iterator[str]:
    """Cancel a dialog in which something is typed; what is asked then."""
    dialog.get_by_role('button', name='Cancel').click()
    question = page.get_by_role('dialog', name='Discard what you typed?')
    expect(question).to_be_visible()
    yield 'discard what is typed'
    question.get_by_role('button', name='Discard').click()
    expect(page.get_by_role('dialog')).to_have_count(0)


def edit_address(page: Page) -> Locator:
    """Open the form of the billing address that is stored; its card."""
    address = card(page, 'Billing address')
    address.get_by_role('button', name='Edit the billing address').click()
    return address


def act(page: Page, whom: str, item: str) -> None:
    """Choose from the menu of a person or a number, and wait until it has faded: the next one would lie beside it."""
    page.get_by_role('button', name=f'Actions for {whom}').click()
    page.get_by_role('menuitem', name=item).click()
    expect(page.get_by_role('menu')).to_have_count(0)


def name_box(page: Page) -> Locator:
    """The name of the organization, in its settings."""
    return box(card(page, 'Organization name'), 'Name')


def settings(page: Page, server: Served, organization_id: str) -> None:
    """Open an organization's settings by their address."""
    page.goto(f'{server.url}/organizations/{organization_id}/settings')
    expect(name_box(page)).to_be_visible()
    page.wait_for_function('window.socket?.connected')  # what is drawn is there before the socket is


def create_organization(page: Page, server: Served, name: str) -> str:
    """Make another organization; its id."""
    page.goto(f'{server.url}/organizations')
    page.get_by_role('button', name='New organization').click()
    box(page.get_by_role('dialog'), 'Name').fill(name)
    page.get_by_role('button', name='Create organization').click()
    expect(page).to_have_title(f'Overview · {name} · Botcadence')
    return page.url.rsplit('/', 1)[-1]


def user_menu(page: Page) -> None:
    """Open the menu of whoever is signed in."""
    page.get_by_role('button', name=re.compile('^Account of')).click()
    expect(page.get_by_role('menuitem', name='Sign out')).to_be_visible()
