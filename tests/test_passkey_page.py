"""Passkeys and second steps over HTTP and on screens: what is asked, answered, refused, and shown to whom."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from data.security import passkey_site
from data.security.passkeys import Refused
from data.services import second_factors
from data.services.accounts import recovery_codes, second_step, totp
from tests.support.probes import run, value
from tests.support.second_factors import SITE, App, wait, with_app, with_passkey
from tests.support.visitors import OURS, Visitor, until
from tests.support.world import PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]
OLGA, MIA = 'olga@acme.test', 'mia@acme.test'
SCRIPT = {**OURS, 'Accept': 'application/json'}
OPTIONS = ('/auth/passkey/options', '/auth/passkeys/options', '/auth/second-step/options', '/auth/confirm/options')


@pytest.fixture
def site(user: Any) -> Iterator[None]:
    """An address with a name: the tests' own has no https."""
    passkey_site.configure(SITE)
    yield
    passkey_site.configure('')


async def ask(visitor: Visitor, path: str, **form: str) -> dict[str, Any]:
    """What a script is told that posts this."""
    answer = await visitor.post(path, SCRIPT, **form)
    assert answer.headers['content-type'] == 'application/json', answer.text
    said: dict[str, Any] = answer.json()
    return said


def location(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    return answer.headers['location']


async def to_the_step(visitor: Visitor, email: str = OLGA, **form: str) -> None:
    assert location(await visitor.sign_in(email, **form)) == '/second-step'


async def test_the_step_that_was_gone_in_another_tab_leads_in_without_a_word(visit: Visit, world: World) -> None:
    app, codes = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor)
    assert location(await visitor.post('/auth/second-step', code=app.next_code())) == '/'
    assert location(await visitor.post('/auth/second-step', code=codes[0])) == '/sign-in'
    await visitor.open(f'/organizations/{world.organization_id}')
    await visitor.sees('Overview')
    assert not visitor.notify.messages, visitor.notify.messages
    stranger = await visit()
    assert location(await stranger.post('/auth/second-step', code=codes[0])) == '/sign-in'
    assert second_step.OVER in (await stranger.get('/sign-in')).text


# signing in with a passkey -------------------------------------------------------------------------------------------


async def test_a_passkey_begins_a_session_and_leads_on(visit: Visit, world: World, site: None) -> None:
    device, visitor = with_passkey(world.owner), await visit()
    before = visitor.http_client.cookies.get('session')
    asked = await ask(visitor, '/auth/passkey/options')
    said = await ask(
        visitor, '/auth/passkey', credential=json.dumps(device.get(asked['options'])), next='/organizations'
    )
    assert said == {'to': '/organizations'}
    assert visitor.cookie != before
    await visitor.open('/account')
    await visitor.sees(OLGA)
    assert 'with a passkey' in visitor.shown


async def test_where_it_leads_is_ours(visit: Visit, world: World, site: None) -> None:
    device, visitor = with_passkey(world.owner), await visit()
    asked = await ask(visitor, '/auth/passkey/options')
    said = await ask(visitor, '/auth/passkey', credential=json.dumps(device.get(asked['options'])), next='//evil.test')
    assert said == {'to': '/'}


@pytest.mark.parametrize('credential', ['', '{}', '[]', '[' * 9000, 'x' * 25_000, '{"id": 1}', 'null'])
async def test_nonsense_is_told_in_a_sentence(visit: Visit, world: World, site: None, credential: str) -> None:
    with_passkey(world.owner)
    visitor = await visit()
    await to_the_step(visitor)
    for path in ('/auth/passkey', '/auth/second-step'):
        assert await ask(visitor, path, credential=credential) == {'wrong': {'': str(Refused())}}
    olga = await visit(MIA)
    for path in ('/auth/passkeys', '/auth/confirm'):
        said = await ask(olga, path, credential=credential, name='Laptop')
        assert said == {'wrong': {'': str(Refused())}}


async def test_without_a_script_the_page_says_that_nothing_came(visit: Visit, world: World, site: None) -> None:
    visitor = await visit()
    assert location(await visitor.post('/auth/passkey', next='/organizations')) == '/sign-in?next=/organizations'
    await visitor.open('/sign-in')
    await visitor.sees('This passkey could not be checked.')


@pytest.mark.parametrize('path', [*OPTIONS, '/auth/passkey', '/auth/passkeys', '/auth/second-step', '/auth/confirm'])
async def test_other_sites_get_nowhere(visit: Visit, world: World, site: None, db: Engine, path: str) -> None:
    visitor = await visit(MIA)
    asked = value(db, 'SELECT count(*) FROM challenges')
    answer = await visitor.post(path, {'Origin': 'https://evil.test', 'Sec-Fetch-Site': 'cross-site'})
    assert answer.status_code == 403
    assert (await visitor.get(path)).status_code == 405
    assert value(db, 'SELECT count(*) FROM challenges') == asked


async def test_strangers_are_asked_for_a_passkey_and_for_nothing_else(visit: Visit, world: World, site: None) -> None:
    visitor = await visit()
    assert 'options' in await ask(visitor, '/auth/passkey/options')
    for path in ('/auth/passkeys/options', '/auth/passkeys', '/auth/confirm/options', '/auth/confirm'):
        assert 'You are signed out' in (await ask(visitor, path))['wrong']['']
    assert (await ask(visitor, '/auth/second-step/options'))['wrong'] == {'': second_step.OVER}


async def test_what_a_stranger_is_asked_tells_nothing_of_anybody(visit: Visit, world: World, site: None) -> None:
    with_passkey(world.owner)
    visitor = await visit()
    asked = (await ask(visitor, '/auth/passkey/options', email=OLGA))['options']
    assert asked['allowCredentials'] == []
    assert set(asked) == {'challenge', 'timeout', 'rpId', 'allowCredentials', 'userVerification'}


async def test_at_an_address_without_passkeys_none_are_offered(visit: Visit, world: World) -> None:
    visitor = await visit()
    await visitor.open('/sign-in')
    assert 'passkey' not in visitor.shown
    assert 'at this address' in (await ask(visitor, '/auth/passkey/options'))['wrong']['']
    olga = await visit(OLGA)
    await olga.open('/account')
    await olga.sees('Browsers have passkeys at addresses with a name only')
    assert 'Add a passkey' not in olga.shown.splitlines()


# the second step -----------------------------------------------------------------------------------------------------


async def test_a_password_leads_to_the_step_and_a_code_to_where_one_wanted_to(visit: Visit, world: World) -> None:
    app, _ = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor, next='/organizations')
    await visitor.open('/second-step')
    await visitor.sees('Confirm that it is you', 'Your account asks for a code as well.')
    assert 'passkey' not in visitor.shown
    assert location(await visitor.get('/organizations')).startswith('/sign-in')
    assert location(await visitor.post('/auth/second-step', code=app.next_code())) == '/organizations'
    await visitor.open('/organizations')
    await visitor.sees('Acme')
    assert location(await visitor.get('/second-step')) == '/'


async def test_a_wrong_code_is_said_and_the_step_stays(visit: Visit, world: World) -> None:
    app, codes = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor)
    assert location(await visitor.post('/auth/second-step', code='000000')) == '/second-step'
    await visitor.open('/second-step')
    await visitor.sees('This code is not right.')
    assert 'not right' in (await ask(visitor, '/auth/second-step', code='000000'))['wrong']['code']
    assert await ask(visitor, '/auth/second-step', code=codes[0]) == {'to': '/'}
    assert app.secret not in visitor.shown


async def test_a_step_that_took_too_long_begins_anew(visit: Visit, world: World) -> None:
    app, _ = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor, next='/organizations')
    wait(600)
    assert await ask(visitor, '/auth/second-step', code=app.code()) == {'to': '/sign-in'}
    await visitor.open('/sign-in')
    await visitor.sees(second_step.OVER)


async def test_its_page_without_a_step_leads_to_sign_in(visit: Visit, world: World) -> None:
    app, _ = with_app(world.owner)
    visitor = await visit()
    assert location(await visitor.get('/second-step')) == '/sign-in'
    await to_the_step(visitor, next='/organizations')
    wait(600)
    assert location(await visitor.get('/second-step')) == '/sign-in?next=/organizations'
    assert app


async def test_too_many_codes_are_refused_with_the_time_to_wait(visit: Visit, world: World) -> None:
    app, _ = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor)
    for _ in range(10):
        await visitor.post('/auth/second-step', SCRIPT, code='000000')
    answer = await visitor.post('/auth/second-step', SCRIPT, code=app.next_code())
    assert answer.status_code == 429 and int(answer.headers['retry-after']) > 0
    assert 'Too many wrong codes.' in answer.json()['wrong']['']


async def test_two_people_in_one_browser_are_two(visit: Visit, world: World) -> None:
    with_app(world.owner)
    app, _ = with_app(world.member)
    visitor = await visit()
    await to_the_step(visitor)
    await to_the_step(visitor, MIA)
    assert await ask(visitor, '/auth/second-step', code=app.next_code()) == {'to': '/'}
    await visitor.open('/account')
    await visitor.sees(MIA)


async def test_a_session_that_is_not_kept_is_not_kept_after_the_step(visit: Visit, world: World) -> None:
    app, _ = with_app(world.owner)
    visitor = await visit()
    await to_the_step(visitor, kept='off')
    answer = await visitor.post('/auth/second-step', code=app.next_code())
    assert 'max-age' not in answer.headers['set-cookie'].lower()
    assert visitor.session['passing'] is True


async def test_the_passkey_of_the_step_is_asked_for_and_taken(visit: Visit, world: World, site: None) -> None:
    device, visitor = with_passkey(world.owner), await visit()
    await to_the_step(visitor)
    await visitor.open('/second-step')
    await visitor.sees('Your account asks for your passkey as well.', 'Use your passkey')
    asked = (await ask(visitor, '/auth/second-step/options'))['options']
    assert len(asked['allowCredentials']) == 1
    assert await ask(visitor, '/auth/second-step', credential=json.dumps(device.get(asked))) == {'to': '/'}


# the account ---------------------------------------------------------------------------------------------------------


async def test_the_account_shows_what_one_has_live_and_to_nobody_else(visit: Visit, world: World, site: None) -> None:
    olga, mia = await visit(OLGA), await visit(MIA)
    await olga.open('/account')
    await mia.open('/account')
    await olga.sees('You have none yet. Set up an authenticator app, or add a passkey.')
    with_passkey(world.owner, name='Laptop <b>')
    await until(lambda: any(row.get('name') == 'Laptop <b>' for row in olga.rows))
    await olga.sees('Your passkeys are a second factor', 'In this browser you have not proved it.')
    with_app(world.owner)
    await olga.sees('An authenticator app is set up', '10 of 10 recovery codes are left.')
    recovery_codes.make_anew(world.owner)
    assert not any(row.get('name') == 'Laptop <b>' for row in mia.rows)
    await mia.sees('You have none yet. Set up an authenticator app, or add a passkey.')


async def test_an_app_is_set_up_on_the_screen(visit: Visit, world: World, db: Engine) -> None:
    wait(0)
    olga = await visit(OLGA)
    await olga.open('/account')
    olga.press('Set up an authenticator app')
    await olga.sees('Scan this with the app on your phone.')
    sealed = value(db, 'SELECT sealed FROM authenticators')
    assert sealed not in olga.shown
    secret = totp.seal.unseal(sealed, totp.SEALED_AS, world.owner.user_id)
    assert ' '.join(secret[at : at + 4] for at in range(0, 32, 4)) in olga.shown
    form = olga.form('app').fill(code='000000')
    form.send()
    await until(lambda: 'not right' in form.error('code'))
    form.fill(code=App(secret).code()).send()
    await olga.sees('Your recovery codes')
    olga.press('I have them')
    await olga.sees('An authenticator app is set up')


# who it is -----------------------------------------------------------------------------------------------------------


async def test_a_passkey_and_a_code_confirm_who_somebody_is(visit: Visit, world: World, site: None, db: Engine) -> None:
    wait(0)
    device, (app, codes) = with_passkey(world.owner), with_app(world.owner)
    olga = await visit()
    await to_the_step(olga)
    await olga.post('/auth/second-step', code=codes[0])
    before = olga.cookie
    assert await ask(olga, '/auth/confirm', code=app.next_code()) == {'done': True}
    assert olga.cookie != before
    asked = (await ask(olga, '/auth/confirm/options'))['options']
    assert await ask(olga, '/auth/confirm', credential=json.dumps(device.get(asked))) == {'done': True}
    assert 'not right' in (await ask(olga, '/auth/confirm', code='000000'))['wrong']['code']
    assert 'not your password' in (await ask(olga, '/auth/confirm', password='wrong'))['wrong']['password']
    assert await ask(olga, '/auth/confirm', password=PASSWORD) == {'done': True}


async def test_a_required_factor_that_is_proved_opens_the_screen_at_once(
    visit: Visit, world: World, db: Engine
) -> None:
    wait(0)
    with_app(world.owner)
    app, _ = with_app(world.member)
    run(db, 'UPDATE sessions SET proved_at = NULL WHERE user_id = :user', user=world.member.user_id)
    mia = await visit()
    await to_the_step(mia, MIA)
    await mia.post('/auth/second-step', code=app.next_code())
    run(db, 'UPDATE sessions SET proved_at = NULL WHERE user_id = :user', user=world.member.user_id)
    second_factors.require(world.owner)
    await mia.open(f'/organizations/{world.organization_id}')
    await mia.sees('This organization requires a second factor. Prove yours to go on.')
    assert await ask(mia, '/auth/confirm', code=app.next_code()) == {'done': True}
    await mia.sees('Members')
