"""Where somebody is signed in: they see it, sign out elsewhere, and reach nobody else's sessions."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.changes import ACCOUNT, Change
from data.database import Actor
from data.problems import Invalid, NotFound, Reauthenticate, SignedOut
from data.services import accounts
from data.services.accounts import own_sessions, sessions
from data.services.accounts.own_sessions import LISTED
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home

OLGA, SAM = 'olga@acme.test', 'sam@other.test'
FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0'
OLD = timedelta(minutes=10)


def comes(email: str = OLGA, agent: str = FIREFOX, network: str = '198.51.100.4') -> Actor:
    """Somebody signs in with another browser."""
    return at_home(accounts.sign_in(email, PASSWORD, network=network, agent=agent))


def is_in(actor: Actor) -> bool:
    return not sessions.ended_of([actor.session_id])


def test_it_says_where_somebody_is_signed_in_this_one_first(world: World) -> None:
    phone = comes()
    comes(SAM)
    listed = own_sessions.sessions_of(world.owner)
    this, other = listed.rows
    assert (this.is_this, this.device, this.network) == (True, 'Unknown browser', NETWORK)
    assert (other.id, other.is_this, other.device) == (phone.session_id, False, 'Firefox on Windows')
    assert (other.network, other.way, listed.others) == ('198.51.100.4', 'your password', 0)
    assert [row.is_this for row in own_sessions.sessions_of(phone).rows] == [True, False]


def test_what_has_run_out_is_not_listed(world: World, db: Engine) -> None:
    phone = comes()
    run(db, 'UPDATE sessions SET expires_at = created_at WHERE id = :id', id=phone.session_id)
    assert [row.is_this for row in own_sessions.sessions_of(world.owner).rows] == [True]
    refused(SignedOut, own_sessions.sessions_of, phone)


@pytest.mark.usefixtures('unthrottled')
def test_of_very_many_it_says_how_many_there_are(world: World) -> None:
    for _ in range(LISTED + 2):
        comes()
    listed = own_sessions.sessions_of(world.owner)
    assert (len(listed.rows), listed.others, listed.rows[0].is_this) == (LISTED, 3, True)
    assert len(own_sessions.end_other_sessions(world.owner)) == LISTED + 2


def test_one_is_ended_and_the_others_go_on(world: World, db: Engine, published: list[Change]) -> None:
    phone, tablet = comes(), comes()
    published.clear()
    assert own_sessions.end_session_of(world.owner, phone.session_id) == 'Firefox on Windows'
    assert [is_in(it) for it in (world.owner, phone, tablet)] == [True, False, True]
    assert published == [Change('', ACCOUNT, users=frozenset({world.owner.user_id}))]
    said = 'SELECT action, outcome, detail, network FROM account_events ORDER BY id DESC LIMIT 1'
    assert rows(db, said) == [('account:end_session', 'done', 'Firefox on Windows', NETWORK)]
    refused(NotFound, own_sessions.end_session_of, world.owner, phone.session_id)


def test_all_others_are_ended_and_nobody_elses(world: World, db: Engine) -> None:
    phone, tablet, sams = comes(), comes(), comes(SAM)
    assert set(own_sessions.end_other_sessions(world.owner)) == {phone.session_id, tablet.session_id}
    assert [is_in(it) for it in (world.owner, phone, tablet, sams, world.admin)] == [True, False, False, True, True]
    number = "SELECT count(*) FROM account_events WHERE action = 'account:end_sessions'"
    assert value(db, number) == 1
    assert own_sessions.end_other_sessions(world.owner) == []
    assert value(db, number) == 1


NO_IDS = [None, True, 0, '', 'x', 'a' * 16, 'a' * 10_000, '\x00', b'x', [], {}, "' OR 1=1--"]


def test_nobody_ends_what_is_not_theirs(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    sams = comes(SAM)
    before = everything(db)
    for wrong in [*NO_IDS, sams.session_id, world.admin.session_id]:
        with subtests.test(f'{wrong!r:.40}'):
            refused(NotFound, own_sessions.end_session_of, world.owner, wrong)
    refused(Invalid, own_sessions.end_session_of, world.owner, world.owner.session_id)
    assert everything(db) == before


def test_who_was_here_long_ago_says_first_who_they_are(world: World, db: Engine) -> None:
    phone, now = comes(), clock.now()
    clock.source = lambda: now + OLD
    refused(Reauthenticate, own_sessions.end_session_of, world.owner, phone.session_id)
    refused(Reauthenticate, own_sessions.end_other_sessions, world.owner)
    assert is_in(phone)
    assert value(db, "SELECT count(*) FROM account_events WHERE action LIKE 'account:end%'") == 0


def test_ending_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    comes()
    assert happens_whole_or_not_at_all(db, lambda: own_sessions.end_other_sessions(world.owner), published) >= 2


def test_no_organization_has_it_on_its_record(world: World, db: Engine) -> None:
    before = value(db, 'SELECT count(*) FROM audit_events')
    own_sessions.end_session_of(world.owner, comes().session_id)
    own_sessions.end_other_sessions(world.owner)
    assert value(db, 'SELECT count(*) FROM audit_events') == before
