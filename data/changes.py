"""Live changes: noted inside a transaction, published once it is committed.

Publishing happens in the thread that committed; the one listener (the dashboard) hops back to its event loop.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlmodel import Session


class Topic(StrEnum):
    """A part of an organization that a screen may be showing: the subject in the names of acts that change it.

    `label` is what screens call the acts of it, '' where there are none; topics with one label are one to people.
    """

    label: str

    def __new__(cls, subject: str, label: str = '') -> 'Topic':
        """A member whose value is the subject."""
        topic = str.__new__(cls, subject)
        topic._value_ = subject
        topic.label = label
        return topic

    ORGANIZATION = 'organization', 'Organization'
    MEMBER = 'member', 'People'
    INVITATION = 'invitation', 'People'
    PHONE = 'phone', 'Phone numbers'
    BILLING = 'billing', 'Billing'
    AUDIT = 'audit', 'Activity log'
    PRESENCE = 'presence'


@dataclass(frozen=True)
class Change:
    """One part of one organization is not what it was; `by` is the e-mail address of whoever did it.

    `users` are the people whose own standing changed (added, removed, another role); `subject` is the id of the row
    that it is about, '' for the whole topic.
    """

    organization_id: str
    topic: Topic
    by: str = ''
    users: frozenset[str] = frozenset()
    subject: str = ''

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
    noted: dict[tuple[str, Topic], Change] = tx.info.setdefault('changes', {})
    key = change.organization_id, change.topic
    noted[key] = noted[key].joined(change) if key in noted else change


def publish_noted(tx: Session) -> None:
    """Tell the listeners what was noted in a transaction, now that it is committed."""
    publish(tx.info.pop('changes', {}).values())


def publish(changes: Iterable[Change]) -> None:
    """Tell the listeners."""
    for change in changes:
        for listener in list(_listeners):
            listener(change)
