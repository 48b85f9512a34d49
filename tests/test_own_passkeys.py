"""Passkeys of people: added under a name, used to sign in without an address, removed unless nothing else is left."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.problems import Invalid, NotFound, Problem, TooMany
from data.runtime import limits
from data.security import passkey_site
from data.security.passkeys import Copied, Refused
from data.services import accounts
from data.services.accounts import (
    challenges,
    own_password,
    passkey_sign_in,
    passkeys,
    reauthentication,
    sessions,
)
from tests.support.authenticator import SoftAuthenticator
from tests.support.mailing import mail_set_up
from tests.support.probes import happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.second_factors import SITE, signed_in, wait, with_passkey
from tests.support.world import NETWORK, PASSWORD, World

OLGA = 'olga@acme.test'
UNUSABLE: list[Any] = [None, True, 7, b'x', [], {}, '', ' ', '\u202e', 'x' * 81, 'a\nb', '\ud800', 'x' * 10**6]


@pytest.fixture(autouse=True)
def at_one_moment() -> None:
    wait(0)


@pytest.fixture
def mailed() -> Iterator[None]:
    """Mail is set up."""
    with mail_set_up():
        yield


def mails(db: Engine) -> list[tuple[str, str]]:
    """Which were written, to whom."""
    return sorted((kind, to) for kind, to in rows(db, 'SELECT kind, recipient FROM personal_mails'))


def events(db: Engine, action: str) -> list[tuple[Any, ...]]:
    query = 'SELECT outcome, network, detail FROM account_events WHERE action = :action ORDER BY id'
    return rows(db, query, action=f'account:{action}')


# made and named ------------------------------------------------------------------------------------------------------


def test_several_are_kept_each_under_its_name(world: World, db: Engine, mailed: None) -> None:
    with_passkey(world.owner, name='  Laptop ')
    wait(1)
    with_passkey(world.owner, SoftAuthenticator(SITE, flags=5 | 8 | 16), '<b>Phone</b> {0}')
    laptop, phone = passkeys.passkeys_of(world.owner)
    assert (laptop.name, phone.name) == ('Laptop', '<b>Phone</b> {0}')
    assert (laptop.used_at, laptop.backed_up, phone.backed_up) == (None, False, True)
    assert passkeys.passkeys_of(world.member) == []
    assert mails(db) == [('passkey-added', OLGA)] * 2
    assert [event[2] for event in events(db, 'add_passkey')] == ['Laptop', '<b>Phone</b> {0}']


def test_it_comes_and_goes_whole_or_not_at_all(
    world: World, db: Engine, published: list[Change], mailed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.dumps(SoftAuthenticator(SITE).create(passkeys.ask_for_new(world.owner)))
    monkeypatch.setattr(challenges, 'answer', lambda *_: True)  # a transaction of its own, which stays
    assert happens_whole_or_not_at_all(db, lambda: passkeys.add(world.owner, 'Laptop', said), published) >= 4
    [row] = passkeys.passkeys_of(world.owner)
    assert happens_whole_or_not_at_all(db, lambda: passkeys.remove(world.owner, row.id), published) >= 5


@pytest.mark.parametrize('name', UNUSABLE)
def test_a_name_that_is_none_is_refused(world: World, name: Any) -> None:
    with_passkey(world.owner)
    [row] = passkeys.passkeys_of(world.owner)
    said = json.dumps(SoftAuthenticator(SITE).create(passkeys.ask_for_new(world.owner)))
    assert list(refused(Invalid, passkeys.add, world.owner, name, said).fields) == ['name']
    assert list(refused(Invalid, passkeys.rename, world.owner, row.id, name).fields) == ['name']
    assert len(passkeys.passkeys_of(world.owner)) == 1


def test_a_passkey_is_called_otherwise(world: World, db: Engine) -> None:
    with_passkey(world.owner)
    [row] = passkeys.passkeys_of(world.owner)
    passkeys.rename(world.owner, row.id, 'Work laptop')
    passkeys.rename(world.owner, row.id, 'Work laptop')
    assert [it.name for it in passkeys.passkeys_of(world.owner)] == ['Work laptop']
    assert [event[2] for event in events(db, 'rename_passkey')] == ['Work laptop']


def test_one_answer_makes_one_passkey(world: World) -> None:
    said = json.dumps(SoftAuthenticator(SITE).create(passkeys.ask_for_new(world.owner)))
    passkeys.add(world.owner, 'Laptop', said)
    assert 'answered already' in str(refused(Problem, passkeys.add, world.owner, 'Laptop', said))


def test_what_one_person_was_asked_is_no_answer_of_another(world: World) -> None:
    said = json.dumps(SoftAuthenticator(SITE).create(passkeys.ask_for_new(world.owner)))
    refused(Problem, passkeys.add, world.member, 'Mine', said)
    assert passkeys.passkeys_of(world.member) == []


def test_a_passkey_that_somebody_has_is_nobody_else_s(world: World) -> None:
    device = with_passkey(world.owner)
    stolen = device.passkeys[0].credential_id
    said = SoftAuthenticator(SITE).create(passkeys.ask_for_new(world.member), credential_id=stolen)
    refused(Refused, passkeys.add, world.member, 'Mine', json.dumps(said))
    assert signed_in(device).user_id == world.owner.user_id


def test_there_is_room_for_some_of_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, 'PASSKEYS', 2)
    with_passkey(world.owner)
    with_passkey(world.owner)
    assert 'Remove one first' in str(refused(Invalid, passkeys.ask_for_new, world.owner))
    assert 'Remove one first' in str(refused(Invalid, passkeys.make_sure_of_more, world.owner))


def test_a_device_that_has_one_is_told_so(world: World) -> None:
    device = with_passkey(world.owner)
    with pytest.raises(PermissionError):
        device.create(passkeys.ask_for_new(world.owner))
    assert device.create(passkeys.ask_for_new(world.member))


# used ----------------------------------------------------------------------------------------------------------------


def test_signing_in_without_an_address_is_two_factors_at_once(world: World, db: Engine) -> None:
    device = with_passkey(world.owner)
    olga = signed_in(device)
    assert olga.user_id == world.owner.user_id
    row = rows(db, 'SELECT method, proved_at IS NULL FROM sessions WHERE id = :id', id=olga.session_id)
    assert [(method, bool(missing)) for method, missing in row] == [('passkey', False)]
    assert events(db, 'sign_in')[-1] == ('done', NETWORK, 'passkey')
    [passkey] = passkeys.passkeys_of(olga)
    assert passkey.used_at is not None


@pytest.mark.parametrize('alg', [-7, -8, -257])
def test_every_kind_of_key_signs_in(world: World, alg: int) -> None:
    device = with_passkey(world.owner, SoftAuthenticator(SITE, alg=alg))
    for _ in range(3):
        assert signed_in(device).user_id == world.owner.user_id


def test_a_device_that_does_not_count_signs_in(world: World) -> None:
    device = with_passkey(world.owner, SoftAuthenticator(SITE, counts=False))
    for _ in range(3):
        assert signed_in(device)


def test_the_largest_counter_fits(world: World) -> None:
    device = with_passkey(world.owner)
    assert signed_in(device, counter=2**32 - 1)
    refused(Copied, signed_in, device, counter=2**32 - 1)


def test_a_copied_passkey_is_refused_and_its_owner_is_told(world: World, db: Engine, mailed: None) -> None:
    device = with_passkey(world.owner)
    signed_in(device, counter=10)
    began = value(db, 'SELECT count(*) FROM sessions')
    for counter in (10, 9, 1, 0):
        assert 'copied' in str(refused(Copied, signed_in, device, counter=counter))
    assert value(db, 'SELECT count(*) FROM sessions') == began
    assert value(db, 'SELECT sign_count FROM passkeys') == 10
    assert events(db, 'use_passkey') == [('refused', NETWORK, 'Laptop')] * 4
    assert mails(db).count(('passkey-copied', OLGA)) == 4
    assert signed_in(device, counter=11)


def test_an_answer_is_good_once_and_in_time(world: World) -> None:
    device = with_passkey(world.owner)
    said = json.dumps(device.get(passkey_sign_in.ask()))
    assert passkey_sign_in.sign_in(said)
    assert 'answered already' in str(refused(Problem, passkey_sign_in.sign_in, said))
    late = json.dumps(device.get(passkey_sign_in.ask()))
    wait(300)
    assert 'too long' in str(refused(Problem, passkey_sign_in.sign_in, late))


def test_of_many_who_say_the_same_at_once_one_comes_in(world: World) -> None:
    device = with_passkey(world.owner)
    said = json.dumps(device.get(passkey_sign_in.ask()))

    def attempt(_: int) -> int:
        try:
            return len(passkey_sign_in.sign_in(said)) > 0
        except Problem:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_who_it_says_it_is_must_be_its_owner(world: World) -> None:
    device = with_passkey(world.owner)
    for handle in (world.member.user_id, '', 'x', '\x00' * 64):
        problem = refused(Problem, signed_in, device, user_handle=handle.encode())
        assert 'Nobody here has this passkey' in str(problem)


def test_one_that_was_removed_opens_nothing(world: World) -> None:
    device = with_passkey(world.owner)
    [row] = passkeys.passkeys_of(world.owner)
    passkeys.remove(world.owner, row.id)
    assert 'Nobody here has this passkey' in str(refused(Problem, signed_in, device))


@pytest.mark.parametrize('flags', [0, 1, 4])
def test_a_person_who_was_not_verified_is_refused(world: World, db: Engine, flags: int) -> None:
    device = with_passkey(world.owner)
    device.flags = flags
    refused(Refused, signed_in, device)
    assert events(db, 'use_passkey') == [('refused', NETWORK, 'Laptop')]


@pytest.mark.parametrize('said', [None, 7, '', '{}', '[]', 'null', '"x"', '{"id":1}', '[' * 20_000, 'x' * 10**6, b'{}'])
def test_nonsense_is_refused_in_a_sentence(world: World, said: Any) -> None:
    assert str(refused(Refused, passkey_sign_in.sign_in, said))
    assert str(refused(Refused, passkeys.add, world.owner, 'Laptop', said))


def test_a_network_that_tries_too_often_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.TRIES_NETWORK, 'amount', 3)
    for _ in range(3):
        refused(Refused, passkey_sign_in.sign_in, '{}', network=NETWORK)
    refused(TooMany, passkey_sign_in.sign_in, '{}', network=NETWORK)
    refused(Refused, passkey_sign_in.sign_in, '{}', network='198.51.100.7')


# removed -------------------------------------------------------------------------------------------------------------


def test_the_last_way_in_stays(world: World, db: Engine) -> None:
    with_passkey(world.owner)
    wait(1)
    with_passkey(world.owner, name='Phone')
    laptop, phone = passkeys.passkeys_of(world.owner)
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :id', id=world.owner.user_id)
    passkeys.remove(world.owner, laptop.id)
    problem = refused(Invalid, passkeys.remove, world.owner, phone.id)
    assert list(problem.fields) == ['passkey'] and 'only way' in str(problem)
    assert [row.name for row in passkeys.passkeys_of(world.owner)] == ['Phone']


def test_where_passkeys_don_t_work_they_are_no_way_in_and_can_go(world: World, db: Engine) -> None:
    with_passkey(world.owner)
    [row] = passkeys.passkeys_of(world.owner)
    passkey_site.configure('http://192.0.2.7:8080')
    assert reauthentication.ways_in(world.owner).number == 1
    refused(own_password.LastWay, own_password.remove, world.owner)
    passkeys.remove(world.owner, row.id)
    assert passkeys.passkeys_of(world.owner) == []


def test_of_a_password_and_a_passkey_that_go_at_once_one_stays(world: World, db: Engine) -> None:
    with_passkey(world.owner)
    [row] = passkeys.passkeys_of(world.owner)

    def go(act: Callable[[], object]) -> int:
        try:
            act()
            return 1
        except Problem:
            return 0

    with ThreadPoolExecutor(2) as pool:
        acts = [lambda: passkeys.remove(world.owner, row.id), lambda: own_password.remove(world.owner)]
        assert sum(pool.map(go, acts)) == 1
    assert reauthentication.ways_in(world.owner).number == 1


def test_of_two_that_go_at_once_one_stays_where_it_is_the_last(world: World, db: Engine) -> None:
    with_passkey(world.owner)
    with_passkey(world.owner, name='Phone')
    ids = [row.id for row in passkeys.passkeys_of(world.owner)]
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :id', id=world.owner.user_id)

    def remove(passkey_id: str) -> int:
        try:
            passkeys.remove(world.owner, passkey_id)
            return 1
        except Invalid:
            return 0

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(remove, ids)) == 1
    assert len(passkeys.passkeys_of(world.owner)) == 1


@pytest.mark.parametrize('passkey_id', [None, 7, '', 'x', 'a' * 16, [], {}])
def test_one_that_is_not_there_or_somebody_else_s_is_not_found(world: World, passkey_id: Any) -> None:
    with_passkey(world.member)
    [mias] = passkeys.passkeys_of(world.member)
    for row_id in (passkey_id, mias.id):
        refused(NotFound, passkeys.remove, world.owner, row_id)
        refused(NotFound, passkeys.rename, world.owner, row_id, 'Mine')
    assert [row.name for row in passkeys.passkeys_of(world.member)] == ['Laptop']


def test_a_password_alone_is_enough_again_once_the_passkey_is_gone(world: World) -> None:
    with_passkey(world.owner)
    refused(accounts.SecondStep, accounts.sign_in, OLGA, PASSWORD)
    [row] = passkeys.passkeys_of(world.owner)
    passkeys.remove(world.owner, row.id)
    assert sessions.of_token(accounts.sign_in(OLGA, PASSWORD))
