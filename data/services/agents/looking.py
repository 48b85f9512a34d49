"""An agent as people look at it: its draft, what visitors get, what was published when, and where it was seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import Actor, TenantSession, constant, reading
from data.inputs.names import called
from data.models import Agent, AgentSite, AgentState, AgentVersion, Project, ProjectStatus, User
from data.permissions import STATUS_RULES, Member, Permission, authorize
from data.services.agents import differences, settings
from data.services.agents.differences import Difference
from data.services.agents.settings import AgentSettings
from data.services.agents.standing import find_agent
from data.services.usage import days

LATEST = 20
"""How many versions are shown, the newest ones."""

_VERSIONS = constant(
    select(AgentVersion, User.name, User.email)
    .join(User, col(User.id) == AgentVersion.published_by, isouter=True)
    .where(col(AgentVersion.agent_id) == bindparam('of_agent'))
    .order_by(col(AgentVersion.number).desc())
    .limit(LATEST + 1)
)
_SITES = constant(
    select(AgentSite)
    .where(col(AgentSite.agent_id) == bindparam('of_agent'))
    .order_by(col(AgentSite.seen_at).desc(), col(AgentSite.site))
)


@dataclass(frozen=True)
class PublishedVersion:
    """A version that was published: what is other in it than in the one before, and who published it.

    `publisher` is None where they have left, `again` the number of the version that this one is once more.
    """

    number: int
    note: str
    again: int | None
    publisher: str | None
    published_at: datetime
    settings: AgentSettings
    differences: list[Difference]


@dataclass(frozen=True)
class AgentView:
    """The agent of a project, whoever looks at it.

    `versions` are the newest ones, newest first, and the first of them is what visitors get. `unpublished` is what is
    other in the draft than there. `answers` is whether it answers visitors now, and `rests` why not, in a sentence.
    """

    member: Member
    project: Project
    id: str
    state: AgentState
    version: int
    draft: AgentSettings
    versions: list[PublishedVersion]
    unpublished: list[Difference]
    retention_days: int | None
    daily_ceiling: int | None
    answered_today: int
    sites: list[tuple[str, datetime]]
    has_secret: bool
    rests: str

    @property
    def refused(self) -> str | None:
        """Why whoever looks can't change it now, None where they can."""
        is_ending = self.project.status is ProjectStatus.DELETING
        ending = 'This project is being deleted. Restore it first.' if is_ending else None
        return self.member.refused(Permission.PROJECT_EDIT) or ending

    @property
    def kept_from_visitors(self) -> str | None:
        """Why they can't publish, pause or resume it now, None where they can."""
        is_archived = self.project.status is ProjectStatus.ARCHIVED
        archived = 'This project is archived. Take it out of the archive first.' if is_archived else None
        return self.refused or archived

    @property
    def answers(self) -> bool:
        """Whether it answers visitors now."""
        return not self.rests

    @property
    def published(self) -> PublishedVersion | None:
        """What visitors get, None where nothing was published yet."""
        return self.versions[0] if self.versions else None


def view(actor: Actor, project_id: object) -> AgentView:
    """The agent of a project, whatever the project's status. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        project, agent = find_agent(tx, project_id)
        draft, versions = settings.of(agent.draft), _versions(tx, agent)
        sites = [(row.site, row.seen_at) for row in tx.exec(_SITES, params={'of_agent': agent.id})]
    return AgentView(
        member=member,
        project=project,
        id=agent.id,
        state=agent.state,
        version=agent.version,
        draft=draft,
        versions=versions,
        unpublished=differences.between(versions[0].settings, draft) if versions else [],
        retention_days=agent.retention_days,
        daily_ceiling=agent.daily_ceiling,
        answered_today=agent.answered if agent.answered_on == days.today() else 0,
        sites=sites,
        has_secret=bool(agent.secret),
        rests=_rests(member, project, agent),
    )


def _versions(tx: TenantSession, agent: Agent) -> list[PublishedVersion]:
    rows: list[Any] = list(tx.exec(_VERSIONS, params={'of_agent': agent.id}))
    kept = [settings.of(row.settings) for row, *_ in rows]
    return [
        PublishedVersion(
            number=row.number,
            note=row.note,
            again=row.again,
            publisher=called(name, email) if email else None,
            published_at=row.published_at,
            settings=kept[place],
            differences=differences.between(kept[place + 1], kept[place]) if place + 1 < len(kept) else [],
        )
        for place, (row, name, email) in enumerate(rows[:LATEST])
    ]


def _rests(member: Member, project: Project, agent: Agent) -> str:
    """Why the agent answers nobody now, '' where it does."""
    status = member.organization.status
    if Permission.PROJECT_EDIT not in STATUS_RULES[status].others:
        return f'The organization is {STATUS_RULES[status].word.lower()}: its agents answer nobody.'
    if project.status is not ProjectStatus.ACTIVE:
        word = 'archived' if project.status is ProjectStatus.ARCHIVED else 'being deleted'
        return f'The project is {word}: its agent answers nobody.'
    if agent.state is AgentState.PAUSED:
        return 'The agent is paused: it answers nobody until somebody lets it answer again.'
    return '' if agent.published else 'The agent was never published: it answers nobody but you, when you try it.'
