"""Projects and two people at once: one comes after the other, and whoever comes too late is told."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations_with_replacement

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data.database import Actor
from data.models import Project, ProjectStatus
from data.problems import Invalid, Stale
from data.runtime import rate_limiter
from data.services import projects
from data.services.audit import verify
from data.services.projects import OtherStatus
from tests.support.probes import value
from tests.support.projects import ACTIVE, ACTS, ARCHIVED, DELETING, MADE, counted, recorded
from tests.support.world import World


def ways(one: Actor, other: Actor, project: Project) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Every two things that two people can do to one project in the same moment."""
    name = partial(projects.change, values={'name': 'Sales'}, version=project.version)
    each = {**ACTS, 'rename': lambda actor, at: name(actor, at)}
    for first, second in combinations_with_replacement(each.values(), 2):
        yield partial(first, one, project.id), partial(second, other, project.id)


@pytest.mark.parametrize('status', list(ProjectStatus))
def test_two_at_once_are_one_after_the_other(world: World, db: Engine, status: ProjectStatus) -> None:
    with at_once(2) as run_both:
        for number in range(15):
            rate_limiter.reset()
            made = MADE[status](world.owner)
            acts_of = list(ways(world.owner, world.member, made))[number]
            before = len(recorded(db))
            ends = run_both(acts_of)
            assert all(end is None or isinstance(end, OtherStatus | Stale | Invalid) for end in ends), ends
            assert all(str(end) for end in ends)
            assert len(recorded(db)) - before == ends.count(None), 'what was refused has left nothing'
            assert counted(world) == value(
                db,
                'SELECT count(*) FROM projects WHERE organization_id = :at AND archived_at IS NULL '
                'AND deleted_at IS NULL',
                at=world.organization_id,
            )
    assert all(verdict.broken is None for verdict in verify.verify())


@pytest.mark.parametrize('act', ['archive', 'delete', 'reopen', 'restore', 'rename'])
def test_of_two_who_do_the_same_one_is_told(world: World, act: str) -> None:
    start = {'reopen': ARCHIVED, 'restore': DELETING}.get(act, ACTIVE)
    rename = partial(projects.change, values={'name': 'Sales'}, version=1)
    with at_once(2) as run_both:
        for _ in range(5):
            made = MADE[start](world.owner)
            doing = partial(ACTS[act], project_id=made.id) if act in ('archive', 'reopen', 'restore') else None
            both = [
                partial(doing, actor) if doing else partial(rename if act == 'rename' else ACTS[act], actor, made.id)
                for actor in (world.owner, world.member)
            ]
            ends = run_both(both)
            [problem] = [end for end in ends if end is not None]
            assert isinstance(problem, Stale if act == 'rename' else OtherStatus)
