"""Why Save is grey: a quiet sentence beside the button, whose place stays when it goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.served import Served, let_in
from tests.support.steps import box, card, settings

Open = Callable[..., Page]
NOTHING_YET = 'Nothing has been filled in yet.'
NO_CHANGE = 'Nothing has changed yet.'


def of_name(page: Page) -> Locator:
    return card(page, 'Organization name')


def of_address(page: Page) -> Locator:
    return card(page, 'Billing address')


def of_number(page: Page) -> Locator:
    card(page, 'Phone numbers').get_by_role('button', name='Add number').click()
    return page.get_by_role('dialog', name='New phone number')


@pytest.mark.parametrize('width', [1280, 390])
@pytest.mark.parametrize(
    ('form_of', 'button', 'field', 'why'),
    [
        (of_name, 'Save name', 'Name', NO_CHANGE),
        (of_address, 'Save address', 'Company name', NOTHING_YET),
        (of_number, 'Save number', 'Label (optional)', NOTHING_YET),
    ],
)
def test_it_is_seen_while_it_is_so_and_nothing_jumps_when_it_goes(
    server: Served,
    browser_page: Open,
    form_of: Callable[[Page], Locator],
    button: str,
    field: str,
    why: str,
    width: int,
) -> None:
    page = browser_page(viewport={'width': width, 'height': 900}, has_touch=width < 600, locale='de-DE')
    settings(page, server, let_in(page, server.url, f'{button.replace(" ", "-").lower()}.{width}@acme.com'))
    form = form_of(page)
    save, sentence = form.get_by_role('button', name=button), form.get_by_text(why)
    expect(save).to_be_disabled()
    expect(sentence).to_be_visible()
    shape = sentence.bounding_box()
    assert sentence.evaluate('it => it.offsetHeight') > 12, 'not for screen readers only'
    assert shape and shape['x'] >= 0 and shape['x'] + shape['width'] <= width
    expect(save).to_have_accessible_description(why)
    assert save.get_attribute('title') is None, 'once is enough'
    assert sentence.evaluate("it => it.closest('[aria-live]').ariaLive") == 'off', 'nor aloud after every save'

    height = form.locator('form').evaluate('it => it.offsetHeight')
    typed = box(form, field)
    was = typed.input_value()
    typed.fill('Typed')
    expect(save).to_be_enabled()
    expect(form.get_by_text(why)).to_have_count(0)
    expect(save).to_have_accessible_description('')
    assert form.locator('form').evaluate('it => it.offsetHeight') == height
    typed.fill(was)
    expect(sentence).to_be_visible()
