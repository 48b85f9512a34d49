"""Projects are put away and taken out again, deleted and restored, and in the end erased."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import Actor, System, TenantSession, administrator, constant, transaction
from data.database.portions import in_portions
from data.inputs import texts
from data.models import Project, ProjectStatus
from data.permissions import Member, Permission, authorize
from data.problems import Invalid, NotFound
from data.services import audit, usage
from data.services.audit import Act
from data.services.projects.standing import GONE, KEPT, erased_at, expect_status, find_project
from data.services.usage import Metric

ERASER = 'Botcadence'
"""Who erases, as the record has it: nobody does, the time is over."""

_DUE = constant(
    select(Project)
    .where(col(Project.deleted_at) <= bindparam('before'))
    .order_by(col(Project.deleted_at))
    .limit(bindparam('limit'))
)
_ACTIVE, _ARCHIVED, _DELETING = ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED, ProjectStatus.DELETING


def archive(actor: Actor, project_id: object) -> Project:
    """Put an active project away: it answers nobody and counts nothing, and all of it stays.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project = _of(tx, actor, project_id)
        is_archived = project.status is _ARCHIVED
        expect_status(project, _ACTIVE, else_say='This project is archived already.' if is_archived else '')
        project.archived_at = clock.now()
        _count(tx, -1)
        _note(tx, member, project, Act.PROJECT_ARCHIVE)
    return project


def reopen(actor: Actor, project_id: object) -> Project:
    """Take a project out of the archive. Raises OtherStatus, LimitReached, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member, project = _of(tx, actor, project_id)
        expect_status(project, _ARCHIVED)
        _count(tx, 1)
        project.archived_at = None
        _note(tx, member, project, Act.PROJECT_REOPEN)
    return project


def delete(actor: Actor, project_id: object, typed_name: object) -> Project:
    """Let a project go, active or archived: it works no more, and can be restored for KEPT.

    Raises Invalid('name') where what was typed is not its name, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project = _of(tx, actor, project_id)
        expect_status(project, _ACTIVE, _ARCHIVED, else_say='This project is being deleted already.')
        if not _is_named(project, typed_name):
            raise Invalid(name=f'Type the name of the project: “{project.name}”.')
        if project.status is _ACTIVE:
            _count(tx, -1)
        project.deleted_at = clock.now()
        _note(tx, member, project, Act.PROJECT_DELETE)
    return project


def restore(actor: Actor, project_id: object) -> Project:
    """Bring a project back that was deleted within KEPT, as it was before: active or archived.

    Raises OtherStatus, LimitReached, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project = _of(tx, actor, project_id)
        expect_status(project, _DELETING, else_say='This project is not being deleted.')
        if (until := erased_at(project.deleted_at)) and until <= clock.now():
            raise NotFound(GONE)
        if project.archived_at is None:
            _count(tx, 1)
        project.deleted_at = None
        _note(tx, member, project, Act.PROJECT_RESTORE)
    return project


def erase_due() -> int:
    """Erase for good what was deleted longer than KEPT ago, in portions; how many projects that were.

    What they have used stays in the sums of their organizations. Where it ends in between, the next call goes on.
    """
    return in_portions(_erase_some)


def erase(organization_id: str, limit: int) -> int:
    """Erase up to so many projects of one organization that are due; how many those were."""
    system = System(organization_id, email=ERASER)
    with transaction(system) as tx:
        due = tx.exec(
            _DUE, params={'before': clock.now() - KEPT, 'limit': limit}
        ).all()  # one may be restored meanwhile
        for project in due:
            usage.end_levels(tx, project.id)
            tx.delete(project)
            audit.record(tx, system, Act.PROJECT_ERASE, project.name, subject=project.id)
    return len(due)


def _erase_some(limit: int) -> int | None:
    with administrator() as tx:  # whosever they are
        due = tx.exec(_DUE, params={'before': clock.now() - KEPT, 'limit': 1}).first()
    return erase(due.organization_id, limit) if due else None


def _of(tx: TenantSession, actor: Actor, project_id: object) -> tuple[Member, Project]:
    return authorize(tx, actor, Permission.PROJECT_EDIT), find_project(tx, project_id)


def _count(tx: TenantSession, by: int) -> None:
    """What counts is how many projects are active."""
    usage.change_level(tx, Metric.PROJECTS, by)


def _note(tx: TenantSession, member: Member, project: Project, act: Act) -> None:
    project.changed_at = clock.now()
    audit.record(tx, member, act, project.name, subject=project.id)


def _is_named(project: Project, typed: object) -> bool:
    """Whether this is what the project is called: keyboards may write it in other signs and letters."""
    name, key = project.name, texts.plain_key(project.name)
    if not isinstance(typed, str) or len(typed) > 4 * texts.NAME_LIMIT:
        return False
    return typed == name or (key != '' and texts.plain_key(typed) == key)
