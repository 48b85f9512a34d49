"""A forgotten password, from the sign-in page to the next sign-in, and an address that moves, as people do it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import look
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of
from tests.support.raw import sql
from tests.support.served import PASSWORD, Served, let_in, sign_up
from tests.support.steps import box, card

NEW = 'teal harbor under glass'
LIVE = 2_000
"""Milliseconds within which an open page of a session that has ended is left."""


@pytest.fixture(scope='module')
def inbox() -> Box:
    """What arrives."""
    return Box()


@pytest.fixture(scope='module')
def server(serve: Callable[..., Served], inbox: Box) -> Iterator[Served]:
    """A server that sends mails."""
    port = free_port()
    with running(inbox, port):
        yield serve(BOTCADENCE_SMTP_URL=f'smtp://127.0.0.1:{port}', BOTCADENCE_MAIL_FROM='Bots <bots@example.com>')


def link_to(inbox: Box, address: str, subject: str) -> str:
    """The link in the one mail with this subject."""
    for number in range(1, 10):
        [*_, message] = inbox.wait_for(address, number)
        if message['Subject'] == subject:
            return str(re.findall(r'http\S+/(?:reset-password|verify-email)/\S+', text_of(message))[0])
    raise AssertionError(inbox.taken)


def set_password(page: Page, password: str, button: str) -> None:
    """Type a new password twice, and send it."""
    box(page, 'New password').fill(password)
    box(page, 'Confirm password').fill(password)
    page.get_by_role('button', name=button).click()


def test_from_a_forgotten_password_to_the_next_sign_in(
    server: Served, browser_page: Callable[..., Page], inbox: Box
) -> None:
    desk, phone = browser_page(), browser_page(viewport={'width': 390, 'height': 844})
    at = sign_up(desk, server.url, 'olga@forgetful.com')
    expect(desk.get_by_role('heading', name='Overview')).to_be_visible()

    phone.goto(f'{server.url}/sign-in')
    phone.get_by_role('link', name='Forgot your password?').click()
    expect(phone.get_by_role('heading', name='Forgot your password?')).to_be_visible()
    assert look(phone, 'forgot password') == []
    for address in ('nobody@forgetful.com', 'olga@forgetful.com'):
        phone.goto(f'{server.url}/forgot-password')
        box(phone, 'Email').fill(address)
        phone.keyboard.press('Enter')
        expect(phone.get_by_role('heading', name='Check your email')).to_be_visible()
        expect(phone.get_by_text(f'If there is an account with {address}')).to_be_visible()

    assert look(phone, 'check your email') == []
    asked: list[str] = []
    phone.on('request', lambda request: asked.append(request.headers.get('referer', '')))
    link = link_to(inbox, 'olga@forgetful.com', 'A new password for Botcadence')
    phone.goto(link)
    expect(box(phone, 'Email')).to_have_value('olga@forgetful.com')
    set_password(phone, 'olga@forgetful.com', 'Set password')
    expect(phone.get_by_text('Your email address and our name are easy to guess.')).to_be_visible()
    set_password(phone, NEW, 'Set password')
    expect(phone).to_have_url(f'{server.url}/sign-in')
    expect(phone.get_by_text('Your new password is set. Sign in with it.')).to_be_visible()
    token = link.rpartition('/')[2]
    assert asked and not [referer for referer in asked if token in referer]

    expect(desk).to_have_url(f'{server.url}/sign-in', timeout=LIVE)
    desk.goto(f'{server.url}/organizations/{at}')
    expect(desk.get_by_role('heading', name='Sign in')).to_be_visible()

    expect(box(phone, 'Email')).to_have_value('olga@forgetful.com')
    box(phone, 'Password').fill(PASSWORD)
    phone.keyboard.press('Enter')
    expect(phone.get_by_role('alert')).to_contain_text('don’t match')
    box(phone, 'Password').fill(NEW)
    phone.keyboard.press('Enter')
    expect(phone.get_by_role('heading', name='Overview')).to_be_visible()

    assert 'nobody@forgetful.com' not in {to for [to], _ in inbox.taken}
    [*_, told] = inbox.wait_for('olga@forgetful.com', 3)
    assert told['Subject'] == 'You have a new password for Botcadence'
    assert token not in server.log
    assert token not in str(sql(server, 'SELECT * FROM personal_mails')) + str(
        sql(server, 'SELECT * FROM account_tokens')
    )


def test_an_address_moves_and_every_open_screen_says_so(
    server: Served, browser_page: Callable[..., Page], inbox: Box
) -> None:
    page, tab = browser_page(), browser_page()
    at = let_in(page, server.url, 'mia@moving.com')
    tab.context.add_cookies(page.context.cookies())
    tab.goto(f'{server.url}/organizations/{at}/members')
    tab.wait_for_function('window.socket?.connected')
    expect(tab.get_by_text('Confirm your email address before you invite people.')).to_be_visible()
    assert look(tab, 'team of somebody who is to confirm their address') == []

    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')
    address = card(page, 'Email address')
    box(address, 'Email').fill('mia@moved.com')
    address.get_by_role('button', name='Change address').click()
    expect(address.get_by_text('A link went to mia@moved.com.')).to_be_visible()
    expect(box(address, 'Email')).to_have_value('mia@moving.com')
    assert look(page, 'an address that waits to be confirmed') == []
    address.get_by_role('button', name='Keep my address').click()
    expect(address.get_by_text('A link went to')).to_have_count(0)

    box(address, 'Email').fill('mia@moved.com')
    address.get_by_role('button', name='Change address').click()
    inbox.wait_for('mia@moved.com', 2)
    page.goto(link_to_newest(inbox, 'mia@moved.com'))
    page.get_by_role('button', name='Confirm this address').click()
    expect(page.get_by_role('heading', name='Your account', exact=True)).to_be_visible()
    expect(box(card(page, 'Email address'), 'Email')).to_have_value('mia@moved.com')
    expect(tab.locator('.person-name')).to_contain_text('mia@moved.com', timeout=LIVE)
    expect(tab.get_by_role('button', name='New invitation')).to_be_visible()


def link_to_newest(inbox: Box, address: str) -> str:
    """The link in the newest mail."""
    return str(re.findall(r'http\S+/verify-email/\S+', text_of(inbox.mails_to(address)[-1]))[0])


def test_a_password_is_changed_and_other_browsers_are_signed_out(
    server: Served, browser_page: Callable[..., Page]
) -> None:
    page, other = browser_page(), browser_page()
    let_in(page, server.url, 'adam@changing.com')
    form = {'email': 'adam@changing.com', 'password': PASSWORD}
    other.request.post(f'{server.url}/auth/sign-in', form=form, headers={'Origin': server.url})
    other.goto(f'{server.url}/account')
    other.wait_for_function('window.socket?.connected')
    expect(other.get_by_role('heading', name='Your account', exact=True)).to_be_visible()

    sent: list[str] = []
    page.on('websocket', lambda socket: socket.on('framesent', lambda frame: sent.append(str(frame))))
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')
    password = card(page, 'Password')
    box(password, 'Current password').fill('not the right one')
    set_password(page, NEW, 'Change password')
    expect(password.get_by_text('This is not your password.')).to_be_visible()
    expect(box(password, 'Current password')).to_be_focused()
    box(password, 'Current password').fill(PASSWORD)
    password.get_by_role('button', name='Change password').click()
    expect(page.get_by_text('Your password is changed. All your other browsers are signed out.')).to_be_visible()
    expect(box(password, 'Current password')).to_have_value('')
    expect(other).to_have_url(f'{server.url}/sign-in', timeout=LIVE)

    page.reload()
    expect(page.get_by_role('heading', name='Your account', exact=True)).to_be_visible()
    assert not [frame for frame in sent if NEW in frame or PASSWORD in frame], 'no password goes over the socket'


def test_a_first_password_is_set_by_who_has_shown_who_they_are(
    server: Served, browser_page: Callable[..., Page]
) -> None:
    page = browser_page()
    let_in(page, server.url, 'vera@keyless.com')
    of_vera = "user_id = (SELECT id FROM users WHERE email_key = 'vera@keyless.com')"
    sql(server, "UPDATE users SET password_hash = NULL WHERE email_key = 'vera@keyless.com'")
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')
    card(page, 'Password').get_by_role('button', name='Set a password').click()
    dialog = page.get_by_role('dialog', name='Set a password')
    box(dialog, 'New password').fill(NEW)
    box(dialog, 'Confirm password').fill(NEW)
    before = sql(server, f'SELECT authenticated_at FROM sessions WHERE {of_vera}')[0][0]
    sql(server, f"UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000' WHERE {of_vera}")
    dialog.get_by_role('button', name='Set password').click()
    asked = page.get_by_role('dialog', name='Confirm that it is you')
    expect(asked).to_be_visible()
    asked.get_by_role('button', name='Cancel').click()
    expect(asked).to_have_count(0)
    expect(box(dialog, 'New password')).to_have_value(NEW)
    sql(server, f"UPDATE sessions SET authenticated_at = '{before}' WHERE {of_vera}")
    dialog.get_by_role('button', name='Set password').click()
    expect(page.get_by_text('You have a password now.')).to_be_visible()
    expect(box(card(page, 'Password'), 'Current password')).to_be_visible()
