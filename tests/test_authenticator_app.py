"""An authenticator app: set up, asked for after a password, each code taken once, removed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from data.changes import ACCOUNT, Change
from data.problems import Invalid
from data.security import seal, tokens
from data.services import accounts
from data.services.accounts import second_factor, second_step, totp
from data.services.audit import Topic
from tests.support.mailing import mail_set_up
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, value
from tests.support.second_factors import (
    App,
    events,
    has_second_factor,
    mails,
    proved,
    step_after_password,
    wait,
    with_app,
)
from tests.support.world import NETWORK, PASSWORD, World, at_home

OLGA = 'olga@acme.test'
WRONG_TYPES: list[Any] = [None, True, 123456, b'123456', [], {}, '', '12345', 'x' * 10**6, '\ud800', '000000\x00']


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


@pytest.fixture
def mailed() -> Iterator[None]:
    """Mail is set up."""
    with mail_set_up():
        yield


def organizations_of(db: Engine, user_id: str) -> list[str]:
    found = rows(db, 'SELECT organization_id FROM memberships WHERE user_id = :id', id=user_id)
    return [organization_id for (organization_id,) in found]


def test_an_app_is_set_up_and_asked_for(world: World, db: Engine, mailed: None) -> None:
    app, codes = with_app(world.owner)
    assert len(set(codes)) == 10
    assert has_second_factor(db, world.owner.user_id)
    assert proved(db, world.owner.session_id)
    step = step_after_password(OLGA)
    seen = second_step.step_of(step)
    assert (seen.method, seen.app, seen.passkeys, seen.codes) == ('password', True, False, True)
    token = second_step.with_code(step, app.next_code(), network=NETWORK, agent='pytest')
    olga = at_home(token)
    assert olga.user_id == world.owner.user_id and proved(db, olga.session_id)
    assert events(db, olga.user_id) == [('add_app', 'done'), ('sign_in', 'done')]
    assert mails(db) == ['app-added']


def test_the_secret_is_sealed_and_the_codes_are_hashed(world: World, db: Engine) -> None:
    app, codes = with_app(world.owner)
    kept = repr(everything(db))
    assert app.secret not in kept
    assert all(code not in kept and code.replace('-', '') not in kept for code in codes)
    token = step_after_password(OLGA)
    assert token not in repr(everything(db))


def test_setting_it_up_happens_whole_or_not_at_all(
    world: World, db: Engine, published: list[Change], mailed: None
) -> None:
    app = App(totp.begin(world.owner).secret)
    assert happens_whole_or_not_at_all(db, lambda: totp.confirm(world.owner, app.code()), published) >= 5
    told = {(change.organization_id, change.topic) for change in published}
    assert told == {('', ACCOUNT), *((each, Topic.MEMBER) for each in organizations_of(db, world.owner.user_id))}
    assert all(change.users == {world.owner.user_id} for change in published)
    assert happens_whole_or_not_at_all(db, lambda: totp.remove(world.owner), published) >= 5


def test_it_counts_only_once_it_is_confirmed(world: World, db: Engine) -> None:
    first, second = App(totp.begin(world.owner).secret), App(totp.begin(world.owner).secret)
    assert 'not right' in str(refused(Invalid, totp.confirm, world.owner, first.code()))
    assert not has_second_factor(db, world.owner.user_id)
    accounts.sign_in(OLGA, PASSWORD)
    totp.confirm(world.owner, second.code())
    assert 'already' in str(refused(Invalid, totp.confirm, world.owner, second.next_code()))
    assert 'already' in str(refused(Invalid, totp.begin, world.owner))
    assert 'Begin anew' in str(refused(Invalid, totp.confirm, world.member, second.code()))


@pytest.mark.parametrize('skew', [-30, -29, 0, 29, 30])
def test_a_clock_that_is_half_a_minute_off_will_do(world: World, skew: int) -> None:
    app, _ = with_app(world.owner)
    wait(60)
    app.skew = skew
    assert second_step.with_code(step_after_password(OLGA), app.code())


@pytest.mark.parametrize('skew', [-90, 90, 3600, -3600])
def test_one_that_is_more_is_not(world: World, skew: int) -> None:
    app, _ = with_app(world.owner)
    wait(60)
    app.skew = skew
    assert 'right time' in str(refused(Invalid, second_step.with_code, step_after_password(OLGA), app.code()))


def test_a_code_is_taken_once_within_its_window(world: World) -> None:
    app, _ = with_app(world.owner)
    first, second, third = (step_after_password(OLGA) for _ in range(3))
    code = app.next_code()
    assert second_step.with_code(first, code)
    assert 'used already' in str(refused(Invalid, second_step.with_code, second, code))
    app.skew = -30
    assert 'used already' in str(refused(Invalid, second_step.with_code, third, app.code()))
    app.skew = 0
    assert second_step.with_code(second, app.next_code())


def test_nor_is_the_one_that_it_was_set_up_with(world: World) -> None:
    app, _ = with_app(world.owner)
    assert 'used already' in str(refused(Invalid, second_step.with_code, step_after_password(OLGA), app.code()))


def test_of_many_who_send_one_code_at_once_one_comes_in(world: World, db: Engine) -> None:
    app, _ = with_app(world.owner)
    steps, code = [step_after_password(OLGA) for _ in range(6)], app.next_code()

    def attempt(step: str) -> int:
        try:
            return len(second_step.with_code(step, code)) > 0
        except Invalid:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, steps)) == 1


@pytest.mark.parametrize('code', WRONG_TYPES)
def test_what_is_no_code_is_said(world: World, code: Any) -> None:
    with_app(world.owner)
    step = step_after_password(OLGA)
    problem = refused(Invalid, second_step.with_code, step, code)
    assert list(problem.fields) == ['code']
    refused(Invalid, second_step.confirm_with_code, world.owner, code)
    assert second_step.step_of(step)


def test_another_key_makes_the_app_unreadable_and_the_codes_still_help(world: World) -> None:
    app, codes = with_app(world.owner)
    step = step_after_password(OLGA)
    tokens.configure('another key for tests that is long enough')
    refused(seal.Unreadable, second_step.with_code, step, app.next_code())
    assert second_step.with_code(step, codes[0])


def test_an_app_is_removed_and_nothing_is_proved_any_more(world: World, db: Engine, mailed: None) -> None:
    with_app(world.owner)
    totp.remove(world.owner)
    assert not has_second_factor(db, world.owner.user_id)
    assert not proved(db, world.owner.session_id)
    assert value(db, 'SELECT count(*) FROM recovery_codes') == 0
    assert at_home(accounts.sign_in(OLGA, PASSWORD)).user_id == world.owner.user_id
    assert mails(db) == ['app-added', 'app-removed']
    refused(Invalid, totp.remove, world.owner)


def test_one_s_own_factors_are_nobody_else_s(world: World) -> None:
    app, codes = with_app(world.owner)
    with_app(world.member)
    step = step_after_password('mia@acme.test')
    refused(Invalid, second_step.with_code, step, app.next_code())
    refused(Invalid, second_step.with_code, step, codes[0])
    refused(Invalid, second_step.confirm_with_code, world.member, codes[0])
    assert second_factor.factors_of(world.stranger) == second_factor.SecondFactors(None, 0, 0)
