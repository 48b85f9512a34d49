"""The agent of a project, and what keeps it from being changed."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import Agent, AgentVersion, Project
from data.problems import NotFound
from data.services.projects.standing import find_project

_AGENT = constant(select(Agent).where(col(Agent.project_id) == bindparam('of_project')))
_VERSION = constant(
    select(AgentVersion).where(
        col(AgentVersion.agent_id) == bindparam('of_agent'), col(AgentVersion.number) == bindparam('nth')
    )
)


def find_agent(tx: TenantSession, project_id: object) -> tuple[Project, Agent]:
    """A project, whatever its status, and its agent. Raises NotFound."""
    project = find_project(tx, project_id)
    agent = tx.exec(_AGENT, params={'of_project': project.id}).first()
    if agent is None:
        raise NotFound
    return project, agent


def version_of(tx: TenantSession, agent: Agent, number: object) -> AgentVersion:
    """The version of an agent with this number. Raises NotFound."""
    row = None
    if isinstance(number, int) and 0 < number < 2**31:
        row = tx.exec(_VERSION, params={'of_agent': agent.id, 'nth': number}).first()
    if row is None:
        raise NotFound('There is no such version.')
    return row


def published_of(tx: TenantSession, agent: Agent) -> AgentVersion | None:
    """The version that visitors get, None where none was published."""
    return None if agent.published is None else version_of(tx, agent, agent.published)
