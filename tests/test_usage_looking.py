"""Usage as people look at it: months by day, equal to what was counted, on both databases."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from data import database
from data.database import System
from data.models import Role
from data.permissions import Permission
from data.problems import Forbidden, Invalid, NotFound
from data.services import usage
from data.services.usage import Event, Metric, exporting, looking, seats
from tests.support.months import at, by_day, count_by, exported, messages, project, store, use
from tests.support.probes import refused, rows, run, statements
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')


# months --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('year', 'month', 'length'), [(2027, 2, 28), (2028, 2, 29), (2027, 4, 30), (2027, 12, 31)], ids=str
)
def test_a_month_has_all_its_days_and_no_others(world: World, year: int, month: int, length: int) -> None:
    first = date(year, month, 1)
    last, after = first + timedelta(days=length - 1), first + timedelta(days=length)
    for number, day in enumerate((first - timedelta(days=1), first, last, after), 1):
        at(day.year, day.month, day.day)
        use(world, messages(10**number, f'{day}'))
    at(after.year, after.month, 15)
    seen = looking.month(world.owner, f'{year}-{month:02}')
    assert (len(seen.days), seen.days[0], seen.days[-1]) == (length, first, last)
    assert by_day(seen, Metric.MESSAGES) == {1: 100, length: 1000}
    measured = seen.measured[Metric.MESSAGES]
    assert (measured.total, measured.before, measured.by_then) == (1100, 10, 10)
    present = looking.month(world.owner)
    assert (present.first, present.is_present, present.measured[Metric.MESSAGES].total) == (after, True, 10_000)
    assert present.measured[Metric.MESSAGES].before == 1100


def test_the_present_month_ends_today_and_is_compared_with_as_many_days(world: World) -> None:
    for day in (10, 11, 12):
        at(2027, 2, day)
        use(world, messages(day, f'{day}'))
    at(2027, 3, 11)
    use(world, messages(5, 'now'))
    month = looking.month(world.owner)
    assert month.measured[Metric.MESSAGES].days == (*[0] * 10, 5, *[None] * 20)
    measured = month.measured[Metric.MESSAGES]
    assert (measured.total, measured.before, measured.by_then) == (5, 33, 21)


def test_a_longer_month_is_compared_with_all_of_a_shorter_one(world: World) -> None:
    at(2027, 2, 28)
    use(world, messages(7, 'last'))
    at(2027, 3, 30)
    assert looking.month(world.owner).measured[Metric.MESSAGES].by_then == 7


def test_months_go_back_to_when_there_was_an_organization(world: World, db: Engine) -> None:
    run(db, "UPDATE organizations SET created_at = '2026-12-31 23:30:00+00:00'")
    at(2027, 3, 15)
    assert looking.month(world.owner).months == (
        date(2027, 3, 1),
        date(2027, 2, 1),
        date(2027, 1, 1),
        date(2026, 12, 1),
    )
    count_by(db, 'Asia/Kathmandu')
    assert looking.month(world.owner).months[-1] == date(2027, 1, 1), 'there it was the next year already'
    at(2025, 1, 1)
    assert looking.month(world.owner).months == (date(2025, 1, 1),), 'a clock that was set back'


@pytest.mark.parametrize(
    'wanted',
    [
        *(
            '2027-3',
            '2027-13',
            '2027-00',
            '27-03',
            '2027-03-01',
            '2027-03\n',
            ' 2027-03',
            '٢٠٢٧-٠٣',
            '9999-12',
            '2027-04',
        ),
        *(None, 202703, 2027.03, date(2027, 3, 1), ['2027-03'], True),
        *('1999-12', '0001-01', "2027-03' OR 1=1", '2027-03\0'),
    ],
    ids=ascii,
)
def test_what_is_no_month_is_refused(world: World, wanted: object) -> None:
    at(2027, 3, 15)
    for look in (lambda: looking.month(world.owner, wanted), lambda: exporting.export(world.owner, wanted, 'csv')):
        assert refused(Invalid, look).fields == {'month': looking.NO_MONTH}


@pytest.mark.parametrize('metric', ['', 'plan', 'MESSAGES', None, 1, ['messages']], ids=ascii)
def test_what_is_no_metric_is_refused(world: World, metric: object) -> None:
    assert set(refused(Invalid, looking.month, world.owner, '', metric).fields) == {'metric'}


# levels --------------------------------------------------------------------------------------------------------------


def test_a_level_stays_until_it_changes(world: World) -> None:
    at(2027, 1, 30)
    store(world, 100)
    at(2027, 3, 3)
    store(world, 50)
    store(world, -120)
    at(2027, 3, 6)
    store(world, 5)
    at(2027, 3, 8)
    month = looking.month(world.owner, '', Metric.STORAGE)
    found = month.measured[Metric.STORAGE]
    assert found.days == (100, 100, 150, 30, 30, 35, 35, 35, *[None] * 23)
    assert (found.total, found.before) == (150, 100)
    assert by_day(looking.month(world.owner, '2027-01'), Metric.STORAGE) == {30: 100, 31: 100}
    assert by_day(looking.month(world.owner, '2027-02'), Metric.STORAGE) == {day: 100 for day in range(1, 29)}


# seats ---------------------------------------------------------------------------------------------------------------


def test_people_are_counted_by_the_day(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM seat_spans')
    at(2027, 2, 27)
    with database.transaction(System(world.organization_id)) as tx:
        seats.taken(tx, world.owner.user_id, Role.OWNER)
    at(2027, 3, 2)
    with database.transaction(System(world.organization_id)) as tx:
        seats.taken(tx, world.admin.user_id, Role.ADMIN)
        seats.left(tx, world.admin.user_id)
    at(2027, 3, 4)
    month = looking.month(world.owner)
    measured = month.measured[Metric.MEMBERS]
    assert measured.days == (1, 2, 1, 1, *[None] * 27)
    assert (measured.total, measured.before, measured.by_then) == (5, 2, 0)


# limits --------------------------------------------------------------------------------------------------------------


def test_limits_are_those_of_now(world: World) -> None:
    at(2027, 3, 5)
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.MESSAGES, 100)
    use(world, messages(80, 'many'))
    caps = {it.metric: (it.used, it.cap) for it in looking.month(world.owner).standings}
    assert caps[Metric.MESSAGES] == (80, 100)
    assert caps[Metric.STORAGE][1] is None
    assert looking.month(world.owner, '2027-02').standings == ()


# equal to what was counted -------------------------------------------------------------------------------------------


@pytest.mark.parametrize('zone', ['UTC', 'Asia/Kathmandu', 'America/Santiago'])
def test_a_month_is_the_sum_of_its_events(world: World, db: Engine, zone: str) -> None:
    count_by(db, zone)
    at(2027, 4, 5)
    dice, there = random.Random(zone), [project(world, name) for name in 'ABCDE']
    begin = datetime(2027, 3, 2, tzinfo=UTC)
    events = [
        messages(
            dice.randint(1, 50),
            f'{number}',
            dice.choice(['', *there]),
            begin + timedelta(minutes=dice.randint(0, 48_900)),
        )
        for number in range(400)
    ]
    use(world, *events, *events[:20], Event(Metric.MESSAGES, -30, 'correction', there[0], begin, correction=True))
    sums: dict[tuple[str, date], int] = defaultdict(int)
    for project_id, quantity, moment in rows(db, 'SELECT project_id, quantity, at FROM usage_events'):
        aware = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        aware = aware if aware.tzinfo else aware.replace(tzinfo=UTC)
        sums[project_id, aware.astimezone(ZoneInfo(zone)).date()] += quantity
    for first in (date(2027, 3, 1), date(2027, 4, 1)):
        mine = {key: it for key, it in sums.items() if key[1].replace(day=1) == first}
        whole: dict[int, int] = defaultdict(int)
        by_project: dict[str, int] = defaultdict(int)
        for (project_id, day), quantity in mine.items():
            whole[day.day] += quantity
            by_project[project_id] += quantity
        month = looking.month(world.owner, f'{first:%Y-%m}')
        assert by_day(month, Metric.MESSAGES) == {day: it for day, it in whole.items() if it}
        assert month.measured[Metric.MESSAGES].total == sum(mine.values())
        assert {share.project_id: share.total for share in month.shares} == by_project
        for share in month.shares:
            if share.days:
                assert {day: it for day, it in enumerate(share.days, 1) if it} == {
                    day.day: it for (of, day), it in mine.items() if of == share.project_id
                }
        assert {
            (row['project_id'], date.fromisoformat(row['day'])): row['quantity']
            for row in exported(world.owner, f'{first:%Y-%m}')
            if row['metric'] == 'messages'
        } == mine


def test_only_sums_are_read_by_few_statements(world: World, db: Engine) -> None:
    at(2027, 3, 5)
    ids = [project(world, name) for name in 'ABCDE']
    use(world, *(messages(1, f'{number}', ids[number % 5]) for number in range(50)))
    with statements(db) as few:
        looking.month(world.owner)
    use(world, *(messages(1, f'more {number}', ids[number % 5]) for number in range(500)))
    with statements(db) as many:
        looking.month(world.owner)
    assert len(many) == len(few) <= 9
    assert not [it for it in many if 'usage_events' in it or 'usage_hours' in it]


# who sees it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', Role)
def test_owners_and_admins_see_usage(world: World, role: Role) -> None:
    actor = world.of(role)
    for look in (lambda: looking.month(actor), lambda: exporting.export(actor, '', 'csv')):
        if role in (Role.OWNER, Role.ADMIN):
            look()
        else:
            assert refused(Forbidden, look).action == Permission.USAGE_VIEW


def test_a_stranger_finds_nothing(world: World) -> None:
    use(world, messages(1, 'a'))
    refused(NotFound, looking.month, world.intruder)
    refused(NotFound, exporting.export, world.intruder, '', 'csv')
    assert looking.month(world.stranger).measured[Metric.MESSAGES].total == 0
