"""The link to a new password: good once, for a while, for one account, and it opens no other door."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.models import TokenPurpose
from data.problems import Invalid, NotFound, Problem
from data.security import passwords, tokens
from data.services import accounts
from data.services.accounts import SecondStep, links, moving, recovery, resetting, second_step, verifying
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, refused, rows, run, value
from tests.support.recovering import NEW, NOBODY, OLGA, lets_in, token_for
from tests.support.second_factors import signed_in, with_app, with_passkey
from tests.support.world import NETWORK, PASSWORD, World, sign_up


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


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
