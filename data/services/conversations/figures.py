"""The figures of a project: what its visitors said lately, what waits for its team, and what its agent knows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlmodel import col, func, select

from data import clock
from data.database import Actor, constant, reading
from data.models import (
    Conversation,
    ConversationState,
    Lead,
    Message,
    Source,
    SourceState,
    Unanswered,
    UnansweredState,
)
from data.permissions import Permission, authorize
from data.services.agents.answering import Outcome
from data.services.conversations.standing import held_by_nobody
from data.services.conversations.views import Figures
from data.services.projects.standing import find_project

LATELY = timedelta(days=30)
"""What counts as lately."""

_STATE = col(Conversation.state)
_PROJECT: BindParameter[str] = bindparam('project')
_WAITS = (_STATE == ConversationState.WAITING) | held_by_nobody()
_NUMBERS: tuple[Any, ...] = (
    func.count(),
    func.count().filter(col(Conversation.changed_at) >= bindparam('since')),
    func.count().filter(_WAITS),
)
_CONVERSATIONS = constant(select(*_NUMBERS).select_from(Conversation).where(col(Conversation.project_id) == _PROJECT))
_ANSWERED = constant(
    select(func.count())
    .select_from(Message)
    .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
    .where(
        col(Conversation.project_id) == _PROJECT,
        col(Conversation.changed_at) >= bindparam('since'),
        col(Message.outcome) == Outcome.ANSWERED.value,
        col(Message.at) >= bindparam('since'),
    )
)
_UNANSWERED = constant(
    select(func.count())
    .select_from(Unanswered)
    .where(col(Unanswered.project_id) == _PROJECT, col(Unanswered.state) == UnansweredState.OPEN)
)
_IS_READY = (col(Source.state) == SourceState.READY) & col(Source.is_off).is_(False)
_OF_SOURCES: tuple[Any, ...] = func.count().filter(_IS_READY), func.count()
_SOURCES = constant(select(*_OF_SOURCES).select_from(Source).where(col(Source.project_id) == _PROJECT))
_LEADS = constant(select(func.count()).select_from(Lead).where(col(Lead.project_id) == _PROJECT))


def figures(actor: Actor, project_id: object) -> Figures:
    """The figures of a project. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.CONVERSATION_VIEW)
        at = {'project': find_project(tx, project_id).id}
        lately = {**at, 'since': clock.now() - LATELY}
        conversations, of_late, waiting = tx.exec(_CONVERSATIONS, params=lately).one()
        ready, sources = tx.exec(_SOURCES, params=at).one()
        return Figures(
            conversations,
            of_late,
            tx.exec(_ANSWERED, params=lately).one(),
            waiting,
            tx.exec(_UNANSWERED, params=at).one(),
            ready,
            sources,
            tx.exec(_LEADS, params=at).one(),
        )
