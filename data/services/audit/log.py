"""The audit log of an organization: written, read, exported. Refusals are written by `database` when they happen."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, Unpack

from sqlmodel import col

from data import changes, clock
from data.changes import Change
from data.database import Actor, System, TenantSession, audit_chain, constant, reading, transaction
from data.models import AuditEvent, Organization
from data.permissions import Member, Permission, authorize
from data.problems import NotFound
from data.services import exports
from data.services.audit import looking, words
from data.services.audit.acts import Act
from data.services.audit.entries import Entry
from data.services.audit.looking import NEWEST, EventFilter, People
from data.services.portions import Step, number, texts_only

PORTION = 50
"""How many events a screen gets at a time."""

EXPORT_LIMIT = 10_000
"""How many events one export holds at most, the newest ones: some 4 MB, made in memory and sent at once."""

PEOPLE = 20
"""How many people are offered at a time."""

audit_chain.search_by(words.searchable)


@dataclass(frozen=True)
class Export:
    """A file with events, newest first; not `complete` when there were more than EXPORT_LIMIT."""

    content: bytes
    events: int
    complete: bool


def record(
    tx: TenantSession,
    by: Member | System,
    act: Act,
    target: str = '',
    *,
    users: Collection[str] = (),
    subject: str = '',
    target_name: str | None = None,
    **details: Any,
) -> None:
    """Put a done act on the record, in the act's own transaction, and note what has changed with it.

    `users` are the ids of those whose own standing changed, `subject` the id of the row that the act is about,
    `target_name` what the target is called, if it is a person. The transaction holds the organization's row.
    """
    organization = _organization(tx, by)
    organization.active_at = clock.now()
    audit_chain.append(
        tx,
        organization,
        act.value,
        actor_id=by.user_id,
        actor_email=by.email,
        actor_name=by.name,
        network=by.network,
        target=target,
        details={**details, 'target_name': target_name} if target_name else details,
    )
    *also, last = act.topics
    change = Change(organization.id, last, by.email, frozenset(users), subject, by.name)
    for topic in also:
        changes.note(tx, replace(change, topic=topic, users=frozenset()))
    changes.note(tx, replace(change, subject='') if also else change)  # people are told once


def _organization(tx: TenantSession, by: Member | System) -> Organization:
    known = by.organization if isinstance(by, Member) and by.organization in tx else None  # it may be new
    organization = known or tx.get(Organization, by.organization_id)  # read by now: nothing is asked here
    if organization is None:
        raise NotFound
    return organization


_LATEST = constant(NEWEST.where(col(AuditEvent.outcome) == 'done'))


def latest(tx: TenantSession, limit: int) -> list[Entry]:
    """The newest done acts of the organization of this session, newest first."""
    return [Entry(*row) for row in tx.exec(_LATEST, params={'limit': limit})]


def portion(
    actor: Actor, *, before: int | None = None, limit: int = PORTION, **filters: Unpack[EventFilter]
) -> Step[Entry]:
    """The newest events whose number is below `before`, one step back.

    Raises Invalid, Forbidden, NotFound, SignedOut.
    """
    before, limit = None if before is None else number(before, 'before'), number(limit, 'limit')
    _refuse_unusable(filters)
    with reading(actor) as tx:
        newest = authorize(tx, actor, Permission.AUDIT_VIEW).organization.audit_seq
        return looking.look(tx, newest, before, limit, filters)


def people(actor: Actor, search: str = '', limit: int = PEOPLE) -> People:
    """Whoever is on the record with `search` in their address, those who have left included; the best ones first.

    Raises Invalid, Forbidden, NotFound, SignedOut.
    """
    texts_only({'search': search})
    with reading(actor) as tx:
        authorize(tx, actor, Permission.AUDIT_VIEW)
        return looking.people(tx, search, limit)


def export(
    actor: Actor,
    kind: Literal['csv', 'json'],
    habits: exports.Habits = exports.ANYBODYS,
    **filters: Unpack[EventFilter],
) -> Export:
    """The newest EXPORT_LIMIT of the events asked for as a file; that somebody took it is on the record too.

    CSV is for spreadsheets with these `habits`: formulas in it are neutralized. JSON is exact and carries what the
    hashes are made of, and nothing else.
    Raises Invalid, Forbidden, NotFound, SignedOut.
    """
    _refuse_unusable(filters)
    with reading(actor) as tx:
        newest = authorize(tx, actor, Permission.AUDIT_VIEW).organization.audit_seq
        file = exports.begun(kind, (*audit_chain.FIELDS, audit_chain.NAME, 'hash'), habits, moment='at')
        entries = looking.all_of(tx, newest, filters)
        for entry in islice(entries, EXPORT_LIMIT):
            file.add({**audit_chain.fields(entry), 'hash': entry.hash})
        complete = next(entries, None) is None
    given = {**filters, 'search': ' '.join(looking.searched(filters))}  # no more than was looked for: it stays for good
    narrowed = {name: value for name, value in given.items() if value}
    with transaction(actor) as tx:  # not around the reading: it would keep everybody else from writing
        member = authorize(tx, actor, Permission.AUDIT_VIEW)
        record(tx, member, Act.AUDIT_EXPORT, kind.upper(), events=file.rows, wanted=narrowed)
    return Export(file.content(), file.rows, complete)


def _refuse_unusable(filters: EventFilter) -> None:
    texts_only({name: filters.get(name) for name in ('search', 'outcome')})
    for name in ('action', 'who'):
        several = filters.get(name)
        for each in several if isinstance(several, tuple) else (several,):
            texts_only({name: each})
