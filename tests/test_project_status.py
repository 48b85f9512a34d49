"""The status of a project: put away, taken out again, deleted by its name, restored, each whole or not at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.database import Actor
from data.models import Project, ProjectStatus
from data.problems import Invalid
from data.services import projects
from data.services.projects import OtherStatus
from tests.support.probes import everything, happens_whole_or_not_at_all, refused
from tests.support.projects import (
    ACTIVE,
    ACTS,
    ARCHIVED,
    DELETING,
    MADE,
    about_projects,
    archived,
    counted,
    deleted,
    make,
)
from tests.support.world import World

LEADS = {
    (ACTIVE, 'archive'): ARCHIVED,
    (ACTIVE, 'delete'): DELETING,
    (ARCHIVED, 'reopen'): ACTIVE,
    (ARCHIVED, 'delete'): DELETING,
    (DELETING, 'restore'): ACTIVE,
}


def status_of(actor: Actor, project: Project) -> ProjectStatus:
    return projects.get(actor, project.id).project.status


@pytest.mark.parametrize('act', ACTS)
@pytest.mark.parametrize('status', list(ProjectStatus))
def test_each_act_leads_from_where_it_can_and_from_nowhere_else(
    world: World, db: Engine, status: ProjectStatus, act: str
) -> None:
    made = MADE[status](world.owner)
    before, active = everything(db), counted(world)
    if (status, act) in LEADS:
        changed = ACTS[act](world.member, made.id)
        assert changed.status is status_of(world.owner, made) is LEADS[status, act]
        assert changed.changed_at > made.created_at
        assert counted(world) == active + (changed.status is ACTIVE) - (status is ACTIVE)
    else:
        problem = refused(OtherStatus, ACTS[act], world.member, made.id)
        assert str(problem).startswith('This project is ')
        assert everything(db) == before


def test_what_is_restored_is_as_it_was_before(world: World) -> None:
    made = archived(world.owner)
    since = projects.get(world.owner, made.id).project.archived_at
    projects.delete(world.owner, made.id, 'Support')
    view = projects.get(world.viewer, made.id)
    assert view.project.deleted_at
    assert view.erased_at == view.project.deleted_at + timedelta(days=30)
    restored = projects.restore(world.owner, made.id)
    assert (restored.status, restored.archived_at, restored.deleted_at) == (ARCHIVED, since, None)
    assert counted(world) == 0, 'what is archived counts nothing'


TYPED = {
    'Bo’s Café – 1': ['Bo’s Café – 1', "bo's cafe - 1", 'BO’S  CAFE\u0301 – 1', ' Bo’s Café – 1 ', 'Bo’s\xa0Café – 1'],
    '...': ['...', '…'],
    '\u0301\u0640': ['\u0301\u0640'],
}
NOT_TYPED = [
    '',
    ' ',
    'Bo',
    'Bo’s Café',
    'Bo’s Café – 12',
    'x' * 10**6,
    None,
    True,
    5,
    [],
    {'name': 'Bo'},
    b'Bo',
    '\x00',
]


@pytest.mark.parametrize('name', TYPED, ids=ascii)
def test_whoever_deletes_types_the_name_in_the_letters_they_have(world: World, db: Engine, name: str) -> None:
    for typed in TYPED[name]:
        deleted_one = projects.delete(world.owner, make(world.owner, name).id, typed)
        assert deleted_one.status is DELETING
    made = make(world.owner, name)
    before = everything(db)
    for typed in NOT_TYPED:
        problem = refused(Invalid, projects.delete, world.owner, made.id, typed)
        assert problem.fields == {'name': f'Type the name of the project: “{name}”.'}
    assert everything(db) == before


def test_who_types_a_name_that_was_changed_meanwhile_is_told_the_new_one(world: World) -> None:
    made = make(world.owner)
    projects.change(world.member, made.id, {'name': 'Sales'}, version=1)
    problem = refused(Invalid, projects.delete, world.owner, made.id, 'Support')
    assert str(problem) == 'Type the name of the project: “Sales”.'


@pytest.mark.parametrize('act', ['create', 'change', *ACTS])
def test_each_act_happens_whole_or_not_at_all(act: str, world: World, db: Engine, published: list[Change]) -> None:
    one, two, three = make(world.owner), archived(world.owner), deleted(world.owner)
    del published[:]
    tried: dict[str, Callable[[], object]] = {
        'create': lambda: make(world.member),
        'change': lambda: projects.change(world.member, one.id, {'name': 'A', 'description': 'B'}, version=1),
        'archive': lambda: projects.archive(world.member, one.id),
        'reopen': lambda: projects.reopen(world.member, two.id),
        'delete': lambda: projects.delete(world.member, one.id, 'Support'),
        'restore': lambda: projects.restore(world.member, three.id),
    }
    assert happens_whole_or_not_at_all(db, tried[act], published) >= 3
    assert len(about_projects(published)) == 1
