"""The audit log of an organization: written, read, exported. Refusals are written by `database` when they happen."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any, Literal, TypedDict, Unpack

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import case, col, func, or_, select

from data import changes, clock
from data.changes import Change
from data.database import ADMINISTRATOR, Actor, System, TenantSession, audit_chain, constant, reading, transaction
from data.models import AuditEvent, Organization, is_id
from data.permissions import Member, Permission, authorize
from data.problems import NotFound
from data.services import exports
from data.services.audit.acts import Act
from data.services.portions import Portion, number, texts_only

PORTION = 50
"""How many events a screen gets at a time."""

READ_AT_ONCE = 1000
"""How many events are in memory at a time when all are read."""

EXPORT_LIMIT = 10_000
"""How many events one export holds at most, the newest ones: some 4 MB, made in memory and sent at once."""

PEOPLE_LIMIT = 500
SEARCH_LIMIT = 200
WORDS_LIMIT = 8
LONGEST = 400


@dataclass(frozen=True)
class Entry:
    """One event of the record, for reading."""

    organization_id: str
    id: int
    seq: int
    at: datetime
    actor_id: str | None
    actor_email: str
    action: str
    target: str
    outcome: str
    rule: str
    details: dict[str, Any]
    network: str
    hash: str
    subject: str | None


COLUMNS = tuple(getattr(AuditEvent, field.name) for field in fields(Entry))


class EventFilter(TypedDict, total=False):
    """Which events somebody asks for; what is left out does not matter.

    `action` is a subject ('member'), a whole name ('member:add'), or several of them; `who` the id of a user, '' for
    the administrator, the address of who has no account. Every word of `search` must be part of the actor, the target
    or the action, as it stands or in what `words` says of it.
    """

    search: str
    outcome: Literal['done', 'refused'] | None
    action: str | tuple[str, ...] | None
    who: str | None
    words: Mapping[str, str]


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
    **details: Any,
) -> None:
    """Put a done act on the record, in the act's own transaction, and note what has changed with it.

    `users` are the ids of those whose own standing changed, `subject` the id of the row that the act is about. The
    transaction holds the organization's row.
    """
    known = by.organization if isinstance(by, Member) and by.organization in tx else None  # it may be new
    organization = known or tx.get(Organization, by.organization_id)  # read by now: nothing is asked here
    if organization is None:
        raise NotFound
    organization.active_at = clock.now()
    audit_chain.append(
        tx,
        organization,
        act.value,
        actor_id=by.user_id,
        actor_email=by.email,
        network=by.network,
        target=target,
        details=details,
    )
    *also, last = act.topics
    for topic in also:
        changes.note(tx, Change(organization.id, topic, by.email, subject=subject))
    shown = '' if also else subject  # people are told once
    changes.note(tx, Change(organization.id, last, by.email, frozenset(users), shown))


_NEWEST = select(*COLUMNS).order_by(col(AuditEvent.seq).desc()).limit(bindparam('limit'))
_ALL = constant(_NEWEST)
_LATEST = constant(_NEWEST.where(col(AuditEvent.outcome) == 'done'))


def latest(tx: TenantSession, limit: int) -> list[Entry]:
    """The newest done acts of the organization of this session, newest first."""
    return [Entry(*row) for row in tx.exec(_LATEST, params={'limit': limit})]


def portion(
    actor: Actor, *, before: int | None = None, limit: int = PORTION, **filters: Unpack[EventFilter]
) -> Portion[Entry]:
    """The newest events whose number is below `before`. Raises Invalid, Forbidden, NotFound, SignedOut."""
    before, limit = None if before is None else number(before, 'before'), number(limit, 'limit')
    _refuse_unusable(filters)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.AUDIT_VIEW)
        entries = _newest(tx, filters, before, limit + 1)
    return Portion(entries[:limit], None, more=len(entries) > limit)


def people(actor: Actor) -> dict[str, str]:
    """Whoever is on the record, those who have left included: what `EventFilter.who` calls them, and their addresses.

    Raises Forbidden, NotFound, SignedOut.
    """
    address = func.max(AuditEvent.actor_email)
    without_account = case((col(AuditEvent.actor_id).is_(None), col(AuditEvent.actor_email)), else_='')
    query = select(AuditEvent.actor_id, address).group_by(col(AuditEvent.actor_id), without_account)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.AUDIT_VIEW)
        rows = tx.exec(query.order_by(address).limit(PEOPLE_LIMIT)).all()
    return {user_id or ('' if email == ADMINISTRATOR else email): email for user_id, email in rows}


def export(actor: Actor, kind: Literal['csv', 'json'], **filters: Unpack[EventFilter]) -> Export:
    """The newest EXPORT_LIMIT of the events asked for as a file; that somebody took it is on the record too.

    CSV is for spreadsheets: formulas in it are neutralized. JSON is exact and carries what the hashes are made of.
    Raises Invalid, Forbidden, NotFound, SignedOut.
    """
    _refuse_unusable(filters)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.AUDIT_VIEW)
        file, entries = exports.FORMATS[kind]((*audit_chain.FIELDS, 'hash')), _all(tx, filters)
        for entry in islice(entries, EXPORT_LIMIT):
            file.add({**audit_chain.fields(entry), 'hash': entry.hash})
        complete = next(entries, None) is None
    given = {**filters, 'search': ' '.join(_searched(filters))}  # no more of it than was looked for: it stays for good
    narrowed = {name: value for name, value in given.items() if value and name != 'words'}
    with transaction(actor) as tx:  # not around the reading: it would keep everybody else from writing
        member = authorize(tx, actor, Permission.AUDIT_VIEW)
        record(tx, member, Act.AUDIT_EXPORT, kind.upper(), events=file.rows, wanted=narrowed)
    return Export(file.content(), file.rows, complete)


def _refuse_unusable(filters: EventFilter) -> None:
    actions = filters.get('action')
    each = actions if isinstance(actions, tuple) else (actions,)
    texts_only({name: filters.get(name) for name in ('search', 'outcome', 'who')})
    for action in each:
        texts_only({'action': action})


def _all(tx: TenantSession, filters: EventFilter) -> Iterator[Entry]:
    before = None
    while entries := _newest(tx, filters, before, READ_AT_ONCE):
        yield from entries
        before = entries[-1].seq


def _newest(tx: TenantSession, filters: EventFilter, before: int | None, limit: int) -> list[Entry]:
    conditions = [*_conditions(filters), *([col(AuditEvent.seq) < before] if before is not None else [])]
    query = _NEWEST.where(*conditions) if conditions else _ALL
    return [Entry(*row) for row in tx.exec(query, params={'limit': limit})]


def _conditions(filters: EventFilter) -> Iterator[ColumnElement[bool]]:
    if outcome := filters.get('outcome'):
        yield col(AuditEvent.outcome) == _storable(outcome)
    if names := filters.get('action'):
        action = col(AuditEvent.action)
        names = tuple(map(_storable, (names,) if isinstance(names, str) else names))
        yield or_(*(action == it if ':' in it else action.startswith(f'{it}:', autoescape=True) for it in names))
    if (who := filters.get('who')) is not None:
        yield _is_by(who)
    for word in _searched(filters):
        yield _says(word, filters.get('words', {}))


def _is_by(who: str) -> ColumnElement[bool]:
    if is_id(who):
        return col(AuditEvent.actor_id) == who
    return col(AuditEvent.actor_id).is_(None) & (col(AuditEvent.actor_email) == (_storable(who) or ADMINISTRATOR))


def _searched(filters: EventFilter) -> list[str]:
    """The words searched for, bounded, and without what no database takes."""
    return _storable((filters.get('search') or '')[:SEARCH_LIMIT]).split()[:WORDS_LIMIT]


def _storable(text: str) -> str:
    """A text without what no database takes."""
    return text[:LONGEST].replace('\0', '').encode('utf-8', 'ignore').decode()


def _says(word: str, words: Mapping[str, str]) -> ColumnElement[bool]:
    """Whether an event says this word; SQLite itself knows upper and lower case of ASCII letters only."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    columns = col(AuditEvent.actor_email), col(AuditEvent.target), col(AuditEvent.action)
    meant = [action for action, text in words.items() if word.casefold() in text.casefold()]
    spelled = [column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return or_(*spelled, col(AuditEvent.action).in_(meant))
