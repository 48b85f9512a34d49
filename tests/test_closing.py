"""Closing an account: what it means is computed, nothing of the person is left, and every organization has an Owner."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.changes import Change
from data.database import Actor
from data.models import Authenticator, Identity, Passkey, RecoveryRequest, Role, Status
from data.operations.checks import _homeless, _owners
from data.problems import Invalid, Problem, Reauthenticate, SignedOut
from data.runtime.mail_server import MailServer
from data.services import accounts, audit, invitations, members, organizations, phone_numbers
from data.services.accounts import closing, sessions
from data.services.accounts.closing import CHANGED, NOT_YET, Fate, close_account, closing_outlook
from data.services.audit import verify
from tests.support.mailing import delivered, mail_set_up
from tests.support.post_office import Box, text_of
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, inside, join, offered, put, sign_up

OLGA, MIA = 'olga@acme.test', 'mia@acme.test'
WRONG: list[Any] = [None, True, 7, '', 'x', 'olga', 'adam@acme.test', 'a' * 10_000, '\x00', [], {}, b'olga@acme.test']


def closes(actor: Actor, email: str) -> list[str]:
    return close_account(actor, email, closing_outlook(actor).edition)


def fates(actor: Actor) -> dict[str, Fate]:
    return {standing.name: standing.fate for standing in closing_outlook(actor).standings}


# what it means -------------------------------------------------------------------------------------------------------


def test_it_is_said_what_becomes_of_each_organization(world: World, db: Engine) -> None:
    beta, gamma = organizations.create(world.owner, 'Beta'), organizations.create(world.owner, 'Gamma')
    join(inside(world.owner, beta.id), world.newcomers[0], Role.OWNER)
    organizations.change_status(gamma.id, Status.SUSPENDED, 'unpaid')
    assert fates(world.owner) == {
        'Acme': Fate.HANDED_OVER,
        'Beta': Fate.LEFT,
        'Gamma': Fate.HELD,
    }
    assert not closing_outlook(world.owner).can_close
    assert fates(world.member) == {'Acme': Fate.LEFT, 'mia': Fate.DELETED}
    assert closing_outlook(world.member).can_close


@pytest.mark.parametrize('fate', [Fate.HANDED_OVER, Fate.HELD])
def test_what_has_to_be_done_first_holds_it_up(fate: Fate, world: World, db: Engine) -> None:
    sam = world.stranger
    if fate is Fate.HELD:
        organizations.change_status(sam.organization_id, Status.SUSPENDED, 'unpaid')
    else:
        join(sam, world.newcomers[0], Role.ADMIN)
    before = everything(db)
    assert str(refused(Problem, closes, sam, 'sam@other.test')) == NOT_YET
    assert everything(db) == before


def test_nobody_agrees_to_what_they_have_not_seen(world: World, db: Engine) -> None:
    sam = world.stranger
    seen = closing_outlook(sam)
    assert [it.fate for it in seen.standings] == [Fate.DELETED]
    join(sam, world.newcomers[0], Role.OWNER)  # it would be left, not deleted
    before = everything(db)
    for edition in (seen.edition, '', None, 7):
        assert str(refused(Problem, close_account, sam, 'sam@other.test', edition)) == CHANGED
    assert everything(db) == before


def test_it_takes_the_address_and_that_it_is_the_same_person(world: World, db: Engine) -> None:
    edition = closing_outlook(world.member).edition
    before = everything(db)
    for wrong in (*WRONG, 'mia@acme.test.evil.test'):
        problem = refused(Invalid, close_account, world.member, wrong, edition)
        assert list(problem.fields) == ['email']
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=10)
    refused(Reauthenticate, close_account, world.member, MIA, edition)
    refused(Reauthenticate, closing.ready_to_close, world.member)
    assert closing_outlook(world.member).can_close, 'to look takes nothing'
    clock.source = lambda: now
    assert everything(db) == before
    assert close_account(world.member, ' Mia@ACME.test ', edition)


# what is left --------------------------------------------------------------------------------------------------------


def settle(db: Engine, person: Actor, email: str) -> None:
    """Leave something in every table that has something of a person."""
    accounts.sign_in(email, PASSWORD, network='198.51.100.4', agent='another')
    with pytest.raises(accounts.WrongCredentials):
        accounts.sign_in(email, 'wrong', network='198.51.100.4')
    with database.accounts() as tx:
        tx.add(Identity(user_id=person.user_id, provider='google', issuer='https://a.test', subject='s'))
        tx.add(Passkey(user_id=person.user_id, credential_id='c', public_key='k', name='Laptop'))
        tx.add(Authenticator(user_id=person.user_id, sealed='x'))
        tx.add(RecoveryRequest(email_key=email))


def test_nothing_of_the_person_is_left_but_the_record_and_the_days_they_were_counted(world: World, db: Engine) -> None:
    mia = world.member
    settle(db, mia, MIA)
    put(db, mia, world.organization_id, Role.ADMIN)
    offered(world.owner, 'later@x.test', by=mia)
    phone_numbers.add(mia, {'number': '030 123456', 'country': 'DE', 'label': '', 'purpose': 'voice'})
    home = inside(mia, organizations.create(mia, 'Mia’s').id)
    phone_numbers.add(home, {'number': '030 123457', 'country': 'DE', 'label': '', 'purpose': 'voice'})
    ended = closes(mia, MIA)
    assert mia.session_id in ended
    assert len(ended) == 2
    left = everything(db)
    for table, found in left.items():
        if table != 'audit_events':
            assert MIA not in repr(found), table
            assert table == 'seat_spans' or not [row for row in found if mia.user_id in row], table
    there = {
        row[0] for row in rows(db, 'SELECT DISTINCT organization_id FROM audit_events WHERE actor_email = :m', m=MIA)
    }
    assert there == {world.organization_id}
    assert value(db, "SELECT count(*) FROM organizations WHERE name IN ('mia', 'Mia’s')") == 0
    assert rows(db, "SELECT user_id, email_key, network FROM account_events WHERE action = 'account:close'") == [
        (None, '', '')
    ]
    assert _owners().ok
    assert _homeless().ok


def test_the_others_read_what_happened_on_their_record(world: World, published: list[Change]) -> None:
    published.clear()
    closes(world.member, MIA)
    newest = audit.portion(world.owner).rows[0]
    assert (newest.action, newest.actor_email, newest.details['reason']) == (
        'member:leave',
        MIA,
        'Closed their account',
    )
    assert (world.organization_id, 'member') in {(change.organization_id, change.topic) for change in published}
    assert MIA not in {person.email for person in members.portion(world.owner).rows}
    [report] = verify.verify(world.organization_id)
    assert report.broken is None


def test_what_they_had_offered_is_withdrawn(world: World, db: Engine) -> None:
    put(db, world.admin, world.organization_id, Role.ADMIN)
    offered(world.owner, 'later@x.test', by=world.admin)
    closes(world.admin, 'adam@acme.test')
    assert invitations.portion(world.owner).rows == []
    assert {entry.action for entry in audit.portion(world.owner).rows[:2]} == {'member:leave', 'invitation:revoke'}


def test_all_their_sessions_end_and_the_address_is_free_again(world: World) -> None:
    phone = accounts.sign_in(MIA, PASSWORD)
    closes(world.member, MIA)
    assert sessions.of_token(phone) is None
    refused(SignedOut, closing_outlook, world.member)
    refused(SignedOut, organizations.membership, world.member)
    with pytest.raises(accounts.WrongCredentials):
        accounts.sign_in(MIA, PASSWORD)
    again = sign_up(MIA)
    assert again.user_id != world.member.user_id
    assert fates(again) == {'mia': Fate.DELETED}, 'nothing of before comes back'


def test_what_was_deleted_before_goes_too(world: World, db: Engine) -> None:
    sam = world.stranger
    join(sam, world.newcomers[0], Role.MEMBER)
    for status in (Status.DELETING, Status.DELETED):
        organizations.change_status(sam.organization_id, status, '')
    assert {it.fate for it in closing_outlook(sam).standings} == {Fate.CLEARED, Fate.DELETED}
    closes(sam, 'sam@other.test')
    assert value(db, 'SELECT count(*) FROM organizations WHERE id = :id', id=sam.organization_id) == 0
    assert _homeless().ok


def test_a_second_factor_that_is_required_keeps_nobody(world: World, db: Engine) -> None:
    run(db, 'UPDATE organizations SET second_factor_since = created_at WHERE id = :id', id=world.organization_id)
    assert closes(world.member, MIA)


def test_it_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    edition = closing_outlook(world.member).edition
    assert happens_whole_or_not_at_all(db, lambda: close_account(world.member, MIA, edition), published) >= 6


# at the same moment --------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What these come to when they are begun together: what they return, or the problem."""

    def attempt(act: Callable[[], object]) -> object:
        try:
            return act()
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def together(first: tuple[Actor, str], second: tuple[Actor, str]) -> list[object]:
    """Both close their accounts."""
    edition = {actor.user_id: closing_outlook(actor).edition for actor, _ in (first, second)}
    return at_once(*(lambda it=it: close_account(*it, edition[it[0].user_id]) for it in (first, second)))


def test_two_last_owners_who_close_at_once_leave_one(world: World, db: Engine) -> None:
    for number in range(5):
        olga, otto = sign_up(f'olga{number}@x.test'), sign_up(f'otto{number}@x.test')
        join(olga, otto, Role.OWNER)
        join(olga, sign_up(f'mia{number}@x.test'), Role.MEMBER)
        outcomes = together((olga, f'olga{number}@x.test'), (otto, f'otto{number}@x.test'))
        assert sorted(isinstance(it, Problem) for it in outcomes) == [False, True], outcomes
        owners = "SELECT count(*) FROM memberships WHERE organization_id = :at AND role = 'owner'"
        assert value(db, owners, at=olga.organization_id) == 1
    assert _owners().ok
    assert _homeless().ok


def test_who_is_let_in_meanwhile_is_not_deleted_with_it(world: World, db: Engine) -> None:
    for number in range(5):
        john = sign_up(f'john{number}@x.test')
        jane = sign_up(f'jane{number}@x.test')
        token = offered(john, f'jane{number}@x.test', Role.MEMBER)
        edition = closing_outlook(john).edition
        closing_john = partial(close_account, john, f'john{number}@x.test', edition)
        at_once(closing_john, partial(invitations.accept, jane, token))
        at = 'SELECT count(*) FROM memberships WHERE organization_id = :at'
        is_there = value(db, 'SELECT count(*) FROM organizations WHERE id = :at', at=john.organization_id)
        assert value(db, at, at=john.organization_id) == (2 if is_there else 0)
    assert _owners().ok
    assert _homeless().ok


def test_the_form_sent_twice_closes_once(world: World, db: Engine) -> None:
    edition = closing_outlook(world.member).edition
    outcomes = at_once(*[lambda: close_account(world.member, MIA, edition)] * 4)
    assert sum(isinstance(it, list) for it in outcomes) == 1
    assert value(db, "SELECT count(*) FROM account_events WHERE action = 'account:close'") == 1


# the mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def test_a_mail_says_goodbye_and_is_forgotten(world: World, db: Engine, server: MailServer) -> None:
    closes(world.member, MIA)
    assert value(db, 'SELECT count(*) FROM farewells') == 1
    box = Box()
    assert MIA in delivered(server, box)
    text = next(text_of(message) for [to], message in box.taken if to == MIA)
    assert 'are deleted' in text
    assert value(db, 'SELECT count(*) FROM farewells') == 0


def test_one_that_is_refused_is_forgotten_too(world: World, db: Engine, server: MailServer) -> None:
    closes(world.member, MIA)
    box = Box()
    box.refuses = {MIA: '550 No such user'}
    delivered(server, box)
    assert value(db, 'SELECT count(*) FROM farewells') == 0


def test_one_that_has_to_wait_is_kept(world: World, db: Engine, server: MailServer) -> None:
    closes(world.member, MIA)
    box = Box()
    box.refuses = {MIA: '451 Later'}
    delivered(server, box)
    assert rows(db, 'SELECT recipient, state FROM farewells') == [(MIA, 'waiting')]


def test_without_mail_nothing_waits(world: World, db: Engine) -> None:
    closes(world.member, MIA)
    assert value(db, 'SELECT count(*) FROM farewells') == 0
    assert at_home(accounts.sign_in(OLGA, PASSWORD, network=NETWORK)).user_id == world.owner.user_id
