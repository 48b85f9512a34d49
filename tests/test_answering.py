"""Answering an invitation: looking changes nothing, the right person gets in once, everybody else reads why not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.models import Role, Status
from data.problems import Invalid, NotFound, Problem, SignedOut
from data.services import accounts, audit, invitations, members, organizations
from data.services.audit import Topic
from data.services.invitations import Closed, SomebodyElse, states
from data.services.invitations.answering import InvitationOutlook
from tests.support import world as people
from tests.support.probes import everything, listening, rows, run, value
from tests.support.world import EVENTS, NETWORK, PASSWORD, World, at_home, email_of, inside, pending, put

NINA = 'nina@new.test'
FRESH = 'fresh@new.example'
NO_TOKENS = [
    '',
    'x',
    'a' * 43,
    'a' * 44,
    None,
    5,
    ['a' * 43],
    {},
    b'a' * 43,
    "' OR 1=1 --",
    'a' * 1_000_000,
    '\ud800' * 43,
]


STORIES = InvitationOutlook.INVITER_LOST, InvitationOutlook.FULL
"""States that have tests of their own: the latter in test_member_limit.py."""


def offered(world: World, address: str = NINA, role: Role = Role.MEMBER, by: Actor | None = None) -> str:
    """The token of a fresh invitation into Acme, for Nina by Olga where nothing else is said."""
    return people.offered(world.owner, address, role, by=by)


def brought_to(state: InvitationOutlook, world: World, db: Engine) -> str:
    """The token of an invitation that stands like this; made by Adam for Nina."""
    token = offered(world, by=world.admin)
    invitation_id = pending(world.owner)[0].id
    match state:
        case InvitationOutlook.EXPIRED:
            run(db, 'UPDATE invitations SET expires_at = created_at')
        case InvitationOutlook.REVOKED:
            invitations.revoke(world.owner, invitation_id)
        case InvitationOutlook.ACCEPTED:
            invitations.accept(world.newcomers[0], token)
        case InvitationOutlook.DECLINED:
            invitations.decline(token)
        case InvitationOutlook.GONE:
            organizations.change_status(world.organization_id, Status.DELETING, 'For a test')
            organizations.change_status(world.organization_id, Status.DELETED, 'For a test')
        case InvitationOutlook.CLOSED:
            organizations.change_status(world.organization_id, Status.SUSPENDED, 'For a test')
    return token


def role_of(db: Engine, world: World, person: Actor) -> str | None:
    found = rows(
        db,
        'SELECT role FROM memberships WHERE organization_id = :at AND user_id = :user',
        at=world.organization_id,
        user=person.user_id,
    )
    return found[0][0] if found else None


def test_looking_says_what_is_offered_and_changes_nothing(world: World, db: Engine) -> None:
    token = offered(world, role=Role.ADMIN)
    before = everything(db)
    for _ in range(5):
        found = invitations.look(token)
    assert everything(db) == before
    assert (found.state, found.organization, found.email, found.role, found.invited_by) == (
        InvitationOutlook.OPEN,
        'Acme',
        NINA,
        Role.ADMIN,
        'olga@acme.test',
    )
    assert found.has_account
    assert found.expires_at - clock.now() > timedelta(days=6)
    assert not invitations.look(offered(world, FRESH)).has_account


@pytest.mark.parametrize('token', NO_TOKENS, ids=range(len(NO_TOKENS)))
def test_what_is_no_token_opens_nothing(world: World, db: Engine, token: object) -> None:
    offered(world)
    before = everything(db)
    for act in (
        lambda: invitations.look(token),
        lambda: invitations.accept(world.newcomers[0], token),
        lambda: invitations.decline(token),
        lambda: accounts.sign_up(FRESH, PASSWORD, PASSWORD, invitation=token or 'x'),
    ):
        with pytest.raises(NotFound):
            act()
    assert everything(db) == before


@pytest.mark.parametrize('viewer', ['right', 'other', 'member', 'signed out', 'decline'])
@pytest.mark.parametrize('state', [it for it in InvitationOutlook if it not in STORIES])
def test_every_state_for_every_viewer(world: World, db: Engine, state: InvitationOutlook, viewer: str) -> None:
    """What comes of an answer: state × viewer."""
    token = brought_to(state, world, db)
    assert invitations.look(token).state is state
    before, was = everything(db), role_of(db, world, world.newcomers[0])
    people = {
        'right': world.newcomers[0],
        'other': world.newcomers[1],
        'member': world.member,
        'signed out': Actor('', '', '', NETWORK),
    }

    def answer() -> object:
        return invitations.accept(people[viewer], token) if viewer in people else invitations.decline(token)

    if viewer == 'signed out':
        with pytest.raises(SignedOut):
            answer()
    elif state is not InvitationOutlook.OPEN:
        with pytest.raises(Closed) as closed:
            answer()
        assert closed.value.state is state
        assert str(closed.value) == states.OUTLOOK_SENTENCES[state]
    elif viewer in ('other', 'member'):
        with pytest.raises(SomebodyElse, match=f'for {NINA}. You are signed in as'):
            answer()
    else:
        answer()
        assert role_of(db, world, world.newcomers[0]) == ('member' if viewer == 'right' else None)
        assert invitations.look(token).state is (
            InvitationOutlook.ACCEPTED if viewer == 'right' else InvitationOutlook.DECLINED
        )
        return
    assert everything(db) == before
    assert role_of(db, world, world.newcomers[0]) == was


def test_whoever_invited_must_still_be_allowed_to(world: World, db: Engine) -> None:
    token = offered(world, by=world.admin)
    at = {'at': world.organization_id, 'user': world.admin.user_id}
    run(db, "UPDATE memberships SET role = 'viewer' WHERE organization_id = :at AND user_id = :user", **at)
    assert invitations.look(token).state is InvitationOutlook.INVITER_LOST
    with pytest.raises(Closed):
        invitations.accept(world.newcomers[0], token)
    run(db, 'DELETE FROM memberships WHERE organization_id = :at AND user_id = :user', **at)
    assert invitations.look(token).state is InvitationOutlook.INVITER_LOST


def test_a_link_dies_when_it_is_sent_again(world: World) -> None:
    token = offered(world)
    invitations.resend(world.owner, pending(world.owner)[0].id)
    for act in (invitations.look, invitations.decline):
        with pytest.raises(NotFound):
            act(token)


def test_accepting_is_told_and_on_the_record(world: World, db: Engine) -> None:
    token = offered(world, role=Role.ADMIN)
    with listening() as heard:
        assert invitations.accept(world.newcomers[0], token) == world.organization_id
    assert {(it.topic, it.users) for it in heard if it.topic is not Topic.AUDIT} == {
        (Topic.MEMBER, frozenset({world.newcomers[0].user_id})),
        (Topic.INVITATION, frozenset()),
    }
    accepted = "SELECT actor_email, target FROM audit_events WHERE action = 'invitation:accept' AND seq > :first"
    assert rows(db, accepted, first=EVENTS) == [(NINA, 'olga@acme.test')]
    assert organizations.membership(inside(world.newcomers[0], world.organization_id)).role is Role.ADMIN


def test_who_is_a_member_already_stays_what_they_are(world: World, db: Engine) -> None:
    token = offered(world, role=Role.VIEWER)
    put(db, world.newcomers[0], world.organization_id, Role.ADMIN)
    invitations.accept(world.newcomers[0], token)
    assert role_of(db, world, world.newcomers[0]) == 'admin'


def test_a_role_that_changed_meanwhile_is_the_one_that_counts(world: World, db: Engine) -> None:
    token = offered(world)
    waiting = pending(world.owner)[0]
    invitations.change_role(world.owner, waiting.id, Role.VIEWER, expected=Role.MEMBER)
    invitations.accept(world.newcomers[0], token)
    assert role_of(db, world, world.newcomers[0]) == 'viewer'


def test_fifty_at_once_make_one_membership(world: World, db: Engine) -> None:
    token, start = offered(world), threading.Barrier(50)

    def accept(_: int) -> str:
        start.wait(20)
        try:
            return invitations.accept(world.newcomers[0], token)
        except Closed as closed:
            return closed.state

    with ThreadPoolExecutor(50) as pool:
        ends = list(pool.map(accept, range(50)))
    assert sorted(ends) == sorted([world.organization_id, *[InvitationOutlook.ACCEPTED] * 49])
    assert role_of(db, world, world.newcomers[0]) == 'member'
    accepted = "SELECT count(*) FROM audit_events WHERE action = 'invitation:accept' AND seq > :first"
    assert value(db, accepted, first=EVENTS) == 1


def test_signing_up_with_it_makes_both_memberships_at_once(world: World, db: Engine) -> None:
    token = offered(world, FRESH, Role.VIEWER)
    person = at_home(accounts.sign_up(FRESH, PASSWORD, PASSWORD, invitation=token, network=NETWORK))
    choices = organizations.choices(person)
    assert dict(choices.values()) == {'Acme': Role.VIEWER, 'fresh': Role.OWNER}
    assert [organizations.membership(inside(person, it)).role for it in choices] == [it for _, it in choices.values()]
    assert email_of(person) == FRESH


@pytest.mark.parametrize('how', ['another address', 'revoked', 'weak password'])
def test_signing_up_with_it_happens_whole_or_not_at_all(world: World, db: Engine, how: str) -> None:
    token = offered(world, FRESH)
    if how == 'revoked':
        invitations.revoke(world.owner, pending(world.owner)[0].id)
    before = everything(db)
    address, password = (
        ('else@new.example' if how == 'another address' else FRESH),
        'abc' if how == 'weak password' else PASSWORD,
    )
    kind: type[Problem] = {'another address': SomebodyElse, 'revoked': Closed, 'weak password': Invalid}[how]
    with pytest.raises(kind):
        accounts.sign_up(address, password, password, invitation=token)
    assert everything(db) == before


def test_who_declines_is_on_the_record_by_address_and_is_neither_a_user_nor_the_administrator(world: World) -> None:
    invitations.decline(offered(world), '192.0.2.9' + 'x' * 99)
    organizations.change_status(world.organization_id, Status.PAST_DUE, '')
    [change, entry, *_] = audit.portion(world.owner).rows
    assert (entry.action, entry.actor_id, entry.actor_email) == ('invitation:decline', None, 'nina@new.test')
    assert entry.network == ('192.0.2.9' + 'x' * 99)[:64]
    colleagues = {email_of(world.of(role)) for role in Role}
    assert set(audit.people(world.owner).found) == colleagues | {'the administrator', 'nina@new.test'}
    assert audit.portion(world.owner, who='nina@new.test').rows == [entry]
    assert audit.portion(world.owner, who='').rows == [change]


def test_an_invitation_that_was_declined_can_be_followed_by_another(world: World, db: Engine) -> None:
    invitations.decline(offered(world))
    invitations.accept(world.newcomers[0], offered(world))
    assert role_of(db, world, world.newcomers[0]) == 'member'
    members.remove(world.owner, world.newcomers[0].user_id)
    invitations.accept(world.newcomers[0], offered(world))
    assert role_of(db, world, world.newcomers[0]) == 'member'


def test_signing_up_again_with_it_signs_in_and_joins(world: World, db: Engine) -> None:
    """Whoever has an account already, and types its password into the form."""
    token = offered(world)
    for _ in range(2):  # the second is the same form, sent twice
        person = at_home(accounts.sign_up(NINA, PASSWORD, PASSWORD, invitation=token, network=NETWORK))
        assert 'Acme' in dict(organizations.choices(person).values())
    assert role_of(db, world, world.newcomers[0]) == 'member'


@pytest.mark.parametrize('how', ['somebody else', 'revoked', 'wrong password'])
def test_signing_up_again_with_what_is_not_theirs_signs_nobody_in(world: World, db: Engine, how: str) -> None:
    token = offered(world)
    if how == 'revoked':
        invitations.revoke(world.owner, pending(world.owner)[0].id)
    address = 'noah@new.test' if how == 'somebody else' else NINA
    password = f'{PASSWORD} and another' if how == 'wrong password' else PASSWORD
    live = 'SELECT count(*) FROM sessions'
    before = value(db, live)
    kind: type[Problem] = {'somebody else': SomebodyElse, 'revoked': Closed, 'wrong password': Invalid}[how]
    with pytest.raises(kind):
        accounts.sign_up(address, password, password, invitation=token)
    assert value(db, live) == before
    assert role_of(db, world, world.newcomers[0]) is None
