"""Reservations: as much as something may take is counted before it begins, and what it took not is given back."""

from datetime import UTC

from sqlmodel import select

from data import clock
from data.database import TenantSession
from data.models import UsageEvent
from data.problems import Invalid, NotFound
from data.services.usage import events, recording
from data.services.usage.events import Event
from data.services.usage.metrics import Metric


def reserve(tx: TenantSession, metric: Metric, most: int, key: str, *, project_id: str = '') -> bool:
    """Count the most that something of unknown size may take, before it begins; whether that is new.

    One that is never settled stays counted. Raises Invalid, Conflict, LimitReached.
    """
    return recording.record(tx, metric, most, key, project_id=project_id)


def settle(tx: TenantSession, metric: Metric, key: str, used: int) -> bool:
    """Let what was reserved under this key count for what it took: in its hour, on its day; whether that is new.

    `used` is 0 where nothing came of it. More than was reserved is counted, too, whatever the limit: it has happened.
    The project may be gone by now. Raises Invalid, NotFound where nothing was reserved, Conflict where it was settled
    otherwise.
    """
    if not isinstance(used, int) or isinstance(used, bool) or not 0 <= used <= events.MOST:
        raise Invalid(quantity=f'What was used is a whole number from 0 to {events.MOST:,}.')
    if not isinstance(key, str) or not key.isprintable():
        raise NotFound('Nothing was reserved under this key.')
    recording.begin(tx)
    reserved = tx.exec(select(UsageEvent).where(UsageEvent.key == key)).first()
    if reserved is None or reserved.metric != metric or reserved.quantity < 0:  # a correction reserves nothing
        raise NotFound('Nothing was reserved under this key.')
    settlement = reserved.key + events.SETTLED
    at = reserved.at.astimezone(UTC)
    difference = Event(metric, used - reserved.quantity, settlement, reserved.project_id, at, correction=True)
    return recording.write(tx, [events.row_of(tx, difference, at, clock.now())], refusable=False) == 1
