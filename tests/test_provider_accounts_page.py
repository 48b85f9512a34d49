"""Accounts made through a provider, as people see it: for which address, by which invitation, under which rules."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.runtime import account_rules
from data.runtime.account_rules import AccountRules, SignUp
from tests.support.oidc_mock import DEPRECATED, MockProvider, acme_id, is_refused, path_of, set_out, through
from tests.support.probes import rows, value
from tests.support.visitors import Visitor
from tests.support.world import World, offered

pytestmark = pytest.mark.filterwarnings(DEPRECATED)

Visit = Callable[..., Awaitable[Visitor]]

TAKEN = (
    'There is an account with olga@acme.test already. Sign in the way you always do; in your account you can then add '
    'Acme ID.'
)
UNVERIFIED = (
    'Acme ID does not say that ida@new.test is verified, so it may not be yours. Verify it there, then try again, or '
    'sign up in another way.'
)


@pytest.fixture(autouse=True)
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """A provider that runs, and the settings that name it."""
    with acme_id(monkeypatch) as running:
        yield running


async def test_an_unverified_address_makes_no_account(visit: Visit, db: Engine, acme: MockProvider) -> None:
    acme.say('ida', email='ida@new.test', email_verified=False)
    ida = await visit()
    await is_refused(ida, acme.agree(await set_out(ida), 'ida'), UNVERIFIED)
    assert value(db, 'SELECT count(*) FROM users') == 0


async def test_an_account_with_this_address_is_not_opened(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    acme.say('mallory', email='olga@acme.test', email_verified=True)
    mallory = await visit()
    await is_refused(mallory, acme.agree(await set_out(mallory), 'mallory'), TAKEN)
    assert value(db, 'SELECT count(*) FROM identities') == 0


async def test_the_address_of_somebody_may_change_at_the_provider(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.post('/auth/sign-out')
    acme.say('ida', email='olga@acme.test', email_verified=True)
    assert path_of(await through(ida, acme)) == '/'
    assert rows(db, 'SELECT users.email, identities.email FROM users JOIN identities ON users.id = user_id') == [
        ('ida@new.test', 'olga@acme.test')
    ]


async def test_who_is_invited_joins_through_a_provider(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    token = offered(world.owner, 'ida@new.test', Role.VIEWER)
    ida = await visit()
    await ida.open(f'/invitations/{token}')
    assert 'Continue with Acme ID' in ida.shown
    there = f'/organizations/{world.owner.organization_id}'
    assert path_of(await through(ida, acme, f'?invitation={token}&next={there}')) == there
    await ida.open(there)
    await ida.is_told('You have joined Acme as Viewer.')


async def test_the_invitation_of_somebody_else_is_told_where_it_is(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    token = offered(world.owner, 'ivo@new.test')
    ida = await visit()
    said = 'This invitation is for ivo@new.test. Acme ID says that you are ida@new.test.'
    await is_refused(ida, acme.agree(await set_out(ida, f'?invitation={token}'), 'ida'), said, f'/invitations/{token}')


async def test_who_has_an_account_answers_the_invitation_themselves(
    visit: Visit, db: Engine, world: World, acme: MockProvider
) -> None:
    ida = await visit()
    await through(ida, acme)
    await ida.post('/auth/sign-out')
    token = offered(world.owner, 'ida@new.test')
    assert path_of(await through(ida, acme, f'?invitation={token}')) == f'/invitations/{token}'
    await ida.open(f'/invitations/{token}')
    assert 'Accept invitation' in ida.shown


@pytest.mark.parametrize(
    ('rules', 'says'),
    [
        (AccountRules(sign_up=SignUp.CLOSED), 'Nobody can sign up here.'),
        (AccountRules(sign_up=SignUp.INVITED), 'You can sign up here with an invitation.'),
        (AccountRules(domains=frozenset({'acme.test'})), 'Use your address in acme.test.'),
    ],
    ids=['closed', 'invited', 'domains'],
)
async def test_the_rules_for_signing_up_are_told(
    visit: Visit, db: Engine, world: World, acme: MockProvider, rules: AccountRules, says: str
) -> None:
    ida = await visit()
    account_rules.configure(rules)
    await is_refused(ida, acme.agree(await set_out(ida), 'ida'), says)
