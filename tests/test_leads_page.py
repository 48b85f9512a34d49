"""The screen of leads: who left an address, live, found by words, and taken along by those who may."""

from data.models import Role
from data.services import conversations, visitors
from tests.support.conversing import Guest, serving_project
from tests.support.inbox_screen import Visit
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of


def leave(guest: Guest, email: str, name: str) -> None:
    """Leave an address."""
    visitors.leave_address(guest.serving, guest.arrival.token, email, name, True)


async def at_leads(visit: Visit, world: World, role: Role, project_id: str) -> Visitor:
    """The screen, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/projects/{project_id}/leads')
    await visitor.sees('Leads')
    return visitor


async def test_who_leaves_an_address_is_there_at_once_with_what_they_agreed_to(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    adam, mia = [await at_leads(visit, world, role, project_id) for role in (Role.ADMIN, Role.MEMBER)]
    assert 'Nobody has left an address yet.' in mia.shown
    assert 'Export CSV' not in adam.shown
    guests = [Guest(serving), Guest(serving)]
    for guest, name in zip(guests, ('Zoe', '=1+1'), strict=True):
        guest.say('Hello')
        leave(guest, f'{guest.at}@shop.example', name)
    for visitor in (adam, mia):
        await visitor.sees('Zoe', f'{guests[0].at}@shop.example', serving.settings.consent)
    assert 'Only Owners and Admins can export leads. You are a Member.' in mia.shown
    assert ('Export CSV' in adam.shown, 'Export CSV' in mia.shown) == (True, False)
    adam.press('Export CSV')
    await adam.is_told('Exported 2 leads.')
    conversations.delete(world.owner, guests[0].at)
    await until(lambda: 'Zoe' not in mia.shown)


async def test_leads_of_another_project_or_organization_are_not_there(visit: Visit, world: World) -> None:
    project_id, _ = serving_project(world.owner)
    foreign_id, foreign = serving_project(world.stranger)
    for serving in (serving_project(world.owner, 'Other')[1], foreign):
        guest = Guest(serving)
        guest.say('Hello')
        leave(guest, 'secret@shop.example', 'Secret')
    mia = await at_leads(visit, world, Role.MEMBER, project_id)
    assert 'secret' not in mia.shown.lower()
    await mia.open(f'/organizations/{world.organization_id}/projects/{foreign_id}/leads')
    await mia.sees('There is nothing here', 'This project is no longer here.')
