"""Usage as people look at it: months by day and by project, equal to what was counted, on both databases."""

import csv
import io
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.database import Actor, System
from data.models import Role, UserSession
from data.permissions import Permission
from data.problems import Forbidden, Invalid, NotFound
from data.services import audit, projects, usage
from data.services.audit import Topic
from data.services.usage import Event, Metric, days, exporting, looking, seats
from tests.support.probes import listening, refused, rows, run, statements
from tests.support.world import World

HOSTILE = (':x', '<img src=x onerror=alert(1)>', '__proto__', '=HYPERLINK("//x")')


@pytest.fixture(autouse=True)
def at_any_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions live whatever the clock says; days are those of UTC again after a test."""
    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)
    yield
    days.configure('UTC')


def at(year: int, month: int, day: int = 1, hour: int = 12) -> None:
    """Let it be this moment from now on."""
    moment = datetime(year, month, day, hour, tzinfo=UTC)
    clock.source = lambda: moment


def count_by(db: Engine, zone: str) -> None:
    """Let days be those of this zone, as if nothing had been counted yet."""
    run(db, 'DELETE FROM billing_settings')
    days._Zone.kept.discard(db.pool)
    days.configure(zone)


def use(world: World, *events: Event) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, events)


def store(world: World, by: int, project_id: str = '') -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.change_level(tx, Metric.STORAGE, by, project_id=project_id)


def project(world: World, name: str) -> str:
    return projects.create(world.owner, {'name': name}).id


def messages(quantity: int, key: str, project_id: str = '', at: datetime | None = None) -> Event:
    return Event(Metric.MESSAGES, quantity, key, project_id, at)


def by_day(month: looking.Month, metric: Metric) -> dict[int, int]:
    """The days on which there was something."""
    return {day.day: it for day, it in zip(month.days, month.measured[metric].days, strict=True) if it}


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


@pytest.mark.parametrize('kind', ['xlsx', '', None, ['csv']], ids=ascii)
def test_what_is_no_kind_of_file_is_refused(world: World, kind: object) -> None:
    assert set(refused(Invalid, exporting.export, world.owner, '', kind).fields) == {'kind'}


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


def test_a_project_keeps_what_it_has_over_a_month_without_a_change(world: World) -> None:
    at(2027, 1, 30)
    one, other = project(world, 'One'), project(world, 'Other')
    store(world, 100, one)
    at(2027, 1, 31)
    store(world, 30, other)
    store(world, -30, other)
    at(2027, 3, 8)
    store(world, 7, other)
    for month, expected in (
        ('2027-01', [('One', 100), ('Other', 30)]),
        ('2027-02', [('One', 100)]),
        ('2027-03', [('One', 100), ('Other', 7)]),
    ):
        shares = looking.month(world.owner, month, Metric.STORAGE).shares
        assert [(share.name, share.total) for share in shares] == expected
    assert looking.month(world.owner).measured[Metric.STORAGE].total == 107


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


# projects ------------------------------------------------------------------------------------------------------------


def test_a_month_by_project(world: World) -> None:
    at(2027, 3, 5)
    ids = [project(world, name) for name in HOSTILE]
    use(world, messages(1, 'none'), *(messages(10 * number, f'{number}', it) for number, it in enumerate(ids, 1)))
    at(2027, 3, 6)
    use(world, messages(5, 'again', ids[3]))
    month = looking.month(world.owner)
    assert [(share.project_id, share.name, share.total) for share in month.shares] == [
        (ids[3], HOSTILE[3], 45),
        (ids[2], HOSTILE[2], 30),
        (ids[1], HOSTILE[1], 20),
        (ids[0], HOSTILE[0], 10),
        ('', None, 1),
    ]
    assert [{day: it for day, it in enumerate(share.days, 1) if it} for share in month.shares] == [
        {5: 40, 6: 5},
        {5: 30},
        {5: 20},
        {},
        {},
    ]
    assert (month.others, month.rest) == (0, 0)


def test_of_many_projects_the_largest_are_named(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, 'MOST_PROJECTS', 2)
    at(2027, 3, 5)
    ids = [project(world, name) for name in 'ABCD']
    use(world, *(messages(10 * number, f'{number}', it) for number, it in enumerate(ids, 1)))
    month = looking.month(world.owner)
    assert [share.name for share in month.shares] == ['D', 'C']
    assert (month.others, month.rest) == (2, 30)


def test_a_project_that_was_erased_is_still_counted(world: World, db: Engine) -> None:
    at(2027, 3, 5)
    gone = project(world, 'Gone')
    use(world, messages(3, 'before', gone))
    projects.delete(world.owner, gone, 'Gone')
    assert looking.month(world.owner).shares[0].name == 'Gone', 'it can still be restored'
    run(db, 'DELETE FROM projects')
    [share] = looking.month(world.owner).shares
    assert (share.project_id, share.name, share.total) == (gone, 'A project that is gone', 3)
    [row] = [row for row in exported(world.owner) if row['metric'] == 'messages']
    assert (row['project_id'], row['project'], row['quantity']) == (gone, 'A project that is gone', 3)


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


# files ---------------------------------------------------------------------------------------------------------------


def exported(actor: Actor, month: str = '') -> list[dict[str, object]]:
    content = exporting.export(actor, month, 'json').content
    found: list[dict[str, object]] = json.loads(content)
    return found


def test_a_file_says_what_the_screen_says(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM seat_spans')
    at(2027, 3, 2)
    one = project(world, 'One')
    use(world, messages(3, 'a', one), messages(4, 'b'))
    store(world, 10, one)
    at(2027, 3, 3)
    found = exporting.export(world.admin, '2027-03', 'csv')
    sheet = list(csv.reader(io.StringIO(found.content.decode('utf-8-sig'))))
    assert sheet[0] == ['day', 'metric', 'unit', 'project_id', 'project', 'quantity']
    expected = [
        ['2027-03-02', 'messages', 'messages', '', '', '4'],
        ['2027-03-02', 'messages', 'messages', one, 'One', '3'],
        ['2027-03-02', 'storage', 'bytes', '', '', '10'],
        ['2027-03-02', 'storage', 'bytes', one, 'One', '10'],
        ['2027-03-03', 'storage', 'bytes', '', '', '10'],
        ['2027-03-03', 'storage', 'bytes', one, 'One', '10'],
    ]
    assert [row for row in sheet[1:] if row[1] != 'projects'] == expected
    assert (found.month, found.rows, found.complete) == ('2027-03', len(sheet) - 1, True)


@pytest.mark.parametrize('name', ['=1+1', '+cmd', '-x', '@SUM(A1)', ';=1+1', '=1;@x'], ids=ascii)
def test_no_name_is_a_formula(world: World, name: str) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a', project(world, name)))
    content = exporting.export(world.owner, '', 'csv').content.decode('utf-8-sig')
    [cell] = {row['project'] for row in csv.DictReader(io.StringIO(content)) if row['metric'] == 'messages'}
    assert cell.replace("'", '') == name
    assert cell.startswith(("'", ";'"))
    assert {row['project'] for row in exported(world.owner) if row['metric'] == 'messages'} == {name}


def test_a_file_has_an_end_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a', project(world, 'A')), messages(1, 'b', project(world, 'B')))
    assert exporting.export(world.owner, '', 'csv').complete
    monkeypatch.setattr(exporting, 'EXPORT_LIMIT', 1)
    found = exporting.export(world.owner, '', 'csv')
    assert (found.rows, found.complete) == (1, False)


def test_whoever_takes_a_file_is_on_the_record(world: World) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a'))
    with listening() as published:
        found = exporting.export(world.admin, '2027-03', 'csv')
    [entry, *_] = audit.portion(world.owner).rows
    assert (entry.action, entry.actor_id, entry.target) == ('usage:export', world.admin.user_id, 'CSV')
    assert (entry.details['rows'], entry.details['month']) == (found.rows, '2027-03')
    assert {change.topic for change in published} == {Topic.USAGE}


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


def test_what_one_project_has_used_is_of_this_month_and_of_this_organization(world: World) -> None:
    at(2027, 2, 28)
    shop, other = project(world, 'Shop'), project(world, 'Other')
    use(world, Event(Metric.MESSAGES, 7, 'in February', shop))
    at(2027, 3, 15)
    use(world, Event(Metric.MESSAGES, 40, 'one', shop), Event(Metric.MESSAGES, 2, 'two', shop))
    use(world, Event(Metric.MESSAGES, 900, 'of another', other), Event(Metric.MESSAGES, 50, 'of none'))
    assert [looking.of_project(world.admin, it) for it in (shop, other)] == [42, 900]
    assert [looking.of_project(world.admin, it) for it in ('abcdefghijklmnop', '', '%', "' or 1=1 --")] == [0, 50, 0, 0]
    assert [looking.of_project(world.admin, it) for it in ('a\0', '\ud800', None, [shop])] == [0] * 4  # type: ignore[arg-type]
    assert looking.of_project(world.stranger, shop) == 0, 'where they are there is none such'
    refused(NotFound, looking.of_project, world.intruder, shop)
    for role in (Role.MEMBER, Role.VIEWER):
        refused(Forbidden, looking.of_project, world.of(role), shop)
