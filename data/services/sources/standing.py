"""Where a source is, and who may do something to it there."""

from sqlmodel import col, func, select

from data import clock
from data.database import Actor, TenantSession
from data.models import Project, ProjectStatus, Source
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services import audit, usage
from data.services.audit import Act
from data.services.projects.standing import expect_status, find_project
from data.services.usage import Metric

SOURCE_LIMIT = 200
"""How many sources a project can have, files and written answers together."""

GONE = 'This is no longer in the knowledge.'
FULL = f'A project can have {SOURCE_LIMIT} files and written answers. Delete one first.'

_ON_RECORD = 254


def may_edit(tx: TenantSession, actor: Actor, project_id: object) -> tuple[Member, Project]:
    """Whoever acts, and the active project whose knowledge it is.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    member = authorize(tx, actor, Permission.PROJECT_EDIT)
    project = find_project(tx, project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return member, project


def may_edit_source(tx: TenantSession, actor: Actor, source_id: object) -> tuple[Member, Project, Source]:
    """Whoever acts, the source, and its project, which is active. Raises as `may_edit` does."""
    member = authorize(tx, actor, Permission.PROJECT_EDIT)
    source = tx.find(Source, source_id, GONE)
    project = find_project(tx, source.project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return member, project, source


def make_sure_of_room(tx: TenantSession, project: Project, field: str) -> None:
    """Raise Invalid at this field where the project has as many sources as it can have."""
    count = select(func.count()).select_from(Source).where(col(Source.project_id) == project.id)
    if tx.exec(count).one() >= SOURCE_LIMIT:
        raise Invalid(**{field: FULL})


def change_size(tx: TenantSession, source: Source, size: int) -> None:
    """Let a source be this large from now on, and count it. Raises LimitReached."""
    if by := size - source.size:
        usage.change_level(tx, Metric.STORAGE, by, project_id=source.project_id)
        source.size = size


def note(tx: TenantSession, member: Member, project: Project, source: Source, act: Act) -> None:
    """Put it on the record that something was done to a source; a long question stands there cut."""
    source.changed_at = clock.now()
    name = source.name if len(source.name) <= _ON_RECORD else f'{source.name[: _ON_RECORD - 1]}…'
    audit.record(tx, member, act, name, subject=source.id, project=project.name)
