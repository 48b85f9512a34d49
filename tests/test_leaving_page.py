"""Leaving on screen: who leaves is told so, in every window; who is turned out is told that."""

from sqlalchemy import Engine

from data.models import Role, Status
from data.services import members, organizations
from tests.support.team import Visit, people, role_in, team_of
from tests.support.visitors import until
from tests.support.waiting import at_rest
from tests.support.world import World


async def test_who_leaves_lands_at_home(visit: Visit, world: World, db: Engine) -> None:
    vera = await team_of(visit, world, Role.VIEWER)
    vera.press('Leave organization')
    await vera.sees('You will no longer see anything of', 'Acme')
    vera.press('Leave organization')
    await vera.is_told('You have left Acme.')
    await until(lambda: world.organization_id not in vera.path)
    assert role_in(db, world, 'vera@acme.test') is None


async def test_who_leaves_is_told_so_in_every_window_and_nobody_else_is(visit: Visit, world: World) -> None:
    vera, again, adam = [await team_of(visit, world, role) for role in (Role.VIEWER, Role.VIEWER, Role.ADMIN)]
    members.leave(world.viewer)
    for window in (vera, again):
        await window.is_told('You have left Acme.')
    await until(lambda: 'vera' not in people(adam))
    assert adam.notify.messages == []


async def test_who_leaves_is_told_so_whatever_else_happens_then(visit: Visit, world: World) -> None:
    vera = await team_of(visit, world, Role.VIEWER)
    organizations.rename(world.owner, 'Acme Two', version=2)
    members.leave(world.viewer)
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    await vera.is_told('You have left Acme.')


async def test_who_is_removed_has_not_left(visit: Visit, world: World) -> None:
    adam = await team_of(visit, world, Role.ADMIN)
    members.change_role(world.admin, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    members.remove(world.owner, world.admin.user_id)
    await adam.is_told('You no longer have access to Acme.')


async def test_who_gave_up_a_role_has_not_left_when_the_organization_ends(visit: Visit, world: World) -> None:
    adam = await team_of(visit, world, Role.ADMIN)
    members.change_role(world.admin, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    await until(lambda: people(adam)['adam']['role'] == 'Member')
    await at_rest()
    for status in (Status.DELETING, Status.DELETED):
        organizations.change_status(world.organization_id, status, '')
    await adam.is_told('You no longer have access to Acme.')
