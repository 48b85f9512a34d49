"""The main job as two people do it: sign up, make an organization, switch, configure it; the other one watches."""

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Locator, Page, expect
from served import PASSWORD, Served, sign_up

from data import database
from data.models import Role
from data.services import accounts, members, sessions

LIVE = 1_000
"""Milliseconds within which a change is on every other open screen."""

GERMAN = {'Company name': 'Beta GmbH', 'Street address': 'Hauptstr. 1', 'Postal code': '10115', 'City': 'Berlin'}
JAPANESE = {'Company name': 'Beta K.K.', 'Street address': '1-1 Marunouchi, Chiyoda-ku', 'Postal code': '100-0005'}


def settings(page: Page, organization_id: str) -> None:
    """Go to the settings by the menu."""
    page.get_by_role('link', name='Settings', exact=True).click()
    expect(page.get_by_role('heading', name='Organization settings')).to_be_visible()
    expect(page).to_have_url(re.compile(f'/organizations/{organization_id}/settings$'))


def box(within: Page | Locator, label: str) -> Locator:
    """The input with this label."""
    return within.locator('input, textarea').and_(within.get_by_label(label, exact=True))


def choose(within: Page | Locator, page: Page, label: str, option: str) -> None:
    """Type into a list that can be searched and take what it offers."""
    box(within, label).click()
    box(within, label).fill(option)
    page.get_by_role('option', name=option).first.click()


def card(page: Page, title: str) -> Locator:
    """The card with this title."""
    return page.get_by_role('region', name=title, exact=True)


def save(page: Page, within: Locator, label: str) -> None:
    """Save and wait until it is."""
    within.get_by_role('button', name=label).click()
    expect(within.get_by_role('button', name='Saved')).to_be_visible()


def add_number(page: Page, country: str, number: str, label: str) -> None:
    """Add a phone number through its dialog."""
    card(page, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = page.get_by_role('dialog')
    choose(dialog, page, 'Country', country)
    box(dialog, 'Number').fill(number)
    box(dialog, 'Label (optional)').fill(label)
    dialog.get_by_role('button', name='Save number').click()
    expect(dialog).to_be_hidden()


def befriend(server: Served, owner: str, colleague: str, organization_id: str) -> None:
    """Make somebody a colleague through the service layer."""
    engine = database.connect(server.database_url)
    try:
        actor = sessions.of_token(accounts.sign_in(owner, PASSWORD))
        assert actor
        members.add(replace(actor, organization_id=organization_id), colleague, Role.ADMIN)
    finally:
        engine.dispose()


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

    john.reload()
    expect(box(card(john, 'Organization name'), 'Name')).to_have_value('Beta Works')
    expect(card(john, 'Billing address')).to_contain_text('JAPAN')
    expect(box(card(john, 'Billing address'), 'Postal code')).to_have_value('100-0005')
    expect(card(john, 'Phone numbers')).to_contain_text('+33 1 42 68 53 00')
    john.goto(server.url)
    expect(john).to_have_url(re.compile(rf'/organizations/{second}$'))


def names(john: Page, jane: Page) -> None:
    """A new name is everywhere at once."""
    box(card(john, 'Organization name'), 'Name').fill('  Beta Works ')
    save(john, card(john, 'Organization name'), 'Save name')
    expect(box(card(john, 'Organization name'), 'Name')).to_have_value('Beta Works')
    expect(box(card(jane, 'Organization name'), 'Name')).to_have_value('Beta Works', timeout=LIVE)
    expect(jane).to_have_title('Settings · Beta Works · Botcadence', timeout=LIVE)


def addresses(john: Page, jane: Page) -> None:
    """A German address, then a Japanese one, each as its post office prints it."""
    address = card(john, 'Billing address')
    choose(address, john, 'Country', 'Germany')
    for label, text in GERMAN.items():
        box(address, label).fill(text)
    box(address, 'Postal code').fill('1011')
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('Enter a postal code like')
    box(address, 'Postal code').fill('10115')
    save(john, address, 'Save address')
    for page in (john, jane):
        expect(card(page, 'Billing address').locator('address')).to_have_text(
            'Beta GmbH\nHauptstr. 1\n10115 BERLIN\nGERMANY', use_inner_text=True, timeout=LIVE
        )
    choose(address, john, 'Country', 'Japan')
    choose(address, john, 'Prefecture', 'Tokyo')
    for label, text in JAPANESE.items():
        box(address, label).fill(text)
    save(john, address, 'Save address')
    expect(card(jane, 'Billing address').locator('address')).to_contain_text('JAPAN', timeout=LIVE)
    expect(box(card(jane, 'Billing address'), 'Company name')).to_have_value('Beta K.K.', timeout=LIVE)
    expect(card(jane, 'Billing address')).to_contain_text('Only Owners can change the billing address')


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

    john.get_by_role('button', name='Actions for +33 1 42 68 53 00').click()
    john.get_by_role('menuitem', name='Make primary').click()
    expect(rows.first).to_contain_text('+33 1 42 68 53 00', timeout=LIVE)

    john.get_by_role('button', name='Actions for +1 202-456-1414').click()
    john.get_by_role('menuitem', name='Edit').click()
    box(john.get_by_role('dialog'), 'Label (optional)').fill('Reception')
    john.get_by_role('dialog').get_by_role('button', name='Save number').click()
    expect(theirs).to_contain_text('Reception', timeout=LIVE)

    john.get_by_role('button', name='Actions for +1 202-456-1414').click()
    john.get_by_role('menuitem', name='Remove').click()
    john.get_by_role('button', name='Remove number').click()
    expect(theirs).not_to_contain_text('+1 202-456-1414', timeout=LIVE)
