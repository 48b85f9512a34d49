"""The billing address in a browser: printed until somebody edits it, and saved though it looks wrong by who is sure."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.served import Served, let_in
from tests.support.steps import box, card, choose, edit_address, save, settings

Open = Callable[..., Page]
GERMAN = {'Company name': 'Beta GmbH', 'Street address': 'Hauptstr. 1', 'Postal code': '10115', 'City': 'Berlin'}
NOTHING_YET = 'Nothing has been filled in yet.'
NO_CHANGE = 'Nothing has changed yet.'


def fill(page: Page) -> None:
    address = card(page, 'Billing address')
    choose(address, 'Country', 'Germany')
    for label, text in GERMAN.items():
        box(address, label).fill(text)


QUICK = """() => {
  const city = document.querySelector('[name="city"]');
  const come = new MutationObserver(() => {
    if (!city.checkVisibility()) return;
    come.disconnect();
    city.focus();
  });
  come.observe(document.body, { subtree: true, childList: true, attributes: true });
  socket.on("run_javascript", () => setTimeout(() => (window.heard = true), 100));
}"""
"""Somebody is at the city as soon as it is there, before what the server says next; `heard` is well after that."""


def test_what_looks_wrong_is_saved_anyway_and_the_form_folds(server: Served, browser_page: Open) -> None:
    page = browser_page()
    settings(page, server, let_in(page, server.url, 'sure@acme.com'))
    address = card(page, 'Billing address')
    button = address.get_by_role('button', name='Save address')
    expect(button).to_have_accessible_description(NOTHING_YET)
    fill(page)
    box(address, 'VAT ID (optional)').fill('DE136695977')
    expect(button).not_to_have_accessible_description(NOTHING_YET)
    button.click()
    expect(address).to_contain_text('This is not a valid VAT ID for Germany.')
    anyway = address.get_by_role('button', name='Save it anyway')
    expect(anyway).to_be_visible()
    box(address, 'VAT ID (optional)').fill('DE136695978')
    expect(anyway).to_be_hidden()
    button.click()
    anyway.click()
    expect(address.locator('address')).to_have_text(
        'Beta GmbH\nHauptstr. 1\n10115 BERLIN\nGERMANY\nVAT ID DE136695978', use_inner_text=True
    )
    expect(button).to_be_hidden()

    edit = address.get_by_role('button', name='Edit the billing address')
    expect(edit).to_be_focused()
    edit.press('Enter')
    expect(address.locator('form')).to_be_focused()
    expect(address.locator('address')).to_be_hidden()
    expect(button).to_have_accessible_description(NO_CHANGE)
    address.get_by_role('button', name='Cancel').click()
    expect(edit).to_be_focused()
    page.evaluate(QUICK)
    edit_address(page)
    page.wait_for_function('window.heard')
    expect(box(address, 'City')).to_be_focused()
    box(address, 'City').fill('Potsdam')
    save(address, 'Save address')
    expect(address.locator('address')).to_contain_text('10115 POTSDAM')
    expect(address).to_contain_text('Saved')


def test_a_region_that_is_not_in_the_list_is_saved_anyway(server: Served, browser_page: Open) -> None:
    page = browser_page()
    settings(page, server, let_in(page, server.url, 'merauke@acme.com'))
    address = card(page, 'Billing address')
    choose(address, 'Country', 'Indonesia')
    for label, text in {'Company name': 'Acme', 'Street address': 'Jalan Raya 1'}.items():
        box(address, label).fill(text)
    province = address.get_by_role('combobox', name='Province')
    province.fill('Bal')
    province.press('Tab')
    expect(province).to_have_value('Bali')
    for part in ('Sum', 'atera'):  # a part of some names, and the beginning of two
        province.fill(part)
        province.press('Tab')
    expect(province).to_have_value('atera')
    province.fill('Papua Selatan')
    province.press('Tab')
    expect(province).to_have_value('Papua Selatan')
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('This province is not in our list for Indonesia.')
    address.get_by_role('button', name='Save it anyway').click()
    expect(address.locator('address')).to_contain_text('Papua Selatan')
    page.reload()
    edit_address(page)
    expect(address.get_by_role('combobox', name='Province')).to_have_value('Papua Selatan')


def test_what_is_pasted_is_never_cut(server: Served, browser_page: Open) -> None:
    page = browser_page()
    settings(page, server, let_in(page, server.url, 'long@acme.com'))
    address = card(page, 'Billing address')
    fill(page)
    pasted = 'VAT ID of Beta GmbH (Hauptstr. 1): DE 136 695 976'
    box(address, 'VAT ID (optional)').focus()
    page.keyboard.insert_text(pasted)
    expect(box(address, 'VAT ID (optional)')).to_have_value(pasted)
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('VAT ID is too long. Use at most 40 characters.')


@pytest.mark.parametrize(
    ('browser', 'country'),
    [
        ({'locale': 'de-CH'}, 'Switzerland'),
        ({'locale': 'en-US', 'timezone_id': 'Asia/Tokyo'}, 'Japan'),
        ({'locale': 'pt-BR', 'timezone_id': 'Europe/Lisbon'}, 'Brazil'),
        ({'locale': 'en-US', 'timezone_id': 'UTC'}, ''),
    ],
)
def test_an_empty_form_begins_with_the_country_of_the_browser(
    server: Served, browser_page: Open, browser: dict[str, str], country: str
) -> None:
    page = browser_page(**browser)
    email = f'{browser["locale"]}.{browser.get("timezone_id", "").replace("/", ".")}x@acme.com'
    settings(page, server, let_in(page, server.url, email))
    address = card(page, 'Billing address')
    expect(box(address, 'Country')).to_have_value(country)
    expect(address.get_by_role('button', name='Save address')).to_be_disabled()
    expect(address.get_by_role('button', name='Discard')).to_be_hidden()
    page.reload()
    expect(box(address, 'Country')).to_have_value(country)
    expect(address.locator('address')).to_be_hidden()


@pytest.mark.parametrize('is_doubted', [False, True])
def test_what_was_typed_over_a_stored_address_outlives_a_line_that_is_cut(
    server: Served, browser_page: Open, is_doubted: bool
) -> None:
    """Its form is folded when the page comes anew, and opens for what is in it."""
    page = browser_page()
    settings(page, server, let_in(page, server.url, f'cut-{is_doubted}@acme.com'))
    fill(page)
    address = card(page, 'Billing address')
    save(address, 'Save address')
    edit_address(page)
    box(address, 'Postal code').fill('99')
    if is_doubted:
        address.get_by_role('button', name='Save address').click()
        expect(address.get_by_role('button', name='Save it anyway')).to_be_visible()
    expect(address.locator('form')).to_have_attribute('data-unsaved', 'true')
    page.evaluate('socket.disconnect()')
    page.reload()
    expect(box(address, 'Postal code')).to_have_value('99')
    expect(address).to_contain_text('This is what you had typed. It is not saved yet.')
    expect(address.locator('address')).to_be_hidden()
