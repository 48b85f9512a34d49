"""Team members on screen: who is there, what may be done about them, and why not."""

from typing import Any

import pytest
from sqlalchemy import Engine

from components.kit.choice import Choice
from components.kit.grid import Grid
from data.models import Role, Status
from data.permissions import GRANTS, IN_USE
from data.problems import Problem
from data.services import invitations, members, organizations
from data.services.members import LAST_OWNER
from tests.acts import OF_MEMBERS
from tests.support.probes import rows as stored
from tests.support.probes import run
from tests.support.team import Row, Visit, people, role_in, team_of
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, join


def offered(row: Row) -> set[str]:
    """The roles that the menu of a line offers."""
    return {it['value'] for it in row['roles']}


def list_of(visitor: Visitor) -> Grid:
    """The list itself."""
    return next(it for it in visitor._elements() if isinstance(it, Grid) and 'people' in it.classes)


def filter_by(visitor: Visitor, name: str, value: str) -> None:
    """Type into the search, or choose an order."""
    field: Any = visitor.field(name)
    with field:
        if isinstance(field, Choice):
            field.choose(value)
        else:
            field.value = value


@pytest.mark.parametrize('role', list(Role))
async def test_everybody_sees_who_belongs_here(visit: Visit, world: World, role: Role) -> None:
    visitor = await team_of(visit, world, role)
    assert visitor.title == 'Team members · Acme · Botcadence'
    lines = people(visitor)
    assert {name: row['role'] for name, row in lines.items()} == {
        'adam': 'Admin',
        'mia': 'Member',
        'olga': 'Owner',
        'vera': 'Viewer',
    }
    me = email_of(world.of(role)).partition('@')[0]
    assert [name for name, row in lines.items() if row['you']] == [me]
    await until(lambda: people(visitor)[me]['here'])


@pytest.mark.parametrize('status', [it for it in Status if it is not Status.DELETED])
@pytest.mark.parametrize('role', list(Role))
async def test_the_screen_offers_what_the_server_allows(
    visit: Visit, world: World, db: Engine, role: Role, status: Status
) -> None:
    """Every role to everybody, by everybody, in every status: what is offered works, what is not is refused."""
    second = join(world.owner, world.newcomers[0], Role.OWNER)
    path = {Status.RESTRICTED: [Status.PAST_DUE]}.get(status, [])
    for each in [*path, *([status] if status is not Status.ACTIVE else [])]:
        organizations.change_status(world.organization_id, each, 'For a test')
    lines = people(await team_of(visit, world, role))
    actor = world.of(role)
    for row in lines.values():
        before = Role(str(role_in(db, world, row['email'])))
        for other in (it for it in Role if it is not before and row['id'] not in (actor.user_id, second.user_id)):
            try:
                members.change_role(actor, row['id'], other, expected=before)
            except Problem as problem:
                assert other.value not in offered(row), problem
            else:
                assert other.value in offered(row)
                members.change_role(second, row['id'], before, expected=other)
        if row['id'] not in (actor.user_id, second.user_id):
            try:
                members.remove(actor, row['id'])
            except Problem as problem:
                assert not row['removable'], problem
            else:
                assert row['removable']


async def test_the_matrix_is_the_table_itself(visit: Visit, world: World) -> None:
    vera = await team_of(visit, world, Role.VIEWER)
    lines = {row['act']: row['cells'] for row in vera.rows if 'act' in row}
    assert lines.pop('What') == ['Owner', 'Admin', 'Member', 'Viewer']
    shown = [permission for group in IN_USE for permission in group]
    assert ', '.join(lines).lower() == ', '.join(permission.phrase for permission in shown).lower()
    for (line, cells), group in zip(lines.items(), IN_USE, strict=True):
        for permission in group:
            assert cells == [permission in GRANTS[role] for role in Role], (line, permission)


def test_the_matrix_lists_what_exists_and_nothing_else() -> None:
    """What nothing asks for, nobody reads about: acts.py knows everything that can be done."""
    asked = {permission for performance in OF_MEMBERS.values() for permission in performance.asks}
    assert {permission for group in IN_USE for permission in group} == asked
    words = ' '.join(permission.phrase for permission in asked)
    assert not any(word in words for word in ('plan', 'payment', 'transfer', 'restore'))


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_who_may_not_change_anything_reads_why(visit: Visit, world: World, role: Role) -> None:
    visitor = await team_of(visit, world, role)
    await visitor.sees(f'Only Owners and Admins can change roles. You are a {role.label}.')
    assert not any(row['roles'] or row['removable'] for row in people(visitor).values())


async def test_the_last_owner_stays(visit: Visit, world: World) -> None:
    olga = await team_of(visit, world, Role.OWNER)
    row = people(olga)['olga']
    assert (offered(row), row['removable'], row['why']) == (set(), False, '')
    assert olga.shown.count(LAST_OWNER) == 1, 'where one leaves'
    assert 'Leave organization' not in olga.shown
    members.change_role(world.owner, world.admin.user_id, Role.OWNER, expected=Role.ADMIN)
    await olga.sees('Leave organization')
    await until(lambda: offered(people(olga)['olga']) == {'admin', 'member', 'viewer'})
    assert LAST_OWNER not in olga.shown


@pytest.mark.parametrize('status', [Status.RESTRICTED, Status.SUSPENDED, Status.DELETING])
async def test_what_nobody_can_do_now_is_promised_nowhere_and_said_once(
    visit: Visit, world: World, status: Status
) -> None:
    for newcomer in ('ivy@new.test', 'ida@new.test'):
        invitations.invite(world.owner, newcomer, Role.MEMBER)
    olga = await team_of(visit, world, Role.OWNER)
    await olga.sees('Make somebody else Owner first.')
    for each in [*([Status.PAST_DUE] if status is Status.RESTRICTED else []), status]:
        organizations.change_status(world.organization_id, each, 'For a test')
    await until(lambda: [row['ended'] for row in olga.rows if 'until' in row] == ['On hold', 'On hold'])
    assert 'Make somebody else Owner first.' not in olga.shown, 'nobody can change roles now'
    assert olga.shown.count('There must always be an Owner.') == 1
    assert olga.shown.count('Nobody can accept until that is over.') == 1
    assert not any(row['why'] for row in olga.rows if 'until' in row)
    assert all(row['until'] for row in olga.rows if 'until' in row), 'they run out all the same'
    organizations.change_status(world.organization_id, Status.ACTIVE, '')
    await olga.sees('Make somebody else Owner first.')
    await until(lambda: [row['ended'] for row in olga.rows if 'until' in row] == ['', ''])


async def test_who_is_alone_is_refused_nothing_twice(visit: Visit, world: World) -> None:
    sam = await visit('sam@other.test')
    await sam.open(f'/organizations/{world.stranger.organization_id}/members')
    await sam.sees('Who belongs to this organization', 'sam@other.test')
    assert sam.shown.count(LAST_OWNER) == 1, 'where one leaves, with what to do'
    assert sam.shown.count('can’t') + sam.shown.count('Only Owners') == 0


async def test_a_role_is_changed_and_everybody_sees_it(visit: Visit, world: World, db: Engine) -> None:
    adam, mia = await team_of(visit, world, Role.ADMIN), await team_of(visit, world, Role.MEMBER)
    adam.choose(people(adam)['mia'], 'role', 'admin')
    await adam.is_told('mia@acme.test is now Admin.')
    assert role_in(db, world, 'mia@acme.test') == 'admin'
    await until(lambda: people(mia)['mia']['role'] == 'Admin')
    await until(lambda: offered(people(mia)['vera']) == {'admin', 'member'})


async def test_two_who_change_a_role_at_once(visit: Visit, world: World, db: Engine) -> None:
    adam = await team_of(visit, world, Role.ADMIN)
    theirs = 'WHERE user_id = :user AND organization_id = :at'
    run(db, f"UPDATE memberships SET role = 'viewer' {theirs}", user=world.member.user_id, at=world.organization_id)
    adam.choose(people(adam)['mia'], 'role', 'admin')
    await adam.is_told('This was changed in the meantime.')
    assert role_in(db, world, 'mia@acme.test') == 'viewer'


@pytest.mark.parametrize(
    ('kind', 'sent'),
    [
        ('role', ['nobody', 'admin']),
        ('role', ['MIA', 'owner']),
        ('role', ['MIA', 'god']),
        ('role', ['MIA']),
        ('role', [7, 'admin']),
        ('remove', ['OLGA']),
        ('remove', ['nobody']),
        ('remove', [None]),
        ('remove', [{'id': 'MIA'}]),
    ],
)
async def test_what_was_not_offered_is_not_done(
    visit: Visit, world: World, db: Engine, kind: str, sent: list[object]
) -> None:
    def everything() -> list[Any]:
        standing = stored(db, 'SELECT organization_id, user_id, role FROM memberships ORDER BY 1, 2')
        return [*standing, *stored(db, 'SELECT count(*) FROM audit_events')]

    adam = await team_of(visit, world, Role.ADMIN)
    before, lines = everything(), people(adam)
    ids = {'MIA': lines['mia']['id'], 'OLGA': lines['olga']['id']}
    arguments = [ids.get(it, it) if isinstance(it, str) else it for it in sent]
    adam._fire(list_of(adam), kind, arguments if len(arguments) > 1 else arguments[0])
    await adam.go(f'/organizations/{world.organization_id}')
    assert everything() == before


async def test_somebody_is_removed_after_a_question(visit: Visit, world: World, db: Engine) -> None:
    adam = await team_of(visit, world, Role.ADMIN)
    adam.choose(people(adam)['mia'], 'remove')
    await adam.sees('Remove this person?', 'mia@acme.test', 'loses access at once')
    adam.press('Cancel')
    assert role_in(db, world, 'mia@acme.test') == 'member'
    adam.choose(people(adam)['mia'], 'remove')
    await adam.sees('Remove this person?')
    adam.press('Remove person')
    await until(lambda: 'mia' not in people(adam))
    assert role_in(db, world, 'mia@acme.test') is None


async def test_who_takes_a_right_from_themselves_is_asked(visit: Visit, world: World, db: Engine) -> None:
    adam = await team_of(visit, world, Role.ADMIN)
    adam.choose(people(adam)['adam'], 'role', 'viewer')
    await adam.sees('Become Viewer?')
    adam.press('Become Viewer')
    await until(lambda: role_in(db, world, 'adam@acme.test') == 'viewer')
    await adam.sees('Only Owners and Admins can change roles. You are a Viewer.')
    await adam.is_told('You are now Viewer.')


@pytest.mark.parametrize(
    ('whom', 'label', 'said'),
    [
        ('mia', 'Make Owner', 'mia@acme.test is now Owner.'),
        ('adam', 'Make Owner', 'adam@acme.test is now Owner.'),
        ('nina', 'Invite as Owner', 'nina@new.test is now invited as Owner.'),
    ],
)
async def test_who_makes_somebody_owner_is_asked(visit: Visit, world: World, whom: str, label: str, said: str) -> None:
    """An Owner may remove whoever has appointed them: it takes more than one tap in a menu."""
    invitations.invite(world.owner, 'nina@new.test', Role.VIEWER)
    olga = await team_of(visit, world, Role.OWNER)
    before = people(olga)[whom]['role']
    for answer in ('Cancel', label):
        olga.choose(people(olga)[whom], 'role', 'owner')
        await olga.sees(f'{label}?', people(olga)[whom]['email'], 'remove you')
        assert people(olga)[whom]['role'] == before
        olga.press(answer)
        await until(lambda: f'{label}?' not in olga.shown)
    await olga.is_told(said)
    await until(lambda: people(olga)[whom]['role'] == 'Owner')


async def test_people_are_found_and_sorted(visit: Visit, world: World) -> None:
    olga = await team_of(visit, world, Role.OWNER)
    filter_by(olga, 'search', 'ER')
    await until(lambda: list(people(olga)) == ['vera'])
    filter_by(olga, 'search', 'xyz')
    await olga.sees('Nobody matches your search.')
    filter_by(olga, 'search', '')
    filter_by(olga, 'order', 'role')
    await until(lambda: list(people(olga)) == ['olga', 'adam', 'mia', 'vera'])


async def test_who_is_invited_is_found_by_the_same_box(visit: Visit, world: World) -> None:
    invitations.invite(world.owner, 'vero@new.example', Role.VIEWER)
    invitations.invite(world.admin, 'bo@new.example', Role.ADMIN)

    def waiting() -> list[str]:
        return sorted(row['email'].partition('@')[0] for row in olga.rows if 'until' in row)

    olga = await team_of(visit, world, Role.OWNER)
    filter_by(olga, 'search', 'ver')
    await until(lambda: waiting() == ['vero'])
    assert 'vera' in people(olga)
    filter_by(olga, 'search', 'admin')
    await until(lambda: waiting() == ['bo'])
    invitations.invite(world.owner, 'cleo@new.example', Role.ADMIN)
    await until(lambda: waiting() == ['bo', 'cleo'])
    filter_by(olga, 'search', 'xyz')
    await olga.sees('No invitation matches your search.')
    assert 'No open invitations.' not in olga.shown
    filter_by(olga, 'search', '')
    await until(lambda: waiting() == ['bo', 'cleo', 'vero'])


async def test_who_invited_is_named_unless_it_was_oneself(visit: Visit, world: World, db: Engine) -> None:
    second = join(world.owner, world.newcomers[0], Role.OWNER)
    invitations.invite(world.admin, 'by-adam@new.test', Role.MEMBER)
    invitations.invite(second, 'by-nina@new.test', Role.OWNER)
    theirs = 'WHERE user_id = :user AND organization_id = :at'
    run(db, f"UPDATE memberships SET role = 'admin' {theirs}", user=second.user_id, at=world.organization_id)
    email = email_of(second)
    for who, adam, nina in ((email_of(world.admin), 'you', email), (email, 'adam@acme.test', 'you')):
        visitor = await visit(who)
        await visitor.open(f'/organizations/{world.organization_id}/members')
        await visitor.sees('by-adam@new.test')
        listed = people(visitor)
        assert (listed['by-adam']['invited_by'], listed['by-nina']['invited_by']) == (adam, nina)
        assert listed['by-nina']['why'] == f'{nina.replace("you", "You")} can no longer invite anybody as Owner'


async def test_more_people_than_a_portion(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, 'PORTION', 2)
    mia = await visit('mia@acme.test')
    await mia.open(f'/organizations/{world.organization_id}/members')
    await mia.sees('Show more (2 of 4)')
    mia.press('Show more (2 of 4)')
    await until(lambda: len(people(mia)) == 4)
