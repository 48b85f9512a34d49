"""The password of whoever is signed in: changed with the one of before, set for the first time, removed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.permissions import RECENT
from data.problems import Invalid, Reauthenticate, SignedOut, TooMany
from data.runtime import account_rules, limits
from data.runtime.account_rules import AccountRules
from data.security import passwords
from data.services import accounts, organizations
from data.services.accounts import WrongCredentials, own_password, recovery, sessions
from data.services.accounts.own_password import LastWay
from data.services.accounts.policy import NoSignUp
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, rows, run
from tests.support.world import NETWORK, PASSWORD, World

OLGA, NEW = 'olga@acme.test', 'teal harbor under glass'


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def phone() -> Actor:
    """Olga in another browser."""
    actor = sessions.of_token(accounts.sign_in(OLGA, PASSWORD, network=NETWORK))
    assert actor
    return actor


def lets_in(password: str) -> bool:
    try:
        return bool(accounts.sign_in(OLGA, password, network=NETWORK))
    except WrongCredentials:
        return False


def acts(db: Engine, world: World) -> list[tuple[str, str]]:
    found = 'SELECT action, outcome FROM account_events WHERE user_id = :user ORDER BY id'
    return [(str(action), str(outcome)) for action, outcome in rows(db, found, user=world.owner.user_id)]


def without_password(db: Engine, world: World) -> None:
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :user', user=world.owner.user_id)


def with_passkey(db: Engine, world: World) -> None:
    run(
        db,
        'INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, name, aaguid, transports, '
        "backed_up, created_at) VALUES ('aaaaaaaaaaaaaaaa', :user, 'x', 'x', 0, 'Key', '', '[]', :no, :now)",
        user=world.owner.user_id,
        no=False,
        now=clock.now(),
    )


def test_who_knows_the_password_changes_it(world: World, db: Engine, mail: PostOffice) -> None:
    other = phone()
    done = own_password.change(world.owner, PASSWORD, NEW, NEW)
    assert done.ended == [other.session_id]
    here = sessions.of_token(done.token, NETWORK)
    assert here and here.session_id == world.owner.session_id, 'the session goes on, under another token'
    assert organizations.membership(world.owner).email == OLGA
    with pytest.raises(SignedOut):
        own_password.ready(other)
    assert (lets_in(NEW), lets_in(PASSWORD)) == (True, False)
    assert mail.to(OLGA) == ['You changed your Botcadence password']
    assert ('account:change_password', 'done') in acts(db, world)


def test_the_token_of_before_is_nobodys(world: World) -> None:
    token = accounts.sign_in(OLGA, PASSWORD, network=NETWORK)
    actor = sessions.of_token(token)
    assert actor
    own_password.change(actor, PASSWORD, NEW, NEW)
    assert sessions.of_token(token) is None


def test_who_does_not_know_it_changes_nothing(world: World, db: Engine) -> None:
    before = everything(db)['users']
    for current in ('wrong', '', None, NEW, PASSWORD + ' '):
        with pytest.raises(Invalid) as problem:
            own_password.change(world.owner, current, NEW, NEW)
        assert list(problem.value.fields) == ['current']
    assert everything(db)['users'] == before
    assert acts(db, world).count(('account:confirm', 'refused')) == 5
    assert sessions.ended_of([world.owner.session_id]) == set()


def test_guessing_it_ends(world: World) -> None:
    for _ in range(limits.TRIES_HERE.amount):
        with pytest.raises(Invalid):
            own_password.change(world.owner, 'wrong', NEW, NEW)
    with pytest.raises(TooMany):
        own_password.change(world.owner, PASSWORD, NEW, NEW)


@pytest.mark.parametrize(
    ('password', 'confirmation', 'fields'),
    [('short', 'short', {'password'}), (OLGA, OLGA, {'password'}), (NEW, '', {'confirmation'})],
)
def test_the_new_one_is_as_good_as_at_sign_up(world: World, password: str, confirmation: str, fields: set[str]) -> None:
    with pytest.raises(Invalid) as problem:
        own_password.change(world.owner, PASSWORD, password, confirmation)
    assert set(problem.value.fields) == fields
    assert lets_in(PASSWORD)


def test_links_to_another_password_are_void(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.ask(OLGA, NETWORK)
    mail.deliver()
    own_password.change(world.owner, PASSWORD, NEW, NEW)
    assert rows(db, 'SELECT * FROM account_tokens') == []


def test_of_two_browsers_the_second_is_too_late(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    other, verify = phone(), passwords.verify

    def slowly(password: object, stored: str | None) -> tuple[bool, str | None]:
        answer = verify(password, stored)
        monkeypatch.setattr(passwords, 'verify', verify)
        run(db, "UPDATE users SET password_hash = 'another' WHERE id = :user", user=world.owner.user_id)
        return answer

    monkeypatch.setattr(passwords, 'verify', slowly)
    with pytest.raises(Invalid) as problem:
        own_password.change(other, PASSWORD, NEW, NEW)
    assert list(problem.value.fields) == ['current']


# the first one, and none ---------------------------------------------------------------------------------------------


def test_who_has_none_sets_the_first_one_after_they_have_shown_who_they_are(
    world: World, db: Engine, mail: PostOffice
) -> None:
    without_password(db, world)
    now = clock.now()
    clock.source = lambda: now + RECENT
    for act in (lambda: own_password.ready(world.owner), lambda: own_password.change(world.owner, '', NEW, NEW)):
        with pytest.raises(Reauthenticate):
            act()
    assert not lets_in(NEW)
    clock.source = lambda: now
    own_password.change(world.owner, 'whatever', NEW, NEW)
    assert lets_in(NEW)
    assert mail.to(OLGA) == ['Your Botcadence account has a password now']
    assert ('account:add_password', 'done') in acts(db, world)


def test_a_password_is_removed_where_there_is_another_way_in(world: World, db: Engine, mail: PostOffice) -> None:
    other = phone()
    with pytest.raises(LastWay):
        own_password.remove(world.owner)
    with_passkey(db, world)
    now = clock.now()
    clock.source = lambda: now + RECENT
    with pytest.raises(Reauthenticate):
        own_password.remove(world.owner)
    clock.source = lambda: now
    assert own_password.remove(world.owner) == [other.session_id]
    assert own_password.remove(world.owner) == []
    assert not lets_in(PASSWORD)
    assert mail.to(OLGA) == ['Your Botcadence account has no password any more']
    assert ('account:remove_password', 'done') in acts(db, world)


def test_where_there_are_no_passwords_nobody_sets_one(world: World) -> None:
    account_rules.configure(AccountRules(passwords=False))
    try:
        with pytest.raises(NoSignUp):
            own_password.change(world.owner, PASSWORD, NEW, NEW)
    finally:
        account_rules.configure(AccountRules())
