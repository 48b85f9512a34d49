"""Signing up happens whole or not at all; signing in tells a stranger nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from data.changes import Change
from data.problems import Invalid
from data.security import passwords
from data.services import accounts, organizations
from data.services.accounts import WrongCredentials, sessions
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import NETWORK, PASSWORD, at_home, organization

pytestmark = pytest.mark.usefixtures('unthrottled')

JOHN = 'john@acme.test'
WRONG_TYPES = [None, True, 0, 17, 1.5, b'john@acme.test', [], [JOHN], {}, {'email': JOHN}, object()]


def sign_up(email: object = JOHN, password: object = PASSWORD, confirmation: object = PASSWORD) -> str:
    return accounts.sign_up(email, password, confirmation, network=NETWORK, agent='pytest')


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What argon2 is asked to do from here on."""
    asked: list[str] = []
    context = passwords._context()

    def listen(name: str) -> Callable[..., Any]:
        original = getattr(context, name)

        def act(*args: Any) -> Any:
            asked.append(name)
            return original(*args)

        return act

    passwords.warm_up()
    for name in ('hash', 'verify'):  # a dummy verification is one, too
        monkeypatch.setattr(context, name, listen(name))
    return asked


def test_a_newcomer_lands_as_owner_in_an_organization_of_their_own(db: Engine) -> None:
    john = at_home(sign_up())
    [card] = organizations.portion(john).rows
    assert (card.id, card.name, card.role.label, card.status.value, card.members) == (
        john.organization_id,
        'john',
        'Owner',
        'active',
        1,
    )
    assert [entry.action for entry in organizations.overview(john).latest or []] == ['organization:create']
    assert rows(db, 'SELECT user_id, email_key, action, outcome, network FROM account_events') == [
        (john.user_id, JOHN, 'account:sign_up', 'done', NETWORK)
    ]


def test_it_happens_whole_or_not_at_all(db: Engine, published: list[Change]) -> None:
    assert happens_whole_or_not_at_all(db, sign_up, published) >= 6
    assert [value(db, f'SELECT count(*) FROM {table}') for table in ('users', 'organizations', 'sessions')] == [1, 1, 1]


@pytest.mark.parametrize(
    ('email', 'name'),
    [
        ('John.Doe@Acme.test', 'John.Doe'),
        ('a+b@acme.test', 'a+b'),
        ("o'neil@acme.test", "o'neil"),
        ('{0.__class__}@acme.test', '{0.__class__}'),
        ('`id`@acme.test', '`id`'),
        ('x' * 64 + '@acme.test', 'x' * 64),
        ('user@müller.test', 'user'),
    ],
)
def test_the_organization_is_named_after_the_address_as_typed(email: str, name: str, db: Engine) -> None:
    john = at_home(sign_up(email))
    assert organization(john).name == name
    assert rows(db, 'SELECT email FROM users') == [(email,)]


def test_addresses_that_mean_the_same_are_one_account(db: Engine) -> None:
    first = at_home(sign_up('A.Bc@Müller.test'))
    for same in ('a.bc@müller.test', 'A.BC@XN--MLLER-KVA.TEST', ' a.bc@MÜLLER.test '):
        assert at_home(sign_up(same)).user_id == first.user_id
        assert at_home(accounts.sign_in(same, PASSWORD)).user_id == first.user_id
    assert at_home(sign_up('a.bc+x@müller.test')).user_id != first.user_id
    assert at_home(sign_up('abc@müller.test')).user_id != first.user_id
    assert value(db, 'SELECT count(*) FROM users') == 3


NO_EMAILS = [
    *WRONG_TYPES,
    '',
    'john',
    'a@localhost',
    'a@[127.0.0.1]',
    '.a@x.test',
    'a..b@x.test',
    '"q x"@x.test',
    'x' * 65 + '@acme.test',
    'x' * 10_000 + '@acme.test',
    'a@b.test, c@d.test',
    'a@b.test\r\nBcc: c@d.test',
    'a\x00@b.test',
    '\ud800@b.test',
    'jo\u212an@acme.test',
    "' OR 1=1--@acme.test",
]
NO_PASSWORDS = [
    *WRONG_TYPES,
    '',
    'x',
    'a' * 129,
    'a' * 10**6,
    'password',
    JOHN,
    'botcadence',
    'gray owl \ud800 ice',
]
REFUSED = [
    *[((wrong, PASSWORD, PASSWORD), 'email') for wrong in NO_EMAILS],
    *[((JOHN, wrong, wrong), 'password') for wrong in NO_PASSWORDS],
    *[((JOHN, PASSWORD, wrong), 'confirmation') for wrong in (*WRONG_TYPES, '', PASSWORD + ' ')],
]


def test_a_refused_sign_up_says_where_and_leaves_nothing(db: Engine, subtests: pytest.Subtests) -> None:
    for typed, field in REFUSED:
        with subtests.test(f'{field}: {typed!r:.80}'):
            problem = refused(Invalid, sign_up, *typed)
            assert list(problem.fields) == [field]
            assert problem.fields[field].endswith('.')
            assert not any(everything(db).values())


def test_whoever_sends_the_form_twice_has_one_account(db: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: sign_up(), range(8)))
    assert len({at_home(token).user_id for token in tokens}) == 1
    assert len({at_home(token).organization_id for token in tokens}) == 1
    counts = [value(db, f'SELECT count(*) FROM {table}') for table in ('users', 'organizations', 'memberships')]
    assert counts == [1, 1, 1]


def test_an_address_that_is_taken_is_answered_in_neutral_words(db: Engine) -> None:
    sign_up()
    before = everything(db)
    other = 'another owl on fire'
    problem = refused(Invalid, lambda: sign_up(JOHN.upper(), other, other))
    assert problem.fields == {'email': accounts.TAKEN}
    after = everything(db)
    assert len(after.pop('account_events')) == len(before.pop('account_events')) + 1
    assert after == before


@pytest.mark.parametrize(
    ('module', 'name', 'table'),
    [('data.services.accounts.sign_up', 'new_id', 'organizations'), (sessions.__name__, 'hashed', 'sessions')],
)
def test_what_else_collides_is_raised_as_the_defect_that_it_is(
    module: str, name: str, table: str, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module(module), name, lambda *_: 'a' * 16)
    sign_up()
    before = everything(db)
    with pytest.raises(IntegrityError, match=table):
        sign_up('jane@acme.test')
    assert everything(db) == before
    other = 'another owl on fire'
    assert refused(Invalid, lambda: sign_up(JOHN, other, other)).fields == {'email': accounts.TAKEN}


def test_unknown_address_and_wrong_password_are_the_same_to_a_stranger(db: Engine, hashing: list[str]) -> None:
    sign_up()
    seen = []
    for email in (JOHN, 'nobody@acme.test', 'not an address', None):
        hashing.clear()
        problem = refused(WrongCredentials, lambda email=email: accounts.sign_in(email, 'wrong owl under ice'))
        seen.append((type(problem), str(problem), len(hashing)))
    assert len(set(seen)) == 1
    assert hashing == ['verify']


def test_the_right_password_is_checked_once_too(db: Engine, hashing: list[str]) -> None:
    sign_up()
    hashing.clear()
    accounts.sign_in(JOHN, PASSWORD)
    assert hashing == ['verify']


def test_an_account_without_a_password_can_not_be_entered_with_one(db: Engine, hashing: list[str]) -> None:
    sign_up()
    run(db, 'UPDATE users SET password_hash = NULL')
    hashing.clear()
    for number, password in enumerate((PASSWORD, '', None), 1):
        refused(WrongCredentials, lambda password=password: accounts.sign_in(JOHN, password))
        assert hashing == ['verify'] * number


def test_nothing_but_the_password_opens(db: Engine, subtests: pytest.Subtests) -> None:
    sign_up()
    for wrong in [*WRONG_TYPES, '', 'x' * 10**6, 'a\x00b', '\ud800', "' OR 1=1--"]:
        with subtests.test(f'{wrong!r:.40}'):
            refused(WrongCredentials, accounts.sign_in, JOHN, wrong)
            refused(WrongCredentials, accounts.sign_in, wrong, PASSWORD)
            assert value(db, 'SELECT count(*) FROM sessions') == 1


def test_signing_in_and_being_refused_are_on_the_record(db: Engine) -> None:
    john = at_home(sign_up())
    accounts.sign_in(JOHN, PASSWORD, network=NETWORK)
    refused(WrongCredentials, lambda: accounts.sign_in(JOHN, 'wrong', network=NETWORK))
    refused(WrongCredentials, lambda: accounts.sign_in('NoBody@acme.test', 'wrong', network=NETWORK))
    events = rows(db, 'SELECT user_id, email_key, action, outcome, network FROM account_events ORDER BY id')
    assert events[1:] == [
        (john.user_id, JOHN, 'account:sign_in', 'done', NETWORK),
        (john.user_id, JOHN, 'account:sign_in', 'refused', NETWORK),
        (None, 'nobody@acme.test', 'account:sign_in', 'refused', NETWORK),
    ]


def test_a_weaker_hash_is_replaced_at_sign_in(db: Engine) -> None:
    passwords.configure(memory_cost=32, time_cost=1)
    sign_up()
    weak = value(db, 'SELECT password_hash FROM users')
    passwords.configure(memory_cost=64, time_cost=1)
    refused(WrongCredentials, lambda: accounts.sign_in(JOHN, 'wrong'))
    assert value(db, 'SELECT password_hash FROM users') == weak
    accounts.sign_in(JOHN, PASSWORD)
    better = value(db, 'SELECT password_hash FROM users')
    assert (weak[:24], better[:24]) == ('$argon2id$v=19$m=32,t=1,', '$argon2id$v=19$m=64,t=1,')
    accounts.sign_in(JOHN, PASSWORD)
    assert value(db, 'SELECT password_hash FROM users') == better


def test_a_sign_in_happens_whole_or_not_at_all(db: Engine, published: list[Change]) -> None:
    sign_up()
    assert happens_whole_or_not_at_all(db, lambda: accounts.sign_in(JOHN, PASSWORD), published) == 2


def test_the_password_is_nowhere_but_in_its_hash(db: Engine) -> None:
    sign_up()
    accounts.sign_in(JOHN, PASSWORD)
    refused(WrongCredentials, lambda: accounts.sign_in(JOHN, 'wrong owl under ice'))
    assert 'owl' not in repr(everything(db))


def test_long_words_from_the_network_do_no_harm(db: Engine) -> None:
    long = 'x' * 10_000
    token = accounts.sign_up(JOHN, PASSWORD, PASSWORD, network=long, agent=long)
    again = accounts.sign_in(JOHN, PASSWORD, network=long, agent=long)
    john = sessions.of_token(again, long)
    assert john is not None
    organizations.create(john, 'Beta')
    assert sessions.end(again, long)
    assert sessions.end(token, long)
