"""Inviting: lists of addresses, verdicts, links, and who may do it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.models import Role
from data.problems import Forbidden, Invalid, NotFound, Stale, TooMany
from data.security import tokens
from data.services import invitations, members
from data.services.audit import Topic
from data.services.invitations import GOOD_FOR
from data.services.invitations.states import InvitationOutlook
from data.services.invitations.verdicts import Verdict
from tests.support.probes import listening, rows, run, statements, value
from tests.support.world import EVENTS, World, inside, join, pending

NEW = 'nia@new.example'
OPEN, EXPIRED = InvitationOutlook.OPEN, InvitationOutlook.EXPIRED


def invited(world: World, address: str = NEW, role: Role = Role.MEMBER) -> str:
    """The id of a fresh invitation by Olga."""
    invitations.invite(world.owner, address, role)
    return next(it.id for it in pending(world.owner) if it.email == address)


@pytest.mark.parametrize(
    'text', ['', ' \n', ',;,', None, 5, [NEW], {}, b'a@x.example', 'a@x.example,' * 201, 'x' * 100_001]
)
def test_what_is_no_list_is_refused(world: World, text: object) -> None:
    for act in (lambda: invitations.check(world.owner, text), lambda: invitations.invite(world.owner, text, 'member')):
        with pytest.raises(Invalid) as refused:
            act()
        assert set(refused.value.fields) == {'addresses'}


@pytest.mark.parametrize(
    'address',
    [
        'nobody',
        'a@b@c.example',
        'a@x.example\ud800',
        'a@x.example\x00',
        'a@',
        'A <b',
        'x' * 300 + '@x.example',
    ],
)
def test_what_is_no_address_says_why_and_stops_nobody_else(world: World, address: str) -> None:
    bad, good = invitations.invite(world.owner, f'{address}\n{NEW}', Role.VIEWER)
    assert (bad.verdict, good.verdict) == (Verdict.INVALID, Verdict.SENT)
    assert bad.sentence
    assert [it.email for it in pending(world.owner)] == [NEW]


def test_each_address_has_its_verdict_before_and_after(world: World, db: Engine) -> None:
    invited(world, 'old@new.example')
    text = f'{NEW}, MIA@acme.test, old@NEW.example, {NEW.upper()}, sam@other.test, what'
    before = [it.verdict.value for it in invitations.check(world.admin, text)]
    assert before == ['new', 'member', 'invited', 'twice', 'new', 'invalid']
    assert len(pending(world.owner)) == 1, 'asking changes nothing'
    after = [it.verdict.value for it in invitations.invite(world.admin, text, 'member')]
    assert after == ['sent', 'member', 'invited', 'twice', 'sent', 'invalid']
    assert {it.email: (it.role, it.invited_by, it.outlook) for it in pending(world.owner)} == {
        'old@new.example': (Role.MEMBER, 'olga@acme.test', OPEN),
        NEW: (Role.MEMBER, 'adam@acme.test', OPEN),
        'sam@other.test': (Role.MEMBER, 'adam@acme.test', OPEN),
    }
    created = "SELECT target FROM audit_events WHERE action = 'invitation:create' AND seq > :first ORDER BY seq"
    assert [target for (target,) in rows(db, created, first=EVENTS)] == ['old@new.example', NEW, 'sam@other.test']


def test_it_is_told_to_who_looks_on(world: World) -> None:
    with listening() as heard:
        invitations.invite(world.owner, f'{NEW}, nik@new.example', Role.MEMBER)
    assert [(it.organization_id, it.topic, it.by) for it in heard if it.topic is not Topic.AUDIT] == [
        (world.organization_id, Topic.INVITATION, 'olga@acme.test')
    ]


def test_the_secret_is_kept_nowhere(world: World, db: Engine) -> None:
    token = invitations.link(world.owner, invited(world))
    assert len(token) == 43
    assert value(db, 'SELECT token_hash FROM invitations') == tokens.hashed(token)
    assert token not in repr(rows(db, 'SELECT * FROM invitations') + rows(db, 'SELECT * FROM audit_events'))


@pytest.mark.parametrize('role', list(Role))
def test_who_may_offer_what(world: World, role: Role) -> None:
    for offered in Role:
        may = role is Role.OWNER or (role is Role.ADMIN and offered is not Role.OWNER)
        address = f'{role.value}-{offered.value}@new.example'
        if may:
            assert invitations.invite(world.of(role), address, offered)[0].verdict is Verdict.SENT
        else:
            with pytest.raises(Forbidden):
                invitations.invite(world.of(role), address, offered)
    if role in (Role.MEMBER, Role.VIEWER):
        invitation_id = invited(world)
        for act in (invitations.resend, invitations.revoke, invitations.link):
            with pytest.raises(Forbidden):
                act(world.of(role), invitation_id)
        with pytest.raises(Forbidden):
            pending(world.of(role))
        with pytest.raises(Forbidden):
            invitations.check(world.of(role), NEW)


def test_an_admin_does_not_touch_the_offer_to_become_owner(world: World, db: Engine) -> None:
    invitation_id = invited(world, role=Role.OWNER)
    before = rows(db, 'SELECT * FROM invitations')
    for act in (invitations.resend, invitations.revoke, invitations.link):
        with pytest.raises(Forbidden):
            act(world.admin, invitation_id)
    with pytest.raises(Forbidden):
        invitations.change_role(world.admin, invitation_id, Role.MEMBER, expected=Role.OWNER)
    assert rows(db, 'SELECT * FROM invitations') == before


@pytest.mark.parametrize('role', ['god', 'Owner', '', None, 1, ['member'], 'member ', True])
def test_roles_outside_of_the_table_are_refused(world: World, role: object) -> None:
    with pytest.raises(Invalid) as refused:
        invitations.invite(world.owner, NEW, role)
    assert set(refused.value.fields) == {'role'}
    with pytest.raises(Invalid):
        invitations.change_role(world.owner, invited(world), role, expected=Role.MEMBER)


def test_invitations_of_others_are_not_found(world: World) -> None:
    theirs = invitations.invite(world.stranger, NEW, Role.MEMBER)
    assert theirs[0].verdict is Verdict.SENT
    [foreign] = [it.id for it in pending(world.stranger)]
    for wanted in (foreign, 'nothing', None, 5, "' OR 1=1 --", 'a' * 16):
        for act in (invitations.resend, invitations.revoke, invitations.link):
            with pytest.raises(NotFound):
                act(world.owner, wanted)
        with pytest.raises(NotFound):
            invitations.change_role(world.owner, wanted, Role.VIEWER, expected=Role.MEMBER)
    with pytest.raises(NotFound):
        pending(world.intruder)
    with pytest.raises(NotFound):
        invitations.invite(world.intruder, NEW, Role.MEMBER)
    assert pending(world.owner) == []


def test_sending_again_makes_another_link_and_another_date(world: World) -> None:
    invitation_id = invited(world)
    before, first = invitations.link(world.owner, invitation_id), pending(world.owner)[0]
    clock.source = lambda: first.created_at + timedelta(days=3)
    invitations.resend(world.admin, invitation_id)
    after = pending(world.owner)[0]
    assert invitations.link(world.owner, invitation_id) != before
    assert after.expires_at == clock.now() + GOOD_FOR
    assert after.invited_by == 'adam@acme.test'


def test_a_revoked_invitation_is_gone_from_the_list_and_can_be_made_anew(world: World, db: Engine) -> None:
    invitation_id = invited(world)
    invitations.revoke(world.admin, invitation_id)
    assert pending(world.owner) == []
    with pytest.raises(NotFound):
        invitations.revoke(world.owner, invitation_id)
    assert invited(world) != invitation_id
    assert value(db, "SELECT count(*) FROM invitations WHERE state = 'revoked'") == 1


def test_an_expired_invitation_makes_room(world: World, db: Engine) -> None:
    invitation_id = invited(world)
    run(db, 'UPDATE invitations SET expires_at = created_at')
    assert [it.outlook for it in pending(world.owner)] == [EXPIRED]
    assert invitations.check(world.owner, NEW)[0].verdict is Verdict.NEW
    assert invited(world) != invitation_id
    assert [it.outlook for it in pending(world.owner)] == [OPEN]


def test_two_who_change_the_role_do_not_overwrite_each_other(world: World) -> None:
    invitation_id = invited(world)
    invitations.change_role(world.owner, invitation_id, Role.VIEWER, expected=Role.MEMBER)
    with pytest.raises(Stale):
        invitations.change_role(world.admin, invitation_id, Role.ADMIN, expected=Role.MEMBER)
    assert pending(world.owner)[0].role is Role.VIEWER


def test_what_somebody_offered_ends_with_their_right_to(world: World) -> None:
    second = join(world.owner, world.newcomers[0], Role.OWNER)
    invitations.invite(second, 'o@new.example', Role.OWNER)
    invitations.invite(second, 'm@new.example', Role.MEMBER)
    members.change_role(world.owner, second.user_id, Role.ADMIN, expected=Role.OWNER)
    assert [it.email for it in pending(world.owner)] == ['m@new.example']
    members.change_role(world.owner, second.user_id, Role.VIEWER, expected=Role.ADMIN)
    assert pending(world.owner) == []
    invitations.invite(world.admin, 'a@new.example', Role.MEMBER)
    members.remove(world.owner, world.admin.user_id)
    assert pending(world.owner) == []


def test_they_come_in_portions(world: World) -> None:
    invitations.invite(world.owner, '\n'.join(f'a{each}@new.example' for each in range(60)), Role.MEMBER)
    first = invitations.portion(world.owner)
    assert (len(first.rows), first.total) == (invitations.PORTION, 60)
    assert invitations.portion(world.owner, limit=150).rows[: invitations.PORTION] == first.rows
    assert len(pending(world.owner)) == 60


def test_a_crowd_in_an_hour_is_too_many_and_none_of_it_is_sent(world: World) -> None:
    def crowd(name: str, number: int) -> str:
        return '\n'.join(f'{name}{each}@new.example' for each in range(number))

    invitations.invite(world.owner, crowd('a', 200), Role.MEMBER)
    with pytest.raises(TooMany):
        invitations.invite(world.owner, crowd('b', 200), Role.MEMBER)
    assert len(pending(world.owner)) == 200
    assert len(invitations.invite(world.owner, crowd('b', 100), Role.MEMBER)) == 100
    assert invitations.invite(world.stranger, NEW, Role.MEMBER)[0].verdict is Verdict.SENT, 'others are not held up'


def test_who_is_invited_already_is_not_counted_again(world: World) -> None:
    crowd = '\n'.join(f'a{each}@new.example' for each in range(100))
    for _ in range(5):
        judged = invitations.invite(world.owner, crowd, Role.MEMBER)
    assert {it.verdict for it in judged} == {Verdict.INVITED}
    assert len(pending(world.owner)) == 100


def test_an_invitation_takes_few_statements(world: World, db: Engine) -> None:
    with statements(db) as many:
        invitations.invite(world.owner, '\n'.join(f'a{each}@new.example' for each in range(200)), Role.MEMBER)
    assert len(many) <= 10 * 200
    with statements(db) as one:
        invitations.invite(world.stranger, NEW, Role.MEMBER)
    assert len(one) <= 12


def test_the_database_itself_keeps_one_pending_invitation_an_address(world: World, db: Engine) -> None:
    invited(world)
    with pytest.raises(Exception, match=r'(?i)unique'):
        run(
            db,
            "INSERT INTO invitations SELECT organization_id, 'aaaaaaaaaaaaaaaa', email, email_key, role, state, nonce, "
            "'another', invited_by, invited_by_email, created_at, expires_at, answered_at, NULL FROM invitations",
        )
    assert inside(world.owner, world.organization_id) == world.owner


SEARCHES = [
    ('', ['cleo', 'bo', 'ann']),
    ('ann@', ['ann']),
    ('ANN', ['ann']),
    ('new.example', ['cleo', 'bo', 'ann']),
    ('admin', ['bo']),
    ('Viewer', ['cleo', 'ann']),
    ('adam', ['cleo']),
    ('viewer olga', ['ann']),
    ('xn--', ['cleo']),
    ('b\u00fccher', ['cleo']),
    ('B\u00dcCHER', ['cleo']),
    ('min', []),
    ('e', ['cleo', 'bo', 'ann']),
    ('ow', []),
    ('<ann@new.example>', ['ann']),
    ('mailto:Ann@new.example?subject=Hi%20Ann', ['ann']),
    ('\u200bann@new.example\u202c', ['ann']),
    ('Ann Miller <ann@new.example>', ['ann']),
    ('ann@new.example,', ['ann']),
    ('%', []),
    ('_', []),
    ('nobody', []),
]


@pytest.mark.parametrize(('search', 'found'), SEARCHES)
def test_they_are_found_by_address_role_and_inviter(world: World, search: str, found: list[str]) -> None:
    invitations.invite(world.owner, 'ann@new.example', Role.VIEWER)
    invitations.invite(world.owner, 'bo@new.example', Role.ADMIN)
    invitations.invite(world.admin, 'cleo@b\u00fccher.new.example', Role.VIEWER)
    portion = invitations.portion(world.owner, search)
    assert sorted(it.email.partition('@')[0] for it in portion.rows) == sorted(found)
    assert portion.total == len(found)
