"""Limits of usage: set, near, reached, lifted; who is told, and how often."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import clock, database
from data.changes import Change
from data.database import System, TenantSession
from data.problems import Invalid
from data.services import audit, projects, usage
from data.services.audit import Topic, words
from data.services.usage import Event, LimitReached, Metric, Standing, counters, days
from tests.support.probes import everything, rows, statements, value
from tests.support.world import World

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Told = list[tuple[str, int, int | None, int]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """What people are told: metric, used, limit, step."""
    heard: Told = []

    def hear(_: TenantSession, standing: Standing) -> None:
        heard.append((standing.metric.value, standing.used, standing.cap, standing.told))

    monkeypatch.setattr(counters.notices, 'tell', hear)
    yield heard


def do(world: World, act: Callable[[TenantSession], Any]) -> Any:
    with database.transaction(System(world.organization_id)) as tx:
        return act(tx)


def cap(world: World, metric: Metric, most: Any) -> Any:
    return do(world, lambda tx: usage.set_cap(tx, metric, most))


def use(world: World, quantity: int, key: str = '', at: datetime | None = None) -> None:
    event = Event(Metric.MESSAGES, quantity, key or f'{clock.now()} {quantity}', '', at, correction=quantity < 0)
    do(world, lambda tx: usage.record_many(tx, [event]))


def level(world: World, by: int, metric: Metric = Metric.STORAGE) -> None:
    do(world, lambda tx: usage.change_level(tx, metric, by))


def standing(world: World, metric: Metric) -> Standing:
    with database.reading(System(world.organization_id)) as tx:
        return next(it for it in usage.standings(tx) if it.metric is metric)


def test_as_installed_nothing_is_limited(world: World, told: Told) -> None:
    for number in range(20):
        use(world, 10**9, f'{number}')
    level(world, 10**15)
    assert [(it.used, it.cap, it.told) for it in do(world, usage.standings)] == [
        (20 * 10**9, None, 0),
        (4, None, 0),
        (0, None, 0),
        (10**15, None, 0),
    ]
    assert told == []


def test_what_would_be_more_than_the_limit_is_refused_whole(world: World, db: Engine) -> None:
    cap(world, Metric.MESSAGES, 10)
    use(world, 7, 'first')
    before = everything(db)
    with pytest.raises(LimitReached) as caught:
        use(world, 4, 'second')
    assert everything(db) == before
    assert '10 messages a month' in str(caught.value)
    assert (caught.value.rule, caught.value.standing.used) == ('limit:messages', 7)
    use(world, 3, 'second')
    assert standing(world, Metric.MESSAGES).step == usage.FULL


def test_of_a_month_that_is_over_nobody_is_told_that_it_is_near(world: World, told: Told) -> None:
    clock.source = lambda: NOW
    cap(world, Metric.MESSAGES, 10)
    use(world, 10, 'late', NOW - 11 * DAY)
    assert told == []
    with pytest.raises(LimitReached):
        use(world, 1, 'later', NOW - 11 * DAY)
    use(world, 8, 'now')
    assert told == [('messages', 8, 10, 80)]


def test_what_lowers_is_never_refused(world: World) -> None:
    use(world, 10, 'first')
    level(world, 10)
    cap(world, Metric.MESSAGES, 5)
    cap(world, Metric.STORAGE, 5)
    use(world, -2, 'back')
    level(world, -2)
    with pytest.raises(LimitReached):
        use(world, 1, 'more')
    with pytest.raises(LimitReached):
        level(world, 1)
    assert [standing(world, metric).used for metric in (Metric.MESSAGES, Metric.STORAGE)] == [8, 8]


def test_a_refusal_by_a_limit_is_on_the_record(world: World) -> None:
    cap(world, Metric.PROJECTS, 1)
    projects.create(world.member, {'name': 'One', 'description': ''})
    with pytest.raises(LimitReached, match='may have 1 project at once'):
        projects.create(world.member, {'name': 'Two', 'description': ''})
    event = audit.portion(world.owner).rows[0]
    assert (event.outcome, event.action, event.rule) == ('refused', 'project:edit', 'limit:projects')
    assert words.refused_by(event) == 'The limit of projects was reached'
    assert standing(world, Metric.PROJECTS).step == usage.FULL


def test_people_are_told_once_of_each_step(world: World, told: Told) -> None:
    cap(world, Metric.MESSAGES, 10)
    for number in range(10):
        use(world, 1, f'{number}')
    assert told == [('messages', 8, 10, 80), ('messages', 10, 10, 100)]
    use(world, -5, 'back')
    use(world, 5, 'again')
    assert len(told) == 2, 'of a sum they were told'


def test_who_leaps_is_told_of_the_highest_step(world: World, told: Told) -> None:
    cap(world, Metric.MESSAGES, 10)
    use(world, 10)
    assert told == [('messages', 10, 10, 100)]


def test_nobody_is_told_of_what_was_not_done(world: World, db: Engine, told: Told) -> None:
    cap(world, Metric.MESSAGES, 10)
    before = everything(db)
    with pytest.raises(ZeroDivisionError), database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 9, 'x')
        raise ZeroDivisionError
    assert everything(db) == before
    use(world, 8)
    assert told[-1] == ('messages', 8, 10, 80), 'what told them in the other transaction went with it'


def test_the_next_month_begins_anew(world: World, told: Told) -> None:
    clock.source = lambda: datetime(2027, 3, 31, 23, 0, tzinfo=UTC)
    cap(world, Metric.MESSAGES, 10)
    use(world, 10, 'march')
    clock.source = lambda: datetime(2027, 4, 1, 0, 0, tzinfo=UTC)
    use(world, 9, 'april')
    with pytest.raises(LimitReached):
        use(world, 1, 'late', at=datetime(2027, 3, 31, 23, 0, tzinfo=UTC))
    assert [(used, step) for _, used, _, step in told] == [(10, 100), (9, 80)]


def test_a_level_is_told_of_again_after_it_has_fallen_to_half_a_day_later(world: World, told: Told) -> None:
    clock.source = lambda: NOW
    cap(world, Metric.PROJECTS, 2)
    for _ in range(5):  # in and out of the archive, and again
        level(world, 2, Metric.PROJECTS)
        level(world, -2, Metric.PROJECTS)
    assert told == [('projects', 2, 2, 100)]
    clock.source = lambda: NOW + DAY
    level(world, 1, Metric.PROJECTS)
    assert standing(world, Metric.PROJECTS).told == 0
    level(world, 1, Metric.PROJECTS)
    level(world, -1, Metric.PROJECTS)
    level(world, 1, Metric.PROJECTS)
    assert told == [('projects', 2, 2, 100)] * 2


def test_a_level_that_stays_high_is_told_of_once(world: World, told: Told) -> None:
    clock.source = lambda: NOW
    cap(world, Metric.STORAGE, 100)
    level(world, 85)
    for number in range(1, 9):
        clock.source = lambda number=number: NOW + number * DAY
        level(world, -30 if number % 2 else 30)
    assert told == [('storage', 85, 100, 80)]
    level(world, 15)
    assert told[1:] == [('storage', 100, 100, 100)]


def test_a_higher_limit_lets_people_be_told_anew(world: World, told: Told) -> None:
    cap(world, Metric.MESSAGES, 10)
    use(world, 9, 'a')
    assert cap(world, Metric.MESSAGES, 100) == 10
    assert standing(world, Metric.MESSAGES) == Standing(Metric.MESSAGES, 9, 100, 0)
    use(world, 71, 'b')
    assert cap(world, Metric.MESSAGES, 50) == 100, 'less than what is used: nothing is lost'
    assert told == [('messages', 9, 10, 80), ('messages', 80, 100, 80), ('messages', 80, 50, 100)]
    assert cap(world, Metric.MESSAGES, None) == 50
    use(world, 1000, 'c')
    assert standing(world, Metric.MESSAGES) == Standing(Metric.MESSAGES, 1080, None, 0)
    assert cap(world, Metric.MESSAGES, None) is None


def test_a_limit_of_nothing_is_one(world: World) -> None:
    for metric, act in ((Metric.MESSAGES, lambda: use(world, 1)), (Metric.STORAGE, lambda: level(world, 1))):
        cap(world, metric, 0)
        with pytest.raises(LimitReached):
            act()


def test_a_late_event_is_not_refused_where_the_limit_was_raised_or_lifted(world: World) -> None:
    clock.source = lambda: datetime(2027, 3, 31, 12, tzinfo=UTC)
    cap(world, Metric.MESSAGES, 10)
    use(world, 10, 'full')
    march = clock.now()
    clock.source = lambda: datetime(2027, 4, 2, tzinfo=UTC)
    cap(world, Metric.MESSAGES, 12)
    use(world, 2, 'late', at=march)
    cap(world, Metric.MESSAGES, 5)
    use(world, 5, 'april')
    cap(world, Metric.MESSAGES, None)
    use(world, 10, 'later', at=march)


def test_limits_are_of_one_organization(world: World, db: Engine) -> None:
    cap(world, Metric.MESSAGES, 1)
    with database.transaction(System(world.stranger.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 100, 'x')
    assert standing(world, Metric.MESSAGES).cap == 1
    assert value(db, 'SELECT count(*) FROM usage_limits') == 1


@pytest.mark.parametrize('most', [-1, True, 1.5, 2**63, 10**15 + 1, '5', float('nan')], ids=range(7))
def test_what_is_no_limit_is_refused(most: Any, world: World, db: Engine) -> None:
    before = everything(db)
    for metric in (Metric.MESSAGES, 'messages'):
        with pytest.raises(Invalid):
            cap(world, metric, most)  # type: ignore[arg-type]  # as a command line gives it
    with pytest.raises(Invalid):
        cap(world, 'tokens', 5)  # type: ignore[arg-type]
    assert everything(db) == before


def test_screens_hear_of_a_limit(world: World, published: list[Change]) -> None:
    cap(world, Metric.MESSAGES, 5)
    assert Topic.USAGE in {change.topic for change in published}


def test_standings_are_read_by_one_statement(world: World, db: Engine) -> None:
    cap(world, Metric.MEMBERS, 5)
    use(world, 1)
    with database.reading(world.owner) as tx, statements(db) as seen:
        usage.standings(tx)
    assert len(seen) == 1
    assert standing(world, Metric.MEMBERS) == Standing(Metric.MEMBERS, 4, 5, 0)


def test_a_limit_that_is_set_while_the_first_event_is_counted_holds(world: World, db: Engine) -> None:
    """Whoever begins the counter of a month reads the limit, and whoever sets it passes it on: one after the other."""
    with at_once(2) as run_both:
        for number in range(20):
            clock.source = lambda number=number: datetime(2027 + number, 1, 1, tzinfo=UTC)
            acts = [partial(use, world, 1, f'{number}'), partial(cap, world, Metric.MESSAGES, 1000 + number)]
            assert run_both(acts if number % 2 else acts[::-1]) == [None, None]
            month = days.month_of(days.today())
            found = rows(db, 'SELECT cap FROM usage_counters WHERE period = :month', month=month)
            assert found == [(1000 + number,)]
