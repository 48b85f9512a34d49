"""What visitors get of an agent: versions, each with a number and a note, that are published and used again."""

from collections.abc import Mapping
from typing import Any

from data import clock
from data.database import Actor, TenantSession, transaction
from data.inputs import texts
from data.models import Agent, AgentState, AgentVersion, Project, ProjectStatus
from data.permissions import Member, Permission, authorize
from data.problems import Problem, Stale
from data.services import audit
from data.services.agents import settings
from data.services.agents.standing import find_agent, published_of, version_of
from data.services.audit import Act
from data.services.projects.standing import expect_status

NOTE_LIMIT = 200


class NothingNew(Problem):
    """What would be published is what visitors get already."""


class OtherState(Problem):
    """The agent is paused already, or was never published, perhaps since a moment ago; nothing was changed."""


def publish(actor: Actor, project_id: object, note: object, *, version: int) -> AgentVersion:
    """Let visitors get the draft from their next message on: the next version, with a note of what is new in it.

    An agent that is paused stays so. Raises Invalid('note'), Stale where the draft is another one than the `version`
    that was looked at, NothingNew, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    said = texts.clean('' if note is None else note, field='note', label='The note', limit=NOTE_LIMIT, required=False)
    with transaction(actor) as tx:
        member, project, agent = _of(tx, actor, project_id)
        before = published_of(tx, agent)
        draft = settings.of(agent.draft)
        if before and settings.of(before.settings) == draft:
            raise NothingNew(f'Visitors get this already: it is version {before.number}.')
        if agent.version != version:
            raise Stale
        return _add(tx, member, project, agent, {'settings': settings.as_json(draft), 'note': said})


def use_again(actor: Actor, project_id: object, number: object) -> AgentVersion:
    """Let visitors get a version of before once more: as the next version, whose number tells which one that was.

    The draft becomes the same, unless something in it was not published yet: that stays.
    Raises NothingNew, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project, agent = _of(tx, actor, project_id)
        chosen, present = version_of(tx, agent, number), published_of(tx, agent)
        kept = settings.of(chosen.settings)
        if present and settings.of(present.settings) == kept:
            raise NothingNew(f'Visitors get this already: it is version {present.number}.')
        if present and settings.of(agent.draft) == settings.of(present.settings):
            agent.draft = chosen.settings
            agent.version += 1
        note = f'Version {chosen.number} again'
        return _add(tx, member, project, agent, {'settings': chosen.settings, 'note': note, 'again': chosen.number})


def pause(actor: Actor, project_id: object) -> Agent:
    """Let an agent answer nobody until it is resumed.

    Raises OtherState, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        return _turn(tx, *_of(tx, actor, project_id), AgentState.PAUSED, Act.AGENT_PAUSE)


def resume(actor: Actor, project_id: object) -> Agent:
    """Let an agent answer again. Raises OtherState, OtherStatus, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        return _turn(tx, *_of(tx, actor, project_id), AgentState.LIVE, Act.AGENT_RESUME)


_WRONG = {
    AgentState.DRAFT: 'This agent answers nobody yet. Publish it first.',
    AgentState.LIVE: 'This agent answers already.',
    AgentState.PAUSED: 'This agent is paused already.',
}


def _turn(tx: TenantSession, member: Member, project: Project, agent: Agent, after: AgentState, act: Act) -> Agent:
    if agent.state in (AgentState.DRAFT, after):
        raise OtherState(_WRONG[agent.state])
    agent.state, agent.changed_at = after, clock.now()
    audit.record(tx, member, act, project.name, subject=agent.id)
    return agent


def _of(tx: TenantSession, actor: Actor, project_id: object) -> tuple[Member, Project, Agent]:
    member = authorize(tx, actor, Permission.PROJECT_EDIT)
    project, agent = find_agent(tx, project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return member, project, agent


def _add(tx: TenantSession, member: Member, project: Project, agent: Agent, values: Mapping[str, Any]) -> AgentVersion:
    """Make this the next version, and the one that visitors get."""
    row = AgentVersion(
        organization_id=agent.organization_id,
        agent_id=agent.id,
        number=(agent.published or 0) + 1,
        published_by=member.user_id,
        **values,
    )
    tx.add(row)
    agent.published, agent.changed_at = row.number, clock.now()
    if agent.state is AgentState.DRAFT:
        agent.state = AgentState.LIVE
    act = Act.AGENT_PUBLISH
    audit.record(tx, member, act, project.name, subject=agent.id, number=row.number, note=row.note)
    return row
