"""A walk through the members of an organization, and the dialogs that invite."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.support.walks.registry import (
    HOME,
    MUCH,
    NEW,
    READER,
    House,
    close,
    copied_link,
    invite,
    menu,
    walks,
    width,
)


@walks(f'{HOME}/members', NEW)
def alone(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW)
    menu(page, 'Team members')
    expect(page.get_by_text('There must always be an Owner.').first).to_be_visible()
    yield 'alone in the team'
    page.get_by_text('What each role may do').click()
    expect(page.get_by_role('table', name='Who may do what')).to_be_visible()
    yield 'what each role may do'


@walks(f'{HOME}/members', MUCH)
def people(page: Page, house: House) -> Iterator[str]:
    house.open(page, MUCH, '/members')
    page.get_by_role('button', name=f'Actions for {house.colleague}').click()
    expect(page.get_by_role('menuitem', name='Make Viewer')).to_be_visible()
    yield 'menu of a person'
    page.get_by_role('menuitem', name='Remove').click()
    expect(page.get_by_role('dialog', name='Remove this person?')).to_be_visible()
    yield 'remove a person'
    close(page)
    page.get_by_role('searchbox', name='Search').fill('zzzz')
    expect(page.get_by_text('Nobody matches your search.')).to_be_visible()
    yield 'no such person'


@walks(f'{HOME}/members', MUCH)
def inviting(page: Page, house: House) -> Iterator[str]:
    guest = f'guest{width(page)}@acme.com'
    yield from invite(page, house, guest)
    copied_link(page, guest)
    yield 'link of an invitation'
    close(page)


@walks(f'{HOME}/members', READER)
def read_people(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER)
    menu(page, 'Team members')
    expect(page.get_by_text('Only Owners and Admins can change roles.')).to_be_visible()
    yield 'team of a viewer'
