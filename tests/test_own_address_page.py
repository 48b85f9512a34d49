"""The cards of the address and the password, on the screen of an account: typed, refused, asked for, and live."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine

from data.runtime import account_rules
from data.runtime.account_rules import AccountRules
from data.services.accounts import moving
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import run, value
from tests.support.team import people
from tests.support.visitors import OURS, Visitor, until
from tests.support.world import PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]

OLGA, NEW = 'olga@acme.test', 'teal harbor under glass'
SCRIPT = {**OURS, 'Accept': 'application/json'}
LONG_AGO = "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000'"


@pytest.fixture
def mail(user: object) -> Iterator[PostOffice]:
    """Mail is set up once the application has started without."""
    with post_office() as office:
        yield office


async def account(visit: Visit, email: str = OLGA) -> Visitor:
    visitor = await visit(email)
    await visitor.open('/account')
    await visitor.sees('Email address', 'Password')
    return visitor


# the address ---------------------------------------------------------------------------------------------------------


async def test_without_mail_a_new_address_counts_at_once_everywhere(visit: Visit, world: World) -> None:
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/members')
    await until(lambda: 'olga' in people(adam))
    olga = await account(visit)
    assert 'a new one counts at once' in olga.shown
    olga.form('address').fill(email='olga.berg@acme.test').send()
    await until(lambda: moving.address_of(world.owner).email == 'olga.berg@acme.test')
    await until(lambda: 'olga.berg' in people(adam) and 'olga' not in people(adam))
    await until(lambda: olga.form('address')['email'] == 'olga.berg@acme.test')
    await olga.sees(f'You changed your email address. Before, it was {OLGA}')


@pytest.mark.parametrize(
    ('email', 'sentence'),
    [
        ('nonsense', 'Enter an email address like name@example.com.'),
        ('mia@acme.test', 'There is another account with this address.'),
    ],
)
async def test_what_will_not_do_is_said_at_the_field(visit: Visit, world: World, email: str, sentence: str) -> None:
    olga = await account(visit)
    form = olga.form('address').fill(email=email)
    form.send()
    await until(lambda: sentence in form.error('email'))
    assert form['email'] == email, 'what was typed stays'


async def test_with_mail_it_waits_and_can_be_withdrawn(visit: Visit, world: World, mail: PostOffice) -> None:
    olga, phone = await account(visit), await account(visit)
    olga.form('address').fill(email='olga@elsewhere.test').send()
    for page in (olga, phone):
        await page.sees('A link went to olga@elsewhere.test.', 'Keep my address')
    await until(lambda: olga.form('address')['email'] == OLGA)
    link = mail.link('olga@elsewhere.test')
    phone.press('Keep my address')
    await until(lambda: 'A link went to' not in olga.shown)
    assert (await olga.get(link)).status_code == 404


async def test_who_it_is_is_asked_in_place_and_it_goes_on(
    visit: Visit, world: World, db: Engine, mail: PostOffice
) -> None:
    olga = await account(visit)
    run(db, LONG_AGO)
    olga.form('address').fill(email='olga@elsewhere.test').send()
    await olga.sees('Confirm that it is you')
    assert mail.to('olga@elsewhere.test') == []
    assert (await olga.post('/auth/confirm', SCRIPT, password=PASSWORD)).json() == {'done': True}
    await olga.sees('A link went to olga@elsewhere.test.')


# the password --------------------------------------------------------------------------------------------------------


async def test_another_password_signs_out_every_other_browser(visit: Visit, world: World) -> None:
    olga, phone = await account(visit), await account(visit)
    before = olga.cookie
    form = {'current': PASSWORD, 'password': NEW, 'confirmation': NEW}
    assert (await olga.post('/auth/password', SCRIPT, **form)).json() == {'done': True}
    assert olga.cookie != before
    assert (await olga.get('/account')).status_code == 200
    assert (await phone.get('/account')).headers['location'].startswith('/sign-in')
    await until(lambda: 'Your account' not in phone.shown)
    stale = await visit()
    stale.http_client.cookies.set('session', before)
    assert (await stale.get('/account')).headers['location'].startswith('/sign-in'), 'the token of before is nobody’s'


@pytest.mark.parametrize(
    ('form', 'fields'),
    [
        ({'current': 'wrong', 'password': NEW, 'confirmation': NEW}, {'current'}),
        ({'current': PASSWORD, 'password': 'short', 'confirmation': 'shorter'}, {'password', 'confirmation'}),
        ({}, {'password'}),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    visit: Visit, world: World, form: dict[str, str], fields: set[str]
) -> None:
    olga = await account(visit)
    assert (await olga.post('/auth/password', SCRIPT, **form)).json()['wrong'].keys() == fields
    assert (await olga.get('/account')).status_code == 200


async def test_nobody_and_another_site_change_no_password(visit: Visit, world: World, db: Engine) -> None:
    nobody, olga = await visit(), await account(visit)
    form = {'current': PASSWORD, 'password': NEW, 'confirmation': NEW}
    before = value(db, 'SELECT password_hash FROM users WHERE id = :user', user=world.owner.user_id)
    assert 'You are signed out' in (await nobody.post('/auth/password', SCRIPT, **form)).json()['wrong']['']
    for headers in ({}, {'Origin': 'https://evil.test'}):
        assert (await olga.post('/auth/password', headers, **form)).status_code == 403
    assert value(db, 'SELECT password_hash FROM users WHERE id = :user', user=world.owner.user_id) == before


async def test_the_first_password_asks_who_it_is(visit: Visit, world: World, db: Engine) -> None:
    olga = await account(visit)
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :user', user=world.owner.user_id)
    run(db, LONG_AGO)
    form = {'password': NEW, 'confirmation': NEW}
    assert (await olga.post('/auth/password', SCRIPT, **form)).json() == {'confirm': True}
    run(db, LONG_AGO.replace("'2020-01-01 00:00:00.000000'", 'created_at'))
    assert (await olga.post('/auth/password', SCRIPT, **form)).json() == {'done': True}


async def test_a_card_says_how_one_signs_in_without_a_password(visit: Visit, world: World, db: Engine) -> None:
    olga = await visit(OLGA)
    run(db, 'UPDATE users SET password_hash = NULL WHERE id = :user', user=world.owner.user_id)
    await olga.open('/account')
    await olga.sees('You have no password', 'Set a password')
    assert 'Current password' not in olga.shown
    olga.press('Set a password')
    await olga.sees('One more way to sign in.', 'New password')


async def test_where_there_are_no_passwords_there_is_no_card(visit: Visit, world: World) -> None:
    olga = await visit(OLGA)
    account_rules.configure(AccountRules(passwords=False))
    try:
        await olga.open('/account')
        await olga.sees('Email address')
        assert 'Change password' not in olga.shown and 'Set a password' not in olga.shown
    finally:
        account_rules.configure(AccountRules())
