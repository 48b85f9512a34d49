"""Usage that is recorded: once, in the transaction of its act, of what is right, and with all its sums."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.changes import Change
from data.database import System, TenantError, TenantSession
from data.models import new_id
from data.problems import Invalid, NotFound
from data.services import projects, usage
from data.services.audit import Topic
from data.services.usage import Conflict, Event, LimitReached, Metric
from data.services.usage.events import AHEAD, BATCH, KEY, LATE, MOST
from tests.support.probes import everything, rows, statements, value
from tests.support.world import World

SUMS = ('usage_hours', 'usage_days')
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def messages(*quantities: int, project_id: str = '') -> list[Event]:
    return [Event(Metric.MESSAGES, quantity, f'key {number}', project_id) for number, quantity in enumerate(quantities)]


def count(world: World, *events: Event) -> int:
    """Record these in a transaction of their own."""
    with database.transaction(System(world.organization_id)) as tx:
        return usage.record_many(tx, events)


def project(world: World, name: str = 'Helpdesk') -> str:
    return projects.create(world.owner, {'name': name, 'description': ''}).id


def refused(world: World, db: Engine, *events: Event, kind: type[Exception] = Invalid) -> str:
    """The sentence with which these are refused; nothing is counted."""
    before = everything(db)
    with pytest.raises(kind) as caught:
        count(world, *events)
    assert everything(db) == before
    sentence = str(caught.value)
    assert sentence.endswith('.') and len(sentence.splitlines()) == 1
    return sentence


# once ----------------------------------------------------------------------------------------------------------------


def test_an_event_is_counted_once(world: World, db: Engine) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        assert usage.record(tx, Metric.MESSAGES, 3, 'one')
    before = everything(db)
    with database.transaction(System(world.organization_id)) as tx:
        assert not usage.record(tx, Metric.MESSAGES, 3, 'one')
    assert everything(db) == before
    for table in ('usage_events', *SUMS):
        assert rows(db, f'SELECT metric, project_id, quantity FROM {table}') == [('messages', '', 3)]
    assert rows(db, 'SELECT metric, used, cap, told FROM usage_counters') == [('messages', 3, None, 0)]


def test_who_reports_again_may_say_another_time(world: World, db: Engine) -> None:
    now = clock.now()
    assert count(world, Event(Metric.MESSAGES, 1, 'one', at=now - DAY)) == 1
    assert count(world, Event(Metric.MESSAGES, 1, 'one', at=now)) == 0
    assert value(db, 'SELECT sum(quantity) FROM usage_days') == 1


def test_the_same_key_with_something_else_is_a_conflict(world: World, db: Engine) -> None:
    at = project(world)
    count(world, Event(Metric.MESSAGES, 1, 'one'))
    before = everything(db)
    for other in (Event(Metric.MESSAGES, 2, 'one'), Event(Metric.MESSAGES, 1, 'one', at)):
        sentence = refused(world, db, Event(Metric.MESSAGES, 1, 'new'), other, kind=Conflict)
        assert "'one'" in sentence and 'Nothing was counted' in sentence
    assert everything(db) == before


def test_a_key_twice_in_a_batch_is_one_event_or_a_conflict(world: World, db: Engine) -> None:
    event = Event(Metric.MESSAGES, 1, 'one')
    assert count(world, event, Event(Metric.MESSAGES, 5, 'two'), event) == 2
    assert value(db, 'SELECT used FROM usage_counters') == 6
    sentence = refused(world, db, Event(Metric.MESSAGES, 1, 'x'), event, Event(Metric.MESSAGES, 2, 'x'), kind=Conflict)
    assert sentence.startswith('Row 3: Row 1 has this key, too')


def test_two_organizations_may_use_the_same_key(world: World, db: Engine) -> None:
    for organization_id in (world.organization_id, world.stranger.organization_id):
        with database.transaction(System(organization_id)) as tx:
            assert usage.record(tx, Metric.MESSAGES, 1, 'the same')
    assert rows(db, 'SELECT used FROM usage_counters') == [(1,), (1,)]


def test_it_is_written_with_its_act_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    before = everything(db)
    with suppress(ZeroDivisionError), database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 1, 'one')
        raise ZeroDivisionError
    assert everything(db) == before
    assert published == []


def test_who_goes_on_after_a_refusal_has_counted_nothing_of_it(world: World, db: Engine) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.MESSAGES, 10)
        usage.record(tx, Metric.MESSAGES, 1, 'before')
        for events in (messages(1, 10), messages(2, 3)):
            with suppress(LimitReached):
                usage.record_many(tx, events)
        with suppress(Conflict):
            usage.record_many(tx, [Event(Metric.MESSAGES, 1, 'other'), Event(Metric.MESSAGES, 9, 'before')])
        usage.record(tx, Metric.MESSAGES, 1, 'behind')
    assert rows(db, 'SELECT key, quantity FROM usage_events ORDER BY key') == [
        ('before', 1),
        ('behind', 1),
        ('key 0', 2),
        ('key 1', 3),
    ]
    assert [value(db, f'SELECT sum(quantity) FROM {table}') for table in SUMS] == [7, 7]
    assert value(db, 'SELECT used FROM usage_counters') == 7


def test_screens_hear_of_it_once_a_transaction(world: World, published: list[Change]) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, messages(1, 2, 3))
        usage.record(tx, Metric.MESSAGES, 1, 'one')
        usage.change_level(tx, Metric.STORAGE, 1)
    assert [(change.organization_id, change.topic) for change in published] == [(world.organization_id, Topic.USAGE)]
    published.clear()
    assert count(world, *messages(1, 2, 3)) == 0
    assert published == [], 'nothing is new'


def test_a_session_that_only_reads_counts_nothing(world: World, db: Engine) -> None:
    before = everything(db)
    for way in (database.reading(world.owner), database.personal(world.owner), database.accounts()):
        with pytest.raises(TenantError), way as tx:
            usage.record(tx, Metric.MESSAGES, 1, 'one')
    assert everything(db) == before


# what is wrong -------------------------------------------------------------------------------------------------------

NOT_A_NUMBER, NO_KEY = 'A quantity is a whole number.', 'An event needs a key'
HIDDEN = 'characters that can be seen'
BAD: dict[str, tuple[dict[str, Any], str]] = {
    'quantity 0': ({'quantity': 0}, 'nothing to be counted'),
    'below 0': ({'quantity': -1}, 'only a correction'),
    'below 0 by a word': ({'quantity': -1, 'correction': 'yes'}, 'only a correction'),
    '0 as a correction': ({'quantity': 0, 'correction': True}, 'nothing to be counted'),
    'a half': ({'quantity': 0.5}, NOT_A_NUMBER),
    'a whole float': ({'quantity': 1.0}, NOT_A_NUMBER),
    '2^63': ({'quantity': 2**63}, 'at most'),
    '-2^63': ({'quantity': -(2**63), 'correction': True}, 'at most'),
    '10^12': ({'quantity': 10**12}, 'at most 1,000,000,000'),
    'one too many': ({'quantity': MOST + 1}, 'at most'),
    'no number': ({'quantity': float('nan')}, NOT_A_NUMBER),
    'infinity': ({'quantity': float('inf')}, NOT_A_NUMBER),
    'true': ({'quantity': True}, NOT_A_NUMBER),
    'a text': ({'quantity': '1'}, NOT_A_NUMBER),
    'nothing': ({'quantity': None}, NOT_A_NUMBER),
    'no key': ({'key': ''}, NO_KEY),
    'key None': ({'key': None}, NO_KEY),
    'key of bytes': ({'key': b'x'}, NO_KEY),
    'a long key': ({'key': 'x' * (KEY + 1)}, 'at most 190 characters'),
    'key of 201': ({'key': 'x' * 201}, 'at most 190 characters'),
    'a null': ({'key': 'a\0b'}, HIDDEN),
    'a line break': ({'key': 'a\nb'}, HIDDEN),
    'a surrogate': ({'key': '\ud800'}, HIDDEN),
    'turned around': ({'key': 'a\u202eb'}, HIDDEN),
    'like a settlement': ({'key': 'a\x1fsettled'}, HIDDEN),
    'naive': ({'at': datetime(2026, 11, 1)}, 'needs a time zone'),  # what is refused
    'a day': ({'at': datetime(2026, 11, 1).date()}, 'must be a moment'),  # a day has no zone
    'a time as text': ({'at': '2026-11-01T00:00Z'}, 'must be a moment'),
    'year 1': ({'at': datetime.min.replace(tzinfo=UTC)}, 'too late'),
    'before year 1': ({'at': datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))}, 'too late'),
    'year 9999': ({'at': datetime.max.replace(tzinfo=timezone(-timedelta(hours=14)))}, 'clocks is wrong'),
    'an unknown metric': ({'metric': 'tokens'}, 'no metric of this name'),
    'no metric': ({'metric': None}, 'no metric of this name'),
    'a list for a metric': ({'metric': ['messages']}, 'no metric of this name'),
    'members': ({'metric': Metric.MEMBERS}, 'counted by the days'),
    'projects': ({'metric': Metric.PROJECTS}, 'not counted by events'),
    'storage': ({'metric': Metric.STORAGE}, 'not counted by events'),
    'a malformed project': ({'project_id': '../x'}, 'no id of a project'),
    'project None': ({'project_id': None}, 'no id of a project'),
    'project as a list': ({'project_id': ['a']}, 'no id of a project'),
    'an unknown project': ({'project_id': new_id()}, 'no such project'),
}


@pytest.mark.parametrize('given', BAD.values(), ids=BAD)
@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_what_is_wrong_is_refused_in_a_sentence_that_names_its_row(
    given: tuple[dict[str, Any], str], world: World, db: Engine
) -> None:
    fields, words = given
    wrong = Event(**{'metric': Metric.MESSAGES, 'quantity': 1, 'key': 'one', **fields})
    sentence = refused(world, db, *messages(1, 2), wrong, Event(Metric.MESSAGES, 1, 'last'))
    assert sentence.startswith('Row 3: ') and words in sentence
    before = everything(db)
    with pytest.raises(Invalid) as caught, database.transaction(System(world.organization_id)) as tx:
        usage.record(
            tx,
            wrong.metric,
            wrong.quantity,
            wrong.key,
            project_id=wrong.project_id,
            at=wrong.at,
            correction=wrong.correction,
        )
    assert words in str(caught.value) and 'Row' not in str(caught.value)
    assert everything(db) == before


def test_the_longest_and_the_largest_are_counted(world: World, db: Engine) -> None:
    count(world, Event(Metric.MESSAGES, MOST, '𠮷' * KEY), Event(Metric.MESSAGES, -MOST, '-', correction=True))
    count(world, Event(Metric.MESSAGES, 7, 'ключ 🎉 ' + 'é'))
    assert value(db, 'SELECT used FROM usage_counters') == 7


def test_early_and_late_events_are_taken_within_bounds(world: World, db: Engine) -> None:
    now = datetime(2027, 3, 31, 12, tzinfo=UTC)
    clock.source = lambda: now
    for at in (now + AHEAD, now - LATE, now.astimezone(timezone(timedelta(hours=9)))):
        count(world, Event(Metric.MESSAGES, 1, f'{at}', at=at))
    assert [str(day) for [day] in rows(db, 'SELECT day FROM usage_days ORDER BY day')] == ['2027-02-24', '2027-03-31']
    assert rows(db, 'SELECT used FROM usage_counters ORDER BY period') == [(1,), (2,)]
    assert 'clocks is wrong' in refused(world, db, Event(Metric.MESSAGES, 1, 'x', at=now + AHEAD + MINUTE))
    assert '35 days ago' in refused(world, db, Event(Metric.MESSAGES, 1, 'x', at=now - LATE - DAY))


def test_a_batch_has_an_end(world: World, db: Engine) -> None:
    many = messages(*[1] * BATCH)
    assert '10,000' in refused(world, db, *many, Event(Metric.MESSAGES, 1, 'one more'))
    assert refused(world, db, *many[:-1], Event(Metric.MESSAGES, 0, 'x')).startswith('Row 10,000: ')
    assert count(world, *many) == BATCH
    assert count(world, *many) == 0
    with pytest.raises(Conflict):
        count(world, *many[:-1], Event(Metric.MESSAGES, 2, 'key 9999'))
    assert value(db, 'SELECT used FROM usage_counters') == BATCH
    assert count(world) == 0


@pytest.mark.parametrize(
    'batch', [None, 5, (event for event in messages(1)), {'a': 1}], ids=['None', '5', 'iter', '{}']
)
def test_what_is_no_batch_is_refused(batch: Any, world: World) -> None:
    with pytest.raises(Invalid), database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, batch)


def test_what_is_no_event_is_refused(world: World, db: Engine) -> None:
    no_events: list[Any] = [None, {'metric': 'messages'}, 'messages']
    for one in no_events:
        assert refused(world, db, *messages(1), one) == 'Row 2: This is no usage event.'


# projects ------------------------------------------------------------------------------------------------------------


def states(world: World) -> dict[str, tuple[str, str]]:
    """Projects for which nothing is counted, and what is said of them."""
    archived, deleting = project(world, 'Old'), project(world, 'Gone')
    projects.archive(world.owner, archived)
    projects.delete(world.owner, deleting, 'Gone')
    foreign = projects.create(world.stranger, {'name': 'Theirs', 'description': ''}).id
    return {
        'archived': (archived, '“Old” is archived'),
        'deleting': (deleting, '“Gone” is being deleted'),
        'foreign': (foreign, 'no such project'),
        'unknown': (new_id(), 'no such project'),
    }


def test_only_active_projects_of_the_organization_are_counted_for(world: World, db: Engine) -> None:
    active = project(world)
    for at, words in states(world).values():
        wrong = Event(Metric.MESSAGES, 1, 'wrong', at)
        sentence = refused(world, db, *messages(1, project_id=active), wrong, Event(Metric.MESSAGES, 1, 'x', at))
        assert sentence.startswith('Row 2: ') and words in sentence
        before = everything(db)
        with pytest.raises(Invalid, match=words), database.transaction(System(world.organization_id)) as tx:
            usage.change_level(tx, Metric.STORAGE, 1, project_id=at)
        assert everything(db) == before
    assert count(world, *messages(1, 2, project_id=active), Event(Metric.MESSAGES, 4, 'of none')) == 3
    found = rows(db, "SELECT project_id, quantity FROM usage_days WHERE metric = 'messages'")
    assert set(found) == {(active, 3), ('', 4)}


def test_projects_of_a_batch_are_asked_for_at_once(world: World, db: Engine) -> None:
    ids = [project(world, f'Project {number}') for number in range(5)]
    with statements(db) as seen:
        count(world, *(Event(Metric.MESSAGES, 1, f'{at} {number}', at) for at in ids for number in range(20)))
    assert len([each for each in seen if 'FROM projects' in each]) == 1
    assert len(seen) < 20


# reservations --------------------------------------------------------------------------------------------------------

Act = Callable[[TenantSession], object]


def do(world: World, act: Act) -> object:
    with database.transaction(System(world.organization_id)) as tx:
        return act(tx)


@pytest.mark.parametrize('used', [0, 4, 10, 12])
def test_what_was_reserved_counts_for_what_it_took(used: int, world: World, db: Engine) -> None:
    do(world, lambda tx: usage.set_cap(tx, Metric.MESSAGES, 10))
    assert do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 10, 'answer'))
    assert not do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 10, 'answer'))
    with pytest.raises(LimitReached):
        do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 1, 'other'))
    assert do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, 'answer', used))
    assert not do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, 'answer', used))
    assert value(db, 'SELECT used FROM usage_counters') == used
    assert [value(db, f'SELECT sum(quantity) FROM {table}') for table in SUMS] == [used, used]
    for other in {1, 10} - {used}:
        with pytest.raises(Conflict, match="'answer'"):
            do(world, lambda tx, other=other: usage.settle(tx, Metric.MESSAGES, 'answer', other))


def test_it_is_settled_in_its_month_also_when_its_project_is_gone(world: World, db: Engine) -> None:
    now = datetime(2027, 3, 31, 23, 59, tzinfo=UTC)
    at = project(world)
    clock.source = lambda: now
    do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 10, 'answer', project_id=at))
    clock.source = clock._system
    projects.archive(world.owner, at)
    clock.source = lambda: now + 40 * DAY
    do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, 'answer', 3))
    found = rows(db, "SELECT day, project_id, quantity, events FROM usage_days WHERE metric = 'messages'")
    assert [(str(day), *rest) for day, *rest in found] == [('2027-03-31', at, 3, 2)]


def test_a_correction_reserves_nothing(world: World) -> None:
    do(world, lambda tx: usage.record(tx, Metric.MESSAGES, -5, 'back', correction=True))
    with pytest.raises(NotFound):
        do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, 'back', 0))


@pytest.mark.parametrize('used', [-1, True, 1.5, None, 2**63, '3'])
def test_what_can_not_have_been_used_is_refused(used: Any, world: World) -> None:
    do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 10, 'answer'))
    with pytest.raises(Invalid):
        do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, 'answer', used))


@pytest.mark.parametrize('key', ['other', '', None, 'a\0', '\ud800', ['answer']], ids=range(6))
def test_what_was_not_reserved_can_not_be_settled(key: Any, world: World) -> None:
    do(world, lambda tx: usage.reserve(tx, Metric.MESSAGES, 10, 'answer'))
    with pytest.raises(NotFound), database.transaction(System(world.stranger.organization_id)) as tx:
        usage.settle(tx, Metric.MESSAGES, 'answer', 3)
    with pytest.raises(NotFound):
        do(world, lambda tx: usage.settle(tx, Metric.MESSAGES, key, 3))
    with pytest.raises(NotFound):
        do(world, lambda tx: usage.settle(tx, Metric.STORAGE, 'answer', 3))
