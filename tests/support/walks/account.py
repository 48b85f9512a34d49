"""A walk through the account of whoever is signed in."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data import database
from data.services import accounts
from tests.support.probes import run
from tests.support.served import PASSWORD
from tests.support.steps import box, card, standing
from tests.support.walks.registry import MUCH, NEW, House, close, walks


@walks('/account', NEW)
def profile(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/account')
    names, dates = card(page, 'Display name'), card(page, 'Dates and times')
    yield 'account'
    box(names, 'Name (optional)').fill('x' * 200)
    names.get_by_role('button', name='Save name').click()
    expect(names.get_by_text('Your name is too long.')).to_be_visible()
    yield 'name refused'
    names.get_by_role('button', name='Discard').click()
    box(dates, 'Time zone').click()
    box(dates, 'Time zone').fill('berlin')
    expect(page.get_by_role('option')).to_have_text(['Europe/Berlin'])
    yield 'list of time zones'
    page.keyboard.press('Enter')
    expect(dates.get_by_role('button', name='Save dates')).to_be_enabled()
    yield 'dates changed'
    dates.get_by_role('button', name='Discard').click()
    expect(dates.get_by_role('button', name='Save dates')).to_be_disabled()


@walks('/account', NEW)
def sessions(page: Page, house: House) -> Iterator[str]:
    browsers = card(page, 'Sessions')
    with standing(house.server, f'{NEW}@acme.com'):
        accounts.sign_in(f'{NEW}@acme.com', PASSWORD, agent='Mozilla/5.0 (iPhone) Version/17.5 Mobile Safari/604.1')
    house.visit(page, '/account')
    expect(browsers.get_by_role('button', name='Sign out Safari on iPhone').first).to_be_visible()
    expect(browsers.get_by_text('This browser')).to_be_visible()
    yield 'sessions'
    browsers.get_by_role('button', name='Sign out all other browsers').click()
    expect(page.get_by_role('dialog', name='Sign out all other browsers?')).to_be_visible()
    yield 'sign out everywhere else'
    close(page)
    long_ago(house)
    browsers.get_by_role('button', name='Sign out Safari on iPhone').first.click()
    asked = page.get_by_role('dialog', name='Confirm that it is you')
    expect(box(asked, 'Password')).to_be_focused()
    yield 'confirm that it is you'
    box(asked, 'Password').fill('not the right one')
    box(asked, 'Password').press('Enter')
    expect(asked.get_by_text('This is not your password.')).to_be_visible()
    yield 'not confirmed'
    box(asked, 'Password').fill(PASSWORD)
    box(asked, 'Password').press('Enter')
    expect(asked).to_have_count(0)
    expect(page.get_by_text('You are signed out of Safari on iPhone.')).to_be_visible()


def long_ago(house: House) -> None:
    """Let it be long ago for everybody that they showed who they are."""
    engine = database.connect(house.server.database_url)
    run(engine, "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000'")
    engine.dispose()


@walks('/account', NEW)
def closing(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/account')
    page.get_by_role('button', name='Close account').click()
    dialog = page.get_by_role('dialog', name='Close your account for good?')
    expect(box(dialog, f'Type {NEW}@acme.com to confirm')).to_be_focused()
    yield 'close the account'
    dialog.get_by_role('button', name='Close account for good').click()
    expect(dialog.get_by_text('Type the address of your account.')).to_be_visible()
    yield 'not closed'
    dialog.get_by_role('button', name='Keep account').click()
    expect(dialog).to_have_count(0)


@walks('/account', MUCH)
def not_yet(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/account')
    expect(card(page, 'Close your account').get_by_text('Then you can close your account.')).to_be_visible()
    yield 'an account that can not be closed yet'
