"""Who acts is who is signed in: a session says whose it is, whatever the actor that carries it claims."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from data import database
from data.database import Actor
from data.models import Membership, Role
from data.permissions import Permission, authorize
from data.problems import Forbidden, NotFound, Problem, SignedOut
from data.services import audit, invitations, members, organizations
from tests.support.probes import everything, refused, rows
from tests.support.world import World, inside, join, offered


def disguised(actor: Actor, whom: Actor) -> Actor:
    """Somebody with their own session who claims to be somebody else."""
    return replace(actor, user_id=whom.user_id)


@pytest.mark.parametrize('role', list(Role))
def test_authorize_goes_by_the_session_not_by_the_word_of_the_actor(world: World, role: Role) -> None:
    person = world.of(role)
    for claimed in (world.owner, world.viewer, world.stranger):
        for way in (database.reading, database.transaction):
            with way(disguised(person, claimed)) as tx:
                member = authorize(tx, disguised(person, claimed), Permission.ORGANIZATION_VIEW)
                assert (member.user_id, member.role) == (person.user_id, role)
                assert member.session_id == person.session_id


def test_nobody_gets_a_right_by_claiming_to_be_who_has_it(world: World, db: Engine) -> None:
    before = everything(db, record=False)
    for claimed in (world.owner, world.admin):
        vera = disguised(world.viewer, claimed)
        refused(Forbidden, lambda vera=vera: organizations.rename(vera, 'Mine', version=2))
        refused(Forbidden, lambda vera=vera: invitations.invite(vera, 'x@new.example', Role.VIEWER))
        refused(Forbidden, lambda vera=vera: audit.portion(vera))
    assert everything(db, record=False) == before


def test_what_is_done_is_on_the_record_of_who_did_it(world: World) -> None:
    organizations.rename(disguised(world.admin, world.owner), 'Beta', version=2)
    newest = audit.portion(world.owner).rows[0]
    assert (newest.actor_id, newest.actor_email) == (world.admin.user_id, 'adam@acme.test')


def test_who_leaves_is_who_is_signed_in(world: World, db: Engine) -> None:
    members.leave(disguised(world.viewer, world.member))
    at = world.organization_id
    left = rows(db, 'SELECT user_id FROM memberships WHERE organization_id = :at ORDER BY role', at=at)
    assert {user for [user] in left} == {world.owner.user_id, world.admin.user_id, world.member.user_id}


LOOKS: dict[str, Callable[[Actor], object]] = {
    'the cards': organizations.portion,
    'the names': organizations.choices,
    'founding': lambda actor: organizations.create(actor, 'Mine'),
    'being here': members.touch,
}


@pytest.mark.parametrize('look', LOOKS.values(), ids=LOOKS)
def test_what_is_of_a_person_is_for_who_is_signed_in(look: Callable[[Actor], object], world: World, db: Engine) -> None:
    before = everything(db)
    refused(SignedOut, lambda: look(disguised(world.stranger, world.owner)))
    assert everything(db) == before


def test_an_invitation_is_answered_by_who_is_signed_in(world: World, db: Engine) -> None:
    token = offered(world.owner, 'nina@new.test')
    before = everything(db)
    refused(Problem, lambda: invitations.accept(disguised(world.stranger, world.newcomers[0]), token))
    assert everything(db) == before


def test_a_session_of_nobody_is_nobody(world: World) -> None:
    joined = join(world.owner, world.newcomers[0], Role.ADMIN)
    for session_id in ('', 'a' * 16, joined.user_id):
        refused(SignedOut, lambda at=session_id: organizations.membership(replace(joined, session_id=at)))


def test_who_has_gone_in_the_same_transaction_is_asked_anew(world: World, db: Engine) -> None:
    before = everything(db)
    with pytest.raises(NotFound), database.transaction(world.viewer) as tx:
        authorize(tx, world.viewer, Permission.ORGANIZATION_VIEW)
        tx.delete(tx.get(Membership, (world.organization_id, world.viewer.user_id)))
        tx.flush()
        authorize(tx, world.viewer, Permission.ORGANIZATION_VIEW)
    assert everything(db) == before


def test_whoever_belongs_to_two_organizations_is_asked_about_this_one(world: World) -> None:
    """Also where the transaction sees both: what they are in the one is not what they are in the other."""
    joined = join(world.owner, world.stranger, Role.VIEWER)
    roles = {world.organization_id: Role.VIEWER, world.stranger.organization_id: Role.OWNER}
    for at, role in roles.items():
        with database.personal(joined) as tx:
            member = authorize(tx, inside(joined, at), Permission.ORGANIZATION_VIEW)
        assert (member.organization_id, member.organization.id, member.role) == (at, at, role)
