"""Closing an account on its screen: what it means, the question, and what everybody else sees of it."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.services import members
from data.services.accounts.closing import CHANGED, NOT_YET, closing_outlook
from tests.support.probes import everything, run, value
from tests.support.visitors import OURS, Visitor, until
from tests.support.world import World, join

Visit = Callable[..., Awaitable[Visitor]]
OLGA, MIA = 'olga@acme.test', 'mia@acme.test'
SCRIPT = {**OURS, 'Accept': 'application/json'}
CLOSED = 'Your account is closed. Thank you for having been here.'
FORM = '/auth/close-account'


def hidden(visitor: Visitor) -> str:
    return str(visitor.field('edition').props['value'])


async def test_who_has_to_hand_over_first_is_told_where(visit: Visit, world: World) -> None:
    olga = await visit(OLGA)
    await olga.open('/account')
    assert 'You are the last Owner here, and others work here. Make somebody else Owner first:' in olga.shown
    assert 'Then you can close your account.' in olga.shown
    assert 'Close account' not in olga.shown.splitlines()
    links = [it.props['href'] for it in olga._elements() if it.tag == 'a' and it.props.get('href')]
    assert f'/organizations/{world.organization_id}/members' in links
    members.change_role(world.owner, world.admin.user_id, Role.OWNER, expected=Role.ADMIN)
    await olga.sees('You leave:', 'Close account')
    assert NOT_YET not in olga.shown


async def test_it_is_closed_and_everybody_sees_it(visit: Visit, world: World, db: Engine) -> None:
    olga, mia, phone = await visit(OLGA), await visit(MIA), await visit(MIA)
    await olga.open(f'/organizations/{world.organization_id}/members')
    await phone.open(f'/organizations/{world.organization_id}')
    await mia.open('/account')
    assert 'Nobody else is here. It is deleted with your account, with everything in it:' in mia.shown
    mia.press('Close account')
    await mia.sees('Close your account for good?', f'Type {MIA} to confirm')
    assert 'You leave:' in mia.shown
    wrong = await mia.post(FORM, SCRIPT, email=OLGA, edition=hidden(mia))
    assert wrong.json() == {'wrong': {'email': 'This is not the address of your account.'}}
    answer = await mia.post(FORM, SCRIPT, email=MIA, edition=hidden(mia))
    assert answer.json() == {'to': '/sign-in'}
    from pages.shell import live

    assert phone.client
    await until(lambda: live.has_ended(phone.client.id))
    await until(lambda: MIA not in [row.get('email') for row in olga.rows])
    await mia.open('/sign-in')
    assert CLOSED in mia.shown
    assert (await mia.get('/organizations')).headers['location'].startswith('/sign-in')
    assert (await phone.get('/organizations')).headers['location'].startswith('/sign-in')
    assert value(db, 'SELECT count(*) FROM users WHERE email_key = :mia', mia=MIA) == 0


@pytest.mark.parametrize('headers', [OURS, SCRIPT])
async def test_what_is_not_meant_closes_nothing(
    visit: Visit, world: World, db: Engine, headers: dict[str, str]
) -> None:
    mia, sam = await visit(MIA), await visit('sam@other.test')
    edition = closing_outlook(world.member).edition
    stranger = await visit()
    join(world.owner, world.newcomers[0], Role.MEMBER)
    before = everything(db)
    for who, form in (
        (mia, {}),
        (mia, {'email': MIA}),
        (mia, {'email': MIA, 'edition': 'x'}),
        (mia, {'email': '', 'edition': edition}),
        (mia, {'edition': edition}),
        (sam, {'email': MIA, 'edition': edition}),
        (sam, {'email': 'sam@other.test', 'edition': edition}),
        (stranger, {'email': MIA, 'edition': edition}),
    ):
        answer = await who.post(FORM, headers, **form)
        assert 'wrong' in answer.json(), form
    assert CHANGED in (await sam.post(FORM, SCRIPT, email='sam@other.test', edition=edition)).text
    assert (await mia.get(FORM)).status_code in (404, 405)
    assert (await mia.post(FORM, {'Origin': 'https://evil.test'}, email=MIA, edition=edition)).status_code == 403
    assert everything(db) == before


async def test_who_was_here_long_ago_is_asked_before(visit: Visit, world: World, db: Engine) -> None:
    mia = await visit(MIA)
    await mia.open('/account')
    run(db, "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00'")
    mia.press('Close account')
    await mia.sees('Confirm that it is you')
    assert 'Close your account for good?' not in mia.shown
    answer = await mia.post(FORM, SCRIPT, email=MIA, edition=closing_outlook(world.member).edition)
    assert answer.json() == {'wrong': {'': 'Confirm that it is you first. Nothing was changed.'}}
    mia.press('Cancel')
    await mia.is_told('Confirm that it is you first. Nothing was changed.')
    assert value(db, 'SELECT count(*) FROM users WHERE email_key = :mia', mia=MIA) == 1
