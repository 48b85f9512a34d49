"""Drafts: the settings of an agent that somebody works on; visitors get them once they are published."""

from collections.abc import Mapping

from data import clock
from data.database import Actor, transaction
from data.models import Agent, ProjectStatus
from data.permissions import Permission, authorize
from data.services import audit
from data.services.agents import settings
from data.services.agents.forms import changed
from data.services.agents.standing import find_agent
from data.services.audit import Act
from data.services.projects.standing import expect_status


def change_draft(actor: Actor, project_id: object, values: Mapping[str, object], *, version: int) -> Agent:
    """Change these settings of the draft; all others stay as they are.

    `values` as a form has them (`data.services.agents.forms`). Raises Invalid, Stale when somebody saved after
    `version`, OtherStatus for a project that is being deleted, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PROJECT_EDIT)
        project, agent = find_agent(tx, project_id)
        expect_status(project, ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED)
        before = settings.of(agent.draft)
        now = changed(before, values)
        if now == before and agent.version == version:
            return agent
        agent.expect(version)
        agent.draft, agent.changed_at = settings.as_json(now), clock.now()
        audit.record(tx, member, Act.AGENT_CHANGE, project.name, subject=agent.id)
    return agent
