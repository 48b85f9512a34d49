"""Sums of usage equal the events they are made of: in any order, twice, late, corrected, from eight threads at once."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from test_races import at_once

from data import clock, database
from data.database import System
from data.services import projects, usage
from data.services.usage import Conflict, Event, LimitReached, Metric, days, pruning
from tests.support.probes import rows, run, value
from tests.support.world import World

KATHMANDU = 'Asia/Kathmandu'
"""Its days begin at a quarter past an hour of UTC."""

NOW = datetime(2027, 3, 3, 20, 0, tzinfo=UTC)
THREADS = 8
TABLES = ('usage_events', 'usage_hours', 'usage_days', 'usage_counters', 'usage_levels', 'usage_limits')


def anew(db: Engine, zone: str = 'UTC') -> None:
    """Nothing was counted yet, and days are those of a zone."""
    for table in (*TABLES, 'billing_settings'):
        run(db, f'DELETE FROM {table}')
    days.configure(zone)


def sums(db: Engine) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    """Hours, days and counters as they are kept."""
    hours = rows(db, 'SELECT organization_id, hour, project_id, quantity, events FROM usage_hours')
    by_day = rows(
        db, "SELECT organization_id, day, project_id, quantity, events FROM usage_days WHERE metric = 'messages'"
    )
    used = rows(db, "SELECT organization_id, period, used FROM usage_counters WHERE metric = 'messages'")
    return (
        {(at, _moment(hour), project): (quantity, number) for at, hour, project, quantity, number in hours},
        {(at, str(day), project): (quantity, number) for at, day, project, quantity, number in by_day},
        {(at, str(period)): number for at, period, number in used},
    )


def expected(db: Engine, zone: str) -> tuple[dict[Any, Any], dict[Any, Any], dict[Any, Any]]:
    """The same from the raw rows, by arithmetic that shares nothing with the meter."""
    hours: dict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
    by_day: dict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
    used: dict[Any, int] = defaultdict(int)
    for at, project, quantity, text, day in rows(
        db, 'SELECT organization_id, project_id, quantity, at, day FROM usage_events'
    ):
        moment = _moment(text)
        local = moment.astimezone(ZoneInfo(zone)).strftime('%Y-%m-%d')
        assert local == str(day)
        for table, key in ((hours, (at, moment.replace(minute=0, second=0, microsecond=0))), (by_day, (at, local))):
            before = table[*key, project]
            table[*key, project] = before[0] + quantity, before[1] + 1
        used[at, f'{local[:7]}-01'] += quantity
    return dict(hours), dict(by_day), dict(used)


def _moment(value: Any) -> datetime:
    """A moment as SQLite (text) or PostgreSQL has it."""
    return (datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value).astimezone(UTC)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """One that is among the keys of few others; mostly, what is reported again says the same."""
    key = draw(st.integers(0, 15))
    other = draw(st.integers(0, 9)) == 0
    quantity = (key * 7 + other) % 11 - 3
    minutes = draw(st.integers(-5, 35 * 24 * 60))
    at = draw(st.none() | st.just(NOW - timedelta(minutes=minutes)))
    return Event(Metric.MESSAGES, quantity or 1, f'{key}', '', at, quantity < 0)


acts = st.lists(st.tuples(st.lists(events(), max_size=8), st.integers(0, 5)), min_size=1, max_size=8)
"""Transactions: what each of them records, and 0 where it fails in the end."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_sums_are_those_of_the_rows(world: World, db: Engine, done: Sequence[tuple[list[Event], int]]) -> None:
    anew(db, KATHMANDU)
    clock.source = lambda: NOW
    here, there = world.organization_id, world.stranger.organization_id
    known: dict[tuple[str, str], Event] = {}
    for number, (batch, fails) in enumerate(done):
        organization_id = there if number % 3 == 2 else here
        is_other = False
        new: dict[tuple[str, str], Event] = {}
        for event in batch:
            first = {**new, **known}.get((organization_id, event.key))
            is_other |= first is not None and first.quantity != event.quantity
            if first is None:
                new[organization_id, event.key] = event
        with suppress(ZeroDivisionError, Conflict), database.transaction(System(organization_id)) as tx:
            assert usage.record_many(tx, batch) == len(new)
            assert not is_other, 'it is a conflict'
            if not fails:
                raise ZeroDivisionError
            known |= new
    kept = rows(db, 'SELECT organization_id, key, quantity FROM usage_events')
    assert {(at, key): quantity for at, key, quantity in kept} == {at: event.quantity for at, event in known.items()}
    assert sums(db) == expected(db, KATHMANDU)


def test_eight_threads_count_each_event_once(world: World, db: Engine) -> None:
    anew(db)
    helpdesk = projects.create(world.owner, {'name': 'Helpdesk', 'description': ''}).id
    now = clock.now()

    def work(thread: int) -> None:
        for step in range(12):
            keys = [(thread * 31 + step * 17 + place * 7) % 400 for place in range(30)]
            batch = [
                Event(Metric.MESSAGES, key % 5 + 1, f'{key}', helpdesk if key % 2 else '', now - timedelta(hours=key))
                for key in dict.fromkeys(keys)
            ]
            # an actor, whom nobody asked: nothing holds the row of the organization before the meter does
            with database.transaction(world.owner) as tx:
                usage.record_many(tx, batch)
                usage.record(tx, Metric.MESSAGES, 1, f'{thread} {step}')

    with at_once(THREADS) as run_all:
        assert run_all([partial(work, thread) for thread in range(THREADS)]) == [None] * THREADS
    keys = {
        (thread * 31 + step * 17 + place * 7) % 400 for thread in range(8) for step in range(12) for place in range(30)
    }
    total = sum(key % 5 + 1 for key in keys) + THREADS * 12
    assert value(db, 'SELECT count(*) FROM usage_events') == len(keys) + THREADS * 12
    assert value(db, "SELECT sum(used) FROM usage_counters WHERE metric = 'messages'") == total
    assert sums(db) == expected(db, 'UTC')


def test_a_limit_of_a_thousand_grants_exactly_a_thousand(world: World, db: Engine) -> None:
    anew(db)
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.MESSAGES, 1000)
    granted, refused = [0] * THREADS, [0] * THREADS

    def work(thread: int) -> None:
        for number in range(40):
            try:
                with database.transaction(world.owner) as tx:
                    usage.record(tx, Metric.MESSAGES, 5, f'{thread} {number}')
                granted[thread] += 5
            except LimitReached:
                refused[thread] += 5

    with at_once(THREADS) as run_all:
        assert run_all([partial(work, thread) for thread in range(THREADS)]) == [None] * THREADS
    assert sum(granted) == 1000 and sum(refused) == 600
    assert rows(db, 'SELECT used, told FROM usage_counters') == [(1000, 100)]
    assert value(db, 'SELECT sum(quantity) FROM usage_events') == 1000
    assert sums(db) == expected(db, 'UTC')


def test_the_last_projects_are_taken_by_as_many_as_there_are(world: World, db: Engine) -> None:
    anew(db)
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.PROJECTS, 3)

    def create(number: int) -> None:
        projects.create(world.owner, {'name': f'Project {number}', 'description': ''})

    with at_once(THREADS) as run_all:
        ends = run_all([partial(create, number) for number in range(THREADS)])
    assert [type(end) for end in ends if end] == [LimitReached] * 5
    assert value(db, 'SELECT count(*) FROM projects') == 3
    assert rows(db, "SELECT used FROM usage_counters WHERE metric = 'projects'") == [(3,)]


def test_old_events_go_and_their_sums_stay(world: World, db: Engine) -> None:
    anew(db)
    clock.source = lambda: NOW
    for organization_id in (world.organization_id, world.stranger.organization_id):
        with database.transaction(System(organization_id)) as tx:
            usage.record_many(tx, [Event(Metric.MESSAGES, 2, f'{n}', '', NOW - timedelta(days=n)) for n in range(30)])
    before = sums(db)
    clock.source = lambda: datetime(2028, 3, 31, 23, 59, tzinfo=UTC)
    assert pruning.prune() == 0, 'thirteen whole months: from February 2027 on'
    clock.source = lambda: datetime(2028, 4, 1, tzinfo=UTC)
    assert pruning.prune() == 2 * 27
    assert {str(day) for [day] in rows(db, 'SELECT day FROM usage_events')} == {f'2027-03-0{day}' for day in (1, 2, 3)}
    assert sums(db) == before
    assert pruning.prune() == 0


@pytest.mark.parametrize('back', [timedelta(days=1), timedelta(days=365)], ids=['a day', 'a year'])
def test_a_clock_set_back_corrupts_no_sum(back: timedelta, world: World, db: Engine) -> None:
    anew(db)
    for number, moved in enumerate((timedelta(), -back, timedelta(), back, -back)):
        clock.source = lambda moved=moved: NOW + moved
        with database.transaction(System(world.organization_id)) as tx:
            usage.record(tx, Metric.MESSAGES, 1, f'{number}')
            usage.record(tx, Metric.MESSAGES, 1, 'the same')
    assert value(db, 'SELECT sum(used) FROM usage_counters') == 6
    assert sums(db) == expected(db, 'UTC')
