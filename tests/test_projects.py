"""Projects: made, renamed, described, put away, deleted, restored, erased; by two people at once, and by anybody."""

from datetime import timedelta

from data import clock
from data.changes import Change
from data.database import Actor
from data.models import Project, ProjectStatus, Role
from data.problems import Forbidden
from data.services import members, projects
from data.services.audit import Topic
from tests.support.probes import refused
from tests.support.world import World, introduce

ACTIVE, ARCHIVED, DELETING = ProjectStatus


def make(actor: Actor, name: str = 'Support', description: str = '') -> Project:
    return projects.create(actor, {'name': name, 'description': description})


def names(actor: Actor, search: str = '', status: object = None) -> list[str]:
    return [card.name for card in projects.portion(actor, search, status).rows]


def status(actor: Actor, project: Project) -> ProjectStatus:
    return projects.get(actor, project.id).project.status


def later(by: timedelta) -> None:
    """Let so much time pass for everything that asks for it."""
    now = clock.now() + by
    clock.source = lambda: now


def test_everybody_but_a_viewer_makes_one_and_all_see_it(world: World, published: list[Change]) -> None:
    made = [make(world.of(role), f'Of {role.value}', 'What it\nis for') for role in Role if role is not Role.VIEWER]
    assert [change for change in published if change.topic == Topic.PROJECT] == [
        Change(world.organization_id, Topic.PROJECT, f'{who}@acme.test', subject=project.id)
        for who, project in zip(('olga', 'adam', 'mia'), made, strict=True)
    ]
    problem = refused(Forbidden, make, world.viewer)
    assert str(problem) == 'Only Owners, Admins and Members can create, change and delete projects. You are a Viewer.'
    seen = projects.portion(world.viewer)
    assert [(card.name, card.description, card.status) for card in seen.rows] == [
        (f'Of {who}', 'What it\nis for', ACTIVE) for who in ('admin', 'member', 'owner')
    ]
    assert seen.counts == {ACTIVE: 3, ARCHIVED: 0, DELETING: 0}
    assert all(card.created_at == card.changed_at and card.erased_at is None for card in seen.rows)


def test_it_is_told_who_made_it_as_long_as_they_are_here(world: World) -> None:
    introduce(world.member, 'Mia Berg')
    project = make(world.member)
    assert projects.get(world.viewer, project.id).creator == 'Mia Berg (mia@acme.test)'
    members.remove(world.owner, world.member.user_id)
    assert projects.get(world.viewer, project.id).creator is None
