"""A click means the button it hits, once; what stands around a button is not the button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from data.services import billing_address
from tests.support.raw import new
from tests.support.served import Served, let_in
from tests.support.steps import card, settings, standing

Open = Callable[..., Page]
GERMAN = {
    'country': 'DE',
    'kind': 'company',
    'company_name': 'Beta GmbH',
    'street_address': 'Hauptstr. 1',
    'postal_code': '10115',
    'city': 'Berlin',
}
STEPS = {
    'Name your organization': 'settings#organization-name',
    'Invite the people you work with': 'members',
    'Make your first project': 'projects',
    'Fill in the billing address': 'settings#billing-address',
}
HEARS = """() => {
  window.told = [];
  const emit = socket.emit;
  socket.emit = function (name, ...rest) {
    if (name === 'event') told.push(name);
    return emit.call(this, name, ...rest);
  };
}"""


def overview(page: Page, server: Served) -> str:
    """Where somebody new stands when they have just signed up."""
    page.goto(f'{server.url}/organizations/{let_in(page, server.url, new("fresh"))}')
    page.wait_for_function('window.socket?.connected')
    return page.url


def told(page: Page, spot: str) -> int:
    """How many events a click on the upper left corner of this spot sends to the server."""
    page.evaluate(HEARS)
    page.locator(spot).first.click(position={'x': 2, 'y': 2})
    return int(page.evaluate('told.length'))


@pytest.mark.parametrize('step', STEPS)
def test_the_first_steps_stay_when_one_of_them_is_followed(server: Served, browser_page: Open, step: str) -> None:
    page = browser_page()
    home = overview(page, server)
    steps = card(page, 'First steps')
    steps.get_by_role('link', name=step).click()
    page.wait_for_url(f'**/{STEPS[step]}')
    page.goto(home)
    expect(steps.get_by_role('listitem')).to_have_count(len(STEPS))


@pytest.mark.parametrize(
    ('spot', 'count'), [('h2', 0), ('header p', 0), ('.checklist', 0), ('.checklist li', 0), ('button', 1)]
)
def test_the_first_steps_are_put_away_by_their_button_alone(
    server: Served, browser_page: Open, spot: str, count: int
) -> None:
    page = browser_page()
    overview(page, server)
    assert told(page, f'section:has(.checklist) {spot}') == count
    expect(card(page, 'First steps')).to_have_count(1 - count)


@pytest.mark.parametrize(('spot', 'count'), [('address', 0), ('button', 1)])
def test_an_address_is_edited_by_its_button_alone(server: Served, browser_page: Open, spot: str, count: int) -> None:
    """Whoever marks the address to copy it does not want its form."""
    page, email = browser_page(), new('copy')
    at = let_in(page, server.url, email)
    with standing(server, email, at) as actor:
        billing_address.set_address(actor, GERMAN, version=0)
    settings(page, server, at)
    expect(page.locator('.stored address')).to_contain_text('Beta GmbH')
    assert told(page, f'.stored {spot}') == count
