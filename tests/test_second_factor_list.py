"""Who has a second factor is told to those who may invite, and to nobody else; the list follows at once."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.services import members
from data.services.accounts import totp
from tests.support.probes import run
from tests.support.second_factors import with_app
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]


@pytest.mark.parametrize('role', list(Role))
def test_those_who_may_invite_are_told(world: World, role: Role) -> None:
    with_app(world.member)
    people = members.portion(world.of(role))
    told = {person.email for person in people.rows if person.second_factor_at}
    assert told == ({'mia@acme.test'} if role in (Role.OWNER, Role.ADMIN) else set())
    assert people.factors is (role in (Role.OWNER, Role.ADMIN))


def test_also_while_nobody_can_be_invited(world: World, db: Engine) -> None:
    run(db, "UPDATE organizations SET status = 'restricted', status_reason = 'unpaid'")
    assert members.portion(world.admin).factors


async def test_the_list_follows_and_shows_it_to_them_only(visit: Visit, world: World) -> None:
    olga, vera = await visit('olga@acme.test'), await visit('vera@acme.test')
    for visitor in (olga, vera):
        await visitor.open(f'/organizations/{world.organization_id}/members')
        await visitor.sees('Team members')

    def said(visitor: Visitor) -> dict[str, str]:
        return {row['email']: row['factor'] for row in visitor.rows if 'factor' in row}

    await until(lambda: set(said(olga).values()) == {'No second factor'})
    with_app(world.member)
    await until(lambda: said(olga)['mia@acme.test'] == 'Has a second factor')
    totp.remove(world.member)
    await until(lambda: said(olga)['mia@acme.test'] == 'No second factor')
    assert set(said(vera).values()) == {''}
