"""Agents as visitors meet them: which one answers under a public id, with what, and whether people are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, administrator, constant
from data.models import Agent, AgentState, AgentVersion, Organization, Project, Status, is_id
from data.services.agents import settings as agent_settings
from data.services.agents.settings import AgentSettings

SERVED = (Status.ACTIVE, Status.PAST_DUE)
"""Of organizations: as they stand where their agents answer."""

_COLUMNS: tuple[Any, ...] = (
    Agent.organization_id,
    Agent.project_id,
    Agent.id,
    AgentVersion.number,
    AgentVersion.settings,
    Agent.retention_days,
)
_SERVING = constant(
    select(*_COLUMNS)
    .join(
        AgentVersion,
        (col(AgentVersion.organization_id) == Agent.organization_id)
        & (col(AgentVersion.agent_id) == Agent.id)
        & (col(AgentVersion.number) == Agent.published),
    )
    .join(Project, (col(Project.organization_id) == Agent.organization_id) & (col(Project.id) == Agent.project_id))
    .join(Organization, col(Organization.id) == Agent.organization_id)
    .where(
        col(Agent.id) == bindparam('agent_id'),
        col(Agent.state) == AgentState.LIVE,
        col(Project.archived_at).is_(None),
        col(Project.deleted_at).is_(None),
        col(Organization.status).in_(SERVED),
    )
)


@dataclass(frozen=True)
class Serving:
    """An agent that answers visitors now: whose it is, the number of the version that they get, and its settings.

    Conversations with it are kept for `retention_days`, None for as long as nobody deletes them.
    """

    organization_id: str
    project_id: str
    agent_id: str
    number: int
    settings: AgentSettings
    retention_days: int | None


def find(public_id: object) -> Serving | None:
    """The agent that answers under this id now.

    None for what is no id, for an agent that is none, was never published or is paused, and where its project or its
    organization rests: nobody outside can tell these apart.
    """
    if not is_id(public_id):
        return None
    with administrator() as tx:  # visitors are in no organization
        return as_of(tx, str(public_id))


def as_of(tx: TenantSession, agent_id: str) -> Serving | None:
    """The same as this transaction sees it: it may have been paused a moment ago."""
    row = tx.exec(_SERVING, params={'agent_id': agent_id}).first()
    if row is None:
        return None
    organization_id, project_id, agent_id, number, kept, retention_days = row
    return Serving(organization_id, project_id, agent_id, number, agent_settings.of(kept), retention_days)


def is_open(settings: AgentSettings, now: datetime) -> bool:
    """Whether people are there at this moment, by the hours of the agent, in their own time zone."""
    if settings.hours is None:
        return True
    there = now.astimezone(ZoneInfo(settings.hours.zone))
    minute = there.hour * 60 + there.minute
    return any(first <= minute < last for first, last in settings.hours.days[there.weekday()])
