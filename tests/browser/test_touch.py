"""On a phone: the exact time comes with a tap, and names keep the direction they are written in to themselves."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from data.models import Role
from data.services import invitations, organizations
from tests.support.served import Served, let_in
from tests.support.steps import standing
from tests.support.world import offered

Open = Callable[..., Page]

HEBREW = 'אבג 12'
"""Written from right to left, with a number, which a sentence around it would take along (UAX #9)."""

IS_ISOLATED = """name => [...document.querySelectorAll('main *')].some((element) => element.textContent === name
  && getComputedStyle(element).unicodeBidi.includes('isolate'))"""


LONG = 'شركة الأمل للتجارة والصناعة والخدمات العامة والاستشارات الهندسية المحدودة بالقاه'
"""Written from right to left, too long for a line."""

BEGINS_IN_SIGHT = """name => {
  const begin = document.createRange();
  begin.setStart(name.firstChild, 0);
  begin.setEnd(name.firstChild, 2);
  const [letters, place] = [begin.getBoundingClientRect(), name.getBoundingClientRect()];
  return name.scrollWidth > name.clientWidth && letters.left >= place.left - 1 && letters.right <= place.right + 1;
}"""


@pytest.fixture
def page(browser_page: Open) -> Page:
    """A phone."""
    return browser_page(viewport={'width': 390, 'height': 844}, has_touch=True, is_mobile=True)


@pytest.mark.parametrize('path', ['', '/members', '/activity'])
def test_a_tap_on_a_time_says_which_it_is(server: Served, page: Page, path: str) -> None:
    at = let_in(page, server.url, f'olga-{uuid4().hex[:8]}@acme.com')
    page.goto(f'{server.url}/organizations/{at}{path}')
    time = page.locator('main time[datetime]').first
    expect(time).to_have_text(re.compile('just now|a moment ago'))
    time.tap()
    said = page.get_by_role('status').filter(has_text=' at ')
    expect(said).to_be_visible()
    expect(time).to_have_attribute('title', said.inner_text())
    expect(said).to_be_in_viewport(ratio=1)


def test_a_tap_on_a_face_says_whose_it_is(server: Served, page: Page) -> None:
    email = f'olga-{uuid4().hex[:8]}@acme.com'
    at = let_in(page, server.url, email)
    page.goto(f'{server.url}/organizations/{at}')
    face = page.locator('.faces > li')
    expect(face).to_have_attribute('title', email)
    face.tap()
    said = page.get_by_role('status').filter(has_text=email)
    expect(said).to_be_visible()
    expect(said).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize('path', ['', '/activity'])
def test_a_name_does_not_turn_the_sentence_around_it(server: Served, page: Page, path: str) -> None:
    email = f'olga-{uuid4().hex[:8]}@acme.com'
    at = let_in(page, server.url, email)
    with standing(server, email, at) as actor:
        organizations.rename(actor, HEBREW, version=organizations.membership(actor).organization.version)
    page.goto(f'{server.url}/organizations/{at}{path}')
    expect(page.get_by_text(f'renamed the organization to “{HEBREW}”').first).to_be_visible()
    names = page.locator('main bdi')
    expect(names.filter(has_text=HEBREW).first).to_be_visible()
    expect(names.filter(has_text=email).first).to_be_visible()


def test_an_invitation_keeps_names_apart_from_its_sentence(server: Served, page: Page, browser_page: Open) -> None:
    owner = f'olga-{uuid4().hex[:8]}@acme.com'
    at = let_in(browser_page(), server.url, owner)
    with standing(server, owner, at) as actor:
        organizations.rename(actor, HEBREW, version=organizations.membership(actor).organization.version)
        token = offered(actor, f'ivy-{uuid4().hex[:8]}@new.com', Role.MEMBER)
    page.goto(f'{server.url}/invitations/{token}')
    expect(page.get_by_text(f'{owner} invites you to {HEBREW} as Member.')).to_be_visible()
    assert page.evaluate(IS_ISOLATED, HEBREW)
    assert page.evaluate(IS_ISOLATED, owner)


def test_of_a_name_that_is_too_long_one_sees_the_beginning(server: Served, page: Page) -> None:
    email = f'olga-{uuid4().hex[:8]}@acme.com'
    at = let_in(page, server.url, email)
    with standing(server, email, at) as actor:
        organizations.rename(actor, LONG, version=organizations.membership(actor).organization.version)
    for path in (f'/organizations/{at}', '/organizations'):
        page.goto(server.url + path)
        button = page.get_by_role('button', name=f'Organization {LONG}')
        expect(button).to_be_visible()
        assert button.locator('.switcher-name').evaluate(BEGINS_IN_SIGHT)
    assert page.locator('.org-card-name').evaluate(BEGINS_IN_SIGHT)
    button.click()
    option = page.get_by_role('option')
    expect(option).to_be_visible()
    assert option.locator('.switcher-name').evaluate(BEGINS_IN_SIGHT)


def test_questions_and_messages_keep_names_apart_from_their_sentences(
    server: Served, page: Page, browser_page: Open
) -> None:
    owner, email = (f'{name}-{uuid4().hex[:8]}@acme.com' for name in ('olga', 'adam'))
    at, home = let_in(browser_page(), server.url, owner), let_in(page, server.url, email)
    with standing(server, owner, at) as actor:
        organizations.rename(actor, HEBREW, version=organizations.membership(actor).organization.version)
        token = offered(actor, email, Role.ADMIN)
    with standing(server, email, home) as actor:
        invitations.accept(actor, token)
    page.goto(f'{server.url}/organizations/{at}/members')
    page.get_by_role('button', name=f'Actions for {email}').click()
    page.get_by_role('menuitem', name='Make Member').click()
    expect(page.get_by_role('dialog')).to_contain_text('You are Admin here.')
    page.get_by_role('dialog').get_by_role('button', name='Cancel').click()
    page.get_by_role('button', name='Leave organization').click()
    question = page.get_by_role('dialog', name='Leave this organization?')
    expect(question.locator('bdi')).to_have_text(HEBREW)
    question.get_by_role('button', name='Leave organization').click()
    expect(page.get_by_text(f'You have left \u2068{HEBREW}\u2069.')).to_be_visible()
