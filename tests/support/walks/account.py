"""A walk through the account of whoever is signed in."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.support.steps import box, card
from tests.support.walks.registry import NEW, House, walks


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
