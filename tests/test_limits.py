"""Who tries too often is told to wait; whoever is somewhere else is let in."""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.problems import Forbidden, TooMany
from data.runtime import rate_limiter
from data.runtime.limits import PAGES, REFUSALS, SIGN_UPS, TRIES_ADDRESS, TRIES_HERE, TRIES_NETWORK
from data.runtime.rate_limiter import KEYS, network_of
from data.services import accounts, audit, organizations
from data.services.accounts import WrongCredentials
from tests.support.probes import refused, rows, run, value
from tests.support.visitors import Visitor
from tests.support.world import NETWORK, PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]
OLGA, WRONG, HOME, ELSEWHERE = 'olga@acme.test', 'not her password', NETWORK, '198.51.100.1'


class Monotonic:
    """The clock that only goes on."""

    def __init__(self) -> None:
        self.at = 5000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Monotonic:
    """Time that passes as a test wants it to."""
    monotonic = Monotonic()
    monkeypatch.setattr(time, 'monotonic', monotonic)
    return monotonic


def fails(email: object = OLGA, network: str = ELSEWHERE, password: str = WRONG) -> None:
    """Somebody tries and is wrong."""
    refused(WrongCredentials, lambda: accounts.sign_in(email, password, network=network))


def is_stopped(email: object = OLGA, network: str = ELSEWHERE, password: str = PASSWORD) -> TooMany:
    """Somebody tries and is not even looked at, whatever the password."""
    found: TooMany = refused(TooMany, lambda: accounts.sign_in(email, password, network=network))
    return found


# the memory ----------------------------------------------------------------------------------------------------------


def test_a_window_moves(passing: Monotonic) -> None:
    for _ in range(TRIES_HERE.amount):
        assert rate_limiter.wait(TRIES_HERE, 'a') == 0
        passing.at += 30
    assert rate_limiter.wait(TRIES_HERE, 'a') == 300
    passing.at += 299
    assert rate_limiter.wait(TRIES_HERE, 'a') == 1
    passing.at += 1
    assert rate_limiter.wait(TRIES_HERE, 'a') == 0
    assert rate_limiter.wait(TRIES_HERE, 'a') == 30


def test_to_be_refused_does_not_make_it_longer(passing: Monotonic) -> None:
    while rate_limiter.wait(TRIES_HERE, 'a') == 0:
        pass
    for _ in range(600):
        passing.at += 1
        seconds = rate_limiter.wait(TRIES_HERE, 'a')
    assert seconds == 0


def test_keys_and_rules_are_apart() -> None:
    while rate_limiter.wait(TRIES_HERE, 'a', 'b') == 0:
        pass
    assert rate_limiter.wait(TRIES_HERE, 'a', 'c') == 0
    assert rate_limiter.wait(TRIES_NETWORK, 'a', 'b') == 0
    rate_limiter.forget(TRIES_HERE, 'a', 'b')
    assert rate_limiter.wait(TRIES_HERE, 'a', 'b') == 0


def test_a_clock_that_is_set_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch, passing: Monotonic) -> None:
    while rate_limiter.wait(TRIES_HERE, 'a') == 0:
        pass
    monkeypatch.setattr(time, 'time', lambda: 0.0)
    yesterday = clock.now() - timedelta(days=1)
    monkeypatch.setattr(clock, 'source', lambda: yesterday)
    passing.at += 600
    assert rate_limiter.wait(TRIES_HERE, 'a') == 0


def test_the_memory_is_bounded_and_empties_itself(passing: Monotonic) -> None:
    for number in range(KEYS + 100):
        rate_limiter.wait(PAGES, str(number))
    assert rate_limiter.wait(PAGES, str(KEYS)) == 0
    assert sum(map(len, rate_limiter._memory._windows.values())) == KEYS
    passing.at += 60
    for _ in range(KEYS):
        rate_limiter.wait(PAGES, 'one')
    assert sum(map(len, rate_limiter._memory._windows.values())) == 1
    assert rate_limiter.reset() == 1
    assert rate_limiter.reset() == 0


def test_threads_do_not_get_more_than_there_is() -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: rate_limiter.wait(TRIES_NETWORK, 'a'), range(1000)))
    assert answers.count(0) == TRIES_NETWORK.amount


@pytest.mark.parametrize(
    ('address', 'network'),
    [
        ('203.0.113.9', '203.0.113.9'),
        ('::ffff:203.0.113.9', '203.0.113.9'),
        ('2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'),
        ('2001:db8:1:2::', '2001:db8:1:2::/64'),
        ('10.1.2.3', '10.1.2.3'),
        ('127.0.0.1', ''),
        ('127.8.8.8', ''),
        ('::1', ''),
        ('::ffff:127.0.0.1', ''),
        ('', ''),
        ('not an address', 'not an address'),
        ('x' * 1000, 'x' * 64),
    ],
)
def test_what_counts_as_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ('seconds', 'when'), [(1, 'a minute'), (60, 'a minute'), (61, '2 minutes'), (600, '10 minutes')]
)
def test_it_says_when_to_try_again(seconds: int, when: str) -> None:
    assert str(TooMany('Too many tries.', seconds)) == f'Too many tries. Try again in {when}.'


# signing in ----------------------------------------------------------------------------------------------------------


def test_guessing_ends_after_ten_tries_and_the_right_person_elsewhere_is_let_in(
    world: World, passing: Monotonic
) -> None:
    for _ in range(TRIES_HERE.amount):
        fails()
    assert is_stopped().seconds == 600
    is_stopped('Olga@ACME.test')
    accounts.sign_in(OLGA, PASSWORD, network=HOME)
    accounts.sign_in(OLGA, PASSWORD, network='203.0.113.77')
    accounts.sign_in('sam@other.test', PASSWORD, network=ELSEWHERE)
    is_stopped()
    passing.at += 600
    accounts.sign_in(OLGA, PASSWORD, network=ELSEWHERE)


def test_a_right_password_forgets_the_wrong_ones(world: World) -> None:
    for _ in range(3):
        for _ in range(TRIES_HERE.amount - 1):
            fails()
        accounts.sign_in(OLGA, PASSWORD, network=ELSEWHERE)


def test_many_guesses_at_once_are_not_more(world: World) -> None:
    def guess(number: int) -> type[Exception]:
        return type(refused(Exception, lambda: accounts.sign_in(OLGA, f'guess {number}', network=ELSEWHERE)))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(30)))
    assert answers.count(WrongCredentials) == TRIES_HERE.amount


def test_one_network_can_not_try_many_addresses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TRIES_NETWORK, 'amount', 20)
    for number in range(20):
        fails(f'somebody{number}@acme.test')
    assert 'network' in str(is_stopped())
    is_stopped('somebody99@acme.test')
    accounts.sign_in(OLGA, PASSWORD, network=HOME)


def test_this_machine_is_no_network(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TRIES_NETWORK, 'amount', 3)
    for number in range(10):
        fails(f'somebody{number}@acme.test', '127.0.0.1')
    accounts.sign_in(OLGA, PASSWORD, network='127.0.0.1')
    for _ in range(TRIES_HERE.amount):
        fails(network='127.0.0.1')
    is_stopped(network='127.0.0.1')


def test_many_networks_can_not_guess_for_long_and_lock_nobody_out_who_was_here_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TRIES_ADDRESS, 'amount', 20)
    for number in range(20):
        fails(network=f'198.51.100.{number}')
    is_stopped(network='198.51.100.99')
    is_stopped(network='2001:db8::1')
    accounts.sign_in(OLGA, PASSWORD, network=HOME)
    fails(network=HOME)
    accounts.sign_in('sam@other.test', PASSWORD, network='198.51.100.99')


def test_to_be_at_home_takes_a_right_password_for_this_very_address(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TRIES_ADDRESS, 'amount', 3)
    accounts.sign_in('sam@other.test', PASSWORD, network=ELSEWHERE)
    refused(WrongCredentials, lambda: accounts.sign_in(OLGA, WRONG, network=ELSEWHERE))
    run(db, "UPDATE account_events SET user_id = :id WHERE outcome = 'refused'", id=world.owner.user_id)
    fails(network='203.0.113.1')
    fails(network='203.0.113.2')
    is_stopped(network=ELSEWHERE)


@pytest.mark.parametrize('email', ['nobody@acme.test', 'not an address', '', 'x' * 10_000, None, 17, ['a']])
def test_an_unknown_address_is_counted_in_the_same_words(world: World, email: object) -> None:
    for _ in range(TRIES_HERE.amount):
        fails(email)
        fails()
    assert str(is_stopped(email)) == str(is_stopped())


def test_signing_up_is_no_way_around(world: World) -> None:
    for _ in range(TRIES_HERE.amount):
        refused(Exception, lambda: accounts.sign_up(OLGA, WRONG + '!', WRONG + '!', network=ELSEWHERE))
    refused(TooMany, lambda: accounts.sign_up(OLGA, PASSWORD, PASSWORD, network=ELSEWHERE))
    is_stopped()


def test_one_network_can_not_make_accounts_for_ever(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SIGN_UPS, 'amount', 3)
    for number in range(3):
        accounts.sign_up(f'john{number}@acme.test', PASSWORD, PASSWORD, network=ELSEWHERE)
    problem = refused(TooMany, lambda: accounts.sign_up('john9@acme.test', PASSWORD, PASSWORD, network=ELSEWHERE))
    assert 'network' in str(problem)
    accounts.sign_up('john9@acme.test', PASSWORD, PASSWORD, network=HOME)
    accounts.sign_in('john1@acme.test', PASSWORD, network=ELSEWHERE)
    assert value(db, 'SELECT count(*) FROM users') == 4


def test_what_was_too_much_is_on_the_record_once_a_minute(world: World, db: Engine, passing: Monotonic) -> None:
    for _ in range(TRIES_HERE.amount):
        fails()
    for _ in range(5):
        is_stopped()
    limited = "SELECT action, email_key, network FROM account_events WHERE outcome = 'limited'"
    assert rows(db, limited) == [('account:sign_in', OLGA, ELSEWHERE)]
    passing.at += 60
    is_stopped()
    assert len(rows(db, limited)) == 2
    wrong = "SELECT count(*) FROM account_events WHERE outcome = 'refused' AND network = :network"
    assert value(db, wrong, network=ELSEWHERE) == TRIES_HERE.amount


# being refused -------------------------------------------------------------------------------------------------------


def test_what_is_refused_again_and_again_is_on_the_record_a_few_times(
    world: World, db: Engine, passing: Monotonic
) -> None:
    def renames(actor: Actor) -> None:
        refused(Forbidden, lambda: organizations.rename(actor, 'Mine', version=2))

    def recorded(actor: Actor) -> int:
        query = "SELECT count(*) FROM audit_events WHERE outcome = 'refused' AND actor_id = :id"
        return int(value(db, query, id=actor.user_id))

    for _ in range(REFUSALS.amount + 5):
        renames(world.viewer)
    assert recorded(world.viewer) == REFUSALS.amount
    refused(Forbidden, lambda: audit.portion(world.viewer))
    assert recorded(world.viewer) == REFUSALS.amount + 1, 'another act'
    renames(world.member)
    assert recorded(world.member) == 1, 'another person'
    passing.at += 60
    renames(world.viewer)
    assert recorded(world.viewer) == REFUSALS.amount + 2, 'a minute later'


# on the screen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('path', ['/sign-in', '/sign-up'])
async def test_the_form_says_so_and_keeps_the_address(visit: Visit, world: World, path: str) -> None:
    robot = await visit()
    for _ in range(TRIES_HERE.amount):
        await robot.sign_in(OLGA, WRONG)
    send = robot.sign_in if path == '/sign-in' else robot.sign_up
    answer = await send(OLGA, PASSWORD, next='/organizations')
    assert answer.status_code == 429
    assert 0 < int(answer.headers['retry-after']) <= 600
    assert 'Too many attempts with this address.' in unescape(answer.text)
    assert f'content="0; url={path}?next=/organizations"' in answer.text, 'the browser goes on to the form by itself'
    assert (await robot.get('/')).headers['location'] == '/sign-in', 'nobody is signed in'

    await robot.open(f'{path}?next=/organizations')
    assert 'Too many attempts with this address. Try again in' in robot.shown
    assert robot.field('email').props['value'] == OLGA
    assert robot.field('next').props['value'] == '/organizations'


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
async def test_too_many_pages_are_refused_in_words(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, databases: object
) -> None:
    from nicegui import Client

    someone = await visit()
    monkeypatch.setattr(PAGES, 'amount', 1)
    assert (await someone.get('/sign-in')).status_code == 200
    built = len(Client.instances)
    answer = await someone.get('/sign-in')
    assert answer.status_code == 429
    assert 0 < int(answer.headers['retry-after']) <= 60
    assert 'Too many requests come from your network. Try again in a minute.' in answer.text
    assert len(Client.instances) == built
