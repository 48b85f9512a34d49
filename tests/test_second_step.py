"""The step after a password: gone once and in time, by a code or a passkey, and no way around it."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from data import database
from data.models import User
from data.problems import Invalid, Problem, TooMany
from data.services import accounts
from data.services.accounts import entering, passkey_sign_in, passkeys, resetting, second_step, sessions, totp
from tests.support.probes import refused, rows
from tests.support.second_factors import (
    events,
    has_second_factor,
    proved,
    step_after_password,
    stepped,
    wait,
    with_app,
    with_passkey,
)
from tests.support.world import NETWORK, PASSWORD, World, at_home

OLGA = 'olga@acme.test'
OTHER = 'seven quiet orange ferries'


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


def test_a_step_is_gone_once_and_in_time(world: World) -> None:
    app, codes = with_app(world.owner)
    step, late = step_after_password(OLGA), step_after_password(OLGA)
    assert second_step.with_code(step, app.next_code())
    refused(second_step.StepOver, second_step.with_code, step, codes[0])
    refused(second_step.StepOver, second_step.step_of, step)
    wait(600)
    refused(second_step.StepOver, second_step.with_code, late, app.code())
    refused(second_step.StepOver, second_step.ask_passkey, late)


@pytest.mark.parametrize('token', [None, 7, '', 'x' * 43, [], {}, '\ud800', 'x' * 10**6])
def test_what_is_no_step_is_over(world: World, token: Any) -> None:
    refused(second_step.StepOver, second_step.step_of, token)
    refused(second_step.StepOver, second_step.with_code, token, '123456')
    refused(second_step.StepOver, second_step.with_passkey, token, '{}')


def test_a_step_is_over_when_there_is_no_factor_to_go_it_with_any_more(world: World) -> None:
    with_app(world.owner)
    step = step_after_password(OLGA)
    totp.remove(world.owner)
    refused(second_step.StepOver, second_step.step_of, step)
    assert accounts.sign_in(OLGA, PASSWORD)


def test_the_token_of_a_step_is_none_of_a_session_nor_the_other_way_round(world: World) -> None:
    with_app(world.owner)
    step = step_after_password(OLGA)
    assert sessions.of_token(step) is None
    refused(second_step.StepOver, second_step.step_of, accounts.sign_in('mia@acme.test', PASSWORD))


def test_wrong_codes_are_counted_and_a_right_password_forgets_none(world: World, db: Engine) -> None:
    app, codes = with_app(world.owner)
    for _ in range(10):
        refused(Invalid, second_step.with_code, step_after_password(OLGA), '000000')
    step = step_after_password(OLGA)
    refused(TooMany, second_step.with_code, step, app.next_code())
    refused(TooMany, second_step.with_code, step, codes[0])
    refused(TooMany, second_step.confirm_with_code, world.owner, codes[0])
    assert events(db, world.owner.user_id).count(('second_step', 'refused')) == 10
    with_app(world.member)  # nobody else waits for it


def test_a_right_password_before_the_step_forgets_wrong_ones(world: World) -> None:
    with_app(world.owner)
    for _ in range(3):
        for _ in range(9):
            refused(accounts.WrongCredentials, accounts.sign_in, OLGA, 'wrong', network=NETWORK)
        assert step_after_password(OLGA)


def test_a_right_code_forgets_the_wrong_ones(world: World) -> None:
    app, _ = with_app(world.owner)
    for _ in range(4):
        for _ in range(5):
            refused(Invalid, second_step.confirm_with_code, world.owner, '000000')
        assert second_step.confirm_with_code(world.owner, app.next_code())


def test_another_password_does_not_bring_anybody_past_it(world: World, db: Engine) -> None:
    """ASVS 6.4.3."""
    app, _ = with_app(world.owner)
    step = step_after_password(OLGA)
    resetting.set_password(OLGA, OTHER, OTHER)
    refused(second_step.StepOver, second_step.with_code, step, app.next_code())
    problem = refused(accounts.SecondStep, accounts.sign_in, OLGA, OTHER)
    assert second_step.with_code(problem.token, app.code())


def test_it_is_asked_for_whichever_way_in_it_was(world: World, db: Engine) -> None:
    app, _ = with_app(world.owner)
    with database.accounts() as tx:
        entry = entering.enter(tx, tx.find(User, world.owner.user_id), 'oidc:acme', NETWORK, 'pytest')
    step = refused(accounts.SecondStep, lambda: entry.token).token
    assert second_step.step_of(step).method == 'oidc:acme'
    olga = at_home(second_step.with_code(step, app.next_code(), network=NETWORK))
    row = rows(db, 'SELECT method, proved_at IS NULL FROM sessions WHERE id = :id', id=olga.session_id)
    assert [(method, bool(missing)) for method, missing in row] == [('oidc:acme', False)]


# passkeys ------------------------------------------------------------------------------------------------------------


def test_a_passkey_is_a_second_factor_too(world: World, db: Engine) -> None:
    device = with_passkey(world.owner)
    step = step_after_password(OLGA)
    assert second_step.step_of(step).passkeys and not second_step.step_of(step).app
    olga = at_home(stepped(step, device))
    assert proved(db, olga.session_id)
    refused(second_step.StepOver, stepped, step, device)


def test_the_passkey_of_somebody_else_is_none(world: World) -> None:
    with_passkey(world.owner)
    mias = with_passkey(world.member)
    with pytest.raises(LookupError):
        stepped(step_after_password(OLGA), mias)
    step = step_after_password(OLGA)
    asked = second_step.ask_passkey(step) | {'allowCredentials': []}
    refused(Problem, second_step.with_passkey, step, json.dumps(mias.get(asked)))
    own = second_step.ask_passkey(step_after_password('mia@acme.test'))
    refused(Problem, second_step.with_passkey, step, json.dumps(mias.get(own)))
    assert second_step.step_of(step)


def test_an_answer_to_one_question_is_none_to_another(world: World) -> None:
    device = with_passkey(world.owner)
    step = step_after_password(OLGA)
    to_sign_in = json.dumps(device.get(passkey_sign_in.ask()))
    refused(Problem, second_step.with_passkey, step, to_sign_in)
    refused(
        Problem, second_step.confirm_with_passkey, world.owner, json.dumps(device.get(second_step.ask_passkey(step)))
    )
    to_confirm = json.dumps(device.get(second_step.ask_to_confirm(world.owner)))
    refused(Problem, second_step.with_passkey, step, to_confirm)
    refused(Problem, passkey_sign_in.sign_in, to_confirm)


def test_removing_the_last_factor_clears_what_every_session_has_proved(world: World, db: Engine) -> None:
    device = with_passkey(world.owner)
    other = at_home(stepped(step_after_password(OLGA), device))
    with_app(world.owner)
    [passkey] = passkeys.passkeys_of(world.owner)
    passkeys.remove(world.owner, passkey.id)
    assert has_second_factor(db, world.owner.user_id) and proved(db, other.session_id)
    totp.remove(world.owner)
    assert not has_second_factor(db, world.owner.user_id)
    assert not proved(db, other.session_id) and not proved(db, world.owner.session_id)
