"""Challenges: asked once, answered once, by whom and for what they were asked, in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.services.accounts import challenges
from tests.support.probes import value
from tests.support.world import World


def later(seconds: float) -> None:
    now = clock.now() + timedelta(seconds=seconds)
    clock.source = lambda: now


def test_each_is_answered_once(world: World) -> None:
    one, other = challenges.ask('sign-in'), challenges.ask('sign-in')
    assert one != other and len(one) == 43
    assert challenges.answer(one, 'sign-in')
    assert not challenges.answer(one, 'sign-in')
    assert challenges.answer(other, 'sign-in')


def test_for_what_and_by_whom_it_was_asked(world: World) -> None:
    nonce = challenges.ask('register', world.owner.user_id)
    assert not challenges.answer(nonce, 'sign-in', world.owner.user_id)
    assert not challenges.answer(nonce, 'register', world.member.user_id)
    assert not challenges.answer(nonce, 'register')
    assert challenges.answer(nonce, 'register', world.owner.user_id)
    anybody = challenges.ask('sign-in')
    assert not challenges.answer(anybody, 'sign-in', world.owner.user_id)


@pytest.mark.parametrize('nonce', ['', 'x', 'é', '\x00', '\ud800', 'x' * 10**6])
def test_what_was_never_asked_is_no_answer(world: World, nonce: str) -> None:
    assert not challenges.answer(nonce, 'sign-in')


def test_in_time(world: World) -> None:
    early, late = challenges.ask('sign-in'), challenges.ask('sign-in')
    later(299)
    assert challenges.answer(early, 'sign-in')
    later(1)
    assert not challenges.answer(late, 'sign-in')


def test_the_nonce_itself_is_kept_nowhere(world: World, db: Engine) -> None:
    nonce = challenges.ask('sign-in')
    assert value(db, 'SELECT challenge_hash FROM challenges') != nonce
    assert value(db, 'SELECT count(*) FROM challenges WHERE challenge_hash LIKE :it', it=f'%{nonce}%') == 0


def test_of_two_who_answer_at_once_one_is_right(world: World) -> None:
    nonce = challenges.ask('sign-in')
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: challenges.answer(nonce, 'sign-in'), range(8))) == 1


def test_they_never_pile_up(world: World, db: Engine) -> None:
    for _ in range(12):
        challenges.ask('sign-in')
    later(301)
    for left in (12 - 5 + 1, 12 - 10 + 2, 3, 4):
        challenges.ask('sign-in')
        assert value(db, 'SELECT count(*) FROM challenges') == left
