"""The overview as a service: one picture of one organization, and nothing of any other."""

from datetime import timedelta

from data import clock
from data.database import Actor
from data.models import Project, ProjectStatus
from data.services import organizations, projects
from data.services.projects.looking import LATEST
from tests.support.world import World

ACTIVE, ARCHIVED, DELETING = ProjectStatus


def make(actor: Actor, *names: str) -> list[Project]:
    """Projects, each made a minute after the one before."""
    made = []
    for name in names:
        now = clock.now() + timedelta(minutes=1)
        clock.source = lambda now=now: now
        made.append(projects.create(actor, {'name': name}))
    return made


def states(actor: Actor) -> projects.ProjectStates:
    """How the projects stand, as the overview has it."""
    return organizations.overview(actor).projects


def latest(actor: Actor) -> list[str]:
    """The names of the projects that the overview names."""
    return [card.name for card in states(actor).latest]


def test_without_a_project_there_is_none(world: World) -> None:
    make(world.stranger, 'Of somebody else')
    assert states(world.viewer) == projects.ProjectStates({ACTIVE: 0, ARCHIVED: 0, DELETING: 0}, [])


def test_projects_are_counted_and_those_that_changed_last_are_named(world: World) -> None:
    made = make(world.member, *(f'Number {number}' for number in range(LATEST + 2)))
    make(world.stranger, 'Of somebody else')
    assert latest(world.viewer) == [project.name for project in made[: -LATEST - 1 : -1]]
    first, second, *_ = made
    projects.archive(world.member, second.id)
    projects.change(world.member, first.id, {'name': 'The first'}, version=first.version)
    assert latest(world.viewer)[:2] in (['The first', 'Number 1'], ['Number 1', 'The first']), 'in one moment'
    projects.delete(world.member, made[-1].id, made[-1].name)
    assert states(world.viewer).counts == {ACTIVE: LATEST, ARCHIVED: 1, DELETING: 1}
    assert made[-1].name not in latest(world.viewer)


def test_those_that_are_being_deleted_are_counted_where_there_is_no_other(world: World) -> None:
    for project in make(world.member, 'One', 'Two'):
        projects.delete(world.member, project.id, project.name)
    assert states(world.viewer) == projects.ProjectStates({ACTIVE: 0, ARCHIVED: 0, DELETING: 2}, [])
