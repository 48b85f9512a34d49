"""A walk through what is outside of the dashboard, and where nothing is."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.support.walks.registry import (
    MUCH,
    NEW,
    NOBODY,
    House,
    copied_link,
    invite,
    walks,
    width,
)


@walks('/sign-up', NOBODY)
def sign_up(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/sign-up')
    expect(page.get_by_role('heading', name='Create your account')).to_be_visible()
    yield 'sign-up'
    page.get_by_label('Email').fill('nobody')
    page.get_by_label('Password', exact=True).fill('abc')
    page.get_by_role('button', name='Sign up').click()
    expect(page.get_by_text('Enter an email address like')).to_be_visible()
    yield 'sign-up refused'


@walks('/sign-in', NOBODY)
def sign_in(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/organizations')
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
    yield 'sign-in'
    page.get_by_label('Email').fill('nobody@acme.com')
    page.get_by_label('Password').fill('not the right one')
    page.get_by_role('button', name='Sign in').click()
    expect(page.get_by_role('alert')).to_contain_text('don’t match')
    yield 'sign-in refused'


@walks('', NOBODY)
def no_such_page(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/nothing')
    expect(page.get_by_role('heading', name='There is nothing here')).to_be_visible()
    yield 'no such page'


@walks('', NEW)
def no_such_screen(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW, '/teapot')
    expect(page.get_by_role('heading', name='There is nothing here')).to_be_visible()
    expect(page).to_have_title('Not found · Botcadence')
    expect(page.locator('[aria-current="page"]')).to_have_count(0)
    yield 'no such screen'


@walks('/invitations/{token}', MUCH)
def invitation(page: Page, house: House) -> Iterator[str]:
    guest = f'expected{width(page)}@acme.com'
    for _ in invite(page, house, guest):
        pass  # seen in the walk through the members
    link = copied_link(page, guest)
    page.goto(link)
    expect(page.get_by_role('button', name='Sign out and switch')).to_be_visible()
    yield 'invitation for somebody else'
