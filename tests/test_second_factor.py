"""Second factors: who changes them shows who they are, what organizations see of them, and what helps who lost all."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.problems import Invalid, NeedsSecondFactor, NotFound, Reauthenticate, SignedOut
from data.services import accounts, organizations, second_factors
from data.services.accounts import (
    closing,
    linking,
    moving,
    own_data,
    own_password,
    own_sessions,
    passkeys,
    reauthentication,
    recovery_codes,
    resetting,
    second_factor,
    second_step,
    sessions,
    totp,
)
from tests.support.authenticator import SoftAuthenticator
from tests.support.mailing import mail_set_up
from tests.support.probes import everything, refused, run
from tests.support.second_factors import (
    SITE,
    events,
    mails,
    proved,
    step_after_password,
    stepped,
    wait,
    with_app,
    with_passkey,
)
from tests.support.world import PASSWORD, World, at_home

OLGA = 'olga@acme.test'
OTHER = 'seven quiet orange ferries'


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


@pytest.fixture
def mailed() -> Iterator[None]:
    """Mail is set up."""
    with mail_set_up():
        yield


# who it is -----------------------------------------------------------------------------------------------------------


def acts(person: Any) -> list[Any]:
    """What could lock somebody out or hand something over, each for this person."""
    return [
        lambda: totp.begin(person),
        lambda: totp.confirm(person, '123456'),
        lambda: totp.remove(person),
        lambda: recovery_codes.make_anew(person),
        lambda: passkeys.make_sure_of_more(person),
        lambda: passkeys.ask_for_new(person),
        lambda: passkeys.remove(person, 'a' * 16),
    ]


def test_whoever_has_not_shown_lately_who_they_are_is_asked(world: World, db: Engine) -> None:
    device, (app, _) = with_passkey(world.owner), with_app(world.owner)
    wait(600)
    for act in acts(world.owner):
        refused(Reauthenticate, act)
    token = second_step.confirm_with_code(world.owner, app.code())
    assert sessions.of_token(token) is not None
    assert len(recovery_codes.make_anew(world.owner)) == 10
    wait(600)
    refused(Reauthenticate, recovery_codes.make_anew, world.owner)
    said = json.dumps(device.get(second_step.ask_to_confirm(world.owner)))
    newer = second_step.confirm_with_passkey(world.owner, said)
    assert newer != token and sessions.of_token(token) is None
    assert len(recovery_codes.make_anew(world.owner)) == 10


def test_confirming_with_a_second_factor_proves_it_in_this_session(world: World, db: Engine) -> None:
    other = at_home(accounts.sign_in(OLGA, PASSWORD))
    app, _ = with_app(world.owner)
    assert not proved(db, other.session_id)
    second_step.confirm_with_code(other, app.next_code())
    assert proved(db, other.session_id)


def test_a_session_from_before_there_was_one_is_not_enough_with_the_password(world: World, db: Engine) -> None:
    """Nobody removes the factor of somebody whose password they know, nor gets in by adding one of their own."""
    before = at_home(accounts.sign_in(OLGA, PASSWORD))
    _, codes = with_app(world.owner)
    second_factors.require(world.owner)
    reauthentication.confirm_with_password(before, PASSWORD)
    more = [
        lambda: own_password.change(before, PASSWORD, OTHER, OTHER),
        lambda: own_password.remove(before),
        lambda: moving.change(before, 'mallory@evil.test'),
        lambda: linking.require_recent(before),
        lambda: own_sessions.end_other_sessions(before),
        lambda: closing.ready_to_close(before),
        lambda: own_data.export_own(before),
    ]
    kept = everything(db)
    for act in [*acts(before), *more]:
        assert refused(Reauthenticate, act).second
    assert everything(db) == kept
    second_step.confirm_with_code(before, codes[0])
    own_password.change(before, PASSWORD, OTHER, OTHER)


def test_whoever_is_signed_out_is_told_so(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM sessions WHERE id = :id', id=world.owner.session_id)
    more = [
        lambda: second_step.confirm_with_code(world.owner, '123456'),
        lambda: second_step.ask_to_confirm(world.owner),
        lambda: second_step.confirm_with_passkey(world.owner, '{}'),
        lambda: second_factor.factors_of(world.owner),
        lambda: passkeys.passkeys_of(world.owner),
        lambda: passkeys.rename(world.owner, 'a' * 16, 'x'),
    ]
    for act in [*acts(world.owner), *more]:
        refused(SignedOut, act)


def test_two_devices_of_one_person(world: World) -> None:
    laptop, phone = with_passkey(world.owner), with_passkey(world.owner, SoftAuthenticator(SITE, counts=False), 'Phone')
    for device in (phone, laptop, phone):
        assert stepped(step_after_password(OLGA), device)


# what organizations see of it ----------------------------------------------------------------------------------------


def test_an_organization_that_requires_one_lets_in_who_proves_it_and_keeps_out_who_has_none_any_more(
    world: World, db: Engine, published: list[Change]
) -> None:
    with_app(world.owner)
    second_factors.require(world.owner)
    refused(NeedsSecondFactor, organizations.membership, world.member)
    app, _ = with_app(world.member)
    assert organizations.membership(world.member).role.label == 'Member'
    run(db, 'UPDATE sessions SET proved_at = NULL WHERE id = :id', id=world.member.session_id)
    published.clear()
    second_step.confirm_with_code(world.member, app.next_code())
    assert organizations.membership(world.member)
    assert world.organization_id in {it.organization_id for it in published if world.member.user_id in it.users}
    published.clear()
    totp.remove(world.member)
    refused(NeedsSecondFactor, organizations.membership, world.member)
    assert world.organization_id in {it.organization_id for it in published if world.member.user_id in it.users}


# when all is lost ----------------------------------------------------------------------------------------------------


def test_whoever_runs_it_takes_all_away_from_whoever_has_lost_them(world: World, db: Engine, mailed: None) -> None:
    with_passkey(world.owner)
    with_app(world.owner)
    with_app(world.member)
    assert resetting.remove_second_factor(' OLGA@acme.test') == 'OLGA@acme.test'
    assert second_factor.factors_of(world.owner) == second_factor.SecondFactors(None, 0, 0)
    assert at_home(accounts.sign_in(OLGA, PASSWORD)).user_id == world.owner.user_id
    assert second_factor.factors_of(world.member).app_at is not None
    assert 'factor-removed' in mails(db)
    assert ('lose_factor', 'done') in events(db, world.owner.user_id)
    assert 'no second factor' in str(refused(NotFound, resetting.remove_second_factor, OLGA))
    assert 'Nobody has an account' in str(refused(NotFound, resetting.remove_second_factor, 'nobody@acme.test'))
    refused(Invalid, resetting.remove_second_factor, 'nonsense')
