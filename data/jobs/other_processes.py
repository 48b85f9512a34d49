"""Polling of the audit log: what other processes do, such as the command line, reaches the open screens too.

Every act leaves an audit event in its own transaction. So a thread looks twice a second which of the newest events this
process has not written itself, and publishes what they are about.
"""

from collections import deque
from collections.abc import Iterator

from sqlalchemy import event
from sqlmodel import col, select

from data import changes, database
from data.changes import Change
from data.database import TenantSession
from data.jobs.worker import Worker
from data.models import AuditEvent
from data.services.audit.acts import topics_of

EVERY = 0.5
"""Seconds between two looks."""

AFTER_FAILURE = 10.0
"""Seconds without a look after one that failed."""

WINDOW = 200
"""How many ids are looked back: on PostgreSQL, events do not always appear in the order of their ids."""

LATE = 3
"""Seconds within which they do."""

_own: deque[str] = deque(maxlen=5 * WINDOW)


@event.listens_for(TenantSession, 'after_commit')
def _remember(session: TenantSession) -> None:
    _own.extend(session.info.pop('recorded', ()))


class EventPoller(Worker):
    """Publishes what others have done since its first look."""

    def __init__(self) -> None:
        super().__init__('other processes', self.look, every=EVERY, after_failure=AFTER_FAILURE)
        self._newest = -1
        self._looks_left = 0
        self._known: set[str] = set()

    def look(self) -> None:
        """Publish what others have done since the last look."""
        newest = database.newest_event()
        if newest != self._newest:
            self._looks_left = int(LATE / EVERY)
        elif self._looks_left == 0:
            return
        self._looks_left -= 1
        events = self._events(newest)
        if self._newest >= 0:
            known = self._known.union(_own)
            news = [event for key, event in events.items() if key not in known]
            changes.publish(dict.fromkeys(change for event in news for change in _changes_of(event)))
        self._newest, self._known = newest, set(events)

    def _events(self, newest: int) -> dict[str, AuditEvent]:
        query = select(AuditEvent).where(col(AuditEvent.id) > newest - WINDOW).order_by(col(AuditEvent.id))
        with database.administrator() as tx:
            return {event.hash: event for event in tx.exec(query)}


def _changes_of(event: AuditEvent) -> Iterator[Change]:
    for topic in topics_of(event.action, event.outcome):
        yield Change(event.organization_id, topic, event.actor_email, by_name=event.actor_name)
