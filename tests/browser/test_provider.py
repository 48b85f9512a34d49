"""Sign-in through a certified provider, which to the browser is another site."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import look
from tests.support.certified import certified_provider, settings
from tests.support.ports import free_port
from tests.support.raw import new
from tests.support.served import Served, let_in

Open = Callable[..., Page]

LABEL = 'Acme ID'
DENIED = 'Acme ID did not sign you in: you declined, or it does not let you in here. Try again, or sign in another way.'
DOWN = 'Nobody ID does not answer. Try again in a moment, or sign in another way.'
UNVERIFIED = 'Acme ID does not say that unverified-ivo@new.test is verified, so it may not be yours.'


@pytest.fixture(scope='module')
def server(serve: Callable[..., Served]) -> Iterator[Served]:
    """A server with two providers, one of which runs."""
    port = free_port()
    nobody = settings('NOBODY', free_port(), LABEL='Nobody ID')
    server = serve(**settings('CERTIFIED', port, LABEL=LABEL), **nobody)
    with certified_provider(port, f'{server.url}/auth/oidc/certified/callback'):
        yield server


@pytest.fixture
def opened(browser_page: Open) -> Iterator[Open]:
    """Open pages in browsers of their own; what its pages complain about is a matter of the provider.

    The typeface that they ask for is nowhere.
    """

    def open_one(**options: object) -> Page:
        page = browser_page(**options)
        page.context.route(re.compile('^https://fonts'), lambda route: route.fulfill(content_type='text/css', body=''))
        return page

    yield open_one
    complaints = browser_page.complaints
    complaints[:] = [each for each in complaints if ' at http://localhost:' not in each]


def set_out(page: Page, label: str = f'Continue with {LABEL}') -> None:
    page.get_by_role('link', name=label).click()


def agree(page: Page, name: str) -> None:
    """Sign in at the provider, and let it tell who one is."""
    page.wait_for_url('http://localhost:*/interaction/*')
    page.get_by_placeholder('Enter any login').fill(name)
    page.get_by_placeholder('and password').fill('any')
    page.get_by_role('button', name='Sign-in').click()
    page.get_by_role('button', name='Continue').click()


def sign_out(page: Page, server: Served) -> None:
    """An open page goes to sign in by itself; another way to go there would come between."""
    page.wait_for_function('window.socket?.connected')
    answer = page.request.post(f'{server.url}/auth/sign-out', headers={'Origin': server.url}, max_redirects=0)
    assert answer.status == 303
    page.wait_for_url('**/sign-in')


def test_somebody_signs_up_and_in(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-up')
    set_out(page)
    agree(page, 'ida')
    page.wait_for_url(f'{server.url}/organizations/*')
    expect(page).to_have_title('Overview · ida · Botcadence')
    home = page.url

    sign_out(page, server)
    page.goto(f'{server.url}/sign-in?next=/organizations')
    set_out(page)  # the provider still knows who it is
    page.wait_for_url(f'{server.url}/organizations')
    page.goto(server.url)
    page.wait_for_url(home)


def test_who_does_not_stay_signed_in_has_a_session_of_the_browser(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-in')
    page.get_by_label('Keep me signed in').uncheck()
    set_out(page)
    agree(page, 'isa')
    page.wait_for_url(f'{server.url}/organizations/*')
    [cookie] = [it for it in page.context.cookies(server.url) if it['name'] == 'session']
    assert cookie['expires'] == -1


def test_who_declines_reads_it(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-in')
    set_out(page)
    page.wait_for_url('http://localhost:*/interaction/*')
    page.get_by_role('link', name='Cancel').click()
    page.wait_for_url(f'{server.url}/sign-in')
    expect(page.get_by_role('alert')).to_have_text(DENIED)


def test_an_address_that_may_not_be_theirs_makes_no_account(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-up')
    set_out(page)
    agree(page, 'unverified-ivo')
    page.wait_for_url(f'{server.url}/sign-up')
    expect(page.get_by_role('alert')).to_contain_text(UNVERIFIED)


def test_a_provider_that_is_down_is_a_sentence_and_passwords_work(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-in')
    set_out(page, 'Continue with Nobody ID')
    expect(page.get_by_role('alert')).to_have_text(DOWN)
    let_in(page, server.url, new('olga'))
    page.goto(server.url)
    page.wait_for_url(f'{server.url}/organizations/*')


def test_two_tabs_and_the_way_back(server: Served, opened: Open) -> None:
    page = opened()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f'{server.url}/sign-in')
        set_out(tab)
        tab.wait_for_url('http://localhost:*/interaction/*')
    agree(other, 'ina')
    other.wait_for_url(f'{server.url}/organizations/*')
    page.get_by_placeholder('Enter any login').fill('ina')
    page.get_by_placeholder('and password').fill('any')
    page.get_by_role('button', name='Sign-in').click()
    page.wait_for_url(f'{server.url}/organizations/*')
    other.reload()
    expect(other).to_have_title('Overview · ina · Botcadence')
    page.go_back()
    page.go_forward()
    page.wait_for_url(f'{server.url}/organizations/*')


def test_who_is_signed_in_adds_it_and_removes_it_by_keyboard(server: Served, opened: Open) -> None:
    page, email = opened(), new('mia')
    let_in(page, server.url, email)
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')
    page.get_by_role('button', name=f'Add {LABEL}').press('Enter')
    agree(page, 'mia')
    page.wait_for_url(f'{server.url}/account')
    expect(page.get_by_text(f'You can now sign in with {LABEL}.')).to_be_visible()
    remove = page.get_by_role('button', name=f'Remove {LABEL}')
    remove.press('Enter')
    page.get_by_role('dialog').get_by_role('button', name='Remove').press('Enter')
    expect(remove).to_have_count(0)
    expect(page.get_by_role('button', name=f'Add {LABEL}')).to_be_visible()


@pytest.mark.parametrize('path', ['/sign-in', '/sign-up'])
@pytest.mark.parametrize('width', [1280, 390])
def test_everybody_can_use_the_links(server: Served, opened: Open, path: str, width: int) -> None:
    page = opened(viewport={'width': width, 'height': 900})
    page.goto(f'{server.url}{path}')
    expect(page.get_by_role('link', name=f'Continue with {LABEL}')).to_be_visible()
    assert look(page, path) == []


def test_who_was_here_for_long_confirms_with_a_provider_and_goes_on(server: Served, opened: Open) -> None:
    page = opened()
    page.goto(f'{server.url}/sign-up')
    set_out(page)
    agree(page, 'ivy')
    page.wait_for_url(f'{server.url}/organizations/*')
    long_ago(server)
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')
    page.get_by_label('Name (optional)').fill('half a na')
    page.get_by_role('button', name='Add Nobody ID').click()
    question = page.get_by_role('dialog', name='Confirm that it is you')
    expect(question).to_be_visible()
    expect(page.get_by_label('Name (optional)')).to_have_value('half a na')
    with page.expect_popup() as popup:
        question.get_by_role('link', name=f'Confirm with {LABEL}').click()
    there = popup.value
    there.wait_for_url('http://localhost:*/interaction/*')  # it asks again, although it knows who it is
    there.get_by_placeholder('and password').fill('any')
    if there.get_by_placeholder('Enter any login').count():
        there.get_by_placeholder('Enter any login').fill('ivy')
    there.get_by_role('button', name='Sign-in').click()
    expect(there.get_by_role('heading', name='It is you')).to_be_visible()
    expect(page.get_by_text(DOWN)).to_be_visible()  # what was asked for goes on: there
    expect(page).to_have_url(f'{server.url}/account')


def long_ago(server: Served) -> None:
    """Let it be an hour since everybody has shown who they are."""
    with closing(sqlite3.connect(server.folder / 'botcadence.db')) as db, db:
        db.execute("UPDATE sessions SET authenticated_at = datetime(authenticated_at, '-1 hour')")
