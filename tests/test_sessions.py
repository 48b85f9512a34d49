"""A session is a row: it runs out, it ends at once, and the database never holds what the cookie holds."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.models import Role
from data.problems import SignedOut
from data.runtime.account_rules import ABSOLUTE, IDLE
from data.services import accounts, billing_address, invitations, members, organizations, phone_numbers
from data.services.accounts import sessions
from tests.support.probes import everything, refused, rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, inside

JOHN = 'john@acme.test'
MOMENT = timedelta(microseconds=1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)
        clock.source = lambda: self.at

    def pass_by(self, time: timedelta) -> None:
        self.at += time


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def token(db: Engine) -> str:
    return accounts.sign_up(JOHN, PASSWORD, PASSWORD, network=NETWORK, agent='pytest')


def test_a_token_leads_to_its_person(token: str) -> None:
    john = sessions.of_token(token, '198.51.100.9')
    assert john is not None
    assert (john.organization_id, john.network) == ('', '198.51.100.9')
    other = accounts.sign_in(JOHN, PASSWORD)
    again = sessions.of_token(other)
    assert again is not None
    assert other != token
    assert again.user_id == john.user_id
    assert again.session_id != john.session_id


def test_a_token_has_256_random_bits(token: str) -> None:
    assert len(token) == 43
    assert len({accounts.sign_in(JOHN, PASSWORD) for _ in range(20)} | {token}) == 21


def test_the_database_has_only_the_hash(token: str, db: Engine) -> None:
    found = repr(everything(db))
    assert token not in found
    assert hashlib.sha256(token.encode()).hexdigest() in found
    assert rows(db, 'SELECT network, agent FROM sessions') == [(NETWORK, 'pytest')]


NO_TOKENS = [
    None,
    True,
    0,
    1.5,
    b'x',
    [],
    ['x'],
    {},
    object(),
    '',
    'x',
    'x' * 10**6,
    '\x00',
    '\ud800',
    '%',
    "' OR 1=1--",
]


def test_anything_else_leads_to_nobody(token: str, db: Engine, subtests: pytest.Subtests) -> None:
    before = everything(db)
    for wrong in NO_TOKENS:
        with subtests.test(f'{wrong!r:.40}'):
            assert sessions.of_token(wrong) is None
            assert sessions.end(wrong) is None
            assert everything(db) == before


def test_the_hash_is_no_token(token: str, db: Engine) -> None:
    stored = value(db, 'SELECT token_hash FROM sessions')
    assert sessions.of_token(stored) is None


def test_a_session_that_is_not_used_ends_after_seven_days(time: Clock, token: str) -> None:
    assert timedelta(days=7) == IDLE
    time.pass_by(IDLE - MOMENT)
    assert sessions.of_token(token)
    time.pass_by(MOMENT)
    assert sessions.of_token(token) is None


def test_a_session_in_use_goes_on_for_thirty_days(time: Clock, token: str) -> None:
    assert timedelta(days=30) == ABSOLUTE
    john = at_home(token)
    for _ in range(9):
        time.pass_by(timedelta(days=3))
        members.touch(john)
        assert sessions.of_token(token)
    time.pass_by(timedelta(days=3) - MOMENT)
    members.touch(john)
    assert sessions.of_token(token)
    time.pass_by(MOMENT)
    assert sessions.of_token(token) is None


def test_what_has_ended_is_never_revived(time: Clock, token: str) -> None:
    john = at_home(token)
    time.pass_by(IDLE)
    refused(SignedOut, lambda: members.touch(john))
    assert sessions.of_token(token) is None
    time.pass_by(-IDLE)
    sessions.end(token)
    refused(SignedOut, lambda: members.touch(john))


def acts(actor: Actor) -> list[object]:
    """Everything a person can do, as something to call."""
    number = {'number': '030 123456', 'country': 'DE', 'label': '', 'purpose': 'voice'}
    address = {'kind': 'person', 'country': 'AE', 'name': 'J', 'street_address': 'One Road', 'country_area': 'Dubai'}
    return [
        lambda: organizations.membership(actor),
        lambda: organizations.card(actor),
        lambda: organizations.overview(actor),
        lambda: organizations.portion(actor),
        lambda: organizations.choices(actor),
        lambda: organizations.create(actor, 'Beta'),
        lambda: organizations.rename(actor, 'Beta', version=1),
        lambda: billing_address.address(actor),
        lambda: billing_address.set_address(actor, address, version=0),
        lambda: phone_numbers.of_organization(actor),
        lambda: phone_numbers.add(actor, number),
        lambda: phone_numbers.change(actor, 'a' * 16, number, version=1),
        lambda: phone_numbers.make_primary(actor, 'a' * 16),
        lambda: phone_numbers.remove(actor, 'a' * 16),
        lambda: invitations.check(actor, JOHN),
        lambda: invitations.invite(actor, JOHN, Role.VIEWER),
        lambda: invitations.portion(actor),
        lambda: invitations.link(actor, 'a' * 16),
        lambda: invitations.resend(actor, 'a' * 16),
        lambda: invitations.revoke(actor, 'a' * 16),
        lambda: invitations.change_role(actor, 'a' * 16, Role.VIEWER, expected=Role.MEMBER),
        lambda: members.portion(actor),
        lambda: members.change_role(actor, 'a' * 16, Role.VIEWER, expected=Role.MEMBER),
        lambda: members.remove(actor, 'a' * 16),
        lambda: members.leave(actor),
        lambda: members.touch(actor),
    ]


@pytest.mark.parametrize('ending', ['out', 'idle', 'absolute', 'deleted', 'never'])
def test_after_its_end_a_session_can_do_nothing(ending: str, time: Clock, world: World, db: Engine) -> None:
    token = accounts.sign_in('olga@acme.test', PASSWORD)
    olga = inside(at_home(token), world.organization_id)
    if ending == 'out':
        sessions.end(token)
    elif ending == 'deleted':
        run(db, 'DELETE FROM sessions WHERE id = :id', id=olga.session_id)
    elif ending == 'never':
        olga = Actor('a' * 16, olga.user_id, olga.organization_id, '')
    else:
        time.pass_by(IDLE if ending == 'idle' else ABSOLUTE)
    before = everything(db)
    for act in acts(olga):
        refused(SignedOut, act)
    assert everything(db) == before


def test_signing_out_ends_this_session_only_and_is_on_the_record(token: str, db: Engine) -> None:
    other = accounts.sign_in(JOHN, PASSWORD)
    john = at_home(token)
    assert sessions.end(token, '198.51.100.9') == john.session_id
    assert sessions.of_token(token) is None
    assert sessions.of_token(other)
    assert sessions.end(token) is None
    events = rows(db, "SELECT user_id, email_key, outcome, network FROM account_events WHERE action LIKE '%sign_out'")
    assert events == [(john.user_id, JOHN, 'done', '198.51.100.9')]


def test_pruning_takes_what_has_run_out_and_nothing_else(time: Clock, token: str) -> None:
    john = at_home(token)
    time.pass_by(IDLE - MOMENT)
    fresh = accounts.sign_in(JOHN, PASSWORD)
    assert sessions.prune() == 0
    time.pass_by(MOMENT)
    assert sessions.prune() == 1
    assert sessions.of_token(token) is None
    refused(SignedOut, lambda: organizations.membership(john))
    assert sessions.of_token(fresh)
    time.pass_by(ABSOLUTE)
    assert sessions.prune() == 1
    assert sessions.prune() == 0
