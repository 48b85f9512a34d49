"""What is over is deleted in portions: whoever signs in meanwhile never waits for long."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlmodel import SQLModel
from structlog.testing import capture_logs

from data import clock
from data.database import portions
from data.jobs import usage_pruning
from data.models import (
    AccountEvent,
    AccountToken,
    Mail,
    MailState,
    PersonalMail,
    TokenPurpose,
    UsageEvent,
    UserSession,
    new_id,
)
from data.services import accounts
from data.services.accounts import events, links, sessions
from data.services.accounts.acts import AccountAct
from data.services.mail import outbox
from data.services.usage import pruning
from tests.support.probes import plan, rows_written, statements, statements_of_writers, value
from tests.support.world import PASSWORD, World

DEAD = 1234
"""Rows that are over, in several portions."""

MOST = 100
"""Rows that one transaction deletes at most: some 400 pages, 1.6 MB that a disk must take while the lock is held."""

Values = dict[str, object]


def session(world: World, number: int) -> Values:
    seen = clock.now() - timedelta(days=8, seconds=number)
    started = {'created_at': seen, 'seen_at': seen, 'expires_at': seen + timedelta(days=30)}
    return {'id': new_id(), 'user_id': world.member.user_id, 'token_hash': f'{number}', **started}


def account_event(world: World, number: int) -> Values:
    at = clock.now() - events.KEPT - timedelta(days=1) + timedelta(seconds=number)
    return {'at': at, 'email_key': 'mia@acme.test', 'action': AccountAct.SIGN_IN, 'outcome': 'refused'}


def account_link(world: World, number: int) -> Values:
    over = clock.now() - timedelta(seconds=number)
    row = {'id': new_id(), 'user_id': world.member.user_id, 'purpose': TokenPurpose.VERIFY, 'token_hash': f'{number}'}
    return {**row, 'email': '', 'method': '', 'created_at': over, 'expires_at': over}


def mail(world: World, number: int) -> Values:
    at = clock.now() - outbox.KEPT - timedelta(days=1, seconds=number)
    state = MailState.SENT if number % 2 else MailState.FAILED
    facts = {'kind': 'removed', 'recipient': 'a@b.test', 'state': state, 'created_at': at, 'not_before': at}
    return {'id': new_id(), 'organization_id': (world.owner, world.stranger)[number % 3 == 0].organization_id, **facts}


def usage_event(world: World, number: int) -> Values:
    at = clock.now() - timedelta(days=31 * (pruning.MONTHS + 1), seconds=number)
    facts = {'metric': 'messages', 'project_id': '', 'quantity': 1, 'at': at, 'day': at.date(), 'seen_at': at}
    return {
        'organization_id': (world.owner, world.stranger)[number % 3 == 0].organization_id,
        'key': f'{number}',
        **facts,
    }


def personal_mail(world: World, number: int) -> Values:
    row = mail(world, number)
    del row['organization_id']
    return {**row, 'user_id': world.member.user_id}


Kind = tuple[type[SQLModel], Callable[[World, int], Values], Callable[[], int]]
KINDS: dict[str, Kind] = {
    'sessions': (UserSession, session, sessions.prune),
    'account events': (AccountEvent, account_event, events.prune),
    'account links': (AccountToken, account_link, links.prune),
    'mails': (Mail, mail, outbox.tidy),
    'usage events': (UsageEvent, usage_event, pruning.prune),
    'personal mails': (PersonalMail, personal_mail, outbox.tidy),
}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, 'PAUSE', 0.001)


def put(db: Engine, world: World, kind: Kind) -> int:
    """Put what is over into a table; how many rows in it are not."""
    table, row, _ = kind
    with db.begin() as connection:
        if table is AccountEvent:  # what is younger comes after what is older
            connection.exec_driver_sql('DELETE FROM account_events')
        before = int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        connection.execute(insert(table), [row(world, number) for number in range(DEAD)])
    if table is AccountEvent:
        accounts.sign_in('mia@acme.test', PASSWORD)
        before += 1
    return before


def count(db: Engine, table: type[SQLModel]) -> int:
    return int(value(db, f'SELECT count(*) FROM {table.__tablename__}'))


def test_old_usage_goes_by_a_job_of_the_process(world: World, db: Engine) -> None:
    before = put(db, world, KINDS['usage events'])
    worker, done = usage_pruning.job(), threading.Event()
    with capture_logs() as logs:
        work = worker._work
        worker._work = lambda: (work(), done.set())[0]
        worker.start()
        assert done.wait(10)
        worker.stop()
    assert count(db, UsageEvent) == before
    assert {'event': 'old usage events deleted', 'events': DEAD, 'log_level': 'info'} in logs


@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_what_is_over_goes_in_portions_and_the_rest_stays(kind: Kind, world: World, db: Engine) -> None:
    table, _, prune = kind
    before = put(db, world, kind)
    with rows_written(db, 'DELETE') as seen:
        assert prune() == DEAD
    assert sum(seen) == DEAD
    assert max(seen) <= MOST
    assert count(db, table) == before
    assert prune() == 0


@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_it_goes_on_where_it_was_stopped(kind: Kind, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    table, _, prune = kind
    before = put(db, world, kind)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(portions.time, 'sleep', stop)
        with pytest.raises(KeyboardInterrupt):
            prune()
    left = count(db, table) - before
    assert 0 < left < DEAD
    assert prune() == left


def test_a_slow_portion_makes_the_next_ones_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    now = iter(range(100))
    monkeypatch.setattr(portions.time, 'monotonic', lambda: next(now))
    monkeypatch.setattr(portions.time, 'sleep', lambda _: None)

    def delete(limit: int) -> int | None:
        limits.append(limit)
        return limit if len(limits) < 4 else None

    assert portions.in_portions(delete) == sum(limits[:3])
    assert limits == [portions.FIRST, 1, 1, 1]


def test_the_first_portions_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    monkeypatch.setattr(portions.time, 'monotonic', lambda: 0)
    monkeypatch.setattr(portions.time, 'sleep', lambda _: None)
    portions.in_portions(lambda limit: limits.append(limit) or (None if len(limits) == 7 else limit))  # type: ignore[func-returns-value]
    assert limits == [10, 20, 40, 80, *3 * [portions.ROWS]]


@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_a_transaction_is_one_statement_whosever_the_rows_are(kind: Kind, world: World, db: Engine) -> None:
    put(db, world, kind)
    with statements_of_writers(db) as seen:
        kind[2]()
    assert set(seen) == {1}


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_what_is_deleted_is_found_by_its_key(kind: Kind, world: World, db: Engine) -> None:
    put(db, world, kind)
    with statements(db) as seen:
        kind[2]()
    deletes = {statement for statement in seen if statement.startswith('DELETE')}
    assert deletes
    for statement in deletes:
        [step] = [step for step in plan(db, statement) if step.startswith(('SEARCH', 'SCAN'))]
        assert step.endswith(('(id=?)', '(rowid=?)', '(organization_id=? AND key=?)')), statement


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_nothing_is_looked_for_through_a_whole_table(kind: Kind, world: World, db: Engine) -> None:
    put(db, world, kind)
    with statements(db) as seen:
        kind[2]()
    for statement in {each for each in seen if 'SELECT' in each or 'DELETE' in each}:
        assert not [step for step in plan(db, statement) if step.startswith('SCAN')], statement
