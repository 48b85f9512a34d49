"""Projects in every status, for the tests of what becomes of them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from data import database
from data.changes import Change
from data.database import Actor
from data.models import Project, ProjectStatus
from data.services import projects, usage
from data.services.audit import Topic
from data.services.usage import Metric
from tests.support.probes import rows
from tests.support.world import World

ACTIVE, ARCHIVED, DELETING = ProjectStatus
GONE = 'This project is no longer here.'


def make(actor: Actor, name: str = 'Support', description: str = '') -> Project:
    """Make a project."""
    return projects.create(actor, {'name': name, 'description': description})


def archived(actor: Actor, name: str = 'Support') -> Project:
    """Make one and put it into the archive."""
    return projects.archive(actor, make(actor, name).id)


def deleted(actor: Actor, name: str = 'Support') -> Project:
    """Make one and delete it."""
    return projects.delete(actor, make(actor, name).id, name)


def names(actor: Actor, search: object = '', status: object = None) -> list[str]:
    """What the projects are called that somebody finds."""
    return [card.name for card in projects.portion(actor, search, status).rows]


def about_projects(published: list[Change]) -> list[Change]:
    """The changes among these that are about projects."""
    return [change for change in published if change.topic == Topic.PROJECT]


def counted(world: World) -> int:
    """How many active projects Acme has, as what it uses is counted."""
    with database.reading(world.owner) as tx:
        return next(it.used for it in usage.standings(tx) if it.metric is Metric.PROJECTS)


def limit(world: World, cap: int | None) -> None:
    """Let Acme have so many active projects; None is as many as it likes."""
    with database.transaction(database.System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.PROJECTS, cap)


def recorded(db: Engine) -> list[tuple[Any, ...]]:
    """What became of projects, as it is on the record."""
    return rows(db, "SELECT action, target FROM audit_events WHERE action LIKE 'project:%' ORDER BY id")


ACTS: dict[str, Callable[[Actor, str], Project]] = {
    'archive': projects.archive,
    'reopen': projects.reopen,
    'delete': lambda actor, project: projects.delete(actor, project, 'support'),
    'restore': projects.restore,
}
MADE = {ACTIVE: make, ARCHIVED: archived, DELETING: deleted}
