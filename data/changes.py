"""What has changed: noted inside a transaction, published once it is committed.

Publishing happens in the thread that committed; the one listener (the dashboard) hops back to its event loop.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session


class Topic(StrEnum):
    """The part of an organization that a screen may be showing."""

    ORGANIZATION = 'organization'
    ADDRESS = 'address'
    PHONES = 'phones'
    MEMBERS = 'members'
    INVITATIONS = 'invitations'
    PRESENCE = 'presence'
    RECORD = 'record'


@dataclass(frozen=True)
class Change:
    """One part of one organization is not what it was; `by` is the e-mail address of whoever did it.

    `users` are the people whose own standing changed (added, removed, another role).
    """

    organization_id: str
    topic: Topic
    by: str = ''
    users: frozenset[str] = frozenset()


Listener = Callable[[Change], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with every committed change, from the committing thread; adding it twice adds it once."""
    if listener not in _listeners:
        _listeners.append(listener)


def note(tx: Session, change: Change) -> None:
    """Remember a change until this transaction is committed; it is forgotten when it is not."""
    tx.info.setdefault('changes', []).append(change)


def publish(changes: Iterable[Change]) -> None:
    """Tell the listeners."""
    for change in changes:
        for listener in list(_listeners):
            listener(change)
