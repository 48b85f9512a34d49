"""Passkeys in Chromium with its virtual authenticator: made, used, removed; by keyboard alone; and how each ends."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.served import Served, let_in
from tests.support.virtual_device import (
    Device,
    add_passkey,
    passkeys_of,
    sign_in_by_password,
    sign_out,
    visit_account,
    write_codes_down,
)

Open = Callable[..., Page]


@pytest.fixture(scope='module')
def named(server: Served) -> str:
    """The address of this machine that has a name."""
    return server.url.replace('127.0.0.1', 'localhost')


@pytest.fixture
def email() -> str:
    return f'olga-{uuid4().hex[:8]}@acme.com'


@pytest.fixture
def page(browser_page: Open, named: str, email: str) -> Iterator[Page]:
    """Olga on her account, in a browser of her own."""
    page = browser_page()
    let_in(page, named, email)
    visit_account(page, named)
    yield page


def test_a_passkey_is_made_signs_in_without_an_address_is_a_second_factor_and_is_removed(
    page: Page, named: str, email: str
) -> None:
    device = Device(page)
    add_passkey(page)
    assert len(write_codes_down(page)) == 10
    assert len(device.passkeys) == 1 and device.passkeys[0]['isResidentCredential']

    sign_out(page, named)
    page.get_by_role('button', name='Sign in with a passkey').click()
    page.wait_for_url('**/organizations/*')

    sign_out(page, named)
    sign_in_by_password(page, email)
    page.wait_for_url('**/second-step')
    expect(page.get_by_text('Your account asks for your passkey or a code as well.')).to_be_visible()
    page.get_by_role('button', name='Use your passkey').click()
    page.wait_for_url('**/organizations/*')

    visit_account(page, named)
    expect(passkeys_of(page)).to_contain_text('Last used')
    page.get_by_role('button', name='Actions for Laptop').click()
    page.get_by_role('menuitem', name='Remove').click()
    page.get_by_role('button', name='Remove passkey').click()
    expect(page.get_by_text('You have none yet.', exact=True)).to_be_visible()
    sign_out(page, named)
    page.get_by_role('button', name='Sign in with a passkey').click()
    expect(page.get_by_role('alert').last).to_contain_text('Nobody here has this passkey any more.')
    sign_in_by_password(page, email)
    page.wait_for_url('**/organizations/*')


def test_all_of_it_goes_by_keyboard_alone(page: Page, named: str, email: str) -> None:
    Device(page)
    reach(page, 'Add a passkey')
    page.keyboard.press('Enter')
    dialog = page.get_by_role('dialog', name='Add a passkey')
    expect(dialog).to_be_visible()
    reach(page, 'Name')
    page.keyboard.press('Control+A')
    page.keyboard.type('By keys')
    page.keyboard.press('Enter')
    codes = page.get_by_role('dialog', name='Your recovery codes')
    expect(codes).to_be_visible()
    reach(page, 'I have them')
    page.keyboard.press('Enter')
    expect(codes).to_have_count(0)
    expect(passkeys_of(page)).to_contain_text('By keys')

    sign_out(page, named)
    reach(page, 'Sign in with a passkey')
    page.keyboard.press('Enter')
    page.wait_for_url('**/organizations/*')

    sign_out(page, named)
    sign_in_by_password(page, email)
    page.wait_for_url('**/second-step')
    reach(page, 'Use your passkey')
    page.keyboard.press(' ')
    page.wait_for_url('**/organizations/*')


def reach(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    named = (
        """element => element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent"""
    )
    for _ in range(60):
        focused = page.locator(':focus')
        if focused.count() and str(focused.evaluate(named)).strip() == name:
            return
        page.keyboard.press('Tab')
    raise AssertionError(f'{name} can’t be reached')


def test_whoever_is_not_recognized_by_the_device_is_told_and_can_try_again(page: Page, named: str) -> None:
    device = Device(page)
    device.verify(False)
    page.get_by_role('button', name='Add a passkey').click()
    dialog = page.get_by_role('dialog', name='Add a passkey')
    dialog.get_by_role('button', name='Create passkey').click()
    expect(dialog.get_by_role('alert')).to_contain_text('This was not confirmed, or it took too long. Try again.')
    expect(dialog.get_by_role('button', name='Create passkey')).to_be_enabled()
    device.verify(True)
    dialog.get_by_role('button', name='Create passkey').click()
    expect(page.get_by_role('dialog', name='Your recovery codes')).to_be_visible()


def test_a_device_that_has_one_already_says_so(page: Page) -> None:
    Device(page)
    add_passkey(page)
    write_codes_down(page)
    page.get_by_role('button', name='Add a passkey').click()
    dialog = page.get_by_role('dialog', name='Add a passkey')
    dialog.get_by_role('button', name='Create passkey').click()
    expect(dialog.get_by_role('alert')).to_have_text('This device has a passkey for your account already.')
    dialog.get_by_label('Name').fill('')
    dialog.get_by_role('button', name='Create passkey').click()
    expect(dialog.get_by_text('Give it a name.')).to_be_visible()


def test_a_copy_of_a_passkey_is_refused(page: Page, named: str, email: str) -> None:
    device = Device(page)
    add_passkey(page)
    write_codes_down(page)
    [copy] = device.passkeys
    sign_out(page, named)
    page.get_by_role('button', name='Sign in with a passkey').click()
    page.wait_for_url('**/organizations/*')
    sign_out(page, named)
    device.keep({**copy, 'signCount': 1})
    page.get_by_role('button', name='Sign in with a passkey').click()
    expect(page.get_by_role('alert').last).to_contain_text('as if somebody had copied it')
    expect(page).to_have_url(f'{named}/sign-in')


def test_whoever_has_no_passkey_is_told_so(browser_page: Open, named: str) -> None:
    page = browser_page()
    Device(page)
    page.goto(f'{named}/sign-in')
    page.get_by_role('button', name='Sign in with a passkey').click()
    expect(page.get_by_role('alert').last).to_contain_text('This was not confirmed')


def test_where_browsers_have_none_nobody_is_offered_one(browser_page: Open, server: Served, named: str) -> None:
    page = browser_page()
    page.goto(f'{server.url}/sign-in')
    expect(page.get_by_role('button', name='Sign in', exact=True)).to_be_visible()
    expect(page.get_by_role('button', name='Sign in with a passkey')).to_have_count(0)
    old = browser_page()
    old.add_init_script('delete window.PublicKeyCredential')
    old.goto(f'{named}/sign-in')
    expect(old.get_by_role('button', name='Sign in', exact=True)).to_be_visible()
    expect(old.get_by_role('button', name='Sign in with a passkey')).to_be_hidden()


def test_at_another_name_of_this_machine_the_screen_says_where_to_go(
    browser_page: Open, server: Served, named: str, email: str
) -> None:
    page = browser_page()
    let_in(page, server.url, email)
    visit_account(page, server.url)
    page.get_by_role('button', name='Add a passkey').click()
    dialog = page.get_by_role('dialog', name='Add a passkey')
    dialog.get_by_role('button', name='Create passkey').click()
    expect(dialog.get_by_role('alert')).to_have_text(f'Passkeys need an address with a name. Go on at {named}.')


def test_a_recovery_code_stands_in_for_the_passkey_once(page: Page, named: str, email: str) -> None:
    device = Device(page)
    add_passkey(page)
    codes = write_codes_down(page)
    device.keep({**device.passkeys[0], 'rpId': 'elsewhere.example'})  # it is lost
    sign_out(page, named)
    sign_in_by_password(page, email)
    page.wait_for_url('**/second-step')
    page.get_by_label('Code').fill(codes[0].upper())
    page.get_by_role('button', name='Continue').click()
    page.wait_for_url('**/organizations/*')
    sign_out(page, named)
    sign_in_by_password(page, email)
    page.wait_for_url('**/second-step')
    page.get_by_label('Code').fill(codes[0])
    page.get_by_role('button', name='Continue').click()
    expect(page.get_by_text('This is none of your unused recovery codes.')).to_be_visible()
    page.go_back()
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()
    page.go_forward()
    page.get_by_label('Code').fill(codes[1])
    page.get_by_role('button', name='Continue').click()
    page.wait_for_url('**/organizations/*')
    page.goto(f'{named}/second-step')
    page.wait_for_url('**/organizations/*')
