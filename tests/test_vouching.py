"""Who stands for an invitation: whoever offered its role last; its list says of it what its link says."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from data.database import Actor
from data.models import Role, Status
from data.problems import Forbidden, NotFound
from data.security import tokens
from data.services import audit, invitations, members, organizations
from data.services.audit import Act, words
from data.services.invitations.states import InvitationOutlook
from data.services.invitations.verdicts import Verdict
from tests.support.probes import everything, refused, rows, run
from tests.support.world import World, email_of, inside, join, offered, pending

NINA = 'nina@new.test'
OPEN, LOST = InvitationOutlook.OPEN, InvitationOutlook.INVITER_LOST


def by_adam(world: World, role: Role = Role.MEMBER) -> tuple[str, str]:
    """Id and token of an invitation that Adam, an Admin, has made for Nina."""
    token = offered(world.owner, NINA, role, by=world.admin)
    return pending(world.owner)[0].id, token


def raised(world: World, invitation_id: str, by: Actor) -> None:
    invitations.change_role(by, invitation_id, Role.OWNER, expected=Role.MEMBER)


def set_role(db: Engine, world: World, person: Actor, role: str | None) -> None:
    """Around all services: nothing that they would do about invitations is done."""
    at = {'at': world.organization_id, 'user': person.user_id}
    if role:
        run(db, 'UPDATE memberships SET role = :role WHERE organization_id = :at AND user_id = :user', role=role, **at)
    else:
        run(db, 'DELETE FROM memberships WHERE organization_id = :at AND user_id = :user', **at)


def test_an_admins_invitation_that_an_owner_raises_is_the_owners_and_good(world: World) -> None:
    invitation_id, token = by_adam(world)
    raised(world, invitation_id, world.owner)
    [waiting] = pending(world.owner)
    offer = invitations.look(token)
    assert (offer.state, waiting.outlook) == (OPEN, OPEN)
    assert (offer.invited_by, waiting.invited_by) == ('olga@acme.test', 'olga@acme.test')
    invitations.accept(world.newcomers[0], token)
    assert organizations.membership(inside(world.newcomers[0], world.organization_id)).role is Role.OWNER


def raise_it(world: World, invitation_id: str, by: Actor) -> None:
    raised(world, invitation_id, by)


def lower_it(_: World, invitation_id: str, by: Actor) -> None:
    invitations.change_role(by, invitation_id, Role.VIEWER, expected=Role.MEMBER)


def send_again(_: World, invitation_id: str, by: Actor) -> None:
    invitations.resend(by, invitation_id)


@pytest.mark.parametrize('act', [raise_it, lower_it, send_again])
def test_whoever_offers_it_anew_stands_for_it_and_both_are_on_the_record(
    act: Callable[[World, str, Actor], None], world: World, db: Engine
) -> None:
    invitation_id, _ = by_adam(world)
    act(world, invitation_id, world.owner)
    newest = audit.portion(world.owner).rows[0]
    assert (newest.actor_email, newest.details['inviter']) == ('olga@acme.test', 'adam@acme.test')
    assert 'adam@acme.test had invited them before' in words.remark(newest)
    members.remove(world.owner, world.admin.user_id)
    assert [(it.invited_by, it.outlook) for it in pending(world.owner)] == [('olga@acme.test', OPEN)]
    kept = rows(db, "SELECT invited_by, invited_by_email FROM invitations WHERE state = 'pending'")
    assert kept == [(world.owner.user_id, 'olga@acme.test')]


def test_whoever_stood_for_it_already_is_not_named_twice(world: World) -> None:
    invitation_id, _ = by_adam(world)
    lower_it(world, invitation_id, world.admin)
    assert 'inviter' not in audit.portion(world.owner).rows[0].details


def test_what_an_owner_has_taken_over_ends_with_the_owner(world: World) -> None:
    second = join(world.owner, world.newcomers[1], Role.OWNER)
    invitation_id, token = by_adam(world)
    raised(world, invitation_id, second)
    members.change_role(world.owner, second.user_id, Role.ADMIN, expected=Role.OWNER)
    assert pending(world.owner) == []
    assert invitations.look(token).state is InvitationOutlook.REVOKED


@pytest.mark.parametrize(
    ('offered_role', 'inviters', 'outlook'),
    [
        (Role.MEMBER, 'admin', OPEN),
        (Role.MEMBER, 'member', LOST),
        (Role.MEMBER, 'viewer', LOST),
        (Role.MEMBER, None, LOST),
        (Role.OWNER, 'admin', LOST),
        (Role.OWNER, None, LOST),
        (Role.OWNER, 'owner', OPEN),
    ],
)
def test_the_list_says_what_the_link_says_and_it_can_be_offered_anew(
    world: World, db: Engine, offered_role: Role, inviters: str | None, outlook: InvitationOutlook
) -> None:
    """Whatever has happened to the inviter, as an older version may have left it behind."""
    second = join(world.owner, world.newcomers[1], Role.OWNER)
    token = offered(world.owner, NINA, offered_role, by=second)
    set_role(db, world, second, inviters)
    [waiting] = pending(world.owner)
    assert waiting.outlook is invitations.look(token).state is outlook
    verdict = Verdict.INVITED if outlook is OPEN else Verdict.NEW
    assert [it.verdict for it in invitations.check(world.owner, NINA)] == [verdict]
    invitations.resend(world.owner, waiting.id)
    [mended] = pending(world.owner)
    assert (mended.outlook, mended.invited_by) == (OPEN, 'olga@acme.test')


def test_an_invitation_that_nobody_can_accept_makes_room_for_another(world: World, db: Engine) -> None:
    _, before = by_adam(world)
    set_role(db, world, world.admin, 'viewer')
    assert [it.verdict for it in invitations.invite(world.owner, NINA, 'viewer')] == [Verdict.SENT]
    assert [(it.role, it.invited_by, it.outlook) for it in pending(world.owner)] == [
        (Role.VIEWER, 'olga@acme.test', OPEN)
    ]
    refused(NotFound, lambda: invitations.look(before))


@pytest.mark.parametrize('status', [Status.SUSPENDED, Status.DELETED])
def test_a_link_of_an_organization_that_takes_nobody_in_is_told_by_the_same_rule(world: World, status: Status) -> None:
    _, token = by_adam(world)
    organizations.change_status(world.organization_id, Status.DELETING, 'For a test')
    organizations.change_status(world.organization_id, status, 'For a test')
    expected = InvitationOutlook.CLOSED if status is Status.SUSPENDED else InvitationOutlook.GONE
    assert invitations.look(token).state is expected


# who may -------------------------------------------------------------------------------------------------------------


def test_an_admin_may_not_raise_an_invitation_to_owner(world: World, db: Engine) -> None:
    for by in (world.admin, world.owner):
        address = f'{email_of(by).partition("@")[0]}@new.example'
        invitations.invite(by, address, Role.MEMBER)
        invitation_id = next(it.id for it in pending(world.owner) if it.email == address)
        before = rows(db, 'SELECT * FROM invitations ORDER BY id')
        problem = refused(Forbidden, lambda at=invitation_id: raised(world, at, world.admin))
        assert (problem.action, problem.rule) == ('owner:appoint', 'role:admin')
        assert rows(db, 'SELECT * FROM invitations ORDER BY id') == before


def test_offering_the_same_role_changes_nothing(world: World, db: Engine) -> None:
    invitation_id, _ = by_adam(world)
    before = everything(db)
    invitations.change_role(world.owner, invitation_id, Role.MEMBER, expected=Role.MEMBER)
    assert everything(db) == before
    assert Act.INVITATION_CHANGE_ROLE not in {it.action for it in audit.portion(world.owner).rows}
    assert tokens.hashed(invitations.link(world.owner, invitation_id)) in str(before)


def test_what_was_answered_is_not_withdrawn_with_its_inviter(world: World, db: Engine) -> None:
    _, token = by_adam(world)
    invitations.accept(world.newcomers[0], token)
    members.remove(world.owner, world.admin.user_id)
    assert rows(db, "SELECT count(*) FROM invitations WHERE state = 'revoked'") == [(0,)]
    assert Act.INVITATION_REVOKE not in {it.action for it in audit.portion(world.owner).rows}
