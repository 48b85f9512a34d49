"""What is pasted stays whole, however long it is; whoever saves it is told the limit at its field."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support.served import Served, let_in
from tests.support.steps import box, card, name_box, settings

LEGAL_NAME = 'Gemeinnützige Gesellschaft zur Förderung der Zusammenarbeit von Schulen und Unternehmen in Berlin mbH'
TOO_LONG = 'Organization name is too long. Use at most 80 characters.'


def paste(field: Locator, text: str) -> None:
    field.press('Control+a')
    field.page.keyboard.insert_text(text)
    expect(field).to_have_value(text)


def expect_refused(field: Locator, form: Locator, button: str, sentence: str) -> None:
    """Save, and nothing is: the text is still there, and what is wrong with it is said at it."""
    text = field.input_value()
    form.get_by_role('button', name=button).click()
    expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))
    expect(field).to_have_value(text)


def test_a_text_that_is_too_long_is_refused_instead_of_cut(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    organization_id = let_in(page, server.url, 'long@acme.com')
    settings(page, server, organization_id)
    paste(name_box(page), LEGAL_NAME)
    expect_refused(name_box(page), card(page, 'Organization name'), 'Save name', TOO_LONG)
    paste(name_box(page), LEGAL_NAME[:80])
    card(page, 'Organization name').get_by_role('button', name='Save name').click()
    expect(page).to_have_title(f'Settings · {LEGAL_NAME[:80]} · Botcadence')

    card(page, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = page.get_by_role('dialog')
    label = box(dialog, 'Label (optional)')
    paste(label, LEGAL_NAME)
    expect_refused(label, dialog, 'Save number', 'The label is too long. Use at most 40 characters.')

    page.goto(f'{server.url}/organizations/{organization_id}/activity')
    paste(box(page, 'Search'), LEGAL_NAME * 3)

    page.goto(f'{server.url}/organizations')
    page.wait_for_function('window.socket?.connected')
    page.get_by_role('button', name='New organization').click()
    dialog = page.get_by_role('dialog')
    paste(box(dialog, 'Name'), LEGAL_NAME)
    expect_refused(box(dialog, 'Name'), dialog, 'Create organization', TOO_LONG)
