"""Lines: the messages of a conversation as people read them; a visitor reads what was said to them, and no notes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.inputs.names import called
from data.models import Message, MessageRole, Passage, Source, User
from data.services.conversations.events import SOMEBODY, Event

PORTION = 50
"""How many lines are fetched at a time."""

GAP = 200
"""How many lines a visitor gets at once at most; what is left of a longer gap is fetched after the last of them."""


@dataclass(frozen=True)
class Line:
    """One message, the `seq`th of its conversation; `vote` is 1, -1 or None.

    `outcome` is what the agent came to (`data.services.agents.answering.Outcome`), or the name of an event. `author` is
    who wrote it: to visitors what that member is called, to the team with the address, and None for everybody else's.
    `sources` are as they were; one that can't be found any more has `gone`.
    """

    seq: int
    role: MessageRole
    text: str
    sources: list[dict[str, Any]]
    outcome: str
    author: str | None
    at: datetime
    vote: int | None
    author_id: str | None = None


_ROWS = (
    select(Message, User.name, User.email)
    .join(User, col(User.id) == col(Message.author), isouter=True)
    .where(col(Message.conversation_id) == bindparam('conversation'))
    .limit(bindparam('limit'))
)
_IS_SHOWN = (col(Message.role) != MessageRole.NOTE) & ((col(Message.role) != MessageRole.EVENT) | (Message.text != ''))
_SEQ = col(Message.seq)
_SHOWN = _ROWS.where(_IS_SHOWN)
_SHOWN_AFTER = constant(_SHOWN.where(bindparam('after') < _SEQ).order_by(_SEQ))
_SHOWN_LAST = constant(_SHOWN.order_by(_SEQ.desc()))
_LAST = constant(_ROWS.where(bindparam('before') > _SEQ).order_by(_SEQ.desc()))
_THERE = constant(
    select(Passage.id)
    .join(Source, col(Source.id) == col(Passage.source_id))
    .where(col(Passage.id).in_(bindparam('passages', expanding=True)), col(Source.is_off).is_(False))
)


def for_visitor(tx: TenantSession, conversation_id: str, after: int) -> list[Line]:
    """What the visitor reads: the first GAP lines after this one, or with 0 the last GAP; in their order."""
    return after_that(tx, conversation_id, after) if after else _shown(tx, _SHOWN_LAST, conversation_id)[::-1]


def after_that(tx: TenantSession, conversation_id: str, seq: int) -> list[Line]:
    """The first GAP lines after this one that the visitor reads, from the first one on with 0."""
    return _shown(tx, _SHOWN_AFTER, conversation_id, after=seq)


def _shown(tx: TenantSession, query: Any, conversation_id: str, **parameters: int) -> list[Line]:
    rows = tx.exec(query, params={'conversation': conversation_id, 'limit': GAP, **parameters}).all()
    return _marked(tx, [replace(_line(message, name or SOMEBODY), author_id=None) for message, name, _ in rows])


def for_team(tx: TenantSession, conversation_id: str, before: int, limit: int) -> list[Line]:
    """The last lines before this one, notes among them, in their order."""
    rows = tx.exec(_LAST, params={'conversation': conversation_id, 'before': before, 'limit': limit}).all()[::-1]
    lines = []
    for message, name, email in rows:
        who = called(name, email) if email else SOMEBODY
        text = Event(message.outcome).to_team(who) if message.role is MessageRole.EVENT else ''
        lines.append(_line(message, who, text))
    return _marked(tx, lines)


def _line(message: Message, who: str, text: str = '') -> Line:
    by_member = message.role in (MessageRole.MEMBER, MessageRole.NOTE, MessageRole.EVENT)
    return Line(
        message.seq,
        message.role,
        text or message.text,
        message.sources,
        message.outcome,
        who if by_member else None,
        message.at,
        message.vote,
        message.author,
    )


def _marked(tx: TenantSession, lines: list[Line]) -> list[Line]:
    """The lines, with what can no longer be found in the knowledge marked."""
    cited = {str(source.get('passage')) for line in lines for source in line.sources}
    there = set(tx.exec(_THERE, params={'passages': sorted(cited)})) if cited else set()
    for place, line in enumerate(lines):
        if line.sources:
            lines[place] = replace(line, sources=_mark(line.sources, there))
    return lines


def _mark(sources: Iterable[dict[str, Any]], there: set[str]) -> list[dict[str, Any]]:
    return [source if source.get('passage') in there else {**source, 'gone': True} for source in sources]
