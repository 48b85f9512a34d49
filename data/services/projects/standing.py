"""Where a project stands, and what can be done to it there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.database import TenantSession
from data.models import Project, ProjectStatus
from data.problems import Problem

KEPT = timedelta(days=30)
"""How long a project that was deleted can be restored; then it is erased for good."""


@dataclass(frozen=True)
class ProjectRule:
    """What a status of a project is called, in which tone, and what it means."""

    word: str
    tone: str
    meaning: str


PROJECT_RULES: dict[ProjectStatus, ProjectRule] = {
    ProjectStatus.ACTIVE: ProjectRule('Active', 'ok', 'It works, and what it does is counted.'),
    ProjectStatus.ARCHIVED: ProjectRule('Archived', 'quiet', 'It answers nobody and counts nothing. All of it stays.'),
    ProjectStatus.DELETING: ProjectRule('Being deleted', 'danger', 'It answers nobody and counts nothing.'),
}
"""The one table of them, for every screen."""

GONE = 'This project is no longer here.'

_WRONG = {
    ProjectStatus.ACTIVE: 'This project is active already.',
    ProjectStatus.ARCHIVED: 'This project is archived. Take it out of the archive first.',
    ProjectStatus.DELETING: 'This project is being deleted. Restore it first.',
}


class OtherStatus(Problem):
    """A project stands elsewhere than where this can be done, perhaps since a moment ago; nothing was changed."""


def find_project(tx: TenantSession, project_id: object) -> Project:
    """The project with this id, whatever its status. Raises NotFound."""
    return tx.find(Project, project_id, GONE)


def expect_status(project: Project, *expected: ProjectStatus, else_say: str = '') -> None:
    """Make sure that the project stands at one of these. Raises OtherStatus."""
    if project.status not in expected:
        raise OtherStatus(else_say or _WRONG[project.status])


def erased_at(deleted_at: datetime | None) -> datetime | None:
    """When a project that was deleted then goes for good; None for one that was not."""
    return deleted_at and deleted_at + KEPT
