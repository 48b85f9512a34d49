"""Usage events before they are written: whatever is wrong with one is found, and its row in the batch named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import TenantSession, constant
from data.models import Project
from data.problems import Invalid, Problem
from data.services.usage import days, metrics
from data.services.usage.metrics import Kind, Metric

BATCH = 10_000
"""How many events are taken at once."""

MOST = 1_000_000_000
"""The largest quantity of one event."""

LATE, AHEAD = timedelta(days=35), timedelta(minutes=5)
"""How long after it happened an event is taken, and how far a clock may be ahead of ours."""

KEY = 190
"""Characters of a key; the column has room for what is added to those of settlements."""

SETTLED = '\x1fsettled'
"""What the key of a settlement has behind that of its reservation: no key that is given can have it."""


class Conflict(Problem):
    """An event has the key of another one, and says something else: one of the two is wrong, and neither is dropped."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact that counts: so much of a metric, by a key that is the same whenever it is reported again.

    `quantity` is a whole number above 0, in a correction also below. `at` is an aware moment, None for now.
    `project_id` is '' for what is of no project. What is wrong with it is found when it is recorded.
    """

    metric: Metric
    quantity: int
    key: str
    project_id: str = ''
    at: datetime | None = None
    correction: bool = False


SAME = 'metric', 'quantity', 'project_id'
"""What events with one key have in common; when they happened, whoever reports again may say otherwise."""

Row = dict[str, Any]
"""A row of usage_events."""


def rows_of(tx: TenantSession, events: Sequence[Event], *, named: bool) -> list[Row]:
    """What is to be written of these events: each key once. Raises Invalid and Conflict, with the row where `named`."""
    if not isinstance(events, Sequence) or len(events) > BATCH:
        raise Invalid(events=f'Usage is taken in batches of at most {BATCH:,} events.')
    now, rows = clock.now(), dict[str, Row]()
    places: dict[str, int] = {}
    for number, event in enumerate(events, 1):
        if wrong := _wrong(event, now):
            _refuse(number, named, **wrong)
        at = now if event.at is None else event.at.astimezone(UTC)
        row = row_of(tx, event, at, now)
        first = rows.setdefault(event.key, row)
        if difference(first, row):
            raise Conflict(_conflict(number if named else 0, event.key, places[event.key]))
        places.setdefault(event.key, number)
    _refuse_projects(tx, {it['project_id']: places[it['key']] for it in reversed(rows.values())}, named)
    return [rows[key] for key in sorted(rows)]  # in one order: two that write the same don't wait for each other


def row_of(tx: TenantSession, event: Event, at: datetime, now: datetime) -> Row:
    """The row of an event that was found to be right."""
    return {
        'organization_id': tx.scope.organization_id,
        'key': event.key,
        'metric': Metric(event.metric).value,
        'project_id': event.project_id,
        'quantity': event.quantity,
        'at': at,
        'day': days.day_of(at),
        'seen_at': now,
    }


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two events with one key are not the same."""
    return any(one[name] != other[name] for name in SAME)


def conflict(key: str) -> Conflict:
    """The problem that an event of this key is there, and is another one."""
    return Conflict(_conflict(0, key.removesuffix(SETTLED), 0))


def _conflict(number: int, key: str, first: int) -> str:
    where = f'Row {number:,}: ' if number else ''
    there = f'row {first:,} has this key, too' if first else 'an event with this key was counted already'
    return f'{where}{there[0].upper()}{there[1:]}, and says something else: {key!a}. Nothing was counted.'


def _refuse(number: int, named: bool, **fields: str) -> NoReturn:
    where = f'Row {number:,}: ' if named else ''
    raise Invalid(**{name: where + sentence for name, sentence in fields.items()})


def _wrong(event: object, now: datetime) -> dict[str, str]:
    """What is wrong with one event, by its field; nothing where it can be written."""
    if not isinstance(event, Event):
        return {'events': 'This is no usage event.'}
    try:
        metric = metrics.known(event.metric, Kind.SUM)
    except Invalid as problem:
        return problem.fields
    for field, sentence in (
        ('quantity', _wrong_quantity(event.quantity, event.correction)),
        ('key', _wrong_key(event.key)),
        ('at', _wrong_moment(event.at, now)),
        ('project', metrics.refuse_project(metric, event.project_id)),
    ):
        if sentence:
            return {field: sentence}
    return {}


def _wrong_quantity(quantity: object, correction: bool) -> str:
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        return 'A quantity is a whole number.'
    if quantity == 0:
        return 'A quantity of 0 is nothing to be counted.'
    if quantity < 0 and correction is not True:
        return 'A quantity is above 0; only a correction may be below.'
    return '' if abs(quantity) <= MOST else f'A quantity is at most {MOST:,} in one event.'


def _wrong_key(key: object) -> str:
    if not isinstance(key, str) or not key:
        return 'An event needs a key, the same one whenever it is reported again.'
    if len(key) > KEY:
        return f'A key has at most {KEY} characters.'
    return '' if key.isprintable() else 'A key is made of characters that can be seen.'


def _wrong_moment(at: object, now: datetime) -> str:
    if at is None:
        return ''
    if not isinstance(at, datetime):
        return 'When it happened must be a moment.'
    if at.utcoffset() is None:
        return 'When it happened needs a time zone.'
    if at - now > AHEAD:
        return f'It happens more than {AHEAD.seconds // 60} minutes from now: one of the two clocks is wrong.'
    return '' if now - at <= LATE else f'It happened more than {LATE.days} days ago, and is too late to be counted.'


def _columns() -> list[Any]:
    return [getattr(Project, name) for name in ('id', 'name', 'archived_at', 'deleted_at')]


_PROJECTS = constant(select(*_columns()).where(col(Project.id).in_(bindparam('ids', expanding=True))))


def refuse_project(tx: TenantSession, project_id: str) -> None:
    """Make sure that what is counted for this project may be: it is an active one of this organization. Raises Invalid.

    Nothing is refused for '', which is no project.
    """
    _refuse_projects(tx, {project_id: 0}, named=False)


def _refuse_projects(tx: TenantSession, places: Mapping[str, int], named: bool) -> None:
    """Refuse the first row whose project is none of ours, or not active; `places` are rows by project."""
    ids = sorted(places.keys() - {''})
    if not ids:
        return
    there = {row[0]: row for row in tx.exec(_PROJECTS, params={'ids': ids})}
    for project_id in sorted(ids, key=places.__getitem__):
        if project_id not in there:
            _refuse(places[project_id], named, project='There is no such project here.')
        _, name, archived_at, deleted_at = there[project_id]
        if archived_at or deleted_at:
            state = 'being deleted' if deleted_at else 'archived'
            sentence = f'The project “{name}” is {state}: nothing more is counted for it.'
            _refuse(places[project_id], named, project=sentence)
