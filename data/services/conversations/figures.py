"""The figures of a project: what its visitors said lately, what waits for its team, and what its agent knows."""

from datetime import timedelta
from functools import reduce
from typing import Any

from sqlalchemy import BindParameter, bindparam, true
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
from data.services import projects
from data.services.agents.answering import Outcome
from data.services.conversations.standing import held_by_nobody
from data.services.conversations.views import Figures

LATELY = timedelta(days=30)
"""What counts as lately."""

_STATE = col(Conversation.state)
_PROJECT: BindParameter[str] = bindparam('project')
_WAITS = (_STATE == ConversationState.WAITING) | held_by_nobody()
_NUMBERS: tuple[Any, ...] = (
    func.count().label('conversations'),
    func.count().filter(col(Conversation.changed_at) >= bindparam('since')).label('lately'),
    func.count().filter(_WAITS).label('waiting'),
)
_CONVERSATIONS = select(*_NUMBERS).select_from(Conversation).where(col(Conversation.project_id) == _PROJECT)
_ANSWERED = (
    select(func.count().label('answered'))
    .select_from(Message)
    .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
    .where(
        col(Conversation.project_id) == _PROJECT,
        col(Conversation.changed_at) >= bindparam('since'),
        col(Message.outcome) == Outcome.ANSWERED.value,
        col(Message.at) >= bindparam('since'),
    )
)
_UNANSWERED = (
    select(func.count().label('unanswered'))
    .select_from(Unanswered)
    .where(col(Unanswered.project_id) == _PROJECT, col(Unanswered.state) == UnansweredState.OPEN)
)
_IS_READY = (col(Source.state) == SourceState.READY) & col(Source.is_off).is_(False)
_OF_SOURCES: tuple[Any, ...] = func.count().filter(_IS_READY).label('ready'), func.count().label('sources')
_SOURCES = select(*_OF_SOURCES).select_from(Source).where(col(Source.project_id) == _PROJECT)
_LEADS = select(func.count().label('leads')).select_from(Lead).where(col(Lead.project_id) == _PROJECT)
_FIRST, *_OTHERS = (it.subquery() for it in (_CONVERSATIONS, _ANSWERED, _UNANSWERED, _SOURCES, _LEADS))
_ALL: Any = reduce(lambda joined, other: joined.join(other, true()), _OTHERS, _FIRST)
_COLUMNS: tuple[Any, ...] = tuple(column for of in (_FIRST, *_OTHERS) for column in of.c)
_FIGURES = constant(select(*_COLUMNS).select_from(_ALL))
"""Each of them is one row, so that all together are."""


def figures(actor: Actor, project_id: object) -> Figures:
    """The figures of a project. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.CONVERSATION_VIEW)
        project = projects.get(actor, project_id).project
        params = {'project': project.id, 'since': clock.now() - LATELY}
        return Figures(**tx.exec(_FIGURES, params=params).one()._mapping)
