"""The screens say who may sign up, before anybody fills in a form for nothing."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine

from data.runtime import account_rules
from data.runtime.account_rules import AccountRules, SignUp
from data.services.accounts.policy import NOBODY, ONLY_INVITED
from tests.support.probes import value
from tests.support.visitors import Visitor
from tests.support.world import World, offered

Visit = Callable[..., Awaitable[Visitor]]
JOHN = 'john@acme.test'


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    before = account_rules.current()
    yield
    account_rules.configure(before)


async def page(visit: Visit, path: str, rules: AccountRules) -> Visitor:
    visitor = await visit()
    account_rules.configure(rules)
    await visitor.open(path)
    return visitor


def fields(visitor: Visitor) -> set[str]:
    return {it.props['name'] for it in visitor._elements() if it.props.get('name')}


SENTENCES = {SignUp.CLOSED: NOBODY, SignUp.INVITED: ONLY_INVITED}


@pytest.mark.parametrize('sign_up', SENTENCES)
async def test_where_one_can_not_sign_up_there_is_no_form(visit: Visit, world: World, sign_up: SignUp) -> None:
    rules = AccountRules(sign_up, frozenset({'acme.test'}))
    john = await page(visit, '/sign-up', rules)
    assert fields(john) == set()
    for words in ('Create your account', SENTENCES[sign_up], 'Already have an account?', 'Sign in'):
        assert words in john.shown
    assert 'Sign up' not in john.shown.splitlines()
    assert 'acme.test' not in john.shown
    await john.open('/sign-in')
    assert 'Create an account' not in john.shown
    assert {'email', 'password', 'kept'} <= fields(john)


async def test_whoever_sends_the_form_all_the_same_is_told_why_not(visit: Visit, world: World, db: Engine) -> None:
    john = await page(visit, '/sign-up', AccountRules())
    account_rules.configure(AccountRules(SignUp.CLOSED))  # while it was open
    before = value(db, 'SELECT count(*) FROM users')
    assert (await john.sign_up(JOHN)).headers['location'] == '/sign-up'
    await john.open('/sign-up')
    assert NOBODY in john.shown
    assert value(db, 'SELECT count(*) FROM users') == before


async def test_the_first_one_may_come_where_people_are_invited(visit: Visit) -> None:
    john = await page(visit, '/sign-in', AccountRules(SignUp.INVITED))
    assert 'Create an account' in john.shown
    await john.open('/sign-up')
    assert {'email', 'password', 'confirmation'} <= fields(john)


async def test_the_domains_are_said_where_the_address_is_typed(visit: Visit, world: World) -> None:
    rules = AccountRules(domains=frozenset({'b.test', 'a.test'}))
    john = await page(visit, '/sign-up', rules)
    assert 'Use your address in a.test or b.test.' in john.shown
    await john.sign_up(JOHN)
    await john.open('/sign-up')
    assert john.error_at('email') == 'You can’t sign up with this address. Use your address in a.test or b.test.'


async def test_without_passwords_there_is_no_form_for_one(visit: Visit, world: World) -> None:
    token = offered(world.owner, JOHN)
    rules = AccountRules(passwords=False)
    john = await page(visit, '/sign-in', rules)
    for path in ('/sign-in', '/sign-up', f'/invitations/{token}'):
        await john.open(path)
        assert 'password' not in fields(john), path
    assert (await john.sign_in('olga@acme.test')).headers['location'] == '/sign-in'
    await john.open('/sign-in')
    assert (await john.get('/organizations')).status_code == 303


@pytest.mark.parametrize(
    ('rules', 'sentence'),
    [
        (AccountRules(SignUp.CLOSED), NOBODY),
        (AccountRules(domains=frozenset({'a.test'})), 'Use your address in a.test.'),
        (AccountRules(SignUp.INVITED), ''),
        (AccountRules(SignUp.INVITED, frozenset({'acme.test'})), ''),
    ],
)
async def test_an_invitation_obeys_the_same_rules(
    visit: Visit, world: World, db: Engine, rules: AccountRules, sentence: str
) -> None:
    token = offered(world.owner, JOHN)
    john = await page(visit, f'/invitations/{token}', rules)
    assert sentence in john.shown
    assert ('confirmation' in fields(john)) is not bool(sentence)
    assert 'Decline' in john.shown
    answer = await john.sign_up(JOHN, invitation=token)
    assert bool(value(db, 'SELECT count(*) FROM users WHERE email = :john', john=JOHN)) is not bool(sentence)
    assert answer.headers['location'] == (f'/invitations/{token}' if sentence else '/')


async def test_who_has_an_account_accepts_whatever_the_rules_are(visit: Visit, world: World) -> None:
    token = offered(world.owner, 'nina@new.test')
    nina = await page(visit, f'/invitations/{token}', AccountRules(SignUp.CLOSED, frozenset({'a.test'})))
    assert 'Sign in to accept' in nina.shown
    await nina.sign_in('nina@new.test')
    await nina.open(f'/invitations/{token}')
    assert 'Accept invitation' in nina.shown
    assert (await nina.post(f'/invitations/{token}/accept')).headers['location'].startswith('/organizations/')
