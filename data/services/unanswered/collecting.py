"""Unanswered questions are collected as they are asked, closed when they are answered, and go with who asked them."""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, delete, func, select

from data import changes, clock
from data.changes import Change
from data.database import TenantSession, constant
from data.models import Unanswered, UnansweredAsking, UnansweredState
from data.services import passages
from data.services.audit import Topic

_KEY_LIMIT = 500
_QUESTION_LIMIT = 2000

_SAME = constant(
    select(Unanswered).where(
        col(Unanswered.project_id) == bindparam('project_id'), col(Unanswered.words) == bindparam('words')
    )
)
_ANSWERED_BY = constant(
    select(Unanswered).where(
        col(Unanswered.project_id) == bindparam('project_id'),
        col(Unanswered.state) == UnansweredState.OPEN,
        (col(Unanswered.words) == bindparam('words'))
        | col(Unanswered.source_id).in_(bindparam('sources', expanding=True)),
    )
)
_OF_CONVERSATIONS = constant(
    select(UnansweredAsking.unanswered_id)
    .where(col(UnansweredAsking.conversation_id).in_(bindparam('of', expanding=True)))
    .distinct()
)
_ASKINGS = constant(
    select(UnansweredAsking)
    .where(col(UnansweredAsking.unanswered_id) == bindparam('of'))
    .order_by(col(UnansweredAsking.at), col(UnansweredAsking.conversation_id), col(UnansweredAsking.seq))
    .limit(1)
)
_NUMBER = constant(
    select(func.count(), func.max(UnansweredAsking.at)).where(col(UnansweredAsking.unanswered_id) == bindparam('of'))
)


def collect(tx: TenantSession, project_id: str, conversation_id: str, seq: int, question: str) -> None:
    """Remember a question that the knowledge says nothing about, the `seq`th message of a conversation.

    The same words asked before are the same question. One that was answered is open again; one that somebody dismissed
    stays so. What has no words is no question. The transaction holds the organization's row.
    """
    words = _key(tx, project_id, question)
    if not words:
        return
    here, now = _here(tx), clock.now()
    entry = tx.exec(_SAME, params={'project_id': project_id, 'words': words}).first()
    if entry is None:
        entry = Unanswered(
            organization_id=here, project_id=project_id, words=words, question=question[:_QUESTION_LIMIT], first_at=now
        )
        tx.add(entry)
    elif entry.state is UnansweredState.ANSWERED:
        entry.state, entry.source_id = UnansweredState.OPEN, None
    entry.count, entry.last_at = entry.count + 1, now
    tx.flush()
    tx.add(
        UnansweredAsking(
            organization_id=here,
            conversation_id=conversation_id,
            seq=seq,
            unanswered_id=entry.id,
            question=question[:_QUESTION_LIMIT],
            at=now,
        )
    )
    note(tx, entry.id)


def close(tx: TenantSession, project_id: str, question: str, sources: Sequence[Mapping[str, Any]]) -> None:
    """Note that a question was answered from these sources, as `data.services.agents.answering` has them.

    It closes the same question, and those whose written answer that was: what is shown below another source is none.
    """
    of = {
        'project_id': project_id,
        'words': _key(tx, project_id, question),
        'sources': [source['source'] for source in sources[:1]] or [''],
    }
    for entry in tx.exec(_ANSWERED_BY, params=of).all():
        entry.state = UnansweredState.ANSWERED
        note(tx, entry.id)


def forget(tx: TenantSession, conversation_ids: Collection[str]) -> None:
    """Take away what was asked in these conversations, which are about to be deleted, in the same transaction.

    A question that nobody else has asked goes with it; else it is worded as somebody else has asked it.
    """
    if not conversation_ids:
        return
    entries = tx.exec(_OF_CONVERSATIONS, params={'of': list(conversation_ids)}).all()
    if not entries:
        return
    tx.exec(delete(UnansweredAsking).where(col(UnansweredAsking.conversation_id).in_(list(conversation_ids))))
    for entry_id in entries:
        entry = tx.find(Unanswered, entry_id)
        first = tx.exec(_ASKINGS, params={'of': entry_id}).first()
        if first is None:
            tx.delete(entry)
        else:
            number, last_at = tx.exec(_NUMBER, params={'of': entry_id}).one()
            entry.count, entry.question, entry.first_at, entry.last_at = number, first.question, first.at, last_at
    note(tx)


def _key(tx: TenantSession, project_id: str, question: str) -> str:
    """What two questions share that are the same: their stems, each once, in the order of the alphabet."""
    key = ' '.join(sorted(passages.stems_of(tx, project_id, question)))
    if len(key) > _KEY_LIMIT:
        digest = sha256(key.encode()).hexdigest()
        key = f'{key[: _KEY_LIMIT - len(digest) - 1]} {digest}'
    return key


def _here(tx: TenantSession) -> str:
    return str(tx.scope.organization_id)


def note(tx: TenantSession, subject: str = '') -> None:
    """Note that questions are not what they were, for whoever looks at them."""
    changes.note(tx, Change(_here(tx), Topic.UNANSWERED, subject=subject))
