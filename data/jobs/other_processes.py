"""What other processes do, such as the command line, reaches the open screens too.

Every act leaves an event on the record in its own transaction. So a thread looks twice a second which of the newest
events this process has not written itself, and publishes what they are about.
"""

import threading
from collections import deque
from typing import Any

import structlog
from sqlalchemy import event
from sqlmodel import col, select

from data import changes, database
from data.changes import Change, Topic
from data.database import TenantSession
from data.models import AuditEvent

EVERY = 0.5
"""Seconds between two looks."""

PAUSE = 10
"""Seconds without a look after one that failed."""

WINDOW = 200
"""How many ids are looked back: on PostgreSQL, events do not always appear in the order of their ids."""

LATE = 3
"""Seconds within which they do."""

SUBJECTS = {
    'organization': Topic.ORGANIZATION,
    'billing': Topic.ADDRESS,
    'phone': Topic.PHONES,
    'member': Topic.MEMBERS,
    'invitation': Topic.INVITATIONS,
}
"""Which part of an organization an act is about, by the subject in its name."""

log = structlog.get_logger('botcadence')
_own: deque[str] = deque(maxlen=5 * WINDOW)


@event.listens_for(TenantSession, 'after_flush')
def _remember(session: TenantSession, _: Any) -> None:
    session.info.setdefault('recorded', []).extend(it.hash for it in session.new if isinstance(it, AuditEvent))


@event.listens_for(TenantSession, 'after_commit')
def _know(session: TenantSession) -> None:
    _own.extend(session.info.pop('recorded', ()))


class Watch:
    """What is on the record when this begins is old news."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._newest = -1
        self._looks_left = 0
        self._known: set[str] = set()

    def begin(self) -> None:
        """Look, in a thread, until `end`."""
        threading.Thread(target=self._run, name='watch', daemon=True).start()

    def end(self) -> None:
        """Stop looking."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            try:
                self.look()
            except Exception as error:  # a database that is away comes back
                log.warning('what other processes do is not seen', reason=' '.join(str(error).split()))
                self._stopped.wait(PAUSE)

    def look(self) -> None:
        """Publish what others have done since the last look."""
        newest = database.newest_event()
        if newest != self._newest:
            self._looks_left = int(LATE / EVERY)
        elif self._looks_left == 0:
            return
        self._looks_left -= 1
        found = self._events(newest)
        if self._newest >= 0:
            known = self._known.union(_own)
            changes.publish(dict.fromkeys(_change(it) for key, it in found.items() if key not in known))
        self._newest, self._known = newest, set(found)

    def _events(self, newest: int) -> dict[str, AuditEvent]:
        query = select(AuditEvent).where(col(AuditEvent.id) > newest - WINDOW).order_by(col(AuditEvent.id))
        with database.administrator() as tx:
            return {it.hash: it for it in tx.exec(query)}


def _change(event: AuditEvent) -> Change:
    topic = SUBJECTS.get(event.action.split(':')[0], Topic.RECORD) if event.outcome == 'done' else Topic.RECORD
    return Change(event.organization_id, topic, event.actor_email)
