"""All that is kept about somebody, as a file: everything of them, nothing of others, no secret."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from data import clock, database
from data.models import Authenticator, Identity, Passkey, PersonOwned, RecoveryCode, User, UserSession
from data.models import PersonalMail as Mail
from data.problems import Reauthenticate, SignedOut, TooMany
from data.runtime import limits
from data.services import accounts, organizations
from data.services.accounts import own_data
from tests.support.probes import refused, rows, run, value
from tests.support.visitors import Visitor, until
from tests.support.world import NETWORK, PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def rich(world: World) -> World:
    """Olga has everything that somebody can have, with a secret in each."""
    olga, now = world.owner.user_id, clock.now()
    accounts.sign_in('olga@acme.test', PASSWORD, network=NETWORK, agent='Olga’s own browser')
    with database.accounts() as tx:
        user = tx.find(User, olga)
        user.name, user.language, user.time_zone = 'Olga Öz', 'de', 'Europe/Berlin'
        subject = 'olga-at-google'
        tx.add(Identity(user_id=olga, provider='google', issuer='https://accounts.test', subject=subject))
        tx.add(Passkey(user_id=olga, credential_id='SECRET-id', public_key='SECRET-key', name='Laptop'))
        tx.add(Authenticator(user_id=olga, sealed='SECRET-seed', confirmed_at=now))
        tx.add(RecoveryCode(user_id=olga, code_hash='SECRET-code'))
        tx.add(Mail(user_id=olga, kind='password', recipient='olga@acme.test'))
    return world


def taken(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(own_data.export_own(world.owner))
    return found


def test_it_holds_everything_of_the_person(rich: World) -> None:
    data = taken(rich)
    assert list(data) == ['profile', 'ways_in', 'sessions', 'security_events', 'mails', 'organizations']
    assert (data['profile']['email'], data['profile']['name']) == ('olga@acme.test', 'Olga Öz')
    assert data['profile']['created_at'].endswith('+00:00')
    ways = data['ways_in']
    assert (ways['password'], ways['unused_recovery_codes'], len(ways['authenticator_app'])) == (True, 1, 1)
    assert ways['passkeys'][0]['name'] == 'Laptop'
    assert ways['providers'][0]['subject'] == 'olga-at-google'
    assert {session['agent'] for session in data['sessions']} == {'pytest', 'Olga’s own browser'}
    assert [event['action'] for event in data['security_events']] == [
        'account:export',
        'account:sign_in',
        'account:sign_up',
    ]
    [acme] = data['organizations']
    assert (acme['name'], acme['role'], acme['organization_id']) == ('Acme', 'owner', rich.organization_id)
    assert [(it['role'], it['to_day']) for it in acme['days']] == [('owner', None)]
    assert data['mails'][0]['kind'] == 'password'


def test_it_holds_no_secret_and_nobody_else(rich: World, db: Engine) -> None:
    text = own_data.export_own(rich.owner).decode()
    assert 'SECRET' not in text
    for column in ('password_hash', 'token_hash'):
        for table in ('users', 'sessions'):
            if column in SQLModel.metadata.tables[table].columns:
                assert not any(found in text for (found,) in rows(db, f'SELECT {column} FROM {table}'))
    for other in ('adam@', 'mia@', 'vera@', 'sam@', rich.admin.user_id, rich.stranger.user_id):
        assert other not in text


def test_no_table_of_a_person_is_forgotten() -> None:
    """A column that is not in the file is left out on purpose: it is a secret, an id, or where it belongs to."""
    taken_along = {
        User: own_data.PROFILE,
        UserSession: own_data.SESSION,
        Identity: own_data.PROVIDER,
        Passkey: own_data.PASSKEY,
        Mail: own_data.MAIL,
    }
    left_out = {
        User: {'id', 'email_key', 'name_key', 'password_hash'},
        UserSession: {'id', 'user_id', 'token_hash'},
        Identity: {'id', 'user_id'},
        Passkey: {'id', 'user_id', 'credential_id', 'public_key', 'sign_count'},
        Mail: {'id', 'user_id', 'attempts', 'problem', 'not_before', 'claimed_until'},
    }
    for table, columns in taken_along.items():
        assert set(SQLModel.metadata.tables[table.__tablename__].columns.keys()) == {*columns, *left_out[table]}
    short_lived = {'account_tokens'}  # a secret for one act, and what that is for
    summed_up = {'authenticators', 'recovery_codes'}
    owned = {table.__tablename__ for table in PersonOwned.__subclasses__() if table.__module__.startswith('data.')}
    assert (
        owned
        == {table.__tablename__ for table in taken_along if table not in (User, UserSession)} | short_lived | summed_up
    )


def test_who_was_here_long_ago_says_first_who_they_are(rich: World, db: Engine) -> None:
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=10)
    refused(Reauthenticate, own_data.export_own, rich.owner)
    run(db, 'DELETE FROM sessions')
    refused(SignedOut, own_data.export_own, rich.owner)
    assert value(db, "SELECT count(*) FROM account_events WHERE action = 'account:export'") == 0


def test_it_is_done_a_few_times_an_hour(rich: World) -> None:
    for _ in range(limits.OWN_DATA.amount):
        own_data.export_own(rich.owner)
    refused(TooMany, own_data.export_own, rich.owner)


def test_what_is_very_much_is_the_newest_of_it(rich: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_data, 'MOST', 2)
    organizations.create(rich.owner, 'Beta')
    organizations.create(rich.owner, 'Gamma')
    data = taken(rich)
    assert [event['action'] for event in data['security_events']] == ['account:export', 'account:sign_in']
    assert [at['name'] for at in data['organizations']] == ['Gamma', 'Beta']


async def test_it_comes_by_a_button(visit: Visit, rich: World, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = await visit('olga@acme.test')
    await olga.open('/account')
    taken: list[Any] = []
    monkeypatch.setattr(type(olga.download), '__call__', lambda _, *given: taken.append(given))
    olga.press('Download my data')
    await until(lambda: taken)
    [(content, name, kind)] = taken
    assert json.loads(content)['profile']['email'] == 'olga@acme.test'
    assert (name, kind) == (f'botcadence-my-data-{clock.now():%Y-%m-%d}.json', 'application/json')
    await olga.sees('You downloaded your data')
