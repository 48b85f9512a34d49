"""Levels of usage: the most at once of each day, in a project and in all of them, whatever the clock says."""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from test_usage_sums import TABLES

from data import clock, database
from data.database import System
from data.models import new_id
from data.problems import Invalid
from data.services import projects, usage
from data.services.usage import LimitReached, Metric, levels, sums
from tests.support.probes import everything, rows, run, value
from tests.support.world import World

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CAP = 40


@pytest.fixture
def two_projects(world: World) -> list[str]:
    return [projects.create(world.owner, {'name': name, 'description': ''}).id for name in ('One', 'Other')]


def change(world: World, by: int, project_id: str = '', metric: Metric = Metric.STORAGE) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.change_level(tx, metric, by, project_id=project_id)


def by_day(db: Engine, project_id: str = '') -> list[tuple[str, int, int]]:
    """Day, the most at once, and what it was in the end."""
    found = rows(
        db,
        'SELECT day, quantity, closing FROM usage_days WHERE project_id = :project ORDER BY day',
        project=project_id,
    )
    return [(str(day), most, closing) for day, most, closing in found]


def at(moment: datetime) -> None:
    clock.source = lambda: moment


def test_the_most_of_a_day_is_kept(world: World, db: Engine) -> None:
    for moment, by in ((NOW, 5), (NOW, 3), (NOW, -6), (NOW + DAY, 1), (NOW + 4 * DAY, -3)):
        at(moment)
        change(world, by)
    assert by_day(db) == [('2027-03-10', 8, 2), ('2027-03-11', 3, 3), ('2027-03-14', 3, 0)]
    assert value(db, 'SELECT used FROM usage_counters') == 0


def test_what_rose_in_several_steps_is_given_back_whole(world: World, db: Engine) -> None:
    gone = projects.create(world.owner, {'name': 'Gone', 'description': ''}).id
    for _ in range(3):
        change(world, levels.HIGHEST, gone)
    with database.transaction(System(world.organization_id)) as tx:
        usage.end_levels(tx, gone)
    assert rows(db, "SELECT project_id, level FROM usage_levels WHERE metric = 'storage'") == [('', 0)]
    assert value(db, "SELECT used FROM usage_counters WHERE metric = 'storage'") == 0


def test_a_level_ends_where_databases_still_know_numbers(world: World, db: Engine) -> None:
    change(world, levels.HIGHEST)
    for table, column in (('usage_levels', 'level'), ('usage_counters', 'used')):
        run(db, f'UPDATE {table} SET {column} = :top', top=levels.TOP)
    before = everything(db)
    with pytest.raises(Invalid, match='100,000 TB'):
        change(world, 1)
    assert everything(db) == before
    change(world, -1)
    change(world, 1)


def test_a_month_at_the_top_can_be_looked_at(world: World, db: Engine, two_projects: list[str]) -> None:
    at(NOW.replace(month=4, day=1))
    change(world, 1, two_projects[0])
    for day in range(1, 32):
        run(
            db,
            'INSERT INTO usage_days (organization_id, metric, day, project_id, quantity, events, closing) '
            'SELECT organization_id, metric, :day, project_id, CAST(:top AS BIGINT), events, closing FROM usage_days '
            "WHERE metric = 'storage' AND day = '2027-04-01'",
            day=date(2027, 3, day),
            top=levels.TOP,
        )
    with database.reading(System(world.organization_id)) as tx:
        found = sums.of_projects(tx, Metric.STORAGE, date(2027, 3, 1), date(2027, 4, 1))
    assert found == [(two_projects[0], levels.TOP)]


def test_the_most_of_an_organization_is_not_the_sum_of_its_projects(world: World, db: Engine) -> None:
    one, other = (projects.create(world.owner, {'name': name, 'description': ''}).id for name in ('One', 'Other'))
    run(db, 'DELETE FROM usage_days')
    run(db, 'DELETE FROM usage_levels')
    at(NOW)
    for by, project_id in ((10, one), (-10, one), (10, other)):
        change(world, by, project_id)
    assert by_day(db, one) == [('2027-03-10', 10, 0)]
    assert by_day(db, other) == [('2027-03-10', 10, 10)]
    assert by_day(db) == [('2027-03-10', 10, 10)], 'one after the other'


def test_what_a_project_held_is_given_back_when_it_is_gone(world: World, db: Engine) -> None:
    gone = projects.create(world.owner, {'name': 'Gone', 'description': ''}).id
    change(world, 5, gone)
    projects.archive(world.owner, gone)
    with pytest.raises(Invalid, match='archived'):
        change(world, 1, gone)
    change(world, -2, gone)
    change(world, 4)
    projects.delete(world.owner, gone, 'Gone')
    at(clock.now() + projects.KEPT + DAY)
    assert projects.erase_due() == 1
    assert rows(db, "SELECT project_id, level FROM usage_levels WHERE metric = 'storage'") == [('', 4)]
    assert value(db, "SELECT used FROM usage_counters WHERE metric = 'storage'") == 4
    assert [most for _, most, _ in by_day(db, gone)] == [5, 3], 'what was is still known'


@pytest.mark.parametrize('back', [DAY, 365 * DAY], ids=['a day', 'a year'])
def test_a_clock_set_back_corrupts_no_level(back: timedelta, world: World, db: Engine) -> None:
    at(NOW)
    change(world, 5)
    at(NOW - back)
    change(world, -3)
    change(world, 4)
    assert by_day(db) == [('2027-03-10', 6, 6)], 'a day that is over stays as it was'
    at(NOW + DAY)
    change(world, -6)
    assert by_day(db) == [('2027-03-10', 6, 6), ('2027-03-11', 6, 0)]
    at(NOW)
    change(world, 9)
    assert by_day(db) == [('2027-03-10', 6, 6), ('2027-03-11', 9, 9)]
    assert value(db, 'SELECT used FROM usage_counters') == 9


@pytest.mark.parametrize('by', [0, True, 1.5, None, '1', 2**63, 10**15 + 1, -(10**15) - 1, float('nan')], ids=range(9))
def test_a_change_that_is_none_is_refused(by: Any, world: World, db: Engine) -> None:
    before = everything(db)
    with pytest.raises(Invalid):
        change(world, by)
    assert everything(db) == before


def test_what_has_no_level_is_refused(world: World, db: Engine) -> None:
    here = projects.create(world.owner, {'name': 'Here', 'description': ''}).id
    theirs = projects.create(world.stranger, {'name': 'Theirs', 'description': ''}).id
    before = everything(db)
    wrong: list[tuple[Any, int, Any]] = [
        (Metric.MESSAGES, 1, ''),
        (Metric.MEMBERS, 1, ''),
        ('tokens', 1, ''),
        (None, 1, ''),
        (Metric.PROJECTS, 1, here),
        (Metric.STORAGE, 1, theirs),
        (Metric.STORAGE, -1, theirs),
        (Metric.STORAGE, -1, here),
        (Metric.STORAGE, 1, new_id()),
        (Metric.STORAGE, 1, '../x'),
        (Metric.STORAGE, -1, None),
    ]
    for metric, by, project_id in wrong:
        with pytest.raises(Invalid) as caught:
            change(world, by, project_id, metric)
        assert str(caught.value).endswith('.')
    assert everything(db) == before


def test_it_is_never_below_zero(world: World, db: Engine) -> None:
    change(world, 3)
    change(world, -5)
    change(world, 1)
    assert value(db, 'SELECT used FROM usage_counters') == value(db, 'SELECT level FROM usage_levels') == 1


def test_no_project_takes_away_what_others_have(world: World, db: Engine, two_projects: list[str]) -> None:
    one, other = two_projects
    change(world, 3, one)
    change(world, 10, other)
    change(world, -5, one)
    levels = rows(db, "SELECT project_id, level FROM usage_levels WHERE metric = 'storage'")
    assert dict(levels) == {one: 0, other: 10, '': 10}
    assert value(db, "SELECT used FROM usage_counters WHERE metric = 'storage'") == 10


def test_who_goes_on_after_a_refusal_has_changed_nothing(world: World, db: Engine) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.STORAGE, 5)
        usage.change_level(tx, Metric.STORAGE, 4)
        with suppress(LimitReached):
            usage.change_level(tx, Metric.STORAGE, 2)
        usage.change_level(tx, Metric.STORAGE, 1)
    assert rows(db, 'SELECT used FROM usage_counters') == rows(db, 'SELECT level FROM usage_levels') == [(5,)]
    assert value(db, 'SELECT quantity FROM usage_days') == 5


steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-25, 25).filter(bool), st.integers(-2, 3), st.booleans()),
    min_size=1,
    max_size=15,
)
"""Where, by how much, by how many days the clock moves before, and whether it is done in the end."""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_levels_are_what_a_diary_of_them_says(
    world: World, db: Engine, two_projects: list[str], done: list[tuple[int, int, int, bool]]
) -> None:
    """A diary: after each change the level of the place and of all, on the latest day there was."""
    ids = two_projects
    for table in TABLES:
        run(db, f'DELETE FROM {table}')
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.STORAGE, CAP)
    level: dict[str, int] = defaultdict(int)
    diary: dict[str, list[tuple[date, int, int]]] = defaultdict(list)
    moment = NOW
    for place, by, moves, is_done in done:
        moment += moves * DAY
        at(moment)
        project_id = ['', *ids][place]
        by = max(by, -level[project_id], -level[''])  # what is taken away was there
        if by == 0:
            continue
        is_refused = by > 0 and level[''] + by > CAP
        try:
            with database.transaction(System(world.organization_id)) as tx:
                usage.change_level(tx, Metric.STORAGE, by, project_id=project_id)
                if not is_done:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue
        except LimitReached:
            assert is_refused
            continue
        assert not is_refused
        for each in {'', project_id}:
            day = max(moment.date(), diary[each][-1][0]) if diary[each] else moment.date()
            diary[each].append((day, level[each], level[each] + by))
            level[each] += by
    for each in ('', *ids):
        kept = [day for day in dict.fromkeys(day for day, _, _ in diary[each])]
        expected = []
        for day in kept:
            of_day = [(before, after) for at_day, before, after in diary[each] if at_day == day]
            expected.append((str(day), max(max(pair) for pair in of_day), of_day[-1][1]))
        assert by_day(db, each) == expected
        there = value(db, 'SELECT coalesce(sum(level), 0) FROM usage_levels WHERE project_id = :at', at=each)
        assert there == level[each]
    assert value(db, 'SELECT coalesce(sum(used), 0) FROM usage_counters') == level['']
