"""A walk through the settings of an organization."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.support.steps import act, box, card, choose, edit_address, give_up, settings
from tests.support.walks.registry import HOME, MUCH, NEW, READER, House, close, leave_unsaved, walks

GERMAN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Alpha GmbH',
    'street_address': 'Hauptstr. 1',
    'postal_code': '10115',
    'city': 'Berlin',
}
NUMBERS = [
    {'country': 'US', 'number': '(202) 456-1414', 'label': 'Front desk', 'purpose': 'voice'},
    {'country': 'FR', 'number': '01 42 68 53 00', 'label': '', 'purpose': 'sms'},
]
FRENCH = '+33 1 42 68 53 00'


@walks(f'{HOME}/settings', NEW)
def empty_settings(page: Page, house: House) -> Iterator[str]:
    settings(page, house.server, house.homes[NEW])
    yield 'empty settings'
    address = card(page, 'Billing address')
    box(address, 'Country').click()
    expect(page.get_by_role('option').first).to_be_visible()
    yield 'list of countries'
    close(page)
    choose(address, 'Country', 'Japan')
    expect(box(address, 'Prefecture')).to_be_visible()
    yield 'half an address'
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('Enter a')
    yield 'address refused'
    yield from leave_unsaved(page, 'Overview', 'Leave', 'leave without saving')
    expect(page).to_have_title(re.compile('^Overview'))


@walks(f'{HOME}/settings', MUCH)
def filled_settings(page: Page, house: House) -> Iterator[str]:
    settings(page, house.server, house.homes[MUCH])
    expect(page.locator('.phone-row')).to_have_count(2)
    yield 'filled settings'
    address = edit_address(page)
    expect(box(address, 'City')).to_be_visible()
    yield 'edit the address'
    box(address, 'VAT ID (optional)').fill('DE136695977')
    address.get_by_role('button', name='Save address').click()
    expect(address.get_by_role('button', name='Save it anyway')).to_be_visible()
    yield 'address in doubt'
    address.get_by_role('button', name='Discard').click()
    expect(box(address, 'City')).to_be_hidden()
    page.get_by_role('button', name=f'Actions for {FRENCH}').click()
    expect(page.get_by_role('menuitem', name='Make primary')).to_be_visible()
    yield 'menu of a number'
    page.get_by_role('menuitem', name='Edit').click()
    dialog = page.get_by_role('dialog', name='Phone number')
    expect(box(dialog, 'Number')).to_have_value(FRENCH)
    yield 'edit a number'
    box(dialog, 'Purpose').click()
    expect(page.get_by_role('option', name='Billing contact')).to_be_visible()
    yield 'list of purposes'
    page.get_by_role('option', name='Billing contact').click()
    box(dialog, 'Number').fill('12')
    box(dialog, 'Number').press('Enter')
    expect(dialog).to_contain_text('This is not a valid number')
    yield 'number refused'
    yield from give_up(page, dialog)
    act(page, FRENCH, 'Remove')
    expect(page.get_by_role('dialog', name='Remove this number?')).to_be_visible()
    yield 'remove a number'
    close(page)


@walks(f'{HOME}/settings', READER)
def read_settings(page: Page, house: House) -> Iterator[str]:
    settings(page, house.server, house.homes[READER])
    expect(page.get_by_text('Only Owners and Admins can manage phone numbers.')).to_be_visible()
    yield 'settings of a viewer'
