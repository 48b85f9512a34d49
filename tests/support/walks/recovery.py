"""A walk through what links in mails lead to, and through the address and the password of an account.

There is no mail server here: what only is with one, test_forgotten.py looks at.
"""

from collections.abc import Iterator

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from data import database
from data.models import TokenPurpose, User
from data.services.accounts import links, resetting
from data.services.accounts.letters import path_of
from tests.support.steps import box, card
from tests.support.walks.registry import NEW, NOBODY, READER, House, walks

UNLIKELY = 'x' * 43


@walks('/forgot-password', NOBODY)
def forgot_password(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/forgot-password')
    expect(page.get_by_text('Email is not set up here.')).to_be_visible()
    yield 'forgot password without mail'


@walks('/reset-password/{token}', NOBODY)
def reset_password(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/reset-password/{UNLIKELY}')
    expect(page.get_by_role('heading', name='This link doesn’t work any more')).to_be_visible()
    yield 'no link to a new password'
    page.goto(house.server.url + link_for_reader(house))
    expect(page.get_by_role('heading', name='Set a new password')).to_be_visible()
    yield 'new password'
    box(page, 'New password').fill('abc')
    box(page, 'Confirm password').fill('abcd')
    page.get_by_role('button', name='Set password').click()
    expect(page.get_by_text('The two passwords are not the same.')).to_be_visible()
    yield 'new password refused'


@walks('/verify-email/{token}', NOBODY)
def verify_email_signed_out(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/verify-email/{UNLIKELY}')
    expect(page.get_by_role('heading', name='This link doesn’t work any more')).to_be_visible()
    yield 'no link to an address'
    page.goto(house.server.url + proof_for(house, NEW))
    expect(page.get_by_role('link', name='Sign in')).to_be_visible()
    yield 'confirm an address, signed out'


@walks('/verify-email/{token}', NEW)
def verify_email(page: Page, house: House) -> Iterator[str]:
    page.goto(house.server.url + proof_for(house, NEW))
    expect(page.get_by_role('button', name='Confirm this address')).to_be_visible()
    yield 'confirm an address'
    page.goto(house.server.url + proof_for(house, NEW, 'moved@acme.com'))
    expect(page.get_by_role('heading', name='Confirm your new address')).to_be_visible()
    yield 'confirm a new address'
    page.goto(house.server.url + proof_for(house, READER))
    expect(page.get_by_role('button', name='Sign out and switch')).to_be_visible()
    yield 'confirm the address of somebody else'


@walks('/account', NEW)
def address_and_password(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/account')
    address, password = card(page, 'Email address'), card(page, 'Password')
    box(address, 'Email').fill('nobody')
    address.get_by_role('button', name='Change address').click()
    expect(address.get_by_text('Enter an email address like')).to_be_visible()
    yield 'address refused'
    address.get_by_role('button', name='Discard').click()
    password.get_by_role('button', name='Change password').click()
    expect(password.get_by_text('Enter the password you have now.')).to_be_visible()
    yield 'password refused'
    page.reload()


def link_for_reader(house: House) -> str:
    """The path of a link to a new password."""
    engine = database.connect(house.server.database_url)
    try:
        return resetting.reset_link(f'{READER}@acme.com')[0]
    finally:
        engine.dispose()


def proof_for(house: House, person: str, moved_to: str = '') -> str:
    """The path of a link that proves an address."""
    engine, purpose = (
        database.connect(house.server.database_url),
        TokenPurpose.CHANGE if moved_to else TokenPurpose.VERIFY,
    )
    try:
        with database.accounts() as tx:
            user = tx.exec(select(User).where(col(User.email_key) == f'{person}@acme.com')).one()
            return path_of(links.renew(tx, user, purpose, moved_to or user.email))
    finally:
        engine.dispose()
