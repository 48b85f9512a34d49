"""For everybody: axe-core finds nothing on any screen, and a keyboard is enough for the whole story."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from data.models import Role
from data.services import billing, organizations, phone_numbers
from tests.support.served import PASSWORD, Served, sign_up
from tests.support.steps import act, befriend, box, card, choose, settings, standing, user_menu

AXE = (Path(axe_playwright_python.__file__).parent / 'axe.min.js').read_text(encoding='utf-8')
Open = Callable[..., Page]
Screens = Iterator[str]

SETTLED = '() => document.getAnimations().every((it) => it.effect.getTiming().iterations === Infinity)'
WIDE, NARROW = {'width': 1280, 'height': 900}, {'width': 390, 'height': 844}
GERMAN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Alpha GmbH',
    'street_address': 'Hauptstr. 1',
    'postal_code': '10115',
    'city': 'Berlin',
}
NUMBERS = [
    {'country': 'US', 'number': '(202) 456-1414', 'label': 'Front desk', 'purpose': 'voice'},
    {'country': 'FR', 'number': '01 42 68 53 00', 'label': '', 'purpose': 'sms'},
]


# what axe-core sees --------------------------------------------------------------------------------------------------


def look(page: Page, name: str) -> list[str]:
    """What axe-core has against this screen: everything in one theme; where there is room, the colors of the other."""
    everything, colors = ('light', 'dark') if page.viewport_size == WIDE else ('dark', None)
    found = []
    for theme in filter(None, (everything, colors)):
        page.emulate_media(color_scheme=theme, reduced_motion='reduce')
        if page.locator('.nicegui-layout').count():
            expect(page.locator('body')).to_have_class(re.compile(f'body--{theme}'))
        page.wait_for_function(SETTLED)
        if not page.evaluate('Boolean(window.axe)'):
            page.evaluate(AXE)
        options = {'resultTypes': ['violations'], 'preload': False}
        if theme == colors:
            options['runOnly'] = ['color-contrast']
        for violation in page.evaluate('options => axe.run(options)', options)['violations']:
            nodes = [f'{node["target"]}: {node["failureSummary"]}' for node in violation['nodes'][:3]]
            found.append(f'{name}, {theme}: {violation["id"]} ({len(violation["nodes"])}) ' + '\n    '.join(nodes))
    return found


def drawer(page: Page) -> None:
    """Open the sidebar where there is little room for it."""
    button = page.get_by_role('button', name='Menu', exact=True)
    if button.is_visible() and button.get_attribute('aria-expanded') != 'true':
        button.click()


def menu(page: Page, name: str) -> None:
    """Follow a link of the sidebar."""
    drawer(page)
    page.get_by_role('link', name=name, exact=True).click()


def close(page: Page) -> None:
    """Press Escape until nothing is open."""
    page.keyboard.press('Escape')
    expect(page.locator('.q-menu, .q-dialog__inner')).to_have_count(0)


def signed_out(page: Page, server: Served) -> Screens:
    """Every screen of those who are not signed in."""
    page.goto(f'{server.url}/sign-up')
    expect(page.get_by_role('heading', name='Create your account')).to_be_visible()
    yield 'sign-up'
    page.get_by_label('Email').fill('nobody')
    page.get_by_label('Password', exact=True).fill('abc')
    page.get_by_role('button', name='Sign up').click()
    expect(page.get_by_text('Enter an email address like')).to_be_visible()
    yield 'sign-up refused'
    page.goto(f'{server.url}/organizations')
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
    yield 'sign-in'
    page.get_by_label('Email').fill('nobody@acme.com')
    page.get_by_label('Password').fill('not the right one')
    page.get_by_role('button', name='Sign in').click()
    expect(page.get_by_role('alert')).to_contain_text('don’t belong together')
    yield 'sign-in refused'
    page.goto(f'{server.url}/nothing')
    expect(page.get_by_role('heading', name='There is nothing here')).to_be_visible()
    yield 'no such page'


def newcomer(page: Page, server: Served) -> Screens:
    """What somebody with one organization and nothing in it sees."""
    organization_id = sign_up(page, server.url, f'new{page.viewport_size["width"]}@acme.com')  # type: ignore[index]
    expect(card(page, 'Latest activity').locator('.feed-row').first).to_be_visible()
    yield 'overview'
    menu(page, 'Team members')
    expect(page.get_by_text('There must always be an Owner.').first).to_be_visible()
    yield 'alone in the team'
    menu(page, 'Organizations')
    expect(page.locator('.org-card')).to_have_count(1)
    yield 'one organization'
    page.get_by_role('button', name='New organization').click()
    dialog = page.get_by_role('dialog', name='New organization')
    expect(box(dialog, 'Name')).to_be_focused()
    yield 'new organization'
    box(dialog, 'Name').fill('\u3164')
    box(dialog, 'Name').press('Enter')
    expect(dialog).to_contain_text('is required')
    yield 'new organization refused'
    dialog.get_by_role('button', name='Cancel').click()
    expect(dialog).to_be_hidden()

    settings(page, server, organization_id)
    yield 'empty settings'
    address = card(page, 'Billing address')
    box(address, 'Country').click()
    expect(page.get_by_role('option').first).to_be_visible()
    yield 'list of countries'
    close(page)
    choose(address, 'Country', 'Japan')
    expect(box(address, 'Prefecture')).to_be_visible()
    yield 'half an address'
    address.get_by_role('button', name='Save address').click()
    expect(address).to_contain_text('Enter a')
    yield 'address refused'
    menu(page, 'Overview')
    expect(page.get_by_role('dialog', name='Leave without saving?')).to_be_visible()
    yield 'leave without saving'
    page.get_by_role('dialog').get_by_role('button', name='Leave').click()
    expect(page).to_have_title(re.compile('^Overview'))

    page.goto(f'{server.url}/organizations/{organization_id}/teapot')
    expect(page.get_by_role('heading', name='There is nothing here')).to_be_visible()
    expect(page).to_have_title('Not found · Botcadence')
    expect(page.locator('[aria-current="page"]')).to_have_count(0)
    yield 'no such screen'


def everything(page: Page, server: Served) -> Screens:
    """What somebody with much of everything sees."""
    email = f'much{page.viewport_size["width"]}@acme.com'  # type: ignore[index]
    organization_id = sign_up(page, server.url, email)
    with standing(server, email, organization_id) as actor:
        billing.set_address(actor, GERMAN, version=0)
        for number in NUMBERS:
            phone_numbers.add(actor, number)
        for number in range(65):
            organizations.create(actor, f'Branch {number}')

    settings(page, server, organization_id)
    expect(page.locator('.phone-row')).to_have_count(2)
    yield 'filled settings'
    page.get_by_role('button', name='Actions for +33 1 42 68 53 00').click()
    expect(page.get_by_role('menuitem', name='Make primary')).to_be_visible()
    yield 'menu of a number'
    page.get_by_role('menuitem', name='Edit').click()
    dialog = page.get_by_role('dialog', name='Phone number')
    expect(box(dialog, 'Number')).to_have_value('+33 1 42 68 53 00')
    yield 'edit a number'
    box(dialog, 'Purpose').click()
    expect(page.get_by_role('option', name='Billing contact')).to_be_visible()
    yield 'list of purposes'
    page.get_by_role('option', name='Billing contact').click()
    box(dialog, 'Number').fill('12')
    box(dialog, 'Number').press('Enter')
    expect(dialog).to_contain_text('This is not a valid number')
    yield 'number refused'
    dialog.get_by_role('button', name='Cancel').click()
    expect(dialog).to_be_hidden()
    act(page, '+33 1 42 68 53 00', 'Remove')
    expect(page.get_by_role('dialog', name='Remove this number?')).to_be_visible()
    yield 'remove a number'
    close(page)

    colleague = email.replace('much', 'new')
    befriend(server, email, colleague, organization_id, Role.MEMBER)
    menu(page, 'Team members')
    page.get_by_role('button', name=f'Actions for {colleague}').click()
    expect(page.get_by_role('menuitem', name='Make Viewer')).to_be_visible()
    yield 'menu of a person'
    page.get_by_role('menuitem', name='Remove').click()
    expect(page.get_by_role('dialog', name='Remove this person?')).to_be_visible()
    yield 'remove a person'
    close(page)
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    box(dialog, 'Email addresses').fill(f'guest-{email}, {colleague}, nobody')
    expect(dialog.get_by_text('Already a member.')).to_be_visible()
    yield 'invite users'
    dialog.get_by_role('button', name='Send invitations').click()
    expect(page.get_by_role('dialog', name='Invitations')).to_contain_text('Invited.')
    yield 'what became of the addresses'
    page.get_by_role('button', name='Done').click()
    expect(page.get_by_role('dialog')).to_have_count(0)
    act(page, f'guest-{email}', 'Copy link')
    link = box(page.get_by_role('dialog', name='Invitation link'), 'Link').input_value()
    yield 'link of an invitation'
    close(page)
    other = page.context.new_page()
    other.goto(link)
    expect(other.get_by_role('button', name='Sign out and switch')).to_be_visible()
    other.close()
    page.get_by_role('searchbox', name='Search').fill('zzzz')
    expect(page.get_by_text('Nobody here has this in their address.')).to_be_visible()
    yield 'no such person'

    drawer(page)
    expect(page.get_by_role('link', name='Overview', exact=True)).to_be_visible()
    yield 'drawer'
    close(page)
    switcher = box(page, 'Organization')
    switcher.click()
    expect(page.get_by_role('option', name='Branch 1', exact=True)).to_be_visible()
    yield 'switcher'
    switcher.fill('zzzz')
    expect(page.get_by_role('option', name='Branch 1', exact=True)).to_be_hidden()
    yield 'switcher finds nothing'
    close(page)
    drawer(page)
    user_menu(page)
    yield 'user menu'
    close(page)

    page.goto(f'{server.url}/organizations')
    expect(page.locator('.org-card')).to_have_count(30)
    yield 'many organizations'
    page.get_by_label('Search').fill('zzzz')
    expect(page.get_by_text('No organization of yours has this in its name.')).to_be_visible()
    yield 'search finds nothing'


def reader(page: Page, server: Served) -> Screens:
    """What somebody sees who may only read."""
    width = page.viewport_size['width']  # type: ignore[index]
    sign_up(page, server.url, f'reader{width}@acme.com')
    with standing(server, f'much{width}@acme.com') as actor:
        organization_id = organizations.latest_of(actor)
        assert organization_id
    befriend(server, f'much{width}@acme.com', f'reader{width}@acme.com', organization_id, Role.VIEWER)
    settings(page, server, organization_id)
    expect(page.get_by_text('Only Owners and Admins can manage phone numbers.')).to_be_visible()
    yield 'settings of a viewer'
    menu(page, 'Team members')
    expect(page.get_by_text('Only Owners and Admins can change roles.')).to_be_visible()
    yield 'team of a viewer'
    menu(page, 'Activity')
    expect(page.get_by_text('Only Owners and Admins can see the audit log.')).to_be_visible()
    yield 'refused screen'
    page.context.set_offline(True)
    expect(page.get_by_text('Reconnecting…')).to_be_visible(timeout=20_000)
    yield 'connection lost'
    page.context.set_offline(False)


@pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'narrow'])
def test_axe_finds_nothing_on_any_screen(server: Served, browser_page: Open, size: dict[str, int]) -> None:
    found = []
    for walk in (signed_out, newcomer, everything, reader):
        page = browser_page(viewport=size, reduced_motion='reduce')
        for name in walk(page, server):
            found += look(page, name)
    assert not found, '\n'.join(found)


# what a keyboard can do ----------------------------------------------------------------------------------------------


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

    def tab_to(self, pattern: str, limit: int = 60) -> None:
        """Press Tab until something with such a name has the focus, which must be seen."""
        passed = []
        for _ in range(limit):
            if re.search(pattern, self.here):
                assert self.page.evaluate("document.activeElement.matches(':focus-visible')"), f'{pattern} has no ring'
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

    keys.tab_to('combobox Organization')
    expect(page.get_by_role('combobox', name='Organization')).to_be_focused()
    keys.press('Control+A')
    keys.type('keys')
    expect(page.get_by_role('option', name='keys')).to_be_visible()
    keys.press('ArrowDown', 'Enter')
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

    keys.tab_to('combobox Country')
    keys.type('Germany')
    expect(page.get_by_role('option', name='Germany')).to_be_visible()
    keys.press('ArrowDown', 'Enter')
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
    keys.tab_to('combobox Country')
    keys.type('France')
    expect(page.get_by_role('option', name='France')).to_be_visible()
    keys.press('ArrowDown', 'Enter')
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


def test_somebody_who_types_faster_than_a_list_comes_finds_what_was_meant(server: Served, browser_page: Open) -> None:
    page = browser_page()
    organization_id = sign_up(page, server.url, 'fast@acme.com')
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
