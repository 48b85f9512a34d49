"""Who may sign up: one rule for passwords and invitations, whatever screen or program asks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from threading import Barrier

import pytest
from sqlalchemy import Engine

from data.operations import checks
from data.problems import Invalid, Problem
from data.runtime import account_rules
from data.runtime.account_rules import AccountRules, SignUp
from data.services import accounts, invitations
from data.services.accounts import NoSignUp, policy
from data.services.accounts.policy import NO_PASSWORDS, NOBODY, ONLY_INVITED
from tests.support.probes import everything, refused, value
from tests.support.world import PASSWORD, World, offered

HERE, THERE = 'john@acme.test', 'john@other.test'
DOMAIN = frozenset({'acme.test'})


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    before = account_rules.current()
    yield
    account_rules.configure(before)


def rule(sign_up: SignUp = SignUp.OPEN, *, domains: frozenset[str] = frozenset(), has_passwords: bool = True) -> None:
    account_rules.configure(AccountRules(sign_up, domains, has_passwords))


def comes(email: str, invitation: str | None = None) -> str:
    return accounts.sign_up(email, PASSWORD, PASSWORD, invitation=invitation)


def outcome(email: str, invitation: str | None) -> str:
    """What signing up comes to: 'in', or the sentence why not."""
    try:
        comes(email, invitation)
    except Invalid as problem:
        return problem.fields['email']
    except Problem as problem:
        return str(problem)
    return 'in'


ALL = list(product(SignUp, (frozenset(), DOMAIN), (True, False), (HERE, THERE), (True, False)))


@pytest.mark.parametrize(('sign_up', 'domains', 'has_passwords', 'email', 'is_invited'), ALL)
def test_every_combination_says_the_same_before_and_after(
    world: World,
    db: Engine,
    sign_up: SignUp,
    domains: frozenset[str],
    has_passwords: bool,
    email: str,
    is_invited: bool,
) -> None:
    token = offered(world.owner, email) if is_invited else None
    rule(sign_up, domains=domains, has_passwords=has_passwords)
    if not has_passwords:
        expected = NO_PASSWORDS
    elif sign_up is SignUp.CLOSED:
        expected = NOBODY
    elif sign_up is SignUp.INVITED and not is_invited:
        expected = ONLY_INVITED
    elif domains and email == THERE:
        expected = 'You can’t sign up with this address. Use your address in acme.test.'
    else:
        expected = 'in'
    foretold = policy.why_not(email, invited=is_invited) or 'in'
    before = everything(db)
    assert outcome(email, token) == expected
    if has_passwords:
        assert foretold == expected
    if expected != 'in':
        assert everything(db) == before
    is_closed = sign_up is not SignUp.OPEN
    assert bool(policy.outlook()) is is_closed


def test_the_very_first_is_let_in_where_people_are_invited(db: Engine) -> None:
    rule(SignUp.INVITED)
    assert policy.outlook() == ''
    comes(HERE)
    assert policy.outlook() == ONLY_INVITED
    assert str(refused(NoSignUp, comes, THERE)) == ONLY_INVITED


def test_of_many_who_are_the_first_at_once_one_is(db: Engine) -> None:
    rule(SignUp.INVITED)
    ready = Barrier(8)

    def come(number: int) -> str:
        ready.wait(10)
        return outcome(f'john{number}@acme.test', None)

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(come, range(8)))
    assert outcomes == sorted(['in', *[ONLY_INVITED] * 7])
    assert value(db, 'SELECT count(*) FROM users') == 1


def test_nobody_is_the_first_where_nobody_signs_up(db: Engine) -> None:
    rule(SignUp.CLOSED)
    assert policy.outlook() == NOBODY
    refused(NoSignUp, comes, HERE)
    assert value(db, 'SELECT count(*) FROM users') == 0


@pytest.mark.parametrize('sign_up', SignUp)
def test_whoever_runs_it_always_can(db: Engine, sign_up: SignUp) -> None:
    rule(sign_up, domains=frozenset({'nowhere.test'}), has_passwords=False)
    checks.create_owner(HERE, PASSWORD, PASSWORD)
    assert value(db, 'SELECT count(*) FROM users') == 1


def test_an_invitation_that_is_no_more_lets_nobody_in(world: World, db: Engine) -> None:
    token = offered(world.owner, HERE)
    [pending] = invitations.portion(world.owner).rows
    invitations.revoke(world.owner, pending.id)
    rule(SignUp.INVITED)
    before = everything(db)
    refused(Problem, comes, HERE, token)
    refused(Problem, comes, HERE, 'x' * 43)
    refused(Problem, comes, HERE, '')
    assert everything(db) == before


def test_an_invitation_of_somebody_else_lets_nobody_in(world: World, db: Engine) -> None:
    token = offered(world.owner, THERE)
    rule(SignUp.INVITED)
    before = everything(db)
    refused(Problem, comes, HERE, token)
    assert everything(db) == before


def test_who_has_an_account_comes_in_whoever_may_sign_up(world: World) -> None:
    rule(SignUp.CLOSED, domains=frozenset({'nowhere.test'}))
    assert accounts.sign_in('olga@acme.test', PASSWORD)
    rule(has_passwords=False)
    assert str(refused(NoSignUp, accounts.sign_in, 'olga@acme.test', PASSWORD)) == NO_PASSWORDS


@pytest.mark.parametrize(
    'email', ['john@sub.acme.test', 'john@acme.test.evil.test', 'john@notacme.test', 'acme.test@x.test']
)
def test_a_domain_is_that_domain_and_no_other(db: Engine, email: str) -> None:
    rule(domains=DOMAIN)
    assert list(refused(Invalid, comes, email).fields) == ['email']
    comes('John@ACME.test')


def test_a_domain_in_other_letters_is_one(db: Engine) -> None:
    rule(domains=frozenset({'xn--mller-kva.test'}))
    comes('jo@müller.test')


def test_who_is_invited_and_can_not_sign_up_is_told_of_before(world: World) -> None:
    rule(domains=DOMAIN)
    known, unknown, here = invitations.check(world.owner, f'nina@new.test {THERE} {HERE}')
    assert known.sentence == unknown.sentence, 'who has an account is nothing to tell'
    assert 'can’t sign up' in known.sentence
    assert here.sentence == 'Will be invited.'
    assert {known.verdict, here.verdict} == {invitations.Verdict.NEW}
    account_rules.configure(replace(account_rules.current(), sign_up=SignUp.CLOSED))
    assert 'can’t sign up' in invitations.check(world.owner, HERE)[0].sentence
