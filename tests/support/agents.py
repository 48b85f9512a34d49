"""Agents of projects, published for tests that need one that answers."""

from data.database import Actor
from data.models import Agent
from data.services import agents


def agent_of(actor: Actor, project_id: str) -> str:
    """The public id of a project's agent."""
    return agents.view(actor, project_id).id


def publish_agent(actor: Actor, project_id: str, name: str = 'Ada', **values: str) -> Agent:
    """The agent of a project, as it is once these settings were published."""
    version = agents.view(actor, project_id).version
    agent = agents.change_draft(actor, project_id, {'name': name, **values}, version=version)
    agents.publish(actor, project_id, '', version=agent.version)
    return agent
