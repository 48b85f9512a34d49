"""Two people, one form: nothing that was typed is lost, nothing that was saved is overwritten unseen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from data.models import Role
from data.services import organizations
from tests.support.served import Served, let_in
from tests.support.steps import act, befriend, box, card, choose, edit_address, name_box, save, settings, standing

Open = Callable[..., Page]
LIVE = 1_500
"""Milliseconds within which a change is on every other open screen."""

WHILE_TYPING = 'saved this while you were typing.'
ADDRESS = {'Company name': 'Beta GmbH', 'Street address': 'Hauptstr. 1', 'Postal code': '10115', 'City': 'Berlin'}


@pytest.fixture(scope='module')
def couple(server: Served, lasting: Open) -> tuple[Page, Page]:
    """Two people with a browser each."""
    john, jane = lasting(), lasting()
    let_in(john, server.url, 'john@acme.com')
    let_in(jane, server.url, 'jane@acme.com')
    return john, jane


@pytest.fixture
def two(server: Served, couple: tuple[Page, Page]) -> tuple[Page, Page]:
    """The two as Owners of a new organization, each with its settings open."""
    with standing(server, 'john@acme.com') as john:
        organization_id = organizations.create(john, 'Alpha').id
    befriend(server, 'john@acme.com', 'jane@acme.com', organization_id, Role.OWNER)
    for page in couple:
        settings(page, server, organization_id)
    return couple


def rename(page: Page, name: str) -> None:
    name_box(page).fill(name)
    expect(name_box(page)).to_have_value(name)  # else nobody knows which of the two was lost, the text or its event
    save(card(page, 'Organization name'), 'Save name')


def test_the_second_to_save_a_name_is_told_and_can_save_on_top(two: tuple[Page, Page]) -> None:
    john, jane = two
    name_box(jane).fill('Jane’s idea')
    rename(john, 'John’s idea')

    hers = card(jane, 'Organization name')
    expect(hers.get_by_text(WHILE_TYPING)).to_be_visible(timeout=LIVE)
    expect(hers).to_contain_text('Saved in the meantime: John’s idea')
    expect(name_box(jane)).to_have_value('Jane’s idea')

    expect(name_box(john)).to_have_value('John’s idea')

    save(hers, 'Save name')
    expect(hers).not_to_contain_text('Saved in the meantime')
    expect(name_box(john)).to_have_value('Jane’s idea', timeout=LIVE)


def test_the_second_to_save_can_take_theirs(two: tuple[Page, Page]) -> None:
    john, jane = two
    name_box(jane).fill('Jane’s idea')
    rename(john, 'John’s idea')
    hers = card(jane, 'Organization name')
    hers.get_by_role('button', name='Use what is saved').click()
    expect(name_box(jane)).to_have_value('John’s idea')
    expect(hers).not_to_contain_text(WHILE_TYPING)
    rename(jane, 'Both our ideas')
    expect(name_box(john)).to_have_value('Both our ideas', timeout=LIVE)


def test_what_others_change_leaves_a_half_typed_field_and_its_caret_alone(two: tuple[Page, Page]) -> None:
    john, jane = two
    address = card(jane, 'Billing address')
    choose(address, 'Country', 'Germany')
    box(address, 'City').click()
    jane.keyboard.type('Brlin')
    for _ in range(4):
        jane.keyboard.press('ArrowLeft')

    rename(john, 'Renamed meanwhile')
    expect(name_box(jane)).to_have_value('Renamed meanwhile', timeout=LIVE)
    card(john, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = john.get_by_role('dialog')
    choose(dialog, 'Country', 'France')
    box(dialog, 'Number').fill('01 42 68 53 00')
    dialog.get_by_role('button', name='Save number').click()
    expect(card(jane, 'Phone numbers')).to_contain_text('+33 1 42 68 53 00', timeout=10_000)

    expect(box(address, 'City')).to_be_focused()
    jane.keyboard.type('e')
    expect(box(address, 'City')).to_have_value('Berlin')


def test_fields_of_one_form_that_do_not_collide_are_joined(two: tuple[Page, Page]) -> None:
    john, jane = two
    his, hers = card(john, 'Billing address'), card(jane, 'Billing address')
    choose(his, 'Country', 'Germany')
    for label, text in ADDRESS.items():
        box(his, label).fill(text)
    save(his, 'Save address')
    expect(box(hers, 'City')).to_have_value('Berlin', timeout=LIVE)
    expect(hers.locator('address')).to_contain_text('10115 BERLIN', use_inner_text=True)  # all of it has come

    edit_address(jane)
    box(hers, 'City').fill('Hamb')
    edit_address(john)
    box(his, 'Street address').fill('Nebenstr. 2')
    save(his, 'Save address')
    expect(box(hers, 'Street address')).to_have_value('Nebenstr. 2', timeout=LIVE)
    expect(box(hers, 'City')).to_have_value('Hamb')
    expect(box(hers, 'City')).to_be_focused()
    jane.keyboard.type('urg')
    save(hers, 'Save address')
    expect(hers.locator('address')).to_contain_text('Nebenstr. 2\n10115 HAMBURG', use_inner_text=True)
    expect(his.locator('address')).to_contain_text('10115 HAMBURG', timeout=LIVE)


def test_the_second_to_save_an_address_loses_nothing(two: tuple[Page, Page]) -> None:
    john, jane = two
    his, hers = card(john, 'Billing address'), card(jane, 'Billing address')
    choose(hers, 'Country', 'Japan')
    choose(hers, 'Prefecture', 'Tokyo')
    box(hers, 'Company name').fill('Beta K.K.')
    box(hers, 'Street address').fill('1-1 Marunouchi')
    box(hers, 'Postal code').fill('100-0005')

    choose(his, 'Country', 'Germany')
    for label, text in ADDRESS.items():
        box(his, label).fill(text)
    save(his, 'Save address')

    expect(hers.get_by_text(WHILE_TYPING)).to_be_visible(timeout=LIVE)
    expect(hers).to_contain_text('Saved in the meantime: Germany')
    expect(box(hers, 'Country')).to_have_value('Japan')
    expect(box(hers, 'Prefecture')).to_have_value('Tokyo (東京都)')
    expect(box(hers, 'Company name')).to_have_value('Beta K.K.')
    expect(hers.locator('address')).to_contain_text('10115 BERLIN')

    save(hers, 'Save address')
    expect(his.locator('address')).to_contain_text('JAPAN', timeout=LIVE)
    expect(box(his, 'Country')).to_have_value('Japan')
    expect(box(his, 'Prefecture')).to_have_value('Tokyo (東京都)')


def test_an_address_given_up_for_theirs_shows_their_countrys_fields(two: tuple[Page, Page]) -> None:
    john, jane = two
    his, hers = card(john, 'Billing address'), card(jane, 'Billing address')
    choose(hers, 'Country', 'Japan')
    box(hers, 'Company name').fill('Beta K.K.')
    choose(his, 'Country', 'Germany')
    for label, text in ADDRESS.items():
        box(his, label).fill(text)
    save(his, 'Save address')
    hers.get_by_role('button', name='Use what is saved').click()
    expect(box(hers, 'Country')).to_have_value('Germany')
    for label, text in ADDRESS.items():
        expect(box(hers, label)).to_have_value(text)
    expect(box(hers, 'Prefecture')).to_have_count(0)


def test_the_second_to_save_a_number_is_told_and_loses_nothing(two: tuple[Page, Page]) -> None:
    john, jane = two
    card(john, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = john.get_by_role('dialog')
    choose(dialog, 'Country', 'France')
    box(dialog, 'Number').fill('01 42 68 53 00')
    dialog.get_by_role('button', name='Save number').click()
    expect(dialog).to_be_hidden()

    for page in two:
        act(page, '+33 1 42 68 53 00', 'Edit')
        expect(box(page.get_by_role('dialog'), 'Number')).to_have_value('+33 1 42 68 53 00')
    his, hers = (page.get_by_role('dialog', name='Phone number') for page in two)
    box(hers, 'Label (optional)').fill('Reception')
    expect(hers.locator('form')).to_have_attribute('data-unsaved', 'true')
    hers.press('Escape')
    question = jane.get_by_role('dialog', name='Discard what you typed?')
    question.get_by_role('button', name='Keep editing').click()
    expect(question).to_have_count(0)
    expect(hers, 'what is typed is not closed away').to_be_visible()
    box(his, 'Label (optional)').fill('Front desk')
    his.get_by_role('button', name='Save number').click()
    expect(his).to_be_hidden()

    hers.get_by_role('button', name='Save number').click()
    expect(hers).to_contain_text('This was changed in the meantime.')
    expect(hers).to_contain_text('Saved in the meantime: Front desk')
    expect(box(hers, 'Label (optional)')).to_have_value('Reception')
    hers.get_by_role('button', name='Save number').click()
    expect(hers).to_be_hidden()
    expect(card(john, 'Phone numbers')).to_contain_text('Reception', timeout=LIVE)


def test_a_number_removed_while_it_is_edited(two: tuple[Page, Page]) -> None:
    john, jane = two
    card(john, 'Phone numbers').get_by_role('button', name='Add number').click()
    dialog = john.get_by_role('dialog')
    choose(dialog, 'Country', 'France')
    box(dialog, 'Number').fill('01 42 68 53 00')
    dialog.get_by_role('button', name='Save number').click()
    expect(dialog).to_be_hidden()

    act(jane, '+33 1 42 68 53 00', 'Edit')
    hers = jane.get_by_role('dialog')
    box(hers, 'Label (optional)').fill('Reception')
    act(john, '+33 1 42 68 53 00', 'Remove')
    john.get_by_role('button', name='Remove number').click()
    expect(card(jane, 'Phone numbers')).not_to_contain_text('+33 1', timeout=LIVE)

    hers.get_by_role('button', name='Save number').click()
    expect(hers).to_contain_text('This phone number is no longer here. What you typed is still here.')
    expect(box(hers, 'Label (optional)')).to_have_value('Reception')
