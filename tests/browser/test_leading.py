"""A first step leads to where it is done: to the card of it and its first field, however one comes there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.served import Served, let_in
from tests.support.steps import box, card, choose, save

Open = Callable[..., Page]
STEPS = {
    'Name your organization': ('organization-name', 'Organization name', 'Name'),
    'Fill in the billing address': ('billing-address', 'Billing address', 'Country'),
}


def overview(page: Page, server: Served, email: str) -> str:
    """The overview of somebody new; its address."""
    home = f'{server.url}/organizations/{let_in(page, server.url, email)}'
    page.goto(home)
    page.wait_for_function('window.socket?.connected')
    return home


def led(page: Page, title: str, to: Locator) -> None:
    """Wait until the focus is there, and the title of the card in sight under whatever lies over the page."""
    expect(to).to_be_focused()
    heading = card(page, title).get_by_role('heading')
    expect(heading).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        """it => {
          const { x, y, width, height } = it.getBoundingClientRect();
          return it.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }""",
        arg=heading.element_handle(),
    )


@pytest.mark.parametrize('width', [1280, 390])
@pytest.mark.parametrize('step', STEPS)
def test_it_leads_to_the_first_field_again_and_again(server: Served, browser_page: Open, step: str, width: int) -> None:
    page = browser_page(viewport={'width': width, 'height': 500})
    fragment, title, label = STEPS[step]
    home = overview(page, server, f'{fragment}.{width}@acme.com')
    field = box(card(page, title), label)
    link = page.get_by_role('link', name=step)
    link.focus()
    link.press('Enter')
    led(page, title, field)
    expect(page).to_have_url(f'{home}/settings#{fragment}')
    expect(page.get_by_role('listbox')).to_have_count(0)

    page.reload()
    led(page, title, field)
    page.go_back()
    expect(page.get_by_role('heading', name='Overview')).to_be_focused()
    expect(page).to_have_url(home)
    page.go_forward()
    led(page, title, field)
    page.goto('about:blank')
    page.goto(f'{home}/settings#{fragment}')
    led(page, title, field)
    page.goto(f'{home}/settings#nothing')
    expect(page.get_by_role('heading', name='Organization settings')).to_be_visible()


def test_where_there_is_nothing_to_fill_in_it_leads_to_the_title(server: Served, browser_page: Open) -> None:
    page = browser_page(viewport={'width': 1280, 'height': 500})
    home = overview(page, server, 'stored@acme.com')
    page.get_by_role('link', name='Fill in the billing address').click()
    address = card(page, 'Billing address')
    choose(address, 'Country', 'Panama')
    for label, text in {'Company name': 'Acme', 'Street address': 'Calle 50', 'City': 'Panama City'}.items():
        box(address, label).fill(text)
    save(address, 'Save address')
    page.goto(f'{home}/settings#billing-address')
    page.reload()
    led(page, 'Billing address', address.get_by_role('heading'))
    page.keyboard.press('Tab')
    expect(address.get_by_role('button', name='Edit the billing address')).to_be_focused()


def test_what_is_typed_there_is_asked_about_where_one_leaves_and_not_where_one_stays(
    server: Served, browser_page: Open
) -> None:
    page = browser_page()
    home = overview(page, server, 'typed@acme.com')
    page.get_by_role('link', name='Name your organization').click()
    name = box(card(page, 'Organization name'), 'Name')
    expect(name).to_be_focused()
    name.fill('Half typed')
    expect(card(page, 'Organization name').get_by_role('button', name='Discard')).to_be_visible()
    entries = page.evaluate('history.length')
    question = page.get_by_role('dialog', name='Leave without saving?')
    page.get_by_role('link', name='Overview', exact=True).click()
    question.get_by_role('button', name='Keep editing').click()
    expect(question).to_have_count(0)
    assert page.evaluate('history.length') == entries, 'one has gone nowhere'
    page.go_back()
    question.get_by_role('button', name='Keep editing').click()
    expect(page).to_have_url(f'{home}/settings#organization-name')
    expect(question).to_have_count(0)

    page.get_by_role('link', name='Settings', exact=True).click()
    expect(page).to_have_url(f'{home}/settings')
    expect(question).to_have_count(0)
    expect(name).to_have_value('Half typed')
    page.go_back()
    expect(page).to_have_url(f'{home}/settings#organization-name')
    expect(question).to_have_count(0)
    page.get_by_role('link', name='Overview', exact=True).click()
    question.get_by_role('button', name='Leave').click()
    expect(page).to_have_title(re.compile('^Overview'))
