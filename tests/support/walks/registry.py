"""The registry of walks: who goes to which screen, by its path, and the steps that walks have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.support.served import Served
from tests.support.steps import act, box, give_up

NOBODY, NEW, MUCH, READER = 'nobody', 'new', 'much', 'reader'
"""Who looks: somebody signed out, with an empty organization, with much of everything, and who may only read."""


@dataclass(frozen=True)
class House:
    """A server with two organizations: one is empty, the other has much of everything, and a reader."""

    server: Served
    homes: dict[str, str]
    """Person → id of the organization where they are."""

    colleague: str
    """The address of somebody who can be removed."""

    def open(self, page: Page, person: str, screen: str = '') -> None:
        """Open a screen of the organization of this person by its address."""
        self.visit(page, f'/organizations/{self.homes[person]}{screen}')

    def visit(self, page: Page, path: str) -> None:
        """Open a dashboard by its address; what is drawn is there before the socket is, and only then it answers."""
        page.goto(self.server.url + path)
        page.wait_for_function('window.socket?.connected')


Walk = Callable[[Page, House], Iterator[str]]
WALKS: dict[str, list[tuple[str, Walk]]] = {}
"""By the path of a screen, '' for what is none: who goes there, and what they see."""


def walks(path: str, person: str) -> Callable[[Walk], Walk]:
    """Register a walk of this person through the states of a screen; each has a name."""

    def register(walk: Walk) -> Walk:
        WALKS.setdefault(path, []).append((person, walk))
        return walk

    return register


HOME = '/organizations/{organization_id}'


# parts of a walk -----------------------------------------------------------------------------------------------------


def drawer(page: Page) -> None:
    """Open the sidebar where there is little room for it."""
    button = page.get_by_role('button', name='Menu', exact=True)
    if button.is_visible() and button.get_attribute('aria-expanded') != 'true':
        button.click()


def menu(page: Page, name: str) -> None:
    """Follow a link of the sidebar."""
    drawer(page)
    page.get_by_role('link', name=name, exact=True).click()


def leave_unsaved(page: Page, screen: str, answer: str, state: str) -> Iterator[str]:
    """Follow a link of the sidebar while something is not saved, and answer what is asked; what is seen meanwhile."""
    menu(page, screen)
    question = page.get_by_role('dialog', name='Leave without saving?')
    expect(question).to_be_visible()
    yield state
    question.get_by_role('button', name=answer).click()


def close(page: Page) -> None:
    """Press Escape until nothing is open."""
    page.keyboard.press('Escape')
    expect(page.locator('.q-menu, .q-dialog__inner')).to_have_count(0)


def width(page: Page) -> int:
    """How wide the window is, in pixels."""
    assert page.viewport_size
    return page.viewport_size['width']


def invite(page: Page, house: House, guest: str) -> Iterator[str]:
    """Invite somebody, and others who cannot be, in the dialog; what is seen meanwhile."""
    house.open(page, MUCH, '/members')
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    box(dialog, 'Email addresses').fill(f'{guest}, {house.colleague}, nobody')
    expect(dialog.get_by_text('Already a member.')).to_be_visible()
    yield 'invite users'
    dialog.get_by_role('button', name='Create invitations').click()
    expect(page.get_by_role('dialog', name='Invitations')).to_contain_text('Invited.')
    yield 'what became of the addresses'
    page.get_by_role('button', name='Done').click()
    expect(page.get_by_role('dialog')).to_have_count(0)


def name_refused(page: Page, thing: str, button: str) -> Iterator[str]:
    """Press what makes a thing of this kind, and name it nothing; what is seen meanwhile."""
    page.get_by_role('button', name=button).click()
    dialog = page.get_by_role('dialog', name=f'New {thing}')
    expect(box(dialog, 'Name')).to_be_focused()
    yield f'new {thing}'
    box(dialog, 'Name').fill('\u3164')
    box(dialog, 'Name').press('Enter')
    expect(dialog).to_contain_text('is required')
    yield f'new {thing} refused'
    yield from give_up(page, dialog)


def copied_link(page: Page, guest: str) -> str:
    """The link of an invitation, in a dialog that stays open."""
    act(page, guest, 'Show link')
    return box(page.get_by_role('dialog', name='Invitation link'), 'Link').input_value()
