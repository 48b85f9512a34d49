"""Who belongs to an organization: searched, sorted, in portions, and nothing of anybody else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.models import Role
from data.permissions import Permission
from data.problems import NotFound, SignedOut
from data.services import members
from data.services.members import Order
from tests.support.probes import rows, run
from tests.support.world import World, inside, join, sign_up


def addresses(found: members.People) -> list[str]:
    return [person.email.partition('@')[0] for person in found.rows]


def test_it_lists_everybody_with_role_and_dates(world: World) -> None:
    found = members.portion(world.viewer)
    assert [(person.email, person.role) for person in found.rows] == [
        ('adam@acme.test', Role.ADMIN),
        ('mia@acme.test', Role.MEMBER),
        ('olga@acme.test', Role.OWNER),
        ('vera@acme.test', Role.VIEWER),
    ]
    assert (found.total, found.owners, found.member.email) == (4, 1, 'vera@acme.test')
    olga, vera = found.rows[2], found.rows[3]
    assert olga.seen_at is not None
    assert vera.seen_at is None
    assert olga.joined_at <= vera.joined_at <= clock.now()


@pytest.mark.parametrize(
    ('search', 'expected'),
    [
        ('OLGA', ['olga']),
        (' acme ', ['adam', 'mia', 'olga', 'vera']),
        ('sam', []),
        ('%', []),
        ('_', []),
        ('ia@', ['mia']),
        ('owner', ['olga']),
        ('Admin', ['adam']),
        ('acme viewer', ['vera']),
        ('e', ['adam', 'mia', 'olga', 'vera']),
        ('ow', []),
        ('\u200bolga@acme.test\u202c', ['olga']),
        ('<olga@acme.test>', ['olga']),
        ('mailto:olga@acme.test', ['olga']),
        ('MAILTO:olga@acme.test?subject=Our%20team', ['olga']),
        ('Olga Miller <olga@acme.test>', ['olga']),
        ('“olga@acme.test”;', ['olga']),
        ('ｏｌｇａ＠ａｃｍｅ．ｔｅｓｔ', ['olga']),
        ('min', []),
        ('.', ['adam', 'mia', 'olga', 'vera']),
    ],
)
def test_it_is_searched_by_address_and_role(world: World, search: str, expected: list[str]) -> None:
    found = members.portion(world.member, search)
    assert addresses(found) == expected
    assert found.total == len(expected)
    assert found.owners == 1


@pytest.mark.parametrize('search', ['bücher', 'BÜCHER.example', 'u\u0308cher', 'xn--bcher-kva', 'nina@bü'])
def test_an_address_is_found_as_it_is_shown(world: World, search: str) -> None:
    join(world.owner, sign_up('nina@bücher.example'), Role.MEMBER)
    assert addresses(members.portion(world.owner, search)) == ['nina']


def test_it_is_sorted(world: World, db: Engine) -> None:
    for number, name in enumerate(('mia', 'vera', 'adam')):
        run(
            db,
            'UPDATE memberships SET joined_at = :at, seen_at = :at WHERE organization_id = :organization '
            'AND user_id = (SELECT id FROM users WHERE email = :email)',
            at=f'{clock.now() + timedelta(hours=1 + number):%Y-%m-%d %H:%M:%S}',
            organization=world.organization_id,
            email=f'{name}@acme.test',
        )
    assert addresses(members.portion(world.owner, order=Order.ROLE)) == ['olga', 'adam', 'mia', 'vera']
    assert addresses(members.portion(world.owner, order=Order.JOINED)) == ['adam', 'vera', 'mia', 'olga']
    assert addresses(members.portion(world.owner, order=Order.SEEN)) == ['adam', 'vera', 'mia', 'olga']


def test_it_comes_in_portions(world: World) -> None:
    for newcomer in world.newcomers:
        join(world.owner, newcomer, Role.VIEWER)
    first, rest = members.portion(world.owner, limit=4), members.portion(world.owner, offset=4, limit=4)
    assert (first.total, rest.total) == (7, 7)
    assert addresses(first) + addresses(rest) == ['adam', 'mia', 'nina', 'noah', 'nora', 'olga', 'vera']


def test_strangers_find_nothing(world: World, db: Engine) -> None:
    with pytest.raises(NotFound):
        members.portion(world.intruder)
    assert addresses(members.portion(world.stranger)) == ['sam']
    members.remove(world.owner, world.member.user_id)
    with pytest.raises(NotFound):
        members.portion(world.member)
    run(db, 'DELETE FROM sessions WHERE id = :id', id=world.admin.session_id)
    with pytest.raises(SignedOut):
        members.portion(world.admin)
    assert len(rows(db, 'SELECT 1 FROM memberships WHERE organization_id = :at', at=world.organization_id)) == 3


def test_owners_are_a_matter_of_owners(world: World) -> None:
    owner, admin, viewer = (members.portion(it).member for it in (world.owner, world.admin, world.viewer))
    change = Permission.MEMBER_CHANGE_ROLE
    assert [owner.refused_about(change, role) for role in Role] == [None] * 4
    assert [admin.refused_about(change, role) for role in Role] == [
        'Only Owners can appoint or remove Owners. You are an Admin.',
        None,
        None,
        None,
    ]
    assert {viewer.refused_about(change, role) for role in Role} == {viewer.refused(change)} != {None}
    assert inside(world.admin, world.organization_id) == world.admin
