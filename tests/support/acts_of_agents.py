"""How what is done to agents is performed, and what each asks for."""

from data.database import Actor
from data.permissions import Permission
from data.services import agents, projects
from data.services.agents import trying
from data.services.audit import Act
from tests.support.agents import publish_agent
from tests.support.performances import Performance
from tests.support.probes import value
from tests.support.stage import PROJECT, Stage

VIEW, EDIT = (Permission.ORGANIZATION_VIEW,), (Permission.PROJECT_EDIT,)


def new(stage: Stage) -> str:
    """A project whose agent was never published."""
    return projects.create(stage.world.owner, {'name': PROJECT}).id


def live(stage: Stage) -> str:
    """A project whose agent answers."""
    project = new(stage)
    publish_agent(stage.world.owner, project)
    return project


def twice(stage: Stage) -> str:
    """A project whose agent was published twice."""
    project = live(stage)
    publish_agent(stage.world.owner, project, name='Bob')
    return project


def paused(stage: Stage) -> str:
    """A project whose agent is paused."""
    project = live(stage)
    agents.pause(stage.world.owner, project)
    return project


def version(stage: Stage, project: str) -> int:
    return int(value(stage.db, 'SELECT version FROM agents WHERE project_id = :id', id=project))


def change(stage: Stage, actor: Actor, project: str) -> object:
    return agents.change_draft(actor, project, {'name': 'Cleo'}, version=version(stage, project))


def publish(stage: Stage, actor: Actor, project: str) -> object:
    return agents.publish(actor, project, 'It is new', version=version(stage, project))


def use_again(_: Stage, actor: Actor, project: str) -> object:
    return agents.use_again(actor, project, 1)


def limit(stage: Stage, actor: Actor, project: str) -> object:
    return agents.change_keeping(actor, project, {'retention_days': '30'}, version=version(stage, project))


def ask(_: Stage, actor: Actor, project: str) -> object:
    return trying.try_draft(actor, project, 'When are you open?')


ACTS = {
    'change an agent': Performance(Act.AGENT_CHANGE, agents.change_draft, EDIT, new, change),
    'publish an agent': Performance(Act.AGENT_PUBLISH, agents.publish, EDIT, new, publish),
    'use a version again': Performance(Act.AGENT_PUBLISH, agents.use_again, EDIT, twice, use_again),
    'pause an agent': Performance(Act.AGENT_PAUSE, agents.pause, EDIT, live),
    'resume an agent': Performance(Act.AGENT_RESUME, agents.resume, EDIT, paused),
    'limit an agent': Performance(Act.AGENT_LIMIT, agents.change_keeping, EDIT, new, limit),
    'renew a secret': Performance(Act.AGENT_RENEW_SECRET, agents.renew_secret, EDIT, new),
}

LOOKS = {
    'see an agent': Performance(None, agents.view, VIEW, twice),
    'see how far an agent is': Performance(None, agents.progress, VIEW, live),
    'see a secret': Performance(None, agents.secret, EDIT, new),
    'try an agent': Performance(None, trying.try_draft, VIEW, new, ask),
}
