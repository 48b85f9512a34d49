"""Recording usage: in the transaction of the act that uses something, once for each key, with all its sums."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import changes
from data.changes import Change
from data.database import TenantSession, constant, lock
from data.models import UsageDay, UsageEvent, UsageHour
from data.services.audit import Topic
from data.services.usage import counters, days, events, spans
from data.services.usage.events import Event, Row
from data.services.usage.metrics import Metric

ASKED = 1000
"""Keys that one statement asks for at most: databases have a limit to what one takes."""

_KNOWN = constant(
    select(UsageEvent.key, *(getattr(UsageEvent, name) for name in events.SAME)).where(
        col(UsageEvent.key).in_(bindparam('keys', expanding=True))
    )
)


def record(
    tx: TenantSession,
    metric: Metric,
    quantity: int,
    key: str,
    *,
    project_id: str = '',
    at: datetime | None = None,
    correction: bool = False,
) -> bool:
    """Count one event in a writing transaction of an organization; whether it is new, and not known by its key.

    It is written with this transaction, or not at all. `quantity` is in the unit of the metric, and only in a
    correction below 0; `at` is aware, at most 35 days ago and None for now.
    Raises Invalid, Conflict where the key is that of another event, LimitReached.
    """
    begin(tx)
    event = Event(metric, quantity, key, project_id, at, correction)
    return write(tx, events.rows_of(tx, [event], named=False)) == 1


def record_many(tx: TenantSession, batch: Sequence[Event]) -> int:
    """Count up to 10,000 events, all of them or none; how many are new. Raises as `record` does, and names the row."""
    begin(tx)
    return write(tx, events.rows_of(tx, batch, named=True))


def begin(tx: TenantSession) -> None:
    """Let nobody else count for this organization until the end, and days be those that all was counted by before."""
    lock(tx, str(tx.scope.organization_id))
    days.keep(tx)


def write(tx: TenantSession, rows: Sequence[Row], *, refusable: bool = True) -> int:
    """Write the events that are new, in the order of their keys, and add them to all sums; how many are new.

    What is not `refusable` has happened: it is counted whatever the limit. Raises Conflict, LimitReached.
    """
    with tx.begin_nested():  # whoever goes on after a refusal has counted nothing
        written = {row['key'] for row in tx.insert_new(UsageEvent, rows)}
        _refuse_others(tx, [row for row in rows if row['key'] not in written])
        new = [row for row in rows if row['key'] in written]
        _add_up(tx, new, refusable=refusable)
    if new:
        changes.note(tx, Change(str(tx.scope.organization_id), Topic.USAGE))
    return len(new)


def _refuse_others(tx: TenantSession, rows: Sequence[Row]) -> None:
    """Raise Conflict where one of these rows, whose keys are there, is not what is there."""
    for first in range(0, len(rows), ASKED):
        by_key = {row['key']: row for row in rows[first : first + ASKED]}
        for key, *there in tx.exec(_KNOWN, params={'keys': list(by_key)}):
            if events.difference(by_key[key], dict(zip(events.SAME, there, strict=True))):
                raise events.conflict(key)


def _add_up(tx: TenantSession, rows: Sequence[Row], *, refusable: bool) -> None:
    totals: dict[Any, int] = defaultdict(int)
    spanned = spans.grouped(tx, (row['day'] for row in rows))
    hours: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    by_day: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        metric, project_id, quantity = row['metric'], row['project_id'], row['quantity']
        totals[metric, spanned[row['day']]] += quantity
        for sums, when in ((hours, days.hour_of(row['at'])), (by_day, row['day'])):
            sums[metric, when, project_id][0] += quantity
            sums[metric, when, project_id][1] += 1
    for (metric, day), quantity in sorted(totals.items()):
        counters.add(tx, Metric(metric), day, quantity, refusable=refusable)
    tx.add_up(UsageHour, _sums(tx, 'hour', hours), 'quantity', 'events')
    tx.add_up(UsageDay, _sums(tx, 'day', by_day), 'quantity', 'events')


def _sums(tx: TenantSession, span: str, sums: Mapping[Any, Sequence[int]]) -> list[dict[str, Any]]:
    return [
        {
            'organization_id': tx.scope.organization_id,
            'metric': metric,
            span: when,
            'project_id': project_id,
            'quantity': quantity,
            'events': number,
        }
        for (metric, when, project_id), (quantity, number) in sorted(sums.items())
    ]
