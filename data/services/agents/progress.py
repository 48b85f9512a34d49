"""How far the agent of a project is: whether it was published, and seen on a site; one statement, for the overview."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, exists, select

from data.database import Actor, constant, reading
from data.models import Agent, AgentSite, AgentState
from data.permissions import Permission, authorize
from data.problems import NotFound


@dataclass(frozen=True)
class Progress:
    """Whether it was published once, and whether somebody has opened it on a site."""

    is_published: bool
    is_seen: bool


_COLUMNS: tuple[Any, ...] = (
    Agent.state,
    exists(select(AgentSite.site).where(col(AgentSite.agent_id) == Agent.id)),
)
_PROGRESS = constant(select(*_COLUMNS).where(col(Agent.project_id) == bindparam('of_project')))


def progress(actor: Actor, project_id: str) -> Progress:
    """How far the agent of a project is. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        row = tx.exec(_PROGRESS, params={'of_project': project_id}).first()
    if row is None:
        raise NotFound
    state, is_seen = row
    return Progress(state is not AgentState.DRAFT, bool(is_seen))
