"""Sign-in through a provider, as people see it: with a real provider (oidc-provider-mock), and when it goes wrong."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from data import clock
from data.integrations.oidc import discovery
from data.models import Role
from data.runtime import account_rules, providers
from data.runtime.account_rules import AccountRules, SignUp
from tests.support.hostile_issuer import hostile_issuer
from tests.support.oidc_mock import DEPRECATED, MockProvider, mock_provider, path_of, set_out, through
from tests.support.probes import rows, run, value
from tests.support.visitors import Visitor
from tests.support.world import World, offered

pytestmark = pytest.mark.filterwarnings(DEPRECATED)

Visit = Callable[..., Awaitable[Visitor]]

OVER = (
    'This sign-in with Acme ID is over: it was finished before, took too long, or began in another browser. '
    'Start again.'
)
DENIED = 'Acme ID did not sign you in: you declined, or it does not let you in here. Try again, or sign in another way.'
TAKEN = (
    'There is an account with olga@acme.test already. Sign in the way you always do; in your account you can then add '
    'Acme ID.'
)
UNVERIFIED = (
    'Acme ID does not say that ida@new.test is verified, so it may not be yours. Verify it there, then try again, or '
    'sign up in another way.'
)


@pytest.fixture(autouse=True)
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """A provider that runs, and the settings that name it."""
    with mock_provider() as running:
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_ISSUER', running.url)
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_ID', 'botcadence')
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_SECRET', 'provider-secret-4711')
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_LABEL', 'Acme ID')
        yield running
    providers.configure([])
    account_rules.configure(AccountRules())


async def is_signed_in(visitor: Visitor) -> bool:
    return path_of(await visitor.get('/')) != '/sign-in'


async def is_refused(visitor: Visitor, path: str, sentence: str, at: str = '/sign-in') -> None:
    """Whoever comes back like this reads the sentence above the other ways in, and is nobody."""
    assert path_of(await visitor.get(path)).partition('?')[0] == at
    await visitor.open(at)
    assert sentence in visitor.shown
    assert 'Continue with Acme ID' in visitor.shown
    assert not await is_signed_in(visitor)
    await visitor.open(at)
    assert sentence not in visitor.shown


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


async def test_an_unverified_address_makes_no_account(visit: Visit, db: Engine, acme: MockProvider) -> None:
    acme.say('ida', email='ida@new.test', email_verified=False)
    ida = await visit()
    await is_refused(ida, acme.agree(await set_out(ida), 'ida'), UNVERIFIED)
    assert value(db, 'SELECT count(*) FROM users') == 0


async def test_an_account_with_this_address_is_not_opened(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    acme.say('mallory', email='olga@acme.test', email_verified=True)
    mallory = await visit()
    await is_refused(mallory, acme.agree(await set_out(mallory), 'mallory'), TAKEN)
    assert value(db, 'SELECT count(*) FROM identities') == 0


async def test_the_address_of_somebody_may_change_at_the_provider(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.post('/auth/sign-out')
    acme.say('ida', email='olga@acme.test', email_verified=True)
    assert path_of(await through(ida, acme)) == '/'
    assert rows(db, 'SELECT users.email, identities.email FROM users JOIN identities ON users.id = user_id') == [
        ('ida@new.test', 'olga@acme.test')
    ]


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


async def test_who_is_invited_joins_through_a_provider(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    token = offered(world.owner, 'ida@new.test', Role.VIEWER)
    ida = await visit()
    await ida.open(f'/invitations/{token}')
    assert 'Continue with Acme ID' in ida.shown
    there = f'/organizations/{world.owner.organization_id}'
    assert path_of(await through(ida, acme, f'?invitation={token}&next={there}')) == there
    await ida.open(there)
    await ida.is_told('You have joined Acme as Viewer.')


async def test_the_invitation_of_somebody_else_is_told_where_it_is(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    token = offered(world.owner, 'ivo@new.test')
    ida = await visit()
    said = 'This invitation is for ivo@new.test. Acme ID says that you are ida@new.test.'
    await is_refused(ida, acme.agree(await set_out(ida, f'?invitation={token}'), 'ida'), said, f'/invitations/{token}')


async def test_who_has_an_account_answers_the_invitation_themselves(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.post('/auth/sign-out')
    token = offered(world.owner, 'ida@new.test')
    assert path_of(await through(ida, acme, f'?invitation={token}')) == f'/invitations/{token}'
    await ida.open(f'/invitations/{token}')
    assert 'Accept invitation' in ida.shown


@pytest.mark.parametrize(
    ('rules', 'says'),
    [
        (AccountRules(sign_up=SignUp.CLOSED), 'Nobody can sign up here.'),
        (AccountRules(sign_up=SignUp.INVITED), 'You can sign up here with an invitation.'),
        (AccountRules(domains=frozenset({'acme.test'})), 'Use your address in acme.test.'),
    ],
    ids=['closed', 'invited', 'domains'],
)
async def test_the_rules_for_signing_up_are_told(
    visit: Visit, db: Engine, world: World, acme: MockProvider, rules: AccountRules, says: str
) -> None:
    ida = await visit()
    account_rules.configure(rules)
    await is_refused(ida, acme.agree(await set_out(ida), 'ida'), says)


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


async def test_who_is_signed_in_adds_a_provider(visit: Visit, db: Engine, world: World, acme: MockProvider) -> None:
    olga = await visit('olga@acme.test')
    assert path_of(await through(olga, acme, '?purpose=link')) == '/account'
    assert olga.session['notice'] == 'You can now sign in with Acme ID.'
    await olga.post('/auth/sign-out')
    assert path_of(await through(olga, acme)) == '/'
    assert rows(db, 'SELECT email FROM users JOIN sessions ON users.id = user_id WHERE method = :m', m='oidc:acme') == [
        ('olga@acme.test',)
    ]


async def test_who_signs_out_on_the_way_adds_nothing(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    """Nor does who signs in as somebody else: it was begun by the one, and would be finished by the other."""
    olga = await visit('olga@acme.test')
    back = acme.agree(await set_out(olga, '?purpose=link'), 'ida')
    saved = dict(olga.session['journeys'])
    await olga.post('/auth/sign-out')
    assert path_of(await olga.get(back)) == '/sign-in'
    assert saved
    mia = await visit('mia@acme.test')
    assert (await mia.get(back)).status_code == 200
    assert value(db, 'SELECT count(*) FROM identities') == 0


async def test_nobody_adds_what_belongs_to_somebody_else(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    await through(await visit(), acme)
    olga = await visit('olga@acme.test')
    assert path_of(await through(olga, acme, '?purpose=link')) == '/account'
    assert olga.session['notice'] == 'This account at Acme ID is a way into another account here.'


async def test_who_was_away_for_long_is_asked_first(visit: Visit, db: Engine, world: World, acme: MockProvider) -> None:
    olga = await visit('olga@acme.test')
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=11)
    assert path_of(await through(olga, acme, '?purpose=link')) == '/account'
    assert olga.session['notice'] == 'This took too long. Start again.'
    assert value(db, 'SELECT count(*) FROM identities') == 0


@pytest.mark.parametrize('purpose', ['link', 'confirm'])
async def test_whoever_is_signed_out_adds_and_confirms_nothing(visit: Visit, db: Engine, purpose: str) -> None:
    assert path_of(await (await visit()).get(f'/auth/oidc/acme?purpose={purpose}')) == '/sign-in'


async def test_a_provider_confirms_who_somebody_is(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await through(ida, acme)
    before = ida.session['token']
    url = await set_out(ida, '?purpose=confirm')
    assert 'max_age=0' in url
    answer = await ida.get(acme.agree(url, 'ida'))
    assert (answer.status_code, 'Close this tab' in answer.text) == (200, True)
    assert ida.session['token'] != before
    assert await is_signed_in(ida)
    assert value(db, 'SELECT count(*) FROM sessions') == 1


async def test_somebody_else_at_the_provider_confirms_nothing(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await through(ida, acme)
    before = ida.session['token']
    answer = await through(ida, acme, '?purpose=confirm', 'somebody@else.test')
    assert 'This is not the account at Acme ID that you sign in with here.' in answer.text
    assert 'href="/auth/oidc/acme?purpose=confirm"' in answer.text
    assert ida.session['token'] == before


async def test_the_account_shows_what_was_added_and_lets_go_of_it(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    olga, tab = await visit('olga@acme.test'), await visit('olga@acme.test')
    await tab.open('/account')
    assert {'Add Acme ID', 'You have added none yet.'} <= set(tab.shown.split('\n'))
    acme.say('ida', email='private@new.test', email_verified=False)
    await through(olga, acme, '?purpose=link')
    assert olga.session['notice'] == 'You can now sign in with Acme ID.'
    await olga.open('/account')
    for each in (olga, tab):
        await each.sees('private@new.test')
        assert 'Add Acme ID' not in each.shown.split('\n')
    [row] = [row for row in olga.rows if row.get('email') == 'private@new.test']
    olga.choose(row, 'remove')
    await olga.sees('Remove Acme ID?')
    olga.press('Remove')
    await olga.is_told('Acme ID does not sign you in any more.')
    for each in (olga, tab):
        await each.sees('Add Acme ID')
    assert value(db, 'SELECT count(*) FROM identities') == 0


async def test_the_last_way_in_is_not_removed(visit: Visit, db: Engine, acme: MockProvider) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.open('/account')
    [row] = [row for row in ida.rows if row.get('label') == 'Acme ID']
    ida.choose(row, 'remove')
    await ida.sees('Remove Acme ID?')
    ida.press('Remove')
    await ida.is_told('This is the only way into your account. Set a password, or add another way, then remove it.')
    assert 'Acme ID' in ida.shown


async def test_without_providers_the_account_does_not_speak_of_them(visit: Visit, db: Engine, world: World) -> None:
    olga = await visit('olga@acme.test')
    providers.configure([])
    await olga.open('/account')
    assert 'Sign-in with other accounts' not in olga.shown
