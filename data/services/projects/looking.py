"""Projects as people look at them: cards in portions, one of them, and how many stand where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, true
from sqlmodel import case, col, func, select

from data.database import Actor, TenantSession, constant, reading
from data.inputs import texts
from data.inputs.names import called
from data.models import Project, ProjectStatus, User
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services.portions import Portion, bounds, counted
from data.services.projects.standing import erased_at, find_project

PORTION = 30
"""How many cards are fetched at a time."""

LATEST = 3
"""How many of the projects that changed last an overview names."""

WORDS = 8
"""How many words of a search count: each is a condition for each project."""


@dataclass(frozen=True)
class ProjectCard:
    """A project as the list shows it; `erased_at` is when it goes for good, None where it does not."""

    id: str
    name: str
    description: str
    status: ProjectStatus
    created_at: datetime
    changed_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True)
class Projects(Portion[ProjectCard]):
    """A portion of the projects, whoever reads it, and how many there are of each status, whatever was looked for."""

    member: Member
    counts: dict[ProjectStatus, int]


@dataclass(frozen=True)
class ProjectView:
    """One project; `creator` is who made it, None where they have left, `erased_at` when it goes for good."""

    project: Project
    creator: str | None
    erased_at: datetime | None


@dataclass(frozen=True)
class ProjectStates:
    """How many projects stand where, and those that changed last, of what is not being deleted."""

    counts: dict[ProjectStatus, int]
    latest: list[ProjectCard]


_DELETING = col(Project.deleted_at).is_not(None)
_IS: dict[ProjectStatus, ColumnElement[bool]] = {
    ProjectStatus.ACTIVE: col(Project.deleted_at).is_(None) & col(Project.archived_at).is_(None),
    ProjectStatus.ARCHIVED: col(Project.deleted_at).is_(None) & col(Project.archived_at).is_not(None),
    ProjectStatus.DELETING: _DELETING,
}
_RANK = case(*((of, rank) for rank, of in enumerate(_IS.values())))
_SHOWN = 'id', 'name', 'description', 'created_at', 'changed_at', 'archived_at', 'deleted_at'
_COLUMNS: tuple[Any, ...] = tuple(getattr(Project, name) for name in _SHOWN)


def _cards(*conditions: ColumnElement[bool]) -> Any:
    columns: tuple[Any, ...] = *_COLUMNS, func.count().over()  # whole rows take three times as long
    return (
        select(*columns)
        .where(*conditions)
        .order_by(_RANK, col(Project.name_key), col(Project.id))
        .offset(bindparam('offset'))
        .limit(bindparam('limit'))
    )


_CARDS: dict[ProjectStatus | None, Any] = {status: constant(_cards(of)) for status, of in _IS.items()}
_CARDS[None] = constant(_cards())
_NUMBERS: tuple[Any, ...] = tuple(func.count().filter(of) for of in _IS.values())
_COUNTS = constant(select(*_NUMBERS).select_from(Project))
_LATEST = select(*_COLUMNS).where(~_DELETING).order_by(col(Project.changed_at).desc(), col(Project.id)).limit(LATEST)
_LATEST_OF = _LATEST.subquery()
_ALL = (
    select(*(number.label(status) for status, number in zip(_IS, _NUMBERS, strict=True)))
    .select_from(Project)
    .subquery()
)
_STATES = constant(
    select(*_ALL.c, *_LATEST_OF.c)
    .select_from(_ALL)
    .join(_LATEST_OF, true(), isouter=True)
    .order_by(_LATEST_OF.c.changed_at.desc(), _LATEST_OF.c.id)
)
_CREATOR = constant(select(User.name, User.email).where(col(User.id) == bindparam('user_id')))


def portion(
    actor: Actor, search: object = '', status: object = None, *, offset: int = 0, limit: int = PORTION
) -> Projects:
    """A portion of the projects, those in whose name each word of `search` is; None is any status.

    Active ones come first, then those in the archive, then those being deleted; each by name.
    Raises Invalid('status' | 'offset' | 'limit'), SignedOut, NotFound.
    """
    part, of = bounds(offset, limit), _known(status)
    words = list(dict.fromkeys(texts.plain_key(search).split()))[:WORDS]
    query = _CARDS[of]
    if words:
        likes = [col(Project.name_key).contains(word, autoescape=True) for word in words]
        query = _cards(*likes, *([_IS[of]] if of else []))
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        rows = tx.exec(query, params=part).all()
        counts = _counts(tx)
    cards = counted([_card(*row[:-1]) for row in rows], offset, rows[0][-1] if rows else None)
    return Projects(cards.rows, cards.total, cards.more, member=member, counts=counts)


def get(actor: Actor, project_id: object) -> ProjectView:
    """One project, whatever its status; for one picture it is read once. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        known: dict[object, ProjectView] = tx.info.setdefault('projects', {})
        if isinstance(project_id, str) and project_id in known:
            return known[project_id]
        project = find_project(tx, project_id)
        who = tx.exec(_CREATOR, params={'user_id': project.created_by}).first()
        known[project.id] = ProjectView(project, called(*who) if who else None, erased_at(project.deleted_at))
    return known[project.id]


def states(tx: TenantSession) -> ProjectStates:
    """How the projects of the organization of this session stand; whoever asks has been authorized."""
    rows = tx.exec(_STATES).all()
    counts = dict(zip(_IS, rows[0], strict=False))
    return ProjectStates(counts, [_card(*row[len(counts) :]) for row in rows if row.id])


def _counts(tx: TenantSession) -> dict[ProjectStatus, int]:
    return dict(zip(_IS, tx.exec(_COUNTS).one(), strict=True))


def _card(
    project_id: str,
    name: str,
    description: str,
    created_at: datetime,
    changed_at: datetime,
    archived_at: datetime | None,
    deleted_at: datetime | None,
) -> ProjectCard:
    status = ProjectStatus.of(archived_at, deleted_at)
    return ProjectCard(project_id, name, description, status, created_at, changed_at, erased_at(deleted_at))


def _known(status: object) -> ProjectStatus | None:
    if status is None or (isinstance(status, str) and status in set(ProjectStatus)):
        return None if status is None else ProjectStatus(status)
    raise Invalid(status=f'Projects are {", ".join(ProjectStatus)}.')
