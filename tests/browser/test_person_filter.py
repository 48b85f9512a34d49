"""The Person filter of the activity in a real browser: whoever is on the record is found by what is typed."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from data.database import audit_chain, transaction
from data.permissions import Permission, authorize
from tests.support.served import Served, let_in
from tests.support.steps import box, standing

Open = Callable[..., Page]
PEOPLE = 520
"""More than a list ever offered."""


@pytest.fixture
def page(server: Served, browser_page: Open) -> Page:
    """An organization where many people have done something."""
    page = browser_page()
    email = f'olga-{uuid4().hex[:8]}@acme.com'
    organization_id = let_in(page, server.url, email)
    with standing(server, email, organization_id) as actor, transaction(actor) as tx:
        organization = authorize(tx, actor, Permission.AUDIT_VIEW).organization
        for number in range(PEOPLE):
            who = {'actor_id': None, 'actor_email': f'person{number:03}@acme.com'}
            audit_chain.append(tx, organization, 'organization:rename', target=f'Name {number}', **who)
    page.goto(f'{server.url}/organizations/{organization_id}/activity')
    expect(page.locator('.event')).to_have_count(50)
    return page


def test_the_last_of_many_people_is_found_by_typing(page: Page) -> None:
    person = box(page, 'Person')
    person.click()
    options = page.get_by_role('option')
    expect(options.last).to_have_text('And more: go on typing')
    expect(options).to_have_count(1 + 20 + 1)
    person.press_sequentially('person51', delay=20)
    expect(options).to_have_count(10)
    person.press_sequentially('9')
    expect(options).to_have_text(['person519@acme.com'])
    person.press('Enter')
    expect(person).to_have_value('person519@acme.com')
    expect(page.locator('.event')).to_have_count(1)
    expect(page.locator('.event')).to_contain_text('Name 519')


def test_enter_before_the_answer_takes_what_is_typed(page: Page) -> None:
    person = box(page, 'Person')
    person.click()
    person.press_sequentially('person007')
    person.press('Enter')
    expect(page.locator('.event')).to_contain_text(['Name 7'])
    expect(person).to_have_value('person007@acme.com')
    person.fill('')
    person.press('Enter')
    expect(person).to_have_value('Everybody')
    expect(page.locator('.event')).to_have_count(50)


def test_whoever_is_not_there_is_said_at_the_field_and_the_list_stays(page: Page) -> None:
    person = box(page, 'Person')
    person.click()
    person.press_sequentially('nobody')
    expect(page.get_by_role('option')).to_have_text(['Nothing found'])
    person.press('Tab')
    expect(page.get_by_text('No person is called “nobody”.')).to_be_visible()
    expect(page.locator('.event')).to_have_count(50)
