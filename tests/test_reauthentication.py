"""Confirming who one is: what could hand something over asks for it, and a session goes on under a new token."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.database import Actor
from data.models import Role
from data.permissions import RECENT, recently
from data.problems import Forbidden, Reauthenticate, SignedOut, TooMany
from data.runtime import account_rules, limits
from data.runtime.account_rules import AccountRules
from data.services import accounts, invitations, members
from data.services.accounts import WrongCredentials, own_data, own_sessions, reauthentication, sessions
from data.services.accounts.closing import ready_to_close
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, inside, offered

OLGA = 'olga@acme.test'
SECONDS = timedelta(seconds=5)


@pytest.fixture
def now() -> datetime:
    return clock.now()


def at(moment: datetime) -> None:
    clock.source = lambda: moment


def olga_again(world: World) -> tuple[Actor, str]:
    """Olga in another session of hers, and its token."""
    token = accounts.sign_in(OLGA, PASSWORD, network=NETWORK)
    return inside(at_home(token), world.organization_id), token


def appoint(world: World, db: Engine, actor: Actor) -> object:
    return members.change_role(actor, world.member.user_id, Role.OWNER, expected=Role.MEMBER)


def demote(world: World, db: Engine, actor: Actor) -> object:
    run(db, "UPDATE memberships SET role = 'owner' WHERE user_id = :id", id=world.admin.user_id)
    return members.change_role(actor, world.admin.user_id, Role.MEMBER, expected=Role.OWNER)


def invite(world: World, db: Engine, actor: Actor) -> object:
    return invitations.invite(actor, 'new@x.test', Role.OWNER)


def offer(world: World, db: Engine, actor: Actor) -> object:
    offered(world.owner, 'new@x.test')
    [pending] = invitations.portion(actor).rows
    return invitations.change_role(actor, pending.id, Role.OWNER, expected=Role.MEMBER)


ACTS: dict[str, Callable[[World, Engine, Actor], object]] = {
    'appoint an Owner': appoint,
    'demote an Owner': demote,
    'invite an Owner': invite,
    'offer to become Owner': offer,
    'end another session': lambda _, __, actor: own_sessions.end_session_of(actor, 'a' * 16),
    'end all others': lambda _, __, actor: own_sessions.end_other_sessions(actor),
    'take the data along': lambda _, __, actor: own_data.export_own(actor),
    'close the account': lambda _, __, actor: ready_to_close(actor),
}
"""What asks for it; those of cards that others test are with them."""


@pytest.mark.parametrize('name', ACTS)
def test_what_could_hand_something_over_asks_after_ten_minutes(
    name: str, world: World, db: Engine, now: datetime
) -> None:
    assert timedelta(minutes=10) == RECENT
    actor, _ = olga_again(world)
    at(now + timedelta(hours=1))
    before = {table: found for table, found in everything(db).items() if table not in ('invitations', 'memberships')}
    with pytest.raises(Reauthenticate):
        ACTS[name](world, db, actor)
    for table in ('sessions', 'users'):
        assert everything(db)[table] == before[table]
    reauthentication.confirm_with_password(actor, PASSWORD)
    try:
        ACTS[name](world, db, actor)
    except Reauthenticate:
        pytest.fail('it was confirmed a moment ago')
    except Exception as error:  # what else is wrong of it is not asked here
        assert not isinstance(error, Forbidden)


def test_ten_minutes_are_not_eleven_and_a_clock_set_back_is_not_recent(world: World, now: datetime) -> None:
    actor, _ = olga_again(world)
    for later, is_recent in (
        (RECENT - SECONDS, True),
        (RECENT + SECONDS, False),
        (-SECONDS, False),
    ):
        at(now + later)
        with database.accounts(writes=False) as tx:
            if is_recent:
                assert recently(tx, actor).id == actor.session_id
            else:
                refused(Reauthenticate, recently, tx, actor)


def test_who_may_not_is_told_that_and_asked_nothing(world: World, now: datetime) -> None:
    at(now + timedelta(hours=1))
    change = dict(expected=Role.MEMBER)
    refused(Forbidden, lambda: members.change_role(world.admin, world.member.user_id, Role.OWNER, **change))
    refused(Forbidden, lambda: invitations.invite(world.admin, 'new@x.test', Role.OWNER))


def test_what_hands_nothing_over_asks_nothing(world: World, now: datetime) -> None:
    at(now + timedelta(hours=1))
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    invitations.invite(world.owner, 'new@x.test', Role.ADMIN)


def test_the_session_goes_on_under_a_new_token(world: World, db: Engine) -> None:
    actor, before = olga_again(world)
    others = rows(db, 'SELECT id, token_hash FROM sessions WHERE id <> :id ORDER BY id', id=actor.session_id)
    token = reauthentication.confirm_with_password(actor, PASSWORD)
    assert sessions.of_token(before) is None
    found = sessions.of_token(token)
    assert found is not None
    assert found.session_id == actor.session_id
    assert rows(db, 'SELECT id, token_hash FROM sessions WHERE id <> :id ORDER BY id', id=actor.session_id) == others
    refused(SignedOut, reauthentication.confirm_with_password, at_ended(db, actor), PASSWORD)


def at_ended(db: Engine, actor: Actor) -> Actor:
    run(db, 'DELETE FROM sessions WHERE id = :id', id=actor.session_id)
    return actor


@pytest.mark.parametrize('wrong', [None, True, 7, '', 'wrong', PASSWORD + ' ', PASSWORD.upper(), 'x' * 10_000, [], {}])
def test_a_wrong_password_confirms_nothing(wrong: object, world: World, db: Engine, now: datetime) -> None:
    actor, token = olga_again(world)
    at(now + timedelta(hours=1))
    refused(WrongCredentials, reauthentication.confirm_with_password, actor, wrong)
    assert sessions.of_token(token)
    refused(Reauthenticate, appoint, world, db, actor)
    newest = 'SELECT action, outcome, user_id FROM account_events ORDER BY id DESC LIMIT 1'
    assert rows(db, newest) == [('account:confirm', 'refused', actor.user_id)]


def test_somebody_elses_password_confirms_nothing(world: World) -> None:
    token = accounts.sign_up('other@x.test', 'a very different owl', 'a very different owl')
    other = sessions.of_token(token)
    assert other is not None
    refused(WrongCredentials, reauthentication.confirm_with_password, other, PASSWORD)
    refused(WrongCredentials, reauthentication.confirm_with_password, world.owner, 'a very different owl')


def test_guessing_is_throttled_and_on_the_record(world: World, db: Engine) -> None:
    actor, _ = olga_again(world)
    for _ in range(limits.TRIES_HERE.amount):
        refused(WrongCredentials, reauthentication.confirm_with_password, actor, 'wrong')
    refused(TooMany, reauthentication.confirm_with_password, actor, PASSWORD)
    limited = "SELECT count(*) FROM account_events WHERE action = 'account:confirm' AND outcome = 'limited'"
    assert value(db, limited) == 1


def test_without_passwords_none_confirms(world: World) -> None:
    before = account_rules.current()
    account_rules.configure(AccountRules(passwords=False))
    try:
        assert not reauthentication.ways_in(world.owner).password
        refused(WrongCredentials, reauthentication.confirm_with_password, world.owner, PASSWORD)
    finally:
        account_rules.configure(before)


def test_confirming_happens_whole_or_not_at_all(world: World, db: Engine) -> None:
    actor, _ = olga_again(world)
    confirm = lambda: reauthentication.confirm_with_password(actor, PASSWORD)  # noqa: E731  # it is tried many times
    assert happens_whole_or_not_at_all(db, confirm, []) == 2
