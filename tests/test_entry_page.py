"""Signing up, in and out: what is posted, what comes back, what stays in the cookie."""

import asyncio
from collections.abc import Awaitable, Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from components.kit.entry import NEW, SHORTEST
from data.problems import Invalid
from data.security import passwords
from tests.support.probes import rows, value
from tests.support.visitors import ORIGIN, OURS, Visitor
from tests.support.world import PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]

TAKEN = 'You can’t sign up with this address. If it is yours, sign in instead.'
WRONG = 'This email address and password don’t match.'
SECRET = 'xq7!never-shown-again'


async def is_signed_in(visitor: Visitor) -> bool:
    return (await visitor.get('/')).headers['location'] != '/sign-in'


async def test_john_signs_up_and_lands_in_an_organization_of_his_own(visit: Visit, db: Engine) -> None:
    john = await visit()
    await john.open('/')
    assert john.title == 'Sign in · Botcadence'

    answer = await john.sign_up('john@acme.com')
    assert (answer.status_code, answer.headers['location']) == (303, '/')
    await john.open('/')
    [[organization_id]] = rows(db, 'SELECT id FROM organizations')
    assert john.path == f'/organizations/{organization_id}'
    assert john.title == 'Overview · john · Botcadence'
    assert 'Owner' in john.shown


@pytest.mark.parametrize(
    ('wrong', 'field', 'sentence'),
    [
        ({'email': 'john@acme'}, 'email', 'Enter an email address like name@example.com.'),
        ({'email': ''}, 'email', 'Enter an email address.'),
        ({'email': 'x' * 10_000 + '@acme.com'}, 'email', 'too long'),
        ({'password': 'short'}, 'password', '8'),
        ({'password': 'password1'}, 'password', 'Too many people use'),
        ({'email': 'johannes@acme.com', 'password': 'johannes@acme.com'}, 'password', 'address'),
        ({'password': SECRET, 'confirmation': SECRET + '?'}, 'confirmation', 'The two passwords are not the same.'),
    ],
)
async def test_a_refused_sign_up_says_why_at_its_field(
    visit: Visit, db: Engine, wrong: dict[str, str], field: str, sentence: str
) -> None:
    form = {'email': 'john@acme.com', 'password': SECRET, **wrong}
    form.setdefault('confirmation', form['password'])
    john = await visit()

    assert (await john.post('/auth/sign-up', **form)).headers['location'] == '/sign-up'
    await john.open('/sign-up')
    assert sentence in john.error_at(field)
    assert {name for name in ('email', 'password', 'confirmation') if john.error_at(name)} == {field}
    assert value(db, 'SELECT count(*) FROM users') == value(db, 'SELECT count(*) FROM organizations') == 0


async def test_what_was_refused_keeps_the_address_and_never_the_password(visit: Visit) -> None:
    john = await visit()
    await john.sign_up('john@acme', SECRET)
    assert SECRET not in str(john.session)

    page = unescape((await john.get('/sign-up')).text)
    assert 'john@acme' in page
    assert SECRET not in page

    again = unescape((await john.get('/sign-up')).text)
    assert 'aria-invalid' not in again, 'a page opened later is a new page'


SCRIPT = {**OURS, 'Accept': 'application/json'}


async def test_a_form_that_a_script_posts_is_answered_on_the_page_it_is_on(visit: Visit, world: World) -> None:
    john = await visit()
    both = await john.post('/auth/sign-up', SCRIPT, email='john@acme', password='password1', confirmation='password1')
    assert both.status_code == 200
    assert both.json()['wrong'].keys() == {'email', 'password'}
    wrong = await john.post('/auth/sign-in', SCRIPT, email='olga@acme.test', password=SECRET)
    assert wrong.json() == {'wrong': {'': WRONG}}
    assert SECRET not in wrong.text + str(john.http_client.cookies)
    assert not await is_signed_in(john)
    right = await john.post('/auth/sign-in', SCRIPT, email='olga@acme.test', password=PASSWORD, next='//evil.test')
    assert right.json() == {'to': '/'}
    assert await is_signed_in(john)


@pytest.mark.parametrize(
    'headers', [{}, {'Origin': 'https://evil.test'}, {'Origin': ORIGIN, 'Sec-Fetch-Site': 'cross-site'}]
)
async def test_a_script_of_another_site_signs_nobody_in(visit: Visit, world: World, headers: dict[str, str]) -> None:
    john = await visit()
    says = {'Accept': 'application/json', **headers}
    answer = await john.post('/auth/sign-in', says, email='olga@acme.test', password=PASSWORD)
    assert answer.status_code == 403
    assert not await is_signed_in(john)


async def test_a_script_that_tries_too_often_is_told_when_to_try_again(visit: Visit, world: World) -> None:
    john = await visit()
    for _ in range(12):
        answer = await john.post('/auth/sign-in', SCRIPT, email='olga@acme.test', password=SECRET)
    assert answer.status_code == 429
    assert int(answer.headers['Retry-After']) > 0
    assert answer.json()['wrong'][''].startswith('Too many')


async def test_unknown_address_and_wrong_password_are_told_in_the_same_words(visit: Visit, world: World) -> None:
    someone = await visit()
    answers = []
    for email in ('olga@acme.test', 'nobody@acme.test', 'not an address'):
        answer = await someone.sign_in(email, SECRET)
        await someone.open('/sign-in')
        assert WRONG in someone.shown
        assert someone.field('email').props['value'] == email
        assert SECRET not in str(someone.session)
        answers.append((answer.status_code, answer.headers['location'], someone.shown.replace(email, '…')))
    assert answers[0] == answers[1] == answers[2]


async def test_a_taken_address_is_told_so_and_its_password_stays(visit: Visit, world: World) -> None:
    thief = await visit()
    await thief.sign_up('Olga@ACME.test', SECRET)
    await thief.open('/sign-up')
    assert thief.error_at('email') == TAKEN
    assert not await is_signed_in(thief)
    assert (await thief.sign_in('olga@acme.test', SECRET)).headers['location'] == '/sign-in'
    assert (await thief.sign_in('olga@acme.test', PASSWORD)).headers['location'] == '/'


async def test_a_form_that_is_sent_twice_makes_one_account(visit: Visit, db: Engine) -> None:
    john = await visit()
    answers = await asyncio.gather(*(john.sign_up('john@acme.com') for _ in range(3)))
    assert {answer.headers['location'] for answer in answers} == {'/'}
    assert [value(db, f'SELECT count(*) FROM {table}') for table in ('users', 'organizations', 'memberships')] == [
        1
    ] * 3
    assert await is_signed_in(john)


@pytest.mark.parametrize(
    'headers',
    [
        {'Sec-Fetch-Site': 'cross-site', 'Origin': 'https://evil.test'},
        {'Sec-Fetch-Site': 'cross-site', 'Origin': ORIGIN},
        {'Sec-Fetch-Site': 'same-site', 'Origin': 'http://other.test'},
        {'Origin': 'https://evil.test'},
        {'Origin': 'http://test.evil.test'},
        {'Origin': 'null'},
        {},
    ],
    ids=str,
)
async def test_a_form_of_another_site_changes_nothing(
    visit: Visit, db: Engine, world: World, headers: dict[str, str]
) -> None:
    olga = await visit('olga@acme.test')
    users, sessions = value(db, 'SELECT count(*) FROM users'), value(db, 'SELECT count(*) FROM sessions')

    mallory = {'email': 'mallory@evil.test', 'password': SECRET, 'confirmation': SECRET}
    assert (await olga.post('/auth/sign-out', headers)).status_code == 403
    assert (await olga.post('/auth/sign-up', headers, **mallory)).status_code == 403
    assert (await olga.post('/auth/sign-in', headers, email='sam@other.test', password=PASSWORD)).status_code == 403

    assert await is_signed_in(olga)
    assert value(db, 'SELECT count(*) FROM users') == users
    assert value(db, 'SELECT count(*) FROM sessions') == sessions


async def test_older_browsers_name_only_the_origin(visit: Visit, world: World) -> None:
    olga = await visit()
    answer = await olga.post('/auth/sign-in', {'Origin': ORIGIN}, email='olga@acme.test', password=PASSWORD)
    assert (answer.status_code, answer.headers['location']) == (303, '/')


async def test_a_link_does_not_sign_out(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    assert (await olga.get('/auth/sign-out')).status_code == 405
    assert await is_signed_in(olga)


@pytest.mark.parametrize(
    'evil',
    [
        '//evil.test',
        '///evil.test',
        '/\\evil.test',
        '\\\\evil.test',
        '/organizations\\..\\evil',
        'https://evil.test',
        'https:evil.test',
        'https://test@evil.test',
        'javascript:alert(1)',
        'data:text/html,x',
        '/\t/evil.test',
        '/x\r\nSet-Cookie: a=b',
        ' //evil.test',
        'evil',
        '/organizations/' + 'x' * 600,
        '/auth/sign-out',
        '/healthz',
        '/organizationsandmore',
    ],
)
async def test_after_signing_in_one_goes_only_to_own_screens(visit: Visit, world: World, evil: str) -> None:
    olga = await visit()
    page = unescape((await olga.http_client.get('/sign-in', params={'next': evil})).text)
    assert evil not in page

    answer = await olga.sign_in('olga@acme.test', next=evil)
    assert answer.headers['location'] == '/'
    assert 'a=b' not in str(answer.headers)


async def test_a_deep_link_survives_signing_in_even_at_the_second_try(visit: Visit, world: World) -> None:
    path = f'/organizations/{world.organization_id}/settings'
    olga = await visit()
    assert (await olga.get(path)).headers['location'] == f'/sign-in?next={path.replace("/", "%2F")}'
    await olga.open(f'/sign-in?next={path}')
    assert olga.field('next').props['value'] == path

    answer = await olga.sign_in('olga@acme.test', SECRET, next=path)
    assert answer.headers['location'] == f'/sign-in?next={path}'
    answer = await olga.sign_in('olga@acme.test', next=path)
    assert answer.headers['location'] == path
    await olga.open(path)
    assert olga.title == 'Settings · Acme · Botcadence'


async def test_a_cookie_from_before_signing_in_is_worth_nothing_after(visit: Visit, world: World) -> None:
    mallory = await visit()
    await mallory.sign_in('nobody@acme.test', SECRET)
    planted = mallory.cookie

    olga = await visit()
    olga.http_client.cookies.set('session', planted, domain='test.local')
    answer = await olga.sign_in('olga@acme.test')
    assert olga.session['id'] != mallory.session.get('id')
    assert 'tried' not in olga.session
    assert {'httponly', 'samesite=lax'} <= set(answer.headers['set-cookie'].lower().split('; '))

    assert await is_signed_in(olga)
    assert not await is_signed_in(mallory)


async def test_every_sign_in_begins_a_new_session(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    first = olga.session
    await olga.sign_in('olga@acme.test')
    assert {olga.session['id'], olga.session['token']}.isdisjoint({first['id'], first['token']})


async def test_signing_in_again_ends_the_session_before(visit: Visit, world: World) -> None:
    from pages.shell import live

    olga, phone = await visit('olga@acme.test'), await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    before, page = olga.cookie, olga.client
    await olga.sign_in('olga@acme.test')
    assert page and live.has_ended(page.id), 'nothing that comes from its open pages is listened to'

    thief = await visit()
    thief.http_client.cookies.set('session', before)
    assert not await is_signed_in(thief)
    assert await is_signed_in(olga)
    assert await is_signed_in(phone), 'the other browser has a session of its own'


async def test_an_old_cookie_is_nobody_after_signing_out(visit: Visit, world: World) -> None:
    olga, phone = await visit('olga@acme.test'), await visit('olga@acme.test')
    old = olga.cookie
    answer = await olga.post('/auth/sign-out')
    assert (answer.status_code, answer.headers['location']) == (303, '/sign-in')
    assert not await is_signed_in(olga)

    thief = await visit()
    thief.http_client.cookies.set('session', old)
    assert not await is_signed_in(thief)
    assert (await thief.get(f'/organizations/{world.organization_id}')).headers['location'].startswith('/sign-in')
    assert (await thief.post('/auth/sign-out')).headers['location'] == '/sign-in'

    assert await is_signed_in(phone), 'the other browser has a session of its own'


async def test_whoever_is_signed_in_does_not_see_the_forms_again(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    for path in ('/sign-in', '/sign-up'):
        assert (await olga.get(path)).headers['location'] == '/'


async def test_the_session_is_neither_in_the_page_nor_in_the_database(visit: Visit, world: World, db: Engine) -> None:
    olga = await visit('olga@acme.test')
    token = olga.session['token']
    assert token not in (await olga.get(f'/organizations/{world.organization_id}')).text
    assert token not in str(rows(db, 'SELECT * FROM sessions'))


@pytest.mark.parametrize(
    'body',
    [
        b'',
        b'email',
        b'email=john@acme.com&password=%ED%A0%80%ED%A0%80%ED%A0%80%ED%A0%80&confirmation=%ED%A0%80%ED%A0%80%ED%A0%80%ED%A0%80',
        b'email=%00@%00.com&password=%00&confirmation=%00',
        b'email=%FF%FE&password=%FF&confirmation=%FF',
        b'email=a@b.com&email=c@d.com&password=x&password=y&next=1&next=2',
        b'email=john@acme.com&password=' + b'x' * 30_000 + b'&confirmation=x',
        b'email=' + 'jöhn@acme.com\u202e'.encode() + b'&password=short',
    ],
    ids=lambda body: repr(body[:40]),
)
@pytest.mark.parametrize('path', ['sign-up', 'sign-in'])
async def test_a_strange_form_is_refused_and_nothing_breaks(visit: Visit, db: Engine, path: str, body: bytes) -> None:
    john = await visit()
    headers = {'Origin': ORIGIN, 'Content-Type': 'application/x-www-form-urlencoded'}
    answer = await john.http_client.post(f'/auth/{path}', content=body, headers=headers)
    assert (answer.status_code, answer.headers['location']) == (303, f'/{path}')
    await john.open(f'/{path}')
    assert value(db, 'SELECT count(*) FROM users') == 0


@pytest.mark.parametrize('path', ['sign-up', 'sign-in'])
async def test_a_file_is_no_address(visit: Visit, db: Engine, path: str) -> None:
    john = await visit()
    files = {name: ('x.txt', b'john@acme.com') for name in ('email', 'password', 'confirmation', 'next')}
    answer = await john.http_client.post(f'/auth/{path}', files=files, headers={'Origin': ORIGIN})
    assert answer.status_code == 400
    assert value(db, 'SELECT count(*) FROM users') == 0


async def test_a_broken_multipart_form_is_a_bad_request(visit: Visit) -> None:
    john = await visit()
    headers = {'Origin': ORIGIN, 'Content-Type': 'multipart/form-data; boundary=x'}
    answer = await john.http_client.post('/auth/sign-in', content=b'--y\r\nnonsense', headers=headers)
    assert answer.status_code == 400


def test_what_a_browser_says_of_a_short_password_is_what_the_server_says() -> None:
    with pytest.raises(Invalid) as problem:
        passwords.check_new('x' * (SHORTEST - 1), email='')
    assert problem.value.fields == {'password': NEW['short']}
    with pytest.raises(Invalid) as problem:
        passwords.check_new('x' * SHORTEST, email='')
    assert problem.value.fields != {'password': NEW['short']}
