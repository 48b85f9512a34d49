"""A keyboard is enough for the whole story, and for somebody who types faster than lists come."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.raw import new
from tests.support.served import PASSWORD, Served, let_in, sign_up
from tests.support.steps import box, card, create_organization, settings

Open = Callable[..., Page]

TURN = 'new Promise((done) => requestAnimationFrame(() => setTimeout(() => setTimeout(done))))'
"""Until the browser has done what it had to do, and painted it."""


RING = """() => {
  const it = document.activeElement, around = it.closest('.q-field__control, .switcher-search');
  const drawn = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  };
  return it.matches(':focus-visible') && [it, around].some((element) => element && drawn(element));
}"""
"""Whether one sees where the focus is (WCAG 2.2, 2.4.7): an outline is drawn, around it or around its field."""


STOPS = """() => [...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')]
  .filter((it) => it.checkVisibility({ visibilityProperty: true }) && it.tabIndex >= 0 && !it.disabled).length"""
"""How often Tab goes on before it is through."""


class Keyboard:
    """Somebody without a mouse: nothing is clicked, nothing is focused but by keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letters into what has the focus."""
        self.page.keyboard.type(text)

    @property
    def here(self) -> str:
        """Role and name of what has the focus, as a screen reader says them."""
        said: str = self.page.evaluate(
            """() => {
              const it = document.activeElement;
              const said = it.ariaLabel || it.labels?.[0]?.textContent
                || (it.matches('a, button, [role]') && it.textContent);
              return `${it.getAttribute('role') || it.localName} ${said || ''}`;
            }"""
        )
        return ' '.join(said.split())

    def arrow_to(self, name: str, limit: int = 6) -> None:
        """Press the arrow down until this entry of a menu has the focus."""
        passed = []
        while not re.search(rf'^menuitem\w* {name}', self.here):
            passed.append(self.here)
            assert len(passed) <= limit, f'No {name} in {passed}'
            self.press('ArrowDown')

    def choose(self, pattern: str, option: str) -> None:
        """Go to a box that one can search in, and take what is found first."""
        self.tab_to(pattern)
        self.press('Control+A')
        self.type(option)
        expect(self.page.get_by_role('option').first).to_contain_text(option)
        self.page.evaluate(TURN)  # every letter narrows the list anew, and then nothing in it is marked
        self.press('ArrowDown', 'Enter')

    def tab_to(self, pattern: str, limit: int = 60) -> None:
        """Press Tab until something with such a name has the focus, which must be seen."""
        passed = []
        for _ in range(limit):
            if re.search(pattern, self.here):
                assert self.page.evaluate(RING), f'{pattern} has no ring'
                return
            passed.append(self.here)
            self.press('Tab')
        raise AssertionError(f'No {pattern} in {passed}')


def test_a_keyboard_is_enough(server: Served, browser_page: Open) -> None:
    page = browser_page()
    keys = Keyboard(page)
    page.goto(f'{server.url}/sign-up')
    expect(page.get_by_label('Email')).to_be_visible()

    keys.tab_to('Email$')
    keys.type('keys@acme.com')
    keys.tab_to('^input Password')
    keys.type(PASSWORD)
    keys.tab_to('Confirm password')
    keys.type(PASSWORD)
    keys.tab_to('Sign up')
    keys.press('Enter')
    expect(page).to_have_title('Overview · keys · Botcadence')

    keys.tab_to('Skip to the content')
    keys.press('Enter')
    expect(page.locator('#content')).to_be_focused()

    keys.press('Shift+Tab')
    keys.tab_to('^a Organizations')
    keys.press('Enter')
    expect(page.get_by_role('heading', name='Organizations')).to_be_visible()
    keys.tab_to('New organization')
    keys.press('Enter')
    expect(box(page.get_by_role('dialog'), 'Name')).to_be_focused()
    keys.type('Beta')
    keys.press('Enter')
    expect(page).to_have_title('Overview · Beta · Botcadence')

    keys.tab_to('button Organization Beta')
    keys.press('ArrowDown')
    expect(box(page, 'Organization')).to_be_focused()
    expect(page.get_by_role('option')).to_have_text(['Beta Owner', 'keys Owner'])
    keys.press('Escape')
    expect(box(page, 'Organization')).to_have_count(0)
    expect(page.get_by_role('button', name='Organization Beta')).to_be_focused()
    keys.press('Enter')
    expect(box(page, 'Organization')).to_be_focused()
    keys.choose('combobox Organization', 'keys')
    expect(page).to_have_title('Overview · keys · Botcadence')

    keys.tab_to('^a Settings')
    keys.press('Enter')
    expect(page.get_by_role('heading', name='Organization settings')).to_be_visible()
    keys.tab_to('Name$')
    keys.press('Control+A')
    keys.type('Keys only')
    keys.tab_to('Save name')
    keys.press('Enter')
    expect(page).to_have_title('Settings · Keys only · Botcadence')

    keys.choose('combobox Country', 'Germany')
    keys.tab_to('Company name')
    keys.type('Keys GmbH')
    keys.tab_to('Street address')
    keys.type('Hauptstr. 1')
    keys.tab_to('Postal code')
    keys.type('10115')
    keys.tab_to('City')
    keys.type('Berlin')
    keys.press('Enter')
    expect(card(page, 'Billing address').locator('address')).to_contain_text('10115 BERLIN')

    keys.tab_to('Add number')
    keys.press('Enter')
    expect(page.get_by_role('dialog', name='New phone number')).to_be_visible()
    keys.choose('combobox Country', 'France')
    keys.tab_to('Number$')
    keys.type('01 42 68 53 00')
    keys.press('Enter')
    expect(page.locator('.phone-row')).to_contain_text('+33 1 42 68 53 00')
    expect(page.get_by_role('dialog')).to_be_hidden()

    keys.tab_to(r'Actions for \+33')
    keys.press('Enter')
    expect(page.get_by_role('menu')).to_be_focused()
    keys.arrow_to('Remove')
    keys.press('Enter')
    expect(page.get_by_role('dialog', name='Remove this number?')).to_be_visible()
    keys.tab_to('Remove number')
    keys.press('Enter')
    expect(page.locator('.phone-row')).to_have_count(0)

    keys.tab_to('Account of')
    keys.press('Enter')
    expect(page.get_by_role('menu')).to_be_focused()
    keys.arrow_to('Theme: Dark')
    keys.press('Enter')
    expect(page.locator('body')).to_have_class(re.compile('body--dark'))
    page.reload()
    expect(page.locator('body')).to_have_class(re.compile('body--dark'))

    keys.tab_to('Account of')
    keys.press('Enter')
    expect(page.get_by_role('menu')).to_be_focused()
    keys.arrow_to('Sign out')
    keys.press('Enter')
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
    expect(page).to_have_url(re.compile('/sign-in$'))


@pytest.mark.parametrize('theme', ['light', 'dark'])
@pytest.mark.parametrize('screen', ['', '/members', '/activity', '/settings', 'organizations', 'sign-up', 'sign-in'])
def test_one_sees_where_the_focus_is_at_every_stop(server: Served, browser_page: Open, screen: str, theme: str) -> None:
    page = browser_page(color_scheme=theme)
    if not screen.startswith('sign'):
        at = let_in(page, server.url, new('ring'))
        screen = f'organizations/{at}{screen}' if screen != 'organizations' else screen
    page.goto(f'{server.url}/{screen}')
    expect(page.get_by_role('heading').first).to_be_visible()
    page.evaluate(TURN)
    stops = page.evaluate(STOPS)
    assert stops > 4
    keys = Keyboard(page)
    for _ in range(stops):
        keys.press('Tab')
        assert page.evaluate(RING), f'{keys.here} has no ring'


@pytest.mark.parametrize(
    ('screen', 'button', 'field', 'typed'),
    [
        ('members', 'New invitation', 'Email addresses', 'zoe@acme.test'),
        ('settings', 'Add number', 'Country', 'Japan'),
    ],
)
def test_a_dialog_with_a_form_begins_in_its_first_field(
    server: Served, browser_page: Open, screen: str, button: str, field: str, typed: str
) -> None:
    page = browser_page()
    page.goto(f'{server.url}/organizations/{let_in(page, server.url, f"first.{screen}@acme.com")}/{screen}')
    page.wait_for_function('window.socket?.connected')
    keys = Keyboard(page)
    keys.tab_to(f'button {button}')
    keys.press('Enter')
    first = box(page.get_by_role('dialog'), field)
    expect(first).to_be_focused()
    keys.type(typed)
    expect(first).to_have_value(typed)


def test_somebody_who_types_faster_than_a_list_comes_finds_what_was_meant(server: Served, browser_page: Open) -> None:
    page = browser_page()
    organization_id = let_in(page, server.url, 'fast@acme.com')
    for _ in range(5):
        settings(page, server, organization_id)
        country = box(card(page, 'Billing address'), 'Country')
        country.focus()
        country.fill('Germany')
        expect(page.get_by_role('option')).to_have_text(['Germany'])
        country.press('ArrowDown')
        country.press('Enter')
        expect(box(card(page, 'Billing address'), 'City')).to_be_visible()
        page.evaluate('window.leaving = true')


def test_what_is_typed_on_the_switcher_narrows_down_the_list_that_comes(server: Served, browser_page: Open) -> None:
    page = browser_page()
    sign_up(page, server.url, 'switch@acme.com')
    create_organization(page, server, 'Alpha works')
    create_organization(page, server, 'Beta works')
    keys = Keyboard(page)
    for here, other in (('Beta works', 'Alpha works'), ('Alpha works', 'Beta works')) * 3:
        button = page.get_by_role('button', name=f'Organization {here}')
        button.focus()
        keys.type(other)
        expect(page.get_by_role('option')).to_have_text([f'{other} Owner'])
        expect(box(page, 'Organization')).to_have_value(other)
        keys.press('ArrowDown', 'Enter')
        expect(page).to_have_title(f'Overview · {other} · Botcadence')
        expect(page.get_by_role('heading', name='Overview')).to_be_focused()


def test_the_title_does_not_take_the_focus_from_somebody_who_is_quicker(server: Served, browser_page: Open) -> None:
    page = browser_page()
    sign_up(page, server.url, 'quick@acme.com')
    page.get_by_role('link', name='Activity').click()
    expect(page.get_by_role('heading', name='Activity')).to_be_focused()
    page.evaluate("""() => new MutationObserver((_, observer) => {
        const box = document.querySelector('main input');
        if (!box) return;
        observer.disconnect();
        box.focus();
    }).observe(document.body, { subtree: true, childList: true })""")
    page.get_by_role('link', name='Settings').click()
    expect(page.get_by_role('heading', name='Organization settings')).to_be_visible()
    page.evaluate(TURN)
    expect(page.locator('main input').first).to_be_focused()


def test_whoever_has_invited_goes_on_from_the_button_that_invites(server: Served, browser_page: Open) -> None:
    page = browser_page()
    at = let_in(page, server.url, new('inviting'))
    page.goto(f'{server.url}/organizations/{at}/members')
    page.wait_for_function('window.socket?.connected')
    keys = Keyboard(page)
    keys.tab_to('button New invitation')
    keys.press('Enter')
    expect(box(page.get_by_role('dialog'), 'Email addresses')).to_be_focused()
    keys.type('zoe@acme.test')
    keys.tab_to('button Create invitations')
    keys.press('Enter')
    expect(page.get_by_role('button', name='Done')).to_be_focused()
    keys.press('Enter')
    expect(page.get_by_role('button', name='New invitation')).to_be_focused()
