"""Signing up and in, in a browser: what is wrong is said at once, and nobody types a password again for nothing."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from data.models import Role
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import standing
from tests.support.world import offered

Open = Callable[..., Page]

HINT = 'At least 8 characters. A few unrelated words make a good one.'
LIKE = 'Enter an email address like name@example.com.'
SHORT = 'Use at least 8 characters.'
DIFFERENT = 'The two passwords are not the same.'
TAKEN = 'You can’t sign up with this address.'


@pytest.fixture
def page(server: Served, browser_page: Open) -> Page:
    """A newcomer at the form of sign-up."""
    page = browser_page()
    page.goto(f'{server.url}/sign-up')
    expect(page.get_by_label('Email')).to_be_visible()
    return page


@pytest.fixture
def posted(page: Page) -> list[str]:
    """The addresses to which something is posted."""
    found: list[str] = []
    page.on('request', lambda request: request.method == 'POST' and found.append(request.url))
    return found


def fill(page: Page, email: str | None, password: str, confirmation: str | None = None) -> None:
    """Fill in a form and send it by Enter."""
    write(page, email, password, confirmation)
    page.locator('input[data-secret]').last.press('Enter')


def write(page: Page, email: str | None, password: str, confirmation: str | None = None) -> None:
    if email is not None:
        page.get_by_label('Email').fill(email)
    page.get_by_label('Password', exact=True).fill(password)
    if confirmation is not None:
        page.get_by_label('Confirm password').fill(confirmation)


def error_of(field: Locator) -> str:
    """What a screen reader says of a field beside its label, as far as it is wrong."""
    return str(
        field.evaluate(
            """box => box.getAttribute('aria-invalid') !== 'true' ? '' : box.getAttribute('aria-describedby').split(' ')
          .map((id) => document.getElementById(id).textContent).join(' ').trim()"""
        )
    )


@pytest.mark.parametrize(
    ('email', 'password', 'confirmation', 'wrong', 'first'),
    [
        ('', '', '', {'Email': 'Enter an email address.', 'Password': f'Enter a password. {HINT}'}, 'Email'),
        ('', 'short', 'short', {'Email': 'Enter an email address.', 'Password': f'{SHORT} {HINT}'}, 'Email'),
        ('nobody', 'abc', '', {'Email': LIKE, 'Password': f'{SHORT} {HINT}', 'Confirm password': DIFFERENT}, 'Email'),
        ('john@acme', 'abc', 'abc', {'Email': LIKE, 'Password': f'{SHORT} {HINT}'}, 'Email'),
        ('a@b.example', 'short', 'shorter', {'Password': f'{SHORT} {HINT}', 'Confirm password': DIFFERENT}, 'Password'),
        ('a@b.example', PASSWORD, PASSWORD[:-1], {'Confirm password': DIFFERENT}, 'Confirm password'),
        ('a@b.example', '🏴🏴🏴🏴🏴🏴🏴', '🏴🏴🏴🏴🏴🏴🏴', {'Password': f'{SHORT} {HINT}'}, 'Password'),
    ],
)
def test_what_can_be_seen_to_be_wrong_is_said_before_anything_is_posted(
    page: Page, posted: list[str], email: str, password: str, confirmation: str, wrong: dict[str, str], first: str
) -> None:
    fill(page, email, password, confirmation)
    expect(page.get_by_label(first, exact=True)).to_be_focused()
    fields = {label: page.get_by_label(label, exact=True) for label in ('Email', 'Password', 'Confirm password')}
    assert {label: said for label, field in fields.items() if (said := error_of(field))} == wrong
    expect(page.get_by_text(HINT)).to_be_visible()
    assert posted == []
    expect(fields['Password']).to_have_value(password)
    expect(page.get_by_role('button', name='Sign up')).to_be_enabled()


def test_both_problems_are_said_at_once_and_the_passwords_stay(page: Page, posted: list[str]) -> None:
    fill(page, 'john@acme', 'password1', 'password1')
    expect(page.get_by_label('Email')).to_be_focused()
    assert error_of(page.get_by_label('Email')) == LIKE
    assert 'Too many people use' in error_of(page.get_by_label('Password', exact=True))
    expect(page.get_by_text(HINT)).to_be_visible()
    assert len(posted) == 1
    expect(page.get_by_label('Password', exact=True)).to_have_value('password1')
    expect(page.get_by_label('Confirm password')).to_have_value('password1')
    assert 'password1' not in page.content()


def test_a_refused_address_throws_no_password_away(server: Served, page: Page, browser_page: Open) -> None:
    taken, free = (f'{name}-{uuid4().hex[:8]}@acme.com' for name in ('taken', 'free'))
    let_in(browser_page(), server.url, taken)
    fill(page, taken, PASSWORD + '?', PASSWORD + '?')
    expect(page.get_by_label('Email')).to_be_focused()
    assert TAKEN in error_of(page.get_by_label('Email'))
    assert PASSWORD not in page.content()
    page.get_by_label('Email').fill(free)
    expect(page.get_by_label('Email')).not_to_have_attribute('aria-invalid', 'true')
    page.get_by_role('button', name='Sign up').click()
    page.wait_for_url('**/organizations/*')


def test_a_wrong_password_is_said_and_marked_to_be_typed_anew(server: Served, browser_page: Open) -> None:
    email = f'olga-{uuid4().hex[:8]}@acme.com'
    let_in(browser_page(), server.url, email)
    page = browser_page()
    page.goto(f'{server.url}/sign-in')
    fill(page, email, 'not it at all')
    expect(page.get_by_role('alert')).to_have_text('This email address and password don’t match.')
    expect(page.get_by_label('Password', exact=True)).to_be_focused()
    assert page.evaluate('document.activeElement.selectionEnd') == len('not it at all')
    page.keyboard.type(PASSWORD)
    page.keyboard.press('Enter')
    page.wait_for_url('**/organizations/*')


def test_an_invitation_keeps_passwords_too(server: Served, browser_page: Open) -> None:
    owner = f'owner-{uuid4().hex[:8]}@acme.com'
    at = let_in(browser_page(), server.url, owner)
    with standing(server, owner, at) as actor:
        token = offered(actor, f'ivy-{uuid4().hex[:8]}@new.com', Role.MEMBER)
    page = browser_page()
    page.goto(f'{server.url}/invitations/{token}')
    fill(page, None, 'password1', 'password1')
    expect(page.get_by_label('Password', exact=True)).to_be_focused()
    assert 'Too many people use' in error_of(page.get_by_label('Password', exact=True))
    expect(page.get_by_label('Confirm password')).to_have_value('password1')
    fill(page, None, PASSWORD, PASSWORD)
    page.wait_for_url(f'**/organizations/{at}')


@pytest.mark.parametrize('path', ['/sign-in', '/sign-up'])
def test_every_password_can_be_shown_by_a_keyboard(server: Served, browser_page: Open, path: str) -> None:
    page = browser_page()
    page.goto(server.url + path)
    expect(page.get_by_label('Email')).to_be_visible()
    names = (
        {'Password': 'password', 'Confirm password': 'confirmation'} if path == '/sign-up' else {'Password': 'password'}
    )
    for label, name in names.items():
        field = page.get_by_label(label, exact=True)
        field.fill('what I typed')
        field.press('Tab')
        button = page.get_by_role('button', name=f'Show {name}')
        expect(button).to_be_focused()
        button.press('Enter')
        expect(field).to_have_attribute('type', 'text')
        expect(field).to_have_value('what I typed')
        page.get_by_role('button', name=f'Hide {name}').press('Space')
        expect(field).to_have_attribute('type', 'password')


def test_what_is_shown_is_hidden_again_when_it_is_sent(page: Page) -> None:
    page.get_by_role('button', name='Show password').click()
    fill(page, '', PASSWORD, PASSWORD)
    expect(page.get_by_label('Password', exact=True)).to_have_attribute('type', 'password')
    expect(page.get_by_role('button', name='Show password')).to_be_visible()


def test_without_an_answer_everything_stays(page: Page) -> None:
    page.context.set_offline(True)
    fill(page, 'a@b.example', PASSWORD, PASSWORD)
    expect(page.get_by_role('alert')).to_have_text('There is no answer. Check the connection and try again.')
    expect(page.get_by_label('Password', exact=True)).to_have_value(PASSWORD)
    expect(page.get_by_role('button', name='Sign up')).to_be_enabled()
    page.context.set_offline(False)


def test_sending_twice_posts_once(page: Page, posted: list[str]) -> None:
    write(page, f'twice-{uuid4().hex[:8]}@acme.com', PASSWORD, PASSWORD)
    page.locator('form.entry-form').evaluate('form => { form.requestSubmit(); form.requestSubmit(); }')
    page.wait_for_url('**/organizations/*')
    assert [re.sub('.*/auth', '/auth', url) for url in posted] == ['/auth/sign-up']


@pytest.mark.parametrize('path', ['/sign-in', '/sign-up'])
def test_a_form_that_the_browser_posts_by_itself_works_as_well(server: Served, browser_page: Open, path: str) -> None:
    """As where the script has failed: the page comes anew, with the address and without the password."""
    page = browser_page()
    page.goto(server.url + path)
    page.get_by_label('Email').fill('john@acme')
    for box in page.locator('input[data-secret]').all():
        box.fill('password1')
    page.locator('form.entry-form').evaluate('form => form.submit()')
    page.wait_for_function("document.querySelector('.entry [aria-invalid], .entry [role=alert]:not(:empty)')")
    expect(page.get_by_label('Email')).to_have_value('john@acme')
    expect(page.get_by_label('Password', exact=True)).to_have_value('')
    if path == '/sign-up':
        assert error_of(page.get_by_label('Email')) == LIKE
        assert 'Too many people use' in error_of(page.get_by_label('Password', exact=True))
        expect(page.get_by_label('Email')).to_be_focused()


@pytest.mark.parametrize('body', ['{"detail": "x"}', '{"wrong":', 'not json', '[]', 'null', '"x"'])
def test_what_is_no_answer_of_ours_is_left_to_the_browser(page: Page, body: str) -> None:
    """A web server in front, or the network of a hotel, may say any JSON: the browser posts, and shows what comes."""
    page.route(
        '**/auth/sign-up',
        lambda route: (
            route.fulfill(body=body, content_type='application/json')
            if route.request.headers['accept'] == 'application/json'
            else route.continue_()
        ),
    )
    fill(page, f'odd-{uuid4().hex[:8]}@acme.com', PASSWORD, PASSWORD)
    page.wait_for_url('**/organizations/*')


def test_the_theme_stays_when_somebody_signs_out_and_in_again(server: Served, browser_page: Open) -> None:
    page = browser_page(color_scheme='light')
    email = f'theme.{uuid4().hex}@x.example'
    at = let_in(page, server.url, email)
    for theme, look in (('Dark', re.compile('body--dark')), ('Automatic', re.compile('body--light'))):
        page.goto(f'{server.url}/organizations/{at}')
        page.get_by_role('button', name='Account of').click()
        page.get_by_role('menuitemradio', name=f'Theme: {theme}').click()
        expect(page.locator('body')).to_have_class(look)
        expect(page.get_by_role('menu')).to_have_count(0)
        page.get_by_role('button', name='Account of').click()
        page.get_by_role('menuitem', name='Sign out').click()
        for _ in range(2):  # as it is sent, and asked for anew
            expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
            expect(page.locator('body')).to_have_class(look)
            page.reload()
        fill(page, email, PASSWORD)
        expect(page.get_by_role('heading', name='Overview')).to_be_visible()
        expect(page.locator('body')).to_have_class(look)
