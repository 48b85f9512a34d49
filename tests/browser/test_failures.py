"""The network goes, the server goes: what was typed is still there, or the person is told."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from data.models import Role
from data.services import organizations
from tests.support.served import Served, let_in
from tests.support.steps import befriend, box, card, choose, name_box, save, settings, standing

Open = Callable[..., Page]

AWAY = 30_000
"""Milliseconds without a network."""

LOST = 45_000
"""Milliseconds within which a browser notices that nothing comes any more: it knows by the ping that is missing."""

BACK = 20_000
"""Milliseconds within which a browser finds the server again."""

RESTORED = 'This is what you had typed. It is not saved yet.'


@pytest.fixture(scope='module')
def john(server: Served, lasting: Open) -> Page:
    """Somebody's page, which lives through everything that happens here."""
    page = lasting()
    let_in(page, server.url, 'john@acme.com')
    return page


@pytest.fixture
def alpha(server: Served, john: Page) -> str:
    """A new organization with its settings open."""
    with standing(server, 'john@acme.com') as actor:
        organization_id = organizations.create(actor, 'Alpha').id
    settings(john, server, organization_id)
    return organization_id


def reconnecting(page: Page) -> Locator:
    """What tells that the connection is lost."""
    return page.get_by_text('Reconnecting…')


def type_half_an_address(page: Page) -> Locator:
    """Choose a country and fill in a part of what it asks for; the card."""
    address = card(page, 'Billing address')
    choose(address, 'Country', 'Japan')
    choose(address, 'Prefecture', 'Osaka')
    box(address, 'Company name').fill('Half an address')
    return address


def expect_half_an_address(address: Locator) -> None:
    expect(box(address, 'Country')).to_have_value('Japan')
    expect(box(address, 'Company name')).to_have_value('Half an address')
    expect(box(address, 'Prefecture')).to_have_value('Osaka (大阪府)')
    expect(address.locator('address')).to_be_hidden()


def test_the_network_is_gone_while_somebody_types(server: Served, john: Page, alpha: str) -> None:
    address = type_half_an_address(john)
    name_box(john).fill('Before')
    john.context.set_offline(True)
    name_box(john).fill('Typed without a network')
    box(address, 'Street address').fill('1-1 Umeda')
    expect(reconnecting(john)).to_be_visible(timeout=LOST)
    john.wait_for_timeout(AWAY)  # the time itself is what is tried out
    john.context.set_offline(False)
    expect(reconnecting(john)).to_be_hidden(timeout=BACK)

    expect(name_box(john)).to_have_value('Typed without a network')
    expect_half_an_address(address)
    expect(box(address, 'Street address')).to_have_value('1-1 Umeda')
    box(address, 'Postal code').fill('530-0001')
    save(card(john, 'Organization name'), 'Save name')
    save(address, 'Save address')
    expect(john).to_have_title('Settings · Typed without a network · Botcadence')
    expect(address.locator('address')).to_contain_text('1-1 Umeda, OSAKA', use_inner_text=True)


def test_what_is_sent_off_without_a_network_is_saved_or_stays_to_be_saved(
    server: Served, john: Page, alpha: str
) -> None:
    john.context.set_offline(True)
    name_box(john).fill('Pressed too early')
    name_box(john).press('Enter')
    expect(reconnecting(john)).to_be_visible(timeout=LOST)
    john.context.set_offline(False)
    expect(reconnecting(john)).to_be_hidden(timeout=BACK)

    expect(name_box(john)).to_have_value('Pressed too early')
    name_box(john).press('Enter')  # changes nothing where the first one has arrived after all
    expect(john).to_have_title('Settings · Pressed too early · Botcadence')


def test_what_others_did_meanwhile_is_there_when_the_network_is_back(
    server: Served, john: Page, alpha: str, browser_page: Open
) -> None:
    jane = browser_page()
    let_in(jane, server.url, 'jane@acme.com')
    befriend(server, 'john@acme.com', 'jane@acme.com', alpha, Role.OWNER)
    settings(jane, server, alpha)

    john.context.set_offline(True)
    expect(reconnecting(john)).to_be_visible(timeout=LOST)
    type_half = box(card(john, 'Billing address'), 'Country')
    expect(type_half).to_be_visible()
    name_box(jane).fill('Renamed meanwhile')
    save(card(jane, 'Organization name'), 'Save name')
    john.context.set_offline(False)
    expect(name_box(john)).to_have_value('Renamed meanwhile', timeout=BACK)
    expect(john).to_have_title('Settings · Renamed meanwhile · Botcadence')


def test_the_server_restarts_while_somebody_types(server: Served, john: Page, alpha: str) -> None:
    address = type_half_an_address(john)
    name_box(john).fill('Typed before')
    server.restart()
    expect(john.get_by_text(RESTORED)).to_have_count(2, timeout=BACK)
    expect(name_box(john)).to_have_value('Typed before')
    expect_half_an_address(address)

    save(card(john, 'Organization name'), 'Save name')
    expect(card(john, 'Organization name')).not_to_contain_text(RESTORED)
    expect(john).to_have_title('Settings · Typed before · Botcadence')
    john.once('dialog', lambda dialog: dialog.accept())
    john.reload()
    expect(name_box(john)).to_have_value('Typed before')
    expect(box(address, 'Country')).to_have_value('')
    expect(john.get_by_text(RESTORED)).to_have_count(0)


def test_what_is_typed_while_the_server_is_down_is_there_when_it_is_back(
    server: Served, john: Page, alpha: str
) -> None:
    address = type_half_an_address(john)
    server.stop()
    expect(reconnecting(john)).to_be_visible(timeout=LOST)
    name_box(john).fill('Typed while it was down')
    box(address, 'Street address').fill('1-1 Umeda')
    server.start()
    expect(john.get_by_text(RESTORED)).to_have_count(2, timeout=BACK)
    expect(name_box(john)).to_have_value('Typed while it was down')
    expect_half_an_address(address)
    expect(box(address, 'Street address')).to_have_value('1-1 Umeda')


def test_a_restart_with_nothing_typed_is_hardly_noticed(server: Served, john: Page, alpha: str) -> None:
    john.evaluate('window.from_before = true')
    server.restart()
    john.wait_for_function('!window.from_before && window.did_handshake', timeout=BACK)
    expect(reconnecting(john)).to_be_hidden(timeout=BACK)
    name_box(john).fill('As if nothing had happened')
    save(card(john, 'Organization name'), 'Save name')
    expect(john).to_have_title('Settings · As if nothing had happened · Botcadence')
