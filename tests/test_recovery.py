"""A forgotten password: asking for another one is the same for every address from outside."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.models import TokenPurpose, User
from data.problems import Invalid, TooMany
from data.runtime import account_rules, limits, providers, rate_limiter
from data.runtime.account_rules import AccountRules
from data.runtime.providers import Provider
from data.security import passwords
from data.services import accounts
from data.services.accounts import WrongCredentials, links, recovery, resetting, sessions
from data.services.accounts.policy import NoSignUp
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, rows, run, statements
from tests.support.recovering import NEW, NOBODY, OLGA, lets_in, token_for
from tests.support.world import NETWORK, PASSWORD, World


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


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
