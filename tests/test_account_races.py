"""What happens to one account in several browsers at the same moment: each act is done or refused with a sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete

from data import database
from data.database import Actor
from data.models import UserSession
from data.permissions import identify
from data.problems import Problem, SignedOut
from data.services import accounts, invitations
from data.services.accounts import closing, moving, own_password, own_sessions, profile, reauthentication, sessions
from tests.support.probes import refused, rows, value
from tests.support.world import NETWORK, PASSWORD, World, offered, sign_up

NEW = 'teal harbor under glass'
ANN, BOB = 'ann@new.test', 'bob@new.test'
OFTEN = pytest.mark.parametrize('time', range(4))


def at_once(*acts: Callable[[], object]) -> list[Problem | None]:
    """What each of these came to; whatever is no problem with a sentence is raised."""
    ready = Barrier(len(acts))

    def attempt(act: Callable[[], object]) -> Problem | None:
        ready.wait(10)
        try:
            act()
        except Problem as problem:
            return problem
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def another_browser(email: str) -> Actor:
    actor = sessions.of_token(accounts.sign_in(email, PASSWORD, network=NETWORK))
    assert actor
    return actor


@OFTEN
def test_two_browsers_do_everything_at_once(db: Engine, unthrottled: None, time: int) -> None:
    ann = sign_up(ANN)
    phone = another_browser(ANN)
    at_once(
        lambda: own_password.change(ann, PASSWORD, NEW, NEW),
        lambda: own_password.change(phone, PASSWORD, NEW[::-1], NEW[::-1]),
        lambda: reauthentication.confirm_with_password(ann, PASSWORD),
        lambda: reauthentication.confirm_with_password(phone, PASSWORD),
        lambda: own_sessions.end_other_sessions(ann),
        lambda: own_sessions.end_other_sessions(phone),
        lambda: profile.rename(ann, 'Ann', expected=None),
        lambda: moving.change(phone, 'ann@moved.test'),
    )
    assert value(db, 'SELECT count(*) FROM users') == 1


@OFTEN
def test_nothing_is_done_in_a_session_that_ends_in_the_same_moment(db: Engine, unthrottled: None, time: int) -> None:
    ann = sign_up(ANN)
    phone = another_browser(ANN)
    changed, moved = at_once(
        lambda: own_password.change(ann, PASSWORD, NEW, NEW), lambda: moving.change(phone, 'ann@moved.test')
    )
    acts = [act for [act] in rows(db, 'SELECT action FROM account_events ORDER BY id')]
    assert changed is None
    assert isinstance(moved, SignedOut) or acts.index('account:move') < acts.index('account:change_password')


@OFTEN
def test_who_closes_their_account_and_accepts_an_invitation(world: World, db: Engine, time: int) -> None:
    ann = sign_up(ANN)
    token, seen = offered(world.owner, ANN), closing.closing_outlook(ann)
    at_once(lambda: closing.close_account(ann, ANN, seen.edition), lambda: invitations.accept(ann, token))
    assert value(db, 'SELECT count(*) FROM memberships WHERE user_id NOT IN (SELECT id FROM users)') == 0


@OFTEN
def test_somebody_joins_what_would_go_with_the_account(db: Engine, time: int) -> None:
    ann, bob = sign_up(ANN), sign_up(BOB)
    token, seen = offered(ann, BOB), closing.closing_outlook(ann)
    closed, joined = at_once(
        lambda: closing.close_account(ann, ANN, seen.edition), lambda: invitations.accept(bob, token)
    )
    assert (closed is None) is not (joined is None), 'the one or the other'
    owned = "SELECT count(*) FROM memberships WHERE role = 'owner' AND organization_id = :at"
    assert all(value(db, owned, at=at) for [at] in rows(db, 'SELECT id FROM organizations'))


def test_no_session_goes_on_that_has_ended_since_it_was_read(world: World, db: Engine) -> None:
    with database.accounts() as tx:
        session = identify(tx, world.owner)
        tx.exec(delete(UserSession).where(col(UserSession.id) == session.id))
        refused(SignedOut, sessions.renew, tx, session)
