"""A provider added to an account and removed from it, and what it confirms, as people see it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.runtime import providers
from tests.support.oidc_mock import DEPRECATED, MockProvider, acme_id, is_signed_in, path_of, set_out, through
from tests.support.probes import rows, value
from tests.support.visitors import Visitor
from tests.support.world import World

pytestmark = pytest.mark.filterwarnings(DEPRECATED)

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(autouse=True)
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """A provider that runs, and the settings that name it."""
    with acme_id(monkeypatch) as running:
        yield running


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
