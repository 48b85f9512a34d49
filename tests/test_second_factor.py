"""Second factors: set up, asked for after a password, taken once, lost and stood in for by codes on paper."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from data import database
from data.changes import ACCOUNT, Change
from data.models import User
from data.problems import Invalid, NeedsSecondFactor, NotFound, Problem, Reauthenticate, SignedOut, TooMany
from data.security import seal, tokens
from data.services import accounts, organizations, second_factors
from data.services.accounts import (
    closing,
    entering,
    linking,
    moving,
    own_data,
    own_password,
    own_sessions,
    passkey_sign_in,
    passkeys,
    reauthentication,
    recovery_codes,
    resetting,
    second_factor,
    second_step,
    sessions,
    totp,
)
from data.services.audit import Topic
from tests.support.authenticator import SoftAuthenticator
from tests.support.mailing import mail_set_up
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.second_factors import (
    SITE,
    App,
    step_after_password,
    stepped,
    wait,
    with_app,
    with_passkey,
)
from tests.support.world import NETWORK, PASSWORD, World, at_home

OLGA = 'olga@acme.test'
OTHER = 'seven quiet orange ferries'
WRONG_TYPES: list[Any] = [None, True, 123456, b'123456', [], {}, '', '12345', 'x' * 10**6, '\ud800', '000000\x00']


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


@pytest.fixture
def mailed() -> Iterator[None]:
    """Mail is set up."""
    with mail_set_up():
        yield


def mails(db: Engine) -> list[str]:
    """Which were written, by the alphabet."""
    return sorted(kind for (kind,) in rows(db, 'SELECT kind FROM personal_mails'))


def proved(db: Engine, session_id: str) -> bool:
    return value(db, 'SELECT proved_at FROM sessions WHERE id = :id', id=session_id) is not None


def organizations_of(db: Engine, user_id: str) -> list[str]:
    found = rows(db, 'SELECT organization_id FROM memberships WHERE user_id = :id', id=user_id)
    return [organization_id for (organization_id,) in found]


def has_second_factor(db: Engine, user_id: str) -> bool:
    return value(db, 'SELECT second_factor_at FROM users WHERE id = :id', id=user_id) is not None


def events(db: Engine, user_id: str) -> list[tuple[str, str]]:
    """What is on the record of an account after its sign-up."""
    found = rows(db, 'SELECT action, outcome FROM account_events WHERE user_id = :id ORDER BY id', id=user_id)
    return [(str(action).removeprefix('account:'), str(outcome)) for action, outcome in found[1:]]


# an authenticator app ------------------------------------------------------------------------------------------------


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


# the step ------------------------------------------------------------------------------------------------------------


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


# codes on paper ------------------------------------------------------------------------------------------------------


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
