"""Codes on paper, which stand in for a second factor: each is good once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from data.problems import Invalid
from data.services.accounts import recovery_codes, second_factor, second_step
from tests.support.mailing import mail_set_up
from tests.support.probes import refused, value
from tests.support.second_factors import mails, step_after_password, wait, with_app
from tests.support.world import World

OLGA = 'olga@acme.test'


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


@pytest.fixture
def mailed() -> Iterator[None]:
    """Mail is set up."""
    with mail_set_up():
        yield


def test_a_recovery_code_is_good_once(world: World, db: Engine, mailed: None) -> None:
    _, codes = with_app(world.owner)
    assert second_step.with_code(step_after_password(OLGA), codes[3].upper().replace('-', ' '))
    assert second_factor.factors_of(world.owner).codes == 9
    problem = refused(Invalid, second_step.with_code, step_after_password(OLGA), codes[3])
    assert 'none of your unused' in str(problem)
    assert mails(db) == ['app-added', 'code-used']
    assert value(db, "SELECT detail FROM account_events WHERE action = 'account:use_code'") == '9 left'


def test_when_all_are_used_the_step_says_so(world: World) -> None:
    _, codes = with_app(world.owner)
    for code in codes:
        assert second_step.with_code(step_after_password(OLGA), code)
    assert not second_step.step_of(step_after_password(OLGA)).codes


def test_of_many_who_send_one_recovery_code_at_once_one_comes_in(world: World) -> None:
    _, codes = with_app(world.owner)
    steps = [step_after_password(OLGA) for _ in range(6)]

    def attempt(step: str) -> int:
        try:
            return len(second_step.with_code(step, codes[0])) > 0
        except Invalid:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, steps)) == 1


def test_new_codes_make_the_old_ones_worthless(world: World, db: Engine, mailed: None) -> None:
    _, old = with_app(world.owner)
    new = recovery_codes.make_anew(world.owner)
    assert not set(new) & set(old)
    refused(Invalid, second_step.with_code, step_after_password(OLGA), old[0])
    assert second_step.with_code(step_after_password(OLGA), new[0])
    assert mails(db) == ['app-added', 'code-used', 'codes-made']
    refused(Invalid, recovery_codes.make_anew, world.member)
