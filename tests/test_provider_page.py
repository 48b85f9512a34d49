"""Sign-in through a provider, as people see it: with a real provider (oidc-provider-mock), and when it goes wrong."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from data import clock
from data.integrations.oidc import discovery
from data.runtime import account_rules, providers
from data.runtime.account_rules import AccountRules
from tests.support.hostile_issuer import hostile_issuer
from tests.support.oidc_mock import (
    DEPRECATED,
    MockProvider,
    acme_id,
    is_refused,
    is_signed_in,
    path_of,
    set_out,
    through,
)
from tests.support.probes import rows, run, value
from tests.support.visitors import Visitor
from tests.support.world import World

pytestmark = pytest.mark.filterwarnings(DEPRECATED)

Visit = Callable[..., Awaitable[Visitor]]

OVER = (
    'This sign-in with Acme ID is over: it was finished before, took too long, or began in another browser. '
    'Start again.'
)
DENIED = 'Acme ID did not sign you in: you declined, or it does not let you in here. Try again, or sign in another way.'


@pytest.fixture(autouse=True)
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """A provider that runs, and the settings that name it."""
    with acme_id(monkeypatch) as running:
        yield running


async def test_somebody_signs_up_out_and_in(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await ida.open('/sign-up')
    assert 'Continue with Acme ID' in ida.shown
    assert path_of(await through(ida, acme, '?back=/sign-up')) == '/'
    await ida.open('/')
    [[organization_id]] = rows(db, 'SELECT id FROM organizations')
    assert ida.path == f'/organizations/{organization_id}'
    assert ida.title == 'Overview · ida · Botcadence'

    before = ida.session
    await ida.post('/auth/sign-out')
    assert not await is_signed_in(ida)
    await ida.open('/sign-in')
    assert path_of(await through(ida, acme, '?next=/organizations')) == '/organizations'
    assert (ida.session['token'], ida.session['id']) != (before['token'], before['id'])
    assert await is_signed_in(ida)
    assert value(db, 'SELECT count(*) FROM users') == 1


@pytest.mark.parametrize(
    ('query', 'passing'), [('?kept=off', True), ('?kept=on', False), ('?kept=x', False), ('', False)]
)
async def test_a_session_may_end_with_the_browser(
    visit: Visit, db: Engine, acme: MockProvider, query: str, passing: bool
) -> None:
    ida = await visit()
    answer = await through(ida, acme, query)
    assert bool(ida.session.get('passing')) == passing
    assert ('max-age' in answer.headers['set-cookie'].lower()) != passing


async def test_who_has_a_second_factor_is_led_to_it(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.post('/auth/sign-out')
    run(db, 'UPDATE users SET second_factor_at = :at', at=clock.now())
    assert path_of(await through(ida, acme, '?next=/organizations')) == '/second-step'
    assert not await is_signed_in(ida)
    assert ida.session['step']['then'] == '/organizations'
    assert value(db, "SELECT method FROM account_tokens WHERE purpose = 'second'") == 'oidc:acme'


async def test_nothing_of_the_provider_is_kept_or_shown(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    url = await set_out(ida)
    [journey] = ida.session['journeys'].values()
    assert journey['provider'] == 'acme'
    assert 'provider-secret-4711' not in url
    assert 'verifier' not in str(ida.session)
    await ida.get(acme.agree(url, 'ida'))
    assert set(ida.session) == {'id', 'token'}
    assert value(db, 'SELECT count(*) FROM challenges') == 0


async def test_who_declines_reads_it_and_goes_on_in_another_way(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await is_refused(ida, acme.deny(await set_out(ida)), DENIED)
    await is_refused(ida, acme.deny(await set_out(ida, '?back=/sign-up')), DENIED, '/sign-up')


async def test_nobody_comes_back_twice(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    back = acme.agree(await set_out(ida), 'ida')
    saved = dict(ida.http_client.cookies)
    assert path_of(await ida.get(back)) == '/'
    again = await ida.get(back)
    assert (again.status_code, OVER in again.text) == (200, True)
    assert await is_signed_in(ida)

    await ida.post('/auth/sign-out')
    ida.http_client.cookies.clear()
    ida.http_client.cookies.update(saved)  # as it was on the way there: the server knows that it was used
    await is_refused(ida, back, OVER)


async def test_nobody_comes_back_in_another_browser(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida, other = await visit(), await visit()
    back = acme.agree(await set_out(ida), 'ida')
    await is_refused(other, back, OVER)
    assert path_of(await ida.get(back)) == '/'


@pytest.mark.parametrize(
    'query',
    [
        '',
        '?state=',
        '?code=a',
        '?state=made-up&code=a',
        '?state=a&state=b',
        '?state=%00%ff',
        f'?state={"x" * 5000}',
        '?error=access_denied&error_description=<script>',
    ],
)
async def test_what_no_provider_sent_is_refused(visit: Visit, db: Engine, query: str) -> None:
    stranger = await visit()
    await is_refused(stranger, f'/auth/oidc/acme/callback{query}', OVER)


async def test_nobody_comes_back_later_than_that(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    back = acme.agree(await set_out(ida), 'ida')
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=11)
    await is_refused(ida, back, OVER)


async def test_a_state_of_one_provider_is_none_of_another(
    visit: Visit, db: Engine, acme: MockProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ida = await visit()
    [known] = providers.known()
    beta = type(known)(**{**known.__dict__, 'name': 'beta', 'label': 'Beta'})
    providers.configure([known, beta])
    back = acme.agree(await set_out(ida), 'ida')
    assert path_of(await ida.get(back.replace('/acme/', '/beta/'))) == '/sign-in'
    assert not await is_signed_in(ida)


async def test_two_tabs_both_arrive(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    first, second = await set_out(ida, '?next=/organizations'), await set_out(ida)
    assert path_of(await ida.get(acme.agree(second, 'ida'))) == '/'
    before = ida.session['token']
    assert path_of(await ida.get(acme.agree(first, 'ida'))) == '/organizations'
    assert ida.session['token'] == before
    assert value(db, 'SELECT count(*) FROM sessions') == 1


async def test_a_second_person_in_the_other_tab_takes_over(visit: Visit, db: Engine, acme: MockProvider) -> None:
    acme.say('ivo', email='ivo@new.test', email_verified=True)
    browser = await visit()
    first, second = await set_out(browser), await set_out(browser)
    await browser.get(acme.agree(first, 'ida'))
    assert path_of(await browser.get(acme.agree(second, 'ivo'))) == '/'
    assert rows(db, 'SELECT email FROM users JOIN sessions ON users.id = user_id') == [('ivo@new.test',)]


async def test_of_many_tabs_the_last_four_are_known(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    urls = [await set_out(ida, f'?next=/organizations/{"x" * 150}') for _ in range(6)]
    assert len(ida.session['journeys']) == 4
    assert len(ida.cookie) < 3500
    await is_refused(ida, acme.agree(urls[1], 'ida'), OVER)
    assert path_of(await ida.get(acme.agree(urls[2], 'ida'))).startswith('/organizations/')


async def test_a_provider_that_is_down_keeps_nobody_from_another_way(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    [known] = providers.known()
    providers.configure([type(known)(**{**known.__dict__, 'issuer': 'http://127.0.0.1:9'})])
    olga = await visit()
    answer = await olga.get('/auth/oidc/acme')
    assert path_of(answer) == '/sign-in'
    await olga.open('/sign-in')
    assert 'Acme ID does not answer. Try again in a moment, or sign in another way.' in olga.shown
    assert (await olga.sign_in('olga@acme.test')).headers['location'] == '/'


async def test_a_provider_that_goes_down_meanwhile_is_a_sentence(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    back = acme.agree(await set_out(ida), 'ida')
    [metadata] = discovery._kept.values()
    metadata.token = 'http://127.0.0.1:9/token'
    await is_refused(ida, back, 'Acme ID does not answer. Try again in a moment, or sign in another way.')


async def test_without_passwords_there_are_the_providers_alone(visit: Visit, db: Engine, acme: MockProvider) -> None:
    account_rules.configure(AccountRules(passwords=False))
    ida = await visit()
    for path in ('/sign-in', '/sign-up'):
        await ida.open(path)
        assert 'Continue with Acme ID' in ida.shown
        assert 'Password' not in ida.shown
    await is_refused(ida, acme.deny(await set_out(ida)), DENIED)


async def test_without_providers_the_pages_are_as_they_were(visit: Visit, db: Engine) -> None:
    providers.configure([])
    ida = await visit()
    await ida.open('/sign-in')
    assert 'Continue with' not in ida.shown
    for path in ('/auth/oidc/acme', '/auth/oidc/acme/callback?state=a&code=b', '/auth/oidc/../acme'):
        assert (await ida.get(path)).status_code == 404


@pytest.mark.parametrize('site', ['cross-site', 'same-site'])
async def test_no_other_site_signs_anybody_in(visit: Visit, db: Engine, site: str) -> None:
    ida = await visit()
    answer = await ida.http_client.get('/auth/oidc/acme', headers={'Sec-Fetch-Site': site})
    assert path_of(answer) == '/sign-in'
    assert value(db, 'SELECT count(*) FROM challenges') == 0


@pytest.mark.parametrize('then', ['//evil.example', 'https://evil.example', '/auth/sign-out', '/organizations\\@evil'])
async def test_nobody_is_led_elsewhere(visit: Visit, db: Engine, acme: MockProvider, then: str) -> None:
    ida = await visit()
    await ida.open('/sign-in')
    url = await set_out(ida, f'?next={then}')
    assert path_of(await ida.get(acme.agree(url, 'ida'))) == '/'


async def test_the_way_back_is_the_public_address(visit: Visit, db: Engine) -> None:
    ida = await visit()
    answer = await ida.http_client.get('/auth/oidc/acme', headers={'Host': 'test', 'X-Forwarded-Host': 'evil.example'})
    assert 'redirect_uri=http%3A%2F%2Ftest%2Fauth%2Foidc%2Facme%2Fcallback' in answer.headers['location']


async def test_through_github_one_comes_in_as_well(visit: Visit, db: Engine) -> None:
    ida = await visit()
    with hostile_issuer() as github:  # which says nothing wrong here
        providers.configure([github.provider('github', label='GitHub', scopes='read:user user:email')])
        for _ in range(2):
            answer = await ida.get('/auth/oidc/github')
            back = urlencode(github.agree(answer.headers['location']))
            assert path_of(await ida.get(f'/auth/oidc/github/callback?{back}')) == '/'
            assert await is_signed_in(ida)
            await ida.post('/auth/sign-out')
    assert rows(db, 'SELECT provider, subject, email FROM identities') == [('github', '4711', 'nina@new.test')]


async def test_who_is_signed_in_needs_no_provider(visit: Visit, db: Engine, world: World) -> None:
    olga = await visit('olga@acme.test')
    assert path_of(await olga.get('/auth/oidc/acme?next=/organizations')) == '/organizations'
