"""Walks through what sets up a second factor, and through the step to it."""

from collections.abc import Iterator
from uuid import uuid4

import pyotp
from playwright.sync_api import Page, expect

from data import clock, database
from data.services.accounts import totp
from tests.support.probes import run
from tests.support.raw import Person
from tests.support.served import PASSWORD
from tests.support.steps import box, standing
from tests.support.walks.registry import NEW, NOBODY, House, close, walks


@walks('/account', NEW)
def set_up(page: Page, house: House) -> Iterator[str]:
    just_confirmed(house)
    house.visit(page, '/account')
    page.get_by_role('button', name='Add a passkey').click()
    adding = page.get_by_role('dialog', name='Add a passkey')
    expect(adding).to_be_visible()
    yield 'add a passkey'
    adding.get_by_role('button', name='Create passkey').click()
    expect(adding.get_by_role('alert')).to_contain_text('Passkeys need an address with a name.')
    yield 'no passkey at this address'
    close(page)
    yield from set_up_app(page)
    page.get_by_role('button', name='Remove authenticator app').click()
    expect(page.get_by_role('dialog', name='Remove the authenticator app?')).to_be_visible()
    yield 'remove the app'
    page.get_by_role('button', name='Remove app').click()
    expect(page.get_by_role('button', name='Set up an authenticator app')).to_be_visible()


def set_up_app(page: Page) -> Iterator[str]:
    """Set up an app, with a wrong code first."""
    page.get_by_role('button', name='Set up an authenticator app').click()
    dialog = page.get_by_role('dialog', name='Set up an authenticator app')
    code = box(dialog, 'Code that the app shows')
    code.fill('000000')
    dialog.get_by_role('button', name='Confirm').click()
    expect(dialog.get_by_text('This code is not right.')).to_be_visible()
    yield 'set up an app'
    secret = str(dialog.locator('.one-time-text').text_content()).replace(' ', '')
    code.fill(pyotp.TOTP(secret).now())
    dialog.get_by_role('button', name='Confirm').click()
    codes = page.get_by_role('dialog', name='Your recovery codes')
    expect(codes.get_by_role('listitem')).to_have_count(10)
    yield 'recovery codes'
    codes.get_by_role('button', name='I have them').click()
    expect(page.get_by_role('dialog')).to_have_count(0)
    yield 'an app is set up'


def just_confirmed(house: House) -> None:
    """Let everybody have just shown who they are, however long the walk took until here."""
    engine = database.connect(house.server.database_url)
    run(engine, 'UPDATE sessions SET authenticated_at = :now', now=f'{clock.now():%Y-%m-%d %H:%M:%S.%f}')
    engine.dispose()


@walks('/second-step', NOBODY)
def second_step(page: Page, house: House) -> Iterator[str]:
    email = f'step-{uuid4().hex[:8]}@acme.com'
    person = Person(house.server)
    assert person.sign_up(email).status_code == 303
    person.http.close()
    with standing(house.server, email) as actor:
        secret = totp.begin(actor).secret
        totp.confirm(actor, pyotp.TOTP(secret).now())
    page.goto(f'{house.server.url}/sign-in')
    page.get_by_label('Email').fill(email)
    page.get_by_label('Password').fill(PASSWORD)
    page.get_by_role('button', name='Sign in').click()
    expect(page.get_by_role('heading', name='Confirm that it is you')).to_be_visible()
    yield 'second step'
    page.get_by_label('Code').fill('once upon a time')
    page.get_by_role('button', name='Continue').click()
    expect(page.get_by_text('This is none of your unused recovery codes.')).to_be_visible()
    yield 'second step refused'
