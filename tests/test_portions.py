"""Lists that are asked for nonsense: a sentence, never an exception of the database."""

from collections.abc import Callable
from typing import Any

import pytest

from data.problems import Invalid
from data.services import audit, invitations, members, organizations, projects
from data.services.portions import LAST
from tests.support.probes import refused
from tests.support.world import World

LISTS = {
    'members': members.portion,
    'organizations': organizations.portion,
    'invitations': invitations.portion,
    'projects': projects.portion,
    'audit': audit.portion,
}
NONSENSE: list[Any] = [-1, LAST + 1, 2**31, 2**63, -(2**63), 10**400, '5', 'x', '', 1.5, float('nan'), True, b'1', [1]]


@pytest.mark.parametrize('value', NONSENSE, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize('name', LISTS)
def test_no_such_rows_can_be_asked_for(world: World, name: str, value: Any) -> None:
    for field in ('before' if name == 'audit' else 'offset', 'limit'):
        problem = refused(Invalid, LISTS[name], world.owner, **{field: value})
        assert problem.fields == {field: 'Ask for a whole number from 0 to 2,147,483,646.'}


@pytest.mark.parametrize('name', LISTS)
def test_rows_beyond_the_end_are_none(world: World, name: str) -> None:
    field = 'before' if name == 'audit' else 'offset'
    portion: Callable[..., Any] = LISTS[name]
    far = portion(world.owner, **{field: LAST})
    assert far.more is False and (name == 'audit' or far.rows == [])
    assert portion(world.owner, limit=LAST).more is False
    assert portion(world.owner, limit=0).rows == []


@pytest.mark.parametrize(
    'order', ['', 'EMAIL', 'email; DROP TABLE users', '-email', 'password_hash', None, 1, [], b'email']
)
def test_people_are_sorted_by_what_can_be_chosen(world: World, order: object) -> None:
    problem = refused(Invalid, members.portion, world.owner, order=order)
    assert problem.fields == {'order': 'People can be sorted by email, name, role, joined, seen.'}
    assert members.portion(world.owner, order='seen').rows


@pytest.mark.parametrize('name', ['search', 'outcome', 'who', 'action'])
@pytest.mark.parametrize('value', [5, b'x', ['a'], {}, 1.5, True, ('a', 5)])
def test_events_are_looked_for_by_text(world: World, name: str, value: Any) -> None:
    for act in (audit.portion, lambda actor, **filters: audit.export(actor, 'csv', **filters)):
        problem = refused(Invalid, act, world.owner, **{name: value})
        assert problem.fields == {name: 'Look for text.'}


@pytest.mark.parametrize('name', ['search', 'outcome', 'who', 'action'])
@pytest.mark.parametrize('value', ['\0', 'a\0b', '\ud800', 'x' * 100_000, "' OR 1=1 --", '%', '_', ':', '\\'])
def test_no_text_is_too_odd_to_look_for(world: World, name: str, value: str) -> None:
    filters: dict[str, Any] = {name: value}
    assert audit.portion(world.owner, **filters).rows is not None


@pytest.mark.parametrize('value', ['\0', 'a\0b', '\ud800', 'x' * 100_000, '%', 5, None, b'x', []])
def test_nothing_is_too_odd_to_search_for(world: World, value: Any) -> None:
    for portion in (members.portion, organizations.portion, invitations.portion):
        assert portion(world.owner, value).rows is not None
