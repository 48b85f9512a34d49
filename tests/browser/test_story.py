"""The main job as two people do it: sign up, make an organization, switch, configure it; the other one watches."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.services import phone_numbers
from tests.support.served import Served, sign_up
from tests.support.steps import act, befriend, box, card, choose, edit_address, name_box, save, standing

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""

GERMAN = {'Company name': 'Beta GmbH', 'Street address': 'Hauptstr. 1', 'Postal code': '10115', 'City': 'Berlin'}
JAPANESE = {
    'Company name': 'Beta K.K.',
    'Municipality (optional)': 'Chiyoda-ku',
    'Street address': '1-1 Marunouchi',
    'Postal code': '100-0005',
}


def settings(page: Page, organization_id: str) -> None:
    """Go to the settings by the menu."""
    page.get_by_role('link', name='Settings', exact=True).click()
    expect(page.get_by_role('heading', name='Organization settings')).to_be_visible()
    expect(page).to_have_url(re.compile(f'/organizations/{organization_id}/settings$'))


def add_number(page: Page, country: str, number: str, label: str) -> None:
    """Add a phone number through its dialog."""
    card(page, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = page.get_by_role('dialog')
    choose(dialog, 'Country', country)
    box(dialog, 'Number').fill(number)
    box(dialog, 'Label (optional)').fill(label)
    dialog.get_by_role('button', name='Save number').click()
    expect(dialog).to_be_hidden()


def test_two_people_set_up_an_organization(server: Served, browser_page: Callable[..., Page]) -> None:
    john, jane = browser_page(), browser_page()
    first = sign_up(john, server.url, 'john@acme.com')
    expect(john).to_have_url(re.compile(rf'/organizations/{first}$'))
    expect(john).to_have_title('Overview · john · Botcadence')
    sidebar = john.get_by_role('complementary')
    expect(sidebar.get_by_text('Owner')).to_be_visible()

    john.get_by_role('link', name='Organizations', exact=True).click()
    john.get_by_role('button', name='New organization').click()
    box(john.get_by_role('dialog'), 'Name').fill('Beta')
    john.get_by_role('button', name='Create organization').click()
    expect(john).to_have_title('Overview · Beta · Botcadence')
    second = john.url.rsplit('/', 1)[-1]
    assert second != first

    sign_up(jane, server.url, 'jane@acme.com')
    befriend(server, 'john@acme.com', 'jane@acme.com', second)
    jane.goto(f'{server.url}/organizations')
    jane.locator('a.org-card', has_text='Beta').click()
    expect(jane).to_have_title('Overview · Beta · Botcadence')
    settings(jane, second)

    john.get_by_role('link', name='Organizations', exact=True).click()
    john.locator('a.org-card', has_text='john').click()
    expect(john).to_have_url(re.compile(rf'/organizations/{first}$'))
    john.get_by_role('link', name='Organizations', exact=True).click()
    john.locator('a.org-card', has_text='Beta').press('Enter')
    expect(john).to_have_url(re.compile(rf'/organizations/{second}$'))
    settings(john, second)

    names(john, jane)
    addresses(john, jane)
    numbers(john, jane)

    with standing(server, 'john@acme.com', second) as actor:
        stored = [(it.e164, it.country, it.is_primary) for it in phone_numbers.of_organization(actor)]
    assert stored == [('+33142685300', 'FR', True)]

    john.reload()
    expect(name_box(john)).to_have_value('Beta Works')
    expect(card(john, 'Billing address')).to_contain_text('JAPAN')
    expect(box(card(john, 'Billing address'), 'Postal code')).to_have_value('100-0005')
    expect(card(john, 'Phone numbers')).to_contain_text('+33 1 42 68 53 00')
    john.goto(server.url)
    expect(john).to_have_url(re.compile(rf'/organizations/{second}$'))


def names(john: Page, jane: Page) -> None:
    """A new name is everywhere at once."""
    name_box(john).fill('  Beta Works ')
    save(card(john, 'Organization name'), 'Save name')
    expect(name_box(john)).to_have_value('Beta Works')
    expect(name_box(jane)).to_have_value('Beta Works', timeout=LIVE)
    expect(jane).to_have_title('Settings · Beta Works · Botcadence', timeout=LIVE)


def addresses(john: Page, jane: Page) -> None:
    """A German address, then a Japanese one, each as its post office prints it."""
    address = card(john, 'Billing address')
    choose(address, 'Country', 'Germany')
    for label, text in GERMAN.items():
        box(address, label).fill(text)
    box(address, 'Postal code').fill('1011')
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('Enter a postal code like')
    box(address, 'Postal code').fill('10115')
    save(address, 'Save address')
    for page in (john, jane):
        expect(card(page, 'Billing address').locator('address')).to_have_text(
            'Beta GmbH\nHauptstr. 1\n10115 BERLIN\nGERMANY', use_inner_text=True, timeout=LIVE
        )
    edit_address(john)
    choose(address, 'Country', 'Japan')
    choose(address, 'Prefecture', 'Tokyo')
    for label, text in JAPANESE.items():
        box(address, label).fill(text)
    save(address, 'Save address')
    for page in (john, jane):
        expect(card(page, 'Billing address').locator('address')).to_have_text(
            'Beta K.K.\n1-1 Marunouchi, Chiyoda-ku, TOKYO\n100-0005\nJAPAN', use_inner_text=True, timeout=LIVE
        )
    expect(box(card(jane, 'Billing address'), 'Company name')).to_have_value('Beta K.K.', timeout=LIVE)
    expect(card(jane, 'Billing address')).to_contain_text('Only Owners can manage billing')


def numbers(john: Page, jane: Page) -> None:
    """A number from the United States, one from France; the second becomes the primary one, then the first goes."""
    add_number(john, 'United States', '(202) 456-1414', 'Front desk')
    theirs = card(jane, 'Phone numbers')
    expect(theirs).to_contain_text('+1 202-456-1414', timeout=LIVE)
    add_number(john, 'France', '01 42 68 53 00', '')
    expect(theirs).to_contain_text('+33 1 42 68 53 00', timeout=LIVE)
    rows = theirs.locator('.phone-row')
    expect(rows.first).to_contain_text('+1 202-456-1414')
    expect(rows.first).to_contain_text('Primary')

    act(john, '+33 1 42 68 53 00', 'Make primary')
    expect(rows.first).to_contain_text('+33 1 42 68 53 00', timeout=LIVE)

    act(john, '+1 202-456-1414', 'Edit')
    box(john.get_by_role('dialog'), 'Label (optional)').fill('Reception')
    john.get_by_role('dialog').get_by_role('button', name='Save number').click()
    expect(theirs).to_contain_text('Reception', timeout=LIVE)

    act(john, '+1 202-456-1414', 'Remove')
    john.get_by_role('button', name='Remove number').click()
    expect(theirs).not_to_contain_text('+1 202-456-1414', timeout=LIVE)
