"""A forgotten password: the same for every address from outside; a link, once, for a while, and it opens no door."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.models import TokenPurpose, User
from data.problems import Invalid, NotFound, Problem, TooMany
from data.runtime import account_rules, limits, providers, rate_limiter
from data.runtime.account_rules import AccountRules
from data.runtime.providers import Provider
from data.security import passwords, tokens
from data.services import accounts
from data.services.accounts import (
    SecondStep,
    WrongCredentials,
    links,
    moving,
    recovery,
    resetting,
    second_step,
    sessions,
    verifying,
)
from data.services.accounts.policy import NoSignUp
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, refused, rows, run, statements, value
from tests.support.second_factors import signed_in, with_app, with_passkey
from tests.support.world import NETWORK, PASSWORD, World, sign_up

OLGA, NOBODY = 'olga@acme.test', 'nobody@acme.test'
NEW = 'teal harbor under glass'


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def token_for(mail: PostOffice, email: str = OLGA) -> str:
    recovery.ask(email, NETWORK)
    return mail.token(email)


def lets_in(password: str, email: str = OLGA) -> bool:
    try:
        return bool(accounts.sign_in(email, password, network=NETWORK))
    except WrongCredentials:
        return False


def test_somebody_who_forgot_sets_another_password_by_a_link(world: World, db: Engine, mail: PostOffice) -> None:
    phone = sessions.of_token(accounts.sign_in(OLGA, PASSWORD, network=NETWORK))
    assert phone
    assert recovery.ask(' OLGA@acme.test', NETWORK) == 'OLGA@acme.test'
    assert mail.to(OLGA) == ['A new password for Botcadence']
    assert mail.link(OLGA).startswith('/reset-password/')
    token, before = mail.token(OLGA), everything(db)
    assert recovery.look(token) == OLGA
    assert everything(db) == before

    done = recovery.reset(token, NEW, NEW, network=NETWORK, agent='Firefox')
    assert done.email == OLGA
    assert {world.owner.session_id, phone.session_id} == set(done.ended)
    assert sessions.ended_of(done.ended) == set(done.ended)
    assert rows(db, 'SELECT id FROM sessions WHERE user_id = :user', user=world.owner.user_id) == []
    assert (lets_in(NEW), lets_in(PASSWORD)) == (True, False)
    assert mail.to(OLGA)[1:] == ['You have a new password for Botcadence']
    acts = rows(
        db,
        "SELECT action, agent FROM account_events WHERE user_id = :user AND action LIKE '%reset%'",
        user=world.owner.user_id,
    )
    assert sorted(acts) == [('account:ask_reset', None), ('account:reset_password', 'Firefox')]


def test_others_stay_signed_in(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.reset(token_for(mail), NEW, NEW)
    assert sessions.ended_of([world.admin.session_id]) == set()
    assert lets_in(PASSWORD, 'adam@acme.test')


def test_asking_changes_nothing(world: World, mail: PostOffice) -> None:
    for _ in range(10):
        recovery.ask(OLGA, NETWORK)
    assert len(mail.to(OLGA)) == 1, 'those before were void when the mails were written'
    assert lets_in(PASSWORD)
    assert sessions.ended_of([world.owner.session_id]) == set()


def test_an_account_gets_five_such_mails_an_hour(world: World, db: Engine, mail: PostOffice) -> None:
    for number in range(1, 8):
        recovery.ask(OLGA, NETWORK)
        assert len(mail.to(OLGA)) == min(number, limits.RESETS.amount)
    newest = mail.token(OLGA)
    assert recovery.look(newest) == OLGA, 'what is refused leaves the newest link as it is'
    assert limits.RESETS.amount == 5


# which addresses have an account -------------------------------------------------------------------------------------


def without_values(seen: list[str]) -> list[str]:
    return [' '.join(statement.split()) for statement in seen]


@pytest.mark.parametrize('state', ['known', 'without a password', 'with a second factor', 'asked before'])
def test_the_same_is_done_for_every_address_before_the_answer(
    world: World, db: Engine, mail: PostOffice, state: str
) -> None:
    if state == 'without a password':
        run(db, 'UPDATE users SET password_hash = NULL')
    if state == 'with a second factor':
        run(db, 'UPDATE users SET second_factor_at = created_at')
    if state == 'asked before':
        recovery.ask(OLGA, NETWORK)
        mail.deliver()
    done = []
    for email in (OLGA, NOBODY):
        with statements(db) as seen:
            recovery.ask(email, NETWORK)
        done.append(without_values(seen))
    assert done[0] == done[1]
    assert len(done[0]) == 1
    assert 'INSERT INTO recovery_requests' in done[0][0]


def test_who_has_no_account_gets_no_mail(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.ask(NOBODY, NETWORK)
    mail.deliver()
    assert mail.box.taken == []
    assert rows(db, 'SELECT * FROM recovery_requests') == rows(db, 'SELECT * FROM personal_mails') == []


def test_sign_in_does_the_same_for_every_address(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    context, done = passwords._context(), []

    class Counted:
        def verify(self, *args: str) -> bool:
            done.append('hash')
            return bool(context.verify(*args))

        def dummy_verify(self) -> bool:
            done.append('hash')
            return bool(context.dummy_verify())

    monkeypatch.setattr(passwords, '_context', Counted)
    work = []
    for email in (OLGA, NOBODY):
        done.clear()
        with statements(db) as seen, pytest.raises(WrongCredentials):
            accounts.sign_in(email, 'é not the password', network='192.0.2.99')
        work.append((list(done), without_values(seen)))
    assert work[0] == work[1]


@pytest.mark.parametrize('email', ['', 'nonsense', None, 7, 'a@b', 'x' * 10_000 + '@acme.test'])
def test_what_is_no_address_is_told(db: Engine, mail: PostOffice, email: object) -> None:
    with pytest.raises(Invalid) as problem:
        recovery.ask(email)
    assert list(problem.value.fields) == ['email']


def test_one_network_asks_so_often(world: World, db: Engine, mail: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.RECOVERIES, 'amount', 3)
    for number in range(3):
        recovery.ask(f'nobody{number}@acme.test', NETWORK)
    with pytest.raises(TooMany):
        recovery.ask(OLGA, NETWORK)
    recovery.ask(OLGA, '192.0.2.200')
    assert len(mail.to(OLGA)) == 1


def test_what_was_asked_for_survives_the_end_of_the_process(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.ask(OLGA, NETWORK)
    rate_limiter.reset()  # all that a new process knows is in the database
    assert rows(db, 'SELECT email_key FROM recovery_requests') == [(OLGA,)]
    assert len(mail.to(OLGA)) == 1
    assert rows(db, 'SELECT * FROM recovery_requests') == []


def test_what_is_asked_for_is_looked_at_a_moment_later(
    world: World, db: Engine, mail: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, 'LATER', timedelta(seconds=1))
    now = clock.now()
    clock.source = lambda: now
    recovery.ask(OLGA, NETWORK)
    assert recovery.answer() == 1.0, 'until then its answer is out'
    assert mail.to(OLGA) == []
    clock.source = lambda: now + timedelta(seconds=1)
    assert recovery.answer() is None
    assert len(mail.to(OLGA)) == 1


def test_what_was_asked_for_too_long_ago_is_forgotten(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.ask(OLGA, NETWORK)
    now = clock.now()
    clock.source = lambda: now + links.LIFE[TokenPurpose.RESET]
    assert mail.to(OLGA) == []
    assert rows(db, 'SELECT * FROM recovery_requests') == []


def test_one_request_that_fails_does_not_hold_up_the_others(
    world: World, db: Engine, mail: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = links.renew

    def fail_for_adam(tx: database.TenantSession, user: User, *more: object) -> object:
        if user.email_key.startswith('adam'):
            raise RuntimeError('a defect')
        return renew(tx, user, *more)

    monkeypatch.setattr(links, 'renew', fail_for_adam)
    recovery.ask('adam@acme.test', NETWORK)
    recovery.ask(OLGA, NETWORK)
    assert len(mail.to(OLGA)) == 1
    assert rows(db, 'SELECT * FROM recovery_requests') == []


# who has no password -------------------------------------------------------------------------------------------------


def test_who_has_no_password_is_told_how_they_sign_in_and_gets_no_link(
    world: World, db: Engine, mail: PostOffice
) -> None:
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :user', user=world.owner.user_id)
    run(
        db,
        'INSERT INTO identities (id, user_id, provider, issuer, subject, email, created_at) '
        "VALUES ('aaaaaaaaaaaaaaaa', :user, 'google', 'https://accounts.test', '1', '', :now)",
        user=world.owner.user_id,
        now=clock.now(),
    )
    recovery.ask(OLGA, NETWORK)
    assert mail.to(OLGA) == ['Your Botcadence account has no password']
    assert 'you sign in with what is not set up here any more.' in mail.text(OLGA)
    google = Provider('google', 'oidc', 'https://accounts.test', 'us', 'secret', 'Google', 'openid')
    providers.configure([google])
    try:
        recovery.ask(OLGA, NETWORK)
        mail.deliver()
    finally:
        providers.configure([])
    assert 'you sign in with Google.' in mail.text(OLGA)
    assert 'reset-password' not in mail.text(OLGA)
    assert rows(db, 'SELECT * FROM account_tokens') == []


def test_where_there_are_no_passwords_nobody_resets_one(world: World, mail: PostOffice) -> None:
    token = token_for(mail)
    account_rules.configure(AccountRules(passwords=False))
    try:
        for act in (lambda: recovery.ask(OLGA), lambda: recovery.look(token), lambda: recovery.reset(token, NEW, NEW)):
            with pytest.raises(NoSignUp):
                act()
        with pytest.raises(NoSignUp):
            resetting.reset_link(OLGA)
        assert not recovery.is_offered()
    finally:
        account_rules.configure(AccountRules())


def test_without_mail_it_is_said_who_can_help(world: World, db: Engine) -> None:
    with pytest.raises(recovery.NoMail, match='reset-link'):
        recovery.ask(OLGA)
    assert rows(db, 'SELECT * FROM recovery_requests') == []


# links ---------------------------------------------------------------------------------------------------------------


def is_refused(token: object) -> bool:
    for act in (lambda: recovery.look(token), lambda: recovery.reset(token, NEW, NEW)):
        with pytest.raises(NotFound):
            act()
    return not lets_in(NEW)


def test_a_link_works_once(world: World, mail: PostOffice) -> None:
    token = token_for(mail)
    recovery.reset(token, NEW, NEW)
    other = 'another harbor 9 lamps'
    with pytest.raises(NotFound):
        recovery.reset(token, other, other)
    assert lets_in(NEW)


def test_of_two_who_use_it_at_once_one_is_too_late(world: World, db: Engine, mail: PostOffice) -> None:
    token = token_for(mail)

    def attempt(password: str) -> str:
        try:
            recovery.reset(token, password, password)
        except NotFound:
            return ''
        return password

    with ThreadPoolExecutor(2) as pool:
        done = [it for it in pool.map(attempt, (NEW, 'another harbor 9 lamps')) if it]
    assert len(done) == 1
    assert lets_in(done[0])


def test_a_link_is_over_after_an_hour(world: World, mail: PostOffice) -> None:
    token, now = token_for(mail), clock.now()
    assert links.LIFE[TokenPurpose.RESET] == timedelta(minutes=60)
    clock.source = lambda: now + timedelta(minutes=59)
    assert recovery.look(token) == OLGA
    clock.source = lambda: now + timedelta(minutes=60)
    assert is_refused(token)


def test_only_the_newest_link_works(world: World, mail: PostOffice) -> None:
    first, second = token_for(mail), token_for(mail)
    assert is_refused(first)
    recovery.reset(second, NEW, NEW)
    assert lets_in(NEW)


def test_a_link_is_for_one_account_only(world: World, mail: PostOffice) -> None:
    recovery.reset(token_for(mail, 'adam@acme.test'), NEW, NEW)
    assert lets_in(NEW, 'adam@acme.test')
    assert (lets_in(NEW), lets_in(PASSWORD)) == (False, True)


def test_what_is_changed_cut_or_made_up_is_none(world: World, mail: PostOffice) -> None:
    token = token_for(mail)
    other = 'B' if token[20] == 'A' else 'A'
    made_up = (token[:20] + other + token[21:], token[:-1], token + 'A', '', None, 7, b'x', 'x' * 43, 'ü' * 43)
    for nonsense in made_up:
        assert is_refused(nonsense)
    assert recovery.look(token) == OLGA


def test_a_link_to_something_else_is_none(world: World, db: Engine, mail: PostOffice) -> None:
    sign_up('ivy@new.test')
    assert is_refused(mail.token('ivy@new.test'))


def test_a_link_is_void_once_the_password_is_another(world: World, mail: PostOffice) -> None:
    token, other = token_for(mail), 'violet 9 lamps of tin'
    resetting.set_password(OLGA, other, other)
    assert is_refused(token)
    assert lets_in(other)


def test_a_link_is_void_once_the_address_is_another(world: World, mail: PostOffice) -> None:
    token = token_for(mail)
    moving.change(world.owner, 'olga@elsewhere.test')
    verifying.confirm(world.owner, mail.token('olga@elsewhere.test'))
    assert is_refused(token)


def test_neither_the_database_nor_what_waits_has_the_secret(world: World, db: Engine, mail: PostOffice) -> None:
    token = token_for(mail)
    stored = repr(everything(db))
    assert token not in stored
    assert tokens.hashed(token) in stored


# the new password ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('password', 'confirmation', 'fields'),
    [
        ('short', 'short', {'password'}),
        ('password1', 'password1', {'password'}),
        (OLGA, OLGA, {'password'}),
        (NEW, NEW + '?', {'confirmation'}),
        ('short', NEW, {'password', 'confirmation'}),
        (None, None, {'password'}),
        ('x' * 1_000_000, 'x' * 1_000_000, {'password'}),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_good(
    world: World, mail: PostOffice, password: object, confirmation: object, fields: set[str]
) -> None:
    token = token_for(mail)
    with pytest.raises(Invalid) as problem:
        recovery.reset(token, password, confirmation)
    assert set(problem.value.fields) == fields
    recovery.reset(token, NEW, NEW)
    assert lets_in(NEW)


def test_a_second_factor_is_still_asked_for(world: World, db: Engine, mail: PostOffice) -> None:
    run(db, 'UPDATE users SET second_factor_at = created_at WHERE id = :user', user=world.owner.user_id)
    with pytest.raises(SecondStep) as step:
        accounts.sign_in(OLGA, PASSWORD, network=NETWORK)
    recovery.reset(token_for(mail), NEW, NEW)
    with pytest.raises(SecondStep):
        accounts.sign_in(OLGA, NEW, network=NETWORK)
    steps = [secret for [secret] in rows(db, "SELECT token_hash FROM account_tokens WHERE purpose = 'second'")]
    assert tokens.hashed(step.value.token) not in steps, 'a step from the password of before leads nowhere'
    assert len(steps) == 1
    assert value(db, 'SELECT second_factor_at IS NOT NULL FROM users WHERE id = :user', user=world.owner.user_id)


def test_who_comes_by_the_mail_has_proved_the_address(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up('ivy@new.test')
    recovery.reset(token_for(mail, 'ivy@new.test'), NEW, NEW)
    assert value(db, 'SELECT verified_at IS NOT NULL FROM users WHERE id = :user', user=ivy.user_id)


def test_whoever_signed_up_with_somebody_else_s_address_is_out_once_that_is_proved(
    db: Engine, mail: PostOffice
) -> None:
    """Pre-hijacking: passkeys and providers that were added before then are no way in; an app is still asked for."""
    mallory = sign_up('ivy@new.test')
    device, (app, _) = with_passkey(mallory), with_app(mallory)
    run(
        db,
        'INSERT INTO identities (id, user_id, provider, issuer, subject, email, created_at)'
        " SELECT 'i', id, 'google', 'https://accounts.google.com', '1', '', created_at FROM users WHERE id = :id",
        id=mallory.user_id,
    )
    recovery.reset(token_for(mail, 'ivy@new.test'), NEW, NEW)
    assert value(db, 'SELECT count(*) FROM identities WHERE user_id = :id', id=mallory.user_id) == 0
    refused(Problem, signed_in, device)
    with pytest.raises(SecondStep) as step:
        accounts.sign_in('ivy@new.test', NEW, network=NETWORK)
    assert second_step.with_code(step.value.token, app.next_code())
    told = mail.to('ivy@new.test')
    assert any('passkey' in subject and 'removed' in subject for subject in told), told


def test_whose_address_was_proved_keeps_their_ways_in(world: World, db: Engine, mail: PostOffice) -> None:
    run(db, 'UPDATE users SET verified_at = created_at')
    device = with_passkey(world.owner)
    recovery.reset(token_for(mail), NEW, NEW)
    assert signed_in(device).user_id == world.owner.user_id


def test_a_sign_in_that_was_under_way_with_the_password_of_before_lets_nobody_in(
    world: World, db: Engine, mail: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, verify = token_for(mail), passwords.verify

    def slowly(password: object, stored: str | None) -> tuple[bool, str | None]:
        answer = verify(password, stored)
        monkeypatch.setattr(passwords, 'verify', verify)
        recovery.reset(token, NEW, NEW)
        return answer

    monkeypatch.setattr(passwords, 'verify', slowly)
    assert not lets_in(PASSWORD)
    assert lets_in(NEW)


# whoever runs the installation ---------------------------------------------------------------------------------------


def path_and_token(email: str) -> tuple[str, str]:
    path, _ = resetting.reset_link(email)
    return path, path.rpartition('/')[2]


def test_whoever_runs_it_makes_a_link_without_mail(world: World, db: Engine) -> None:
    path, until = resetting.reset_link(OLGA)
    assert path.startswith('/reset-password/')
    assert timedelta(minutes=59) < until - clock.now() <= timedelta(minutes=60)
    acts = "SELECT outcome FROM account_events WHERE action = 'account:reset_link' AND user_id = :user"
    assert rows(db, acts, user=world.owner.user_id) == [('done',)]
    recovery.reset(path.rpartition('/')[2], NEW, NEW)
    assert lets_in(NEW)


def test_such_a_link_is_for_who_has_no_password_too_and_proves_no_address(world: World, db: Engine) -> None:
    run(db, 'UPDATE users SET password_hash = NULL, verified_at = NULL')
    recovery.reset(path_and_token(OLGA)[1], NEW, NEW)
    assert lets_in(NEW)
    assert value(db, 'SELECT verified_at FROM users WHERE id = :user', user=world.owner.user_id) is None


def test_there_is_no_link_for_who_has_no_account(world: World) -> None:
    with pytest.raises(NotFound, match=re.escape(NOBODY)):
        resetting.reset_link(NOBODY)
    with pytest.raises(Invalid):
        resetting.reset_link('nonsense')
