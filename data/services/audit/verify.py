"""Verification of audit logs: the hash chain of each organization, read again from its beginning."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from data.database import TenantSession, administrator, audit_chain
from data.models import AuditEvent, Organization
from data.problems import NotFound
from data.services.audit.entries import COLUMNS, Entry
from data.services.audit.looking import READ_AT_ONCE


@dataclass(frozen=True)
class Broken:
    """The first event that is not as it was written: its number, its row (None where it is missing), and why."""

    seq: int
    id: int | None
    why: str


@dataclass(frozen=True)
class Report:
    """What was found in one organization: how many events are in order, the hash of the last of them, what is not."""

    organization_id: str
    events: int
    head: str
    broken: Broken | None


@dataclass(frozen=True)
class Head:
    """The number and the hash of what once was the newest event, kept where nobody can rewrite it."""

    seq: int = 0
    hash: str = ''


def verify(organization_id: str | None = None, kept: Head | None = None) -> Iterator[Report]:
    """Check the record of one organization, also against a head, or of all of them by id, while others go on writing.

    Reads READ_AT_ONCE events at a time. For the administrator: it asks nobody for a permission.
    Raises NotFound for an organization that is not there, Unavailable.
    """
    if organization_id is not None:
        yield _verify(organization_id, kept or Head())
        return
    after = ''
    while ids := _ids(after):
        for after in ids:
            try:
                yield _verify(after, Head())
            except NotFound:  # gone meanwhile, and its record with it
                continue


def _ids(after: str) -> list[str]:
    query = select(Organization.id).where(Organization.id > after).order_by(col(Organization.id))
    with administrator() as tx:
        return list(tx.exec(query.limit(READ_AT_ONCE)))


def _verify(organization_id: str, kept: Head) -> Report:
    newest = select(Organization.audit_seq, Organization.audit_head).where(Organization.id == organization_id)
    with administrator() as tx:  # one picture: what is written meanwhile is in neither of the two
        head = tx.exec(newest).first()
        if head is None:
            raise NotFound
        return _walk(tx, organization_id, Head(*head), kept)


def _walk(tx: TenantSession, organization_id: str, head: Head, kept: Head) -> Report:
    """Follow the chain from its beginning, past what was kept, up to the newest event that the organization knows."""
    seq, previous = 0, ''
    try:
        for event in _events(tx, organization_id):
            if broken := _wrong(event, seq, previous, head.seq) or _rewritten(event, kept):
                break
            seq, previous = event.seq, event.hash
        else:
            broken = _cut_off(seq, previous, head, kept)
    except _Unreadable as error:
        broken = error.broken
    return Report(organization_id, seq, previous, broken)


def _wrong(event: Entry, seq: int, previous: str, newest: int) -> Broken | None:
    """What is wrong with an event that should follow the one with this number and hash."""
    if event.seq <= seq or seq == newest:
        return Broken(event.seq, event.id, 'This event was put in.')
    if event.seq > seq + 1:
        return Broken(seq + 1, None, 'This event is missing.')
    try:
        same = event.hash == audit_chain.digest(previous, event)
        same = same and event.subject == audit_chain.subject_of(event.action)
    except (TypeError, ValueError, AttributeError):  # what no event of ours can hold
        same = False
    return None if same else Broken(event.seq, event.id, 'This event does not fit its hash: something was changed.')


def _rewritten(event: Entry, kept: Head) -> Broken | None:
    """What is wrong with an event that fits those before it, where all of them may have been written anew."""
    if event.seq != kept.seq or event.hash == kept.hash:
        return None
    return Broken(event.seq, event.id, 'This event has another hash than the one that was kept.')


def _cut_off(seq: int, previous: str, head: Head, kept: Head) -> Broken | None:
    """What is wrong with an end at this number and hash, where the organization knows another one."""
    if seq < max(head.seq, kept.seq, 1):  # every record begins with `organization:create`
        return Broken(seq + 1, None, 'This event and those after it are missing.')
    if previous != head.hash:
        return Broken(seq, None, 'The organization knows another hash of its newest event.')
    return None


class _Unreadable(Exception):
    """An event that is there and makes no sense."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.why)
        self.broken = broken


def _events(tx: TenantSession, organization_id: str) -> Iterator[Entry]:
    """All events in their order, a portion at a time. Raises _Unreadable."""
    query = select(*COLUMNS).where(AuditEvent.organization_id == organization_id).order_by(col(AuditEvent.seq))
    after, limit = None, READ_AT_ONCE
    while True:
        portion = query if after is None else query.where(AuditEvent.seq > after)
        try:
            events = [Entry(*row) for row in tx.exec(portion.limit(limit))]
        except (ValueError, TypeError, OperationalError) as error:
            if getattr(error, 'connection_invalidated', False):
                raise
            if limit == 1:
                raise _Unreadable(_next(tx, organization_id, after)) from error
            limit = 1  # until the one is found
            continue
        yield from events
        if len(events) < limit:
            return
        after = events[-1].seq


def _next(tx: TenantSession, organization_id: str, after: int | None) -> Broken:
    """The event after this number, of which only number and row can be read."""
    query = select(AuditEvent.seq, AuditEvent.id).where(AuditEvent.organization_id == organization_id)
    query = query.where(AuditEvent.seq > after) if after is not None else query
    seq, row_id = tx.exec(query.order_by(col(AuditEvent.seq)).limit(1)).one()
    return Broken(seq, row_id, 'This event cannot be read: something was changed.')
