"""Unanswered questions as people look at them: those of a project, the ones asked most often first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from data.database import Actor, TenantSession, constant, reading
from data.models import Project, Source, Unanswered, UnansweredAsking, UnansweredState
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services.portions import Portion, bounds, counted
from data.services.projects.standing import find_project

PORTION = 30
"""How many questions are fetched at a time."""


@dataclass(frozen=True)
class UnansweredQuestion:
    """A question as the list shows it.

    `source_id` is the written answer to it, which stands under `answered_as`, None where there is none, or none any
    more; `conversation_id` is where it was asked last.
    """

    id: str
    question: str
    count: int
    state: UnansweredState
    first_at: datetime
    last_at: datetime
    source_id: str | None
    answered_as: str | None
    conversation_id: str | None


@dataclass(frozen=True)
class UnansweredQuestions(Portion[UnansweredQuestion]):
    """A portion of the questions of a project, whoever reads it, the project, and how many there are of each state."""

    member: Member
    project: Project
    counts: Mapping[UnansweredState, int]


_LAST = (
    select(UnansweredAsking.conversation_id)
    .where(col(UnansweredAsking.unanswered_id) == col(Unanswered.id))
    .order_by(col(UnansweredAsking.at).desc(), col(UnansweredAsking.conversation_id))
    .limit(1)
    .correlate(Unanswered)
    .scalar_subquery()
)
_COLUMNS: tuple[Any, ...] = (
    Unanswered.id,
    Unanswered.question,
    Unanswered.count,
    Unanswered.state,
    Unanswered.first_at,
    Unanswered.last_at,
    Source.id,
    Source.name,
    _LAST,
    func.count().over(),
)
_PORTION = constant(
    select(*_COLUMNS)
    .join(
        Source,
        (col(Source.organization_id) == Unanswered.organization_id) & (col(Source.id) == Unanswered.source_id),
        isouter=True,
    )
    .where(col(Unanswered.project_id) == bindparam('of'), col(Unanswered.state) == bindparam('state'))
    .order_by(col(Unanswered.count).desc(), col(Unanswered.last_at).desc(), col(Unanswered.id))
    .offset(bindparam('offset'))
    .limit(bindparam('limit'))
)
_COUNTS = constant(
    select(Unanswered.state, func.count())
    .where(col(Unanswered.project_id) == bindparam('of'))
    .group_by(col(Unanswered.state))
)


def portion(
    actor: Actor,
    project_id: object,
    state: object = UnansweredState.OPEN,
    *,
    offset: int = 0,
    limit: int = PORTION,
) -> UnansweredQuestions:
    """A portion of the questions of a project in this state, those asked most often first.

    Raises Invalid('state' | 'offset' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    part, of = bounds(offset, limit), _known(state)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_VIEW)
        project = find_project(tx, project_id)
        rows = tx.exec(_PORTION, params={**part, 'of': project.id, 'state': of}).all()
        counts = counts_of(tx, project.id)
    page = counted([UnansweredQuestion(*row[:-1]) for row in rows], offset, rows[0][-1] if rows else None)
    return UnansweredQuestions(page.rows, page.total, page.more, member=member, project=project, counts=counts)


def counts_of(tx: TenantSession, project_id: str) -> dict[UnansweredState, int]:
    """How many questions of a project are open, answered, dismissed; whoever asks has been authorized."""
    found = dict(tx.exec(_COUNTS, params={'of': project_id}).all())
    return {state: found.get(state, 0) for state in UnansweredState}


def _known(state: object) -> UnansweredState:
    if isinstance(state, str) and state in set(UnansweredState):
        return UnansweredState(state)
    raise Invalid(state=f'Questions are {", ".join(UnansweredState)}.')
