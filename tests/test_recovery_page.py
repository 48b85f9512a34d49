"""Screens of a forgotten password and of an address that is to be proved: what they show, and what is posted there."""

from collections.abc import Awaitable, Callable, Iterator
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine

from data.runtime import account_rules, limits, mail_server
from data.runtime.account_rules import AccountRules
from data.security import tokens
from data.services.accounts import recovery, resetting
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, rows, value
from tests.support.visitors import OURS, Visitor, until, without_ids
from tests.support.world import PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]

OLGA, NOBODY = 'olga@acme.test', 'nobody@acme.test'
NEW = 'teal harbor under glass'
SCRIPT = {**OURS, 'Accept': 'application/json'}


@pytest.fixture
def mail(user: object) -> Iterator[PostOffice]:
    """Mail is set up once the application has started without."""
    with post_office() as office:
        yield office


async def is_signed_in(visitor: Visitor) -> bool:
    return (await visitor.get('/')).headers['location'] != '/sign-in'


def token_for(mail: PostOffice, email: str = OLGA) -> str:
    recovery.ask(email)
    return mail.token(email)


# forgot --------------------------------------------------------------------------------------------------------------


async def test_sign_in_leads_there_where_there_is_mail(visit: Visit, mail: PostOffice) -> None:
    somebody = await visit()
    await somebody.open('/sign-in')
    assert 'Forgot your password?' in somebody.shown
    mail_server.configure(None)
    await somebody.open('/sign-in')
    assert 'Forgot your password?' not in somebody.shown


async def test_without_mail_it_is_said_who_can_help(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open('/forgot-password')
    assert 'python -m data reset-link' in somebody.shown
    answer = await somebody.post('/forgot-password', SCRIPT, email=OLGA)
    assert answer.json()['wrong'][''] == recovery.NO_MAIL


async def test_where_there_are_no_passwords_that_is_said(visit: Visit, mail: PostOffice) -> None:
    account_rules.configure(AccountRules(passwords=False))
    try:
        somebody = await visit()
        await somebody.open('/forgot-password')
        assert 'There are no passwords here.' in somebody.shown
        answer = await somebody.get('/reset-password/' + 'x' * 43)
        assert answer.status_code == 404
    finally:
        account_rules.configure(AccountRules())


def facts(answer: httpx.Response) -> tuple[object, ...]:
    names = sorted(name for name in answer.headers if name != 'date')
    return answer.status_code, answer.text, names, answer.headers.get('location')


@pytest.mark.parametrize('headers', [OURS, SCRIPT])
async def test_every_address_gets_the_same_answer(
    visit: Visit, world: World, mail: PostOffice, headers: dict[str, str]
) -> None:
    answers, pages = [], []
    for email in (OLGA, NOBODY):
        somebody = await visit()
        answers.append(facts(await somebody.post('/forgot-password', headers, email=email)))
        page = unescape((await somebody.get('/forgot-password')).text)
        assert 'Check your email' in page
        pages.append(without_ids(page.replace(email, 'somebody@acme.test')))
        assert 'Check your email' not in (await somebody.get('/forgot-password')).text, 'it is said once'
    assert answers[0] == answers[1]
    assert len(pages[0]) == len(pages[1])
    assert mail.to(OLGA) and not mail.to(NOBODY)


async def test_what_is_no_address_is_said_at_the_field(visit: Visit, mail: PostOffice) -> None:
    somebody = await visit()
    answer = await somebody.post('/forgot-password', email='olga@acme')
    assert answer.headers['location'] == '/forgot-password'
    await somebody.open('/forgot-password')
    assert somebody.error_at('email') == 'Enter an email address like name@example.com.'
    assert somebody.field('email').props['value'] == 'olga@acme'


async def test_who_asks_too_often_is_told_when_to_come_back(
    visit: Visit, mail: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.RECOVERIES, 'amount', 1)
    somebody = await visit()
    await somebody.post('/forgot-password', email=OLGA)
    answer = await somebody.post('/forgot-password', SCRIPT, email=OLGA)
    assert answer.status_code == 429
    assert int(answer.headers['Retry-After']) > 0


@pytest.mark.parametrize('path', ['/forgot-password', '/reset-password/{token}', '/verify-email/{token}'])
async def test_a_form_of_another_site_changes_nothing(
    visit: Visit, world: World, db: Engine, mail: PostOffice, path: str
) -> None:
    olga, token = await visit(OLGA), token_for(mail)
    before = everything(db)
    for headers in ({}, {'Origin': 'https://evil.test'}, {'Origin': 'null', 'Sec-Fetch-Site': 'cross-site'}):
        answer = await olga.post(path.format(token=token), headers, email=OLGA, password=NEW, confirmation=NEW)
        assert answer.status_code == 403
    assert everything(db) == before


# a new password ------------------------------------------------------------------------------------------------------


async def test_from_the_link_to_a_new_password(visit: Visit, world: World, db: Engine, mail: PostOffice) -> None:
    desk, phone = await visit(OLGA), await visit()
    await desk.open('/account')
    link = f'/reset-password/{token_for(mail)}'
    before = everything(db)
    for _ in range(3):
        await phone.open(link)
    assert everything(db) == before, 'a mail scanner that looks changes nothing'
    assert 'Set a new password' in phone.shown
    assert phone.field('email').props['value'] == OLGA
    refused = await phone.post(link, SCRIPT, password='password1', confirmation='password2')
    assert refused.json()['wrong'].keys() == {'password', 'confirmation'}

    answer = await phone.post(link, SCRIPT, password=NEW, confirmation=NEW)
    assert answer.json() == {'to': '/sign-in'}
    assert not await is_signed_in(phone), 'a link never signs in'
    assert not await is_signed_in(desk)
    assert desk.client
    await until(lambda: not desk._elements() or 'Your account' not in desk.shown)  # the open page is emptied
    await phone.open('/sign-in')
    assert 'Your new password is set. Sign in with it.' in phone.shown
    assert phone.field('email').props['value'] == OLGA
    assert (await phone.sign_in(OLGA, NEW)).headers['location'] == '/'
    assert await is_signed_in(phone)


async def test_a_browser_without_script_does_the_same(visit: Visit, world: World, mail: PostOffice) -> None:
    phone, link = await visit(), f'/reset-password/{token_for(mail)}'
    assert (await phone.post(link, password='short', confirmation='short')).headers['location'] == link
    await phone.open(link)
    assert '8' in phone.error_at('password')
    assert (await phone.post(link, password=NEW, confirmation=NEW)).headers['location'] == '/sign-in'


async def test_who_is_signed_in_as_somebody_else_stays_so(visit: Visit, world: World, mail: PostOffice) -> None:
    mia, token = await visit('mia@acme.test'), token_for(mail)
    await mia.post(f'/reset-password/{token}', password=NEW, confirmation=NEW)
    assert await is_signed_in(mia)


@pytest.mark.parametrize('token', ['x' * 43, 'x', '%00', 'ü' * 43, 'x' * 5000])
@pytest.mark.parametrize('screen', ['reset-password', 'verify-email'])
async def test_what_is_no_link_is_one_neutral_page(
    visit: Visit, world: World, db: Engine, mail: PostOffice, token: str, screen: str
) -> None:
    somebody, used = await visit(), token_for(mail)
    recovery.reset(used, NEW, NEW)
    before = everything(db)
    pages = [await somebody.get(f'/{screen}/{each}') for each in (token, used)]
    assert {page.status_code for page in pages} == {404}
    if len(token) == 43:
        assert without_ids(pages[0].text) == without_ids(pages[1].text)
    answer = await somebody.post(f'/{screen}/{token}', SCRIPT, password=NEW, confirmation=NEW)
    assert answer.status_code in (200, 303, 404)
    assert 'to' not in (answer.json() if answer.headers.get('content-type') == 'application/json' else {})
    assert everything(db) == before


@pytest.mark.parametrize('path', ['/reset-password/x', '/verify-email/x', '/invitations/x', '/confirm-contact/x'])
async def test_nothing_that_such_a_page_asks_for_names_the_secret(visit: Visit, path: str) -> None:
    answer = await (await visit()).get(path)
    assert answer.headers['referrer-policy'] == 'strict-origin'
    assert answer.headers['cache-control'] == 'no-store'


async def test_the_secret_is_in_no_cookie_and_never_leads_elsewhere(
    visit: Visit, world: World, mail: PostOffice
) -> None:
    phone, token = await visit(), token_for(mail)
    page = (await phone.get(f'/reset-password/{token}')).text
    assert tokens.hashed(token) not in page
    await phone.post(f'/reset-password/{token}', password=NEW, confirmation=NEW)
    assert token not in str(phone.session)
    assert NEW not in str(phone.session)


async def test_a_link_that_whoever_runs_it_has_made_opens_the_same_screen(visit: Visit, world: World) -> None:
    path, _ = resetting.reset_link(OLGA)
    phone = await visit()
    await phone.open(path)
    assert phone.field('email').props['value'] == OLGA
    assert (await phone.post(path, password=NEW, confirmation=NEW)).headers['location'] == '/sign-in'
    assert (await phone.sign_in(OLGA, NEW)).headers['location'] == '/'


# proving an address --------------------------------------------------------------------------------------------------


async def test_from_sign_up_to_a_proved_address(visit: Visit, db: Engine, mail: PostOffice) -> None:
    ivy = await visit()
    await ivy.sign_up('ivy@new.test')
    link = mail.link('ivy@new.test')
    before = everything(db)
    for _ in range(2):
        await ivy.open(link)
    assert everything(db) == before
    assert 'ivy@new.test' in ivy.shown
    assert (await ivy.post(link)).headers['location'] == '/'
    assert value(db, 'SELECT verified_at IS NOT NULL FROM users')
    await ivy.open('/')
    await ivy.is_told('ivy@new.test is confirmed.')
    assert (await ivy.get(link)).status_code == 404
    assert (await ivy.post(link)).headers['location'] == link


async def test_who_is_signed_out_signs_in_first_and_comes_back(visit: Visit, db: Engine, mail: PostOffice) -> None:
    ivy, phone = await visit(), await visit()
    await ivy.sign_up('ivy@new.test')
    link = mail.link('ivy@new.test')
    await phone.open(link)
    assert 'Sign in as' in phone.shown
    assert (await phone.post(link)).headers['location'] == link
    assert not value(db, 'SELECT verified_at IS NOT NULL FROM users')
    answer = await phone.sign_in('ivy@new.test', PASSWORD, next=link)
    assert answer.headers['location'] == link
    assert (await phone.post(link)).headers['location'] == '/'
    assert value(db, 'SELECT verified_at IS NOT NULL FROM users')


async def test_somebody_else_is_told_so_and_can_switch(
    visit: Visit, world: World, db: Engine, mail: PostOffice
) -> None:
    ivy, mia = await visit(), await visit('mia@acme.test')
    await ivy.sign_up('ivy@new.test')
    link = mail.link('ivy@new.test')
    await mia.open(link)
    assert 'This link is for another account. You are signed in as mia@acme.test.' in mia.shown
    assert (await mia.post(link)).headers['location'] == link
    assert rows(db, "SELECT verified_at FROM users WHERE email_key = 'ivy@new.test'") == [(None,)]
    assert (await mia.post('/auth/sign-out', next=link)).headers['location'] == link


# who has still to prove it -------------------------------------------------------------------------------------------


async def test_the_team_says_what_to_do_first_until_it_is_done(visit: Visit, db: Engine, mail: PostOffice) -> None:
    ivy, phone = await visit(), await visit()
    await ivy.sign_up('ivy@new.test')
    first = mail.token('ivy@new.test')
    await ivy.open('/')
    at = ivy.path
    await ivy.open(f'{at}/members')
    await ivy.sees('Confirm your email address before you invite people.', 'ivy@new.test')
    assert 'New invitation' not in ivy.shown
    ivy.press('Send another link')
    await ivy.is_told('A link is on its way.')
    assert mail.token('ivy@new.test') != first
    await phone.sign_in('ivy@new.test')
    await phone.post(mail.link('ivy@new.test'))
    await ivy.sees('New invitation')
    assert 'Confirm your email address' not in ivy.shown


async def test_without_mail_nothing_is_said_of_it(visit: Visit) -> None:
    ivy = await visit()
    await ivy.sign_up('ivy@new.test')
    await ivy.open('/')
    await ivy.open(f'{ivy.path}/members')
    await ivy.sees('New invitation')
    for path in (ivy.path, '/account'):
        await ivy.open(path)
        assert 'onfirm your email' not in ivy.shown
