"""How many projects there may be: by a limit of the organization, and by what one makes in a while."""

from functools import partial

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data.problems import TooMany
from data.runtime import limits
from data.services import projects
from data.services.usage import LimitReached
from tests.support.probes import everything, refused, rows
from tests.support.projects import ARCHIVED, archived, counted, deleted, limit, make, names
from tests.support.world import World, inside


def test_the_last_project_that_a_limit_leaves_goes_to_one(world: World) -> None:
    make(world.owner)
    limit(world, 3)
    with at_once(8) as run_all:
        ends = run_all([partial(make, actor) for actor in (world.owner, world.admin, world.member) * 3][:8])
    assert ends.count(None) == 2
    assert all(end is None or isinstance(end, LimitReached) for end in ends)
    assert counted(world) == len(names(world.owner)) == 3


def test_a_limit_refuses_what_works_and_never_what_puts_away(world: World, db: Engine) -> None:
    one, two, three = make(world.owner), archived(world.owner), deleted(world.owner)
    limit(world, 1)
    before = everything(db, record=False)
    for act in (partial(make, world.member), partial(projects.reopen, world.member, two.id)):
        refused(LimitReached, act)
    refused(LimitReached, projects.restore, world.member, three.id)
    assert everything(db, record=False) == before
    assert rows(db, "SELECT DISTINCT rule FROM audit_events WHERE outcome = 'refused'") == [('limit:projects',)]
    projects.archive(world.member, one.id)
    projects.reopen(world.member, two.id)
    projects.delete(world.member, two.id, 'Support')
    limit(world, 0)
    projects.delete(world.member, one.id, 'Support')
    assert counted(world) == 0
    assert projects.restore(world.member, one.id).status is ARCHIVED, 'what is archived is not limited'


def test_nobody_fills_the_database(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.PROJECTS, 'amount', 3)
    for actor in (world.owner, world.owner, world.member):
        make(actor)
    before = everything(db)
    problem = refused(TooMany, make, world.admin)
    assert str(problem).startswith('This organization has made many projects lately. This one was not made.')
    assert everything(db) == before
    make(world.stranger)
    refused(TooMany, make, inside(world.owner, world.organization_id))
