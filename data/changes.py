"""Live changes: noted inside a transaction, published once it is committed.

Publishing happens in the thread that committed; the one listener (the dashboard) hops back to its event loop.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlmodel import Session

AUDIT, PRESENCE = 'audit', 'presence'
"""The topics that every organization has: its audit log, and who has it open."""

ACCOUNT = 'account'
"""The topic of a person's own account, which no organization has: the change is about its `users` alone."""


@dataclass(frozen=True)
class Change:
    """One part of one organization, its `topic`, is not what it was.

    `by` is the e-mail address of whoever did it, `by_name` what they are called, None where nobody has said.
    `users` are the people whose own standing changed (added, removed, another role); `subject` is the id of the row
    that it is about, '' for the whole topic.
    """

    organization_id: str
    topic: str
    by: str = ''
    users: frozenset[str] = frozenset()
    subject: str = ''
    by_name: str | None = None

    def joined(self, later: 'Change') -> 'Change':
        """This change and a later one of the same topic as one."""
        subject = self.subject if self.subject == later.subject else ''
        return replace(later, users=self.users | later.users, subject=subject)


Listener = Callable[[Change], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with every committed change, from the committing thread; adding it twice adds it once."""
    if listener not in _listeners:
        _listeners.append(listener)


def note(tx: Session, change: Change) -> None:
    """Remember a change until this transaction is committed; it is forgotten when it is not.

    Changes of one topic are one: a list of a thousand invitations is drawn anew once.
    """
    noted: dict[tuple[str, str], Change] = tx.info.setdefault('changes', {})
    key = change.organization_id, change.topic
    noted[key] = noted[key].joined(change) if key in noted else change


def note_own(tx: Session, user_id: str) -> None:
    """Remember that something of this person's account is not what it was."""
    note(tx, Change('', ACCOUNT, users=frozenset({user_id})))


def publish_noted(tx: Session) -> None:
    """Tell the listeners what was noted in a transaction, now that it is committed."""
    publish(tx.info.pop('changes', {}).values())


def publish(changes: Iterable[Change]) -> None:
    """Tell the listeners."""
    for change in changes:
        for listener in list(_listeners):
            listener(change)
