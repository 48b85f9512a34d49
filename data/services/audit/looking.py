"""Looking for events on the record, newest first and a step at a time: however long it is, a step is soon done.

A step reads one index back from where the last one ended: that of a person, of a kind, of refusals, or that of all
events. Where something else is asked for besides, it ends after so many events, whether any were like that or not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal, TypedDict

from sqlalchemy import ColumnElement, bindparam, literal
from sqlmodel import col, func, or_, select

from data.database import ADMINISTRATOR, TenantSession, audit_chain, constant
from data.inputs import emails, texts
from data.models import AuditEvent, is_id
from data.services.audit.entries import COLUMNS, Entry
from data.services.audit.words import search_words, searchable
from data.services.portions import Step

READ_AT_ONCE = 1000
"""How many events are in memory at a time when all are read."""

STEP, UNWORDED_STEP = 8_000, 400
"""How many events one step looks at: 20 ms; less where they are still to be put into words."""

SEARCH_LIMIT = 200
WORDS_LIMIT = 8
LONGEST = 400


class EventFilter(TypedDict, total=False):
    """Which events somebody asks for; what is left out does not matter.

    `action` is a subject ('member'), a whole name ('member:add'), or several of them; `who` the id of a user, '' for
    the administrator, or addresses as they stand on the record. Every word of `search` must be part of what the event
    says: `words.searchable`.
    """

    search: str
    outcome: Literal['done', 'refused'] | None
    action: str | tuple[str, ...] | None
    who: str | tuple[str, ...] | None


@dataclass(frozen=True)
class People:
    """Addresses on the record, each in all its spellings by the folded one; `more` is whether there are others.

    `names` are what they were called last, by the same, None for who had not said.
    """

    found: dict[str, tuple[str, ...]]
    names: dict[str, str | None]
    more: bool


Conditions = tuple[ColumnElement[bool], ...]

NEWEST = select(*COLUMNS).order_by(col(AuditEvent.seq).desc()).limit(bindparam('limit'))
_ALL = constant(NEWEST)
_SEQ = select(AuditEvent.seq).order_by(col(AuditEvent.seq).desc())
_REFUSED = col(AuditEvent.outcome) == literal('refused', literal_execute=True)  # as the index says it
_UNWORDED = col(AuditEvent.said).is_(None)
_NEWEST_UNWORDED = constant(select(func.max(AuditEvent.seq)).where(_UNWORDED, AuditEvent.seq < bindparam('top')))


def look(tx: TenantSession, newest: int, before: int | None, limit: int, filters: EventFilter) -> Step[Entry]:
    """At most `limit` events with a number below `before` that are like this, as far as one step goes."""
    streams, rest = _streams(filters)
    words, top = searched(filters), newest + 1 if before is None else min(before, newest + 1)
    floor, is_worded = (_floor(tx, streams, top) if rest or words else 1), True
    if words:
        floor, is_worded = _worded(tx, floor, top)
        rest = (*rest, *(_says(word) if is_worded else or_(_UNWORDED, _says(word)) for word in words))
    if before is not None:
        rest = (*rest, col(AuditEvent.seq) < before)
    if floor > 1:
        rest = (*rest, col(AuditEvent.seq) >= floor)
    entries = _read(tx, [(*stream, *rest) for stream in streams], limit + 1 if is_worded else UNWORDED_STEP + 1)
    if not is_worded:
        entries = [entry for entry in entries if all(word in searchable(entry) for word in words)]
    if len(entries) > limit:
        return Step(entries[:limit], None, True, newest, entries[limit - 1].seq, entries[limit - 1].at)
    since = _moment(tx, floor) if floor > 1 else None
    return Step(entries, None, since is not None, newest, floor if since else None, since)


def all_of(tx: TenantSession, newest: int, filters: EventFilter) -> Iterator[Entry]:
    """All events that are like this, READ_AT_ONCE at a time."""
    before, more = None, True
    while more:
        step = look(tx, newest, before, READ_AT_ONCE, filters)
        yield from step.rows
        before, more = step.before, step.more


def searched(filters: EventFilter) -> list[str]:
    """The words searched for, bounded, and without what no database takes."""
    return search_words(emails.searched(_storable((filters.get('search') or '')[:SEARCH_LIMIT])))[:WORDS_LIMIT]


def _storable(text: str) -> str:
    """A text without what no database takes."""
    return text[:LONGEST].replace('\0', '').encode('utf-8', 'ignore').decode()


def _streams(filters: EventFilter) -> tuple[list[Conditions], Conditions]:
    """What is asked for: the parts of one index that are read, and what else an event in them must be."""
    outcome, actions, who = filters.get('outcome'), filters.get('action') or (), filters.get('who')
    actions = (actions,) if isinstance(actions, str) else actions
    by_kind: list[Conditions] = [(_is_about(_storable(action)),) for action in actions]
    rest: list[ColumnElement[bool]] = []
    if outcome:
        rest.append(_REFUSED if outcome == 'refused' else col(AuditEvent.outcome) == _storable(outcome))
    if isinstance(who, str) and is_id(who):
        rest.append(col(AuditEvent.actor_id) == who)
    elif who is not None:
        addresses = (who or ADMINISTRATOR,) if isinstance(who, str) else who
        rest += [or_(*(condition for [condition] in by_kind))] if by_kind else []
        return [(col(AuditEvent.actor_email) == _storable(address),) for address in addresses], tuple(rest)
    if by_kind:
        return by_kind, tuple(rest)
    if outcome == 'refused':
        return [(_REFUSED,)], tuple(rest[1:])
    return [()], tuple(rest)


def _is_about(action: str) -> ColumnElement[bool]:
    subject = col(AuditEvent.subject) == audit_chain.subject_of(action)
    return subject & (col(AuditEvent.action) == action) if ':' in action else subject


def _floor(tx: TenantSession, streams: list[Conditions], top: int) -> int:
    """The number of the event at which a step from `top` downwards ends."""
    if streams == [()]:
        return top - STEP
    ends = (tx.exec(_SEQ.where(*it, col(AuditEvent.seq) < top).offset(STEP).limit(1)).first() for it in streams)
    return max(end or 1 for end in ends)


def _worded(tx: TenantSession, floor: int, top: int) -> tuple[int, bool]:
    """Where a step ends that searches, and whether all events in it have been put into words."""
    unworded = tx.exec(_NEWEST_UNWORDED, params={'top': top}).one()
    if unworded is None or unworded < floor:
        return floor, True
    if unworded < top - UNWORDED_STEP:
        return unworded + 1, True
    return max(floor, top - UNWORDED_STEP), False


def _says(word: str) -> ColumnElement[bool]:
    return col(AuditEvent.said).contains(word, autoescape=True)


def _read(tx: TenantSession, streams: list[Conditions], limit: int) -> list[Entry]:
    """The newest events of these parts of an index."""
    queries = [NEWEST.where(*conditions) if conditions else _ALL for conditions in streams]
    found = [[Entry(*row) for row in tx.exec(query, params={'limit': limit})] for query in queries]
    return sorted(chain(*found), key=lambda entry: -entry.seq)[:limit]


def _moment(tx: TenantSession, seq: int) -> datetime | None:
    """When the first of the events from this number on was; None where that is the very first there is."""
    oldest = select(AuditEvent.at).where(AuditEvent.seq < seq).order_by(col(AuditEvent.seq).desc())
    return tx.exec(oldest.limit(1)).first()


# people --------------------------------------------------------------------------------------------------------------


def people(tx: TenantSession, search: str, limit: int) -> People:
    """Those with `search` in their name or address, who begin with it first; each is found by steps in an index."""
    known = select(func.min(AuditEvent.actor_email).label('address')).cte('known', recursive=True)
    following = select(func.min(AuditEvent.actor_email)).where(col(AuditEvent.actor_email) > known.c.address)
    known = known.union_all(select(following.scalar_subquery()).where(known.c.address.is_not(None)))
    address = known.c.address
    newest = select(AuditEvent.actor_name).where(col(AuditEvent.actor_email) == address)
    name = newest.order_by(col(AuditEvent.seq).desc()).limit(1).scalar_subquery()
    query = select(address, name).where(address.is_not(None))
    if wanted := texts.plain_key(emails.searched(_storable(search))):
        rows = sorted(_alike(tx.exec(query.order_by(address)), wanted))[: 2 * limit + 1]
        spellings = [(row, called) for *_, row, called in rows]
    else:
        spellings = list(tx.exec(query.limit(2 * limit + 1)))
    found: dict[str, tuple[str, ...]] = {}
    names: dict[str, str | None] = {}
    for row, called in spellings:
        found[row.casefold()] = (*found.get(row.casefold(), ()), row)
        names[row.casefold()] = called or names.get(row.casefold())
    offered = list(found)[:limit]
    more = len(found) > limit or len(spellings) > 2 * limit
    return People({key: found[key] for key in offered}, {key: names[key] for key in offered}, more)


def _alike(rows: Iterable[tuple[str, str | None]], wanted: str) -> Iterator[tuple[bool, int, str, str | None]]:
    """Those in whose name or address this is: whether neither begins with it, the place, the address and the name."""
    for place, (address, name) in enumerate(rows):
        read = texts.without_accents(address.casefold()), texts.plain_key(name)
        if any(wanted in text for text in read):
            yield not any(text.startswith(wanted) for text in read), place, address, name
