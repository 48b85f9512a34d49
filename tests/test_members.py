"""Who belongs, and as what: an Owner always stays, and nobody is ever left without an organization."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from test_organizations import BAD_IDS

from data.changes import Change
from data.models import Role, new_id
from data.problems import Forbidden, Invalid, NotFound, Stale
from data.services import accounts, invitations, members, organizations
from data.services.accounts import sessions
from data.services.audit import Topic
from data.services.invitations.verdicts import Verdict
from data.services.members import LAST_OWNER
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import PASSWORD, World, inside, join, offered, pending, put

NINA = 'nina@new.test'


def roles(db: Engine, world: World) -> dict[str, str]:
    """E-mail address → role of everybody in Acme."""
    found = rows(
        db,
        'SELECT users.email, memberships.role FROM memberships JOIN users ON users.id = memberships.user_id '
        'WHERE organization_id = :id',
        id=world.organization_id,
    )
    return dict(found)


COLLEAGUES = {
    'olga@acme.test': 'owner',
    'adam@acme.test': 'admin',
    'mia@acme.test': 'member',
    'vera@acme.test': 'viewer',
}


# coming --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', list(Role))
def test_whoever_is_invited_as_anything_comes_as_that(
    role: Role, world: World, db: Engine, published: list[Change]
) -> None:
    token = offered(world.owner, ' Nina@NEW.test ', role)
    published.clear()
    nina = world.newcomers[0]
    assert invitations.accept(nina, token) == world.organization_id
    assert roles(db, world) == {**COLLEAGUES, NINA: role.value}
    assert organizations.membership(inside(nina, world.organization_id)).role is role
    assert [(it.topic, it.by, it.users) for it in published if it.users] == [
        (Topic.MEMBER, NINA, frozenset({nina.user_id}))
    ]
    entry, *_ = organizations.overview(world.owner).latest or []
    assert (entry.action, entry.actor_email) == ('invitation:accept', NINA)


def test_nobody_is_invited_who_is_there_already_nor_is_a_member_twice(world: World, db: Engine) -> None:
    before = everything(db)
    for email in ('mia@acme.test', 'MIA@acme.test', 'olga@acme.test'):
        [judged] = invitations.invite(world.owner, email, Role.VIEWER)
        assert judged.verdict is Verdict.MEMBER
    assert everything(db) == before
    token = offered(world.owner, NINA, Role.VIEWER)
    put(db, world.newcomers[0], world.organization_id, Role.MEMBER)
    invitations.accept(world.newcomers[0], token)
    assert roles(db, world) == {**COLLEAGUES, NINA: 'member'}
    with pytest.raises(IntegrityError):
        run(db, 'INSERT INTO memberships SELECT * FROM memberships')


NO_ROLES = ['', 'Owner', 'root', 'x' * 10_000, None, True, 0, b'owner', ['owner'], {}]


def test_what_is_no_role_is_refused_at_its_field(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    before = everything(db)
    for role in NO_ROLES:
        with subtests.test(f'{role!r:.40}'):
            change = partial(members.change_role, world.owner, world.member.user_id, expected=Role.MEMBER)
            assert list(refused(Invalid, invitations.invite, world.owner, NINA, role).fields) == ['role']
            assert list(refused(Invalid, change, role=role).fields) == ['role']
    assert everything(db) == before


def test_a_role_as_text_passes_no_question_by(world: World, db: Engine) -> None:
    acts: list[Callable[[], object]] = [
        lambda: invitations.invite(world.admin, NINA, 'owner'),
        lambda: members.change_role(world.admin, world.member.user_id, 'owner', expected=Role.MEMBER),
    ]
    for act in acts:
        assert refused(Forbidden, act).action == 'owner:appoint'
    invitations.invite(world.owner, NINA, 'viewer')
    assert [(it.email, it.role) for it in pending(world.owner)] == [(NINA, Role.VIEWER)]
    members.change_role(world.owner, world.member.user_id, 'viewer', expected=Role.MEMBER)
    assert roles(db, world) == {**COLLEAGUES, 'mia@acme.test': 'viewer'}


def test_an_admin_neither_makes_nor_touches_an_owner(world: World, db: Engine) -> None:
    olga, mia = world.owner.user_id, world.member.user_id
    acts: list[Callable[[], object]] = [
        lambda: invitations.invite(world.admin, NINA, Role.OWNER),
        lambda: members.change_role(world.admin, mia, Role.OWNER, expected=Role.MEMBER),
        lambda: members.change_role(world.admin, world.admin.user_id, Role.OWNER, expected=Role.ADMIN),
        lambda: members.change_role(world.admin, olga, Role.MEMBER, expected=Role.OWNER),
        lambda: members.change_role(world.admin, olga, Role.OWNER, expected=Role.OWNER),
        lambda: members.remove(world.admin, olga),
    ]
    for act in acts:
        problem = refused(Forbidden, act)
        assert str(problem) == 'Only Owners can appoint or remove Owners. You are an Admin.'
    assert roles(db, world) == COLLEAGUES
    assert value(db, "SELECT count(*) FROM audit_events WHERE outcome = 'refused'") == len(acts)


# roles ---------------------------------------------------------------------------------------------------------------


def test_a_role_changes_at_once(world: World, db: Engine, published: list[Change]) -> None:
    members.change_role(world.admin, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    assert roles(db, world)['vera@acme.test'] == 'admin'
    organizations.rename(world.viewer, 'By Vera', version=2)
    assert published[0] == Change(
        world.organization_id, Topic.MEMBER, 'adam@acme.test', frozenset({world.viewer.user_id})
    )
    [line] = rows(db, "SELECT target, details FROM audit_events WHERE action = 'member:change_role'")
    assert line[0] == 'vera@acme.test'
    assert 'viewer' in str(line[1])
    assert 'admin' in str(line[1])


def test_the_second_to_change_a_role_is_told(world: World, db: Engine) -> None:
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    before = everything(db)
    refused(Stale, lambda: members.change_role(world.admin, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER))
    assert everything(db) == before


def test_the_last_owner_can_not_become_less(world: World, db: Engine) -> None:
    before = everything(db)
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER):
        problem = refused(
            Invalid,
            lambda role=role: members.change_role(world.owner, world.owner.user_id, role, expected=Role.OWNER),
        )
        assert problem.fields == {'role': LAST_OWNER}
    assert everything(db) == before


def test_one_of_two_owners_can_become_less_and_then_the_other_not(world: World, db: Engine) -> None:
    olga, adam = world.owner.user_id, world.admin.user_id
    members.change_role(world.owner, adam, Role.OWNER, expected=Role.ADMIN)
    members.change_role(world.admin, olga, Role.VIEWER, expected=Role.OWNER)
    refused(Invalid, lambda: members.change_role(world.admin, adam, Role.VIEWER, expected=Role.OWNER))
    refused(Forbidden, lambda: members.change_role(world.owner, olga, Role.OWNER, expected=Role.VIEWER))
    assert roles(db, world)['adam@acme.test'] == 'owner'


# leaving and being removed -------------------------------------------------------------------------------------------


def test_the_last_owner_can_neither_leave_nor_be_removed(world: World, db: Engine) -> None:
    before = everything(db)
    acts: list[Callable[[], object]] = [
        lambda: members.leave(world.owner),
        lambda: members.remove(world.owner, world.owner.user_id),
    ]
    for act in acts:
        assert refused(Invalid, act).fields == {'user': LAST_OWNER}
    assert everything(db) == before


def test_an_owner_who_is_not_the_last_may_leave(world: World, db: Engine) -> None:
    join(world.owner, world.newcomers[0], Role.OWNER)
    members.leave(world.owner)
    refused(NotFound, lambda: organizations.membership(world.owner))
    assert roles(db, world)[NINA] == 'owner'


def test_whoever_is_removed_is_out_at_once(world: World, db: Engine, published: list[Change]) -> None:
    members.remove(world.admin, world.viewer.user_id)
    refused(NotFound, lambda: organizations.membership(world.viewer))
    assert [card.name for card in organizations.portion(world.viewer).rows] == ['vera']
    assert published == [
        Change(world.organization_id, Topic.MEMBER, 'adam@acme.test', frozenset({world.viewer.user_id}))
    ]
    assert rows(db, "SELECT actor_email, target FROM audit_events WHERE action = 'member:remove'") == [
        ('adam@acme.test', 'vera@acme.test')
    ]
    refused(NotFound, lambda: members.remove(world.admin, world.viewer.user_id))


def test_whoever_loses_the_last_organization_gets_a_fresh_one(
    world: World, db: Engine, published: list[Change]
) -> None:
    home = world.stranger
    join(home, world.newcomers[0], Role.OWNER)
    join(world.owner, home, Role.VIEWER)
    members.leave(home)  # of Sam's own organization: Acme is left
    assert [card.name for card in organizations.portion(home).rows] == ['Acme']
    del published[:]
    assert happens_whole_or_not_at_all(db, lambda: members.remove(world.owner, home.user_id), published) >= 6
    [fresh] = organizations.portion(home).rows
    assert (fresh.name, fresh.role, fresh.members) == ('sam', Role.OWNER, 1)
    assert fresh.id not in (world.organization_id, home.organization_id)
    assert {change.organization_id: change.users for change in published} == {
        world.organization_id: {home.user_id},
        fresh.id: {home.user_id},
    }
    [entry] = organizations.overview(inside(home, fresh.id)).latest or []
    assert (entry.action, entry.target) == ('organization:create', 'sam')
    members_of_fresh = rows(db, 'SELECT user_id, role FROM memberships WHERE organization_id = :id', id=fresh.id)
    assert members_of_fresh == [(home.user_id, 'owner')]


def test_leaving_the_last_organization_makes_a_fresh_one_too(world: World) -> None:
    nina = world.newcomers[0]
    join(nina, world.newcomers[1], Role.OWNER)
    members.leave(nina)
    [fresh] = organizations.portion(nina).rows
    assert (fresh.name, fresh.role) == ('nina', Role.OWNER)
    assert fresh.id != nina.organization_id


@pytest.mark.parametrize('act', ['come', 'change_role', 'remove', 'leave'])
def test_each_act_happens_whole_or_not_at_all(act: str, world: World, db: Engine, published: list[Change]) -> None:
    token = offered(world.owner, NINA)
    published.clear()
    acts: dict[str, Callable[[], object]] = {
        'come': lambda: invitations.accept(world.newcomers[0], token),
        'change_role': lambda: members.change_role(world.owner, world.member.user_id, Role.ADMIN, expected=Role.MEMBER),
        'remove': lambda: members.remove(world.owner, world.member.user_id),
        'leave': lambda: members.leave(world.member),
    }
    assert happens_whole_or_not_at_all(db, acts[act], published) >= 2
    assert len(published) == (2 if act == 'come' else 1)  # an invitation ends, and a member comes


def test_somebody_who_is_not_there_is_not_found(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    before = everything(db)
    for target in [*BAD_IDS, world.stranger.user_id, new_id()]:
        with subtests.test(f'{target!r:.40}'):
            change = partial(members.change_role, world.owner, target, expected=Role.MEMBER)
            sentences = {
                str(refused(NotFound, members.remove, world.owner, target)),
                str(refused(NotFound, change, role=Role.VIEWER)),
                str(refused(NotFound, change, role=Role.OWNER)),
            }
            assert sentences == {'This doesn’t exist, or you don’t have access to it.'}
            assert everything(db) == before


def test_a_session_goes_on_when_a_membership_ends(world: World) -> None:
    token = accounts.sign_in('vera@acme.test', PASSWORD)
    members.remove(world.owner, world.viewer.user_id)
    vera = sessions.of_token(token)
    assert vera is not None
    assert [card.name for card in organizations.portion(vera).rows] == ['vera']


def test_being_here_is_remembered_for_oneself_only(world: World, db: Engine) -> None:
    seen = 'SELECT user_id, seen_at FROM memberships WHERE organization_id = :id'
    before = dict(rows(db, seen, id=world.organization_id))
    members.touch(world.viewer)
    after = dict(rows(db, seen, id=world.organization_id))
    assert [user for user in after if after[user] != before[user]] == [world.viewer.user_id]
