"""The overview: the live picture of one organization, and what happens to it when somebody's place in it changes."""

from collections.abc import Awaitable, Callable

import pytest

from components.kit.digest import Digest
from components.kit.facts import Facts
from data.models import Role, Status
from data.services import members, organizations, phone_numbers, projects
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, join, organization, sign_up

Visit = Callable[..., Awaitable[Visitor]]


def faces(visitor: Visitor) -> list[str]:
    """Who is drawn as being here."""
    [facts] = [it for it in visitor._elements() if isinstance(it, Facts)]
    return [name for _, _, name in facts.props['faces']]


def projects_of(visitor: Visitor) -> list[tuple[str, str, str]]:
    """The projects that are named: where each leads, what it is called, how it stands."""
    [digest] = [it for it in visitor._elements() if isinstance(it, Digest)]
    return [(path, name, word) for path, name, word, *_ in digest.props['items']]


async def overview_of(visit: Visit, world: World, role: Role) -> Visitor:
    """Acme's overview, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}')
    await visitor.sees('How this organization is doing', email_of(world.of(role)))
    return visitor


@pytest.mark.parametrize('role', list(Role))
async def test_everybody_sees_where_it_stands(visit: Visit, world: World, role: Role) -> None:
    visitor = await overview_of(visit, world, role)
    assert visitor.title == 'Overview · Acme · Botcadence'
    await visitor.sees('Active', 'Everything works.', 'Members\n4', role.label)


@pytest.mark.parametrize('role', list(Role))
async def test_the_latest_activity_is_for_those_who_may_see_the_audit_log(
    visit: Visit, world: World, role: Role
) -> None:
    visitor = await overview_of(visit, world, role)
    may = role in (Role.OWNER, Role.ADMIN)
    assert ('Latest activity' in visitor.shown) is may
    page = (await visitor.get(f'/organizations/{world.organization_id}')).text
    assert ('vera@acme.test' in page) is (may or role is Role.VIEWER)


async def test_it_tells_what_happens_while_it_happens(visit: Visit, world: World) -> None:
    olga = await overview_of(visit, world, Role.OWNER)
    organizations.rename(world.admin, 'Beta', version=organization(world.owner).version)
    await olga.sees('adam@acme.test renamed the organization to “Beta”')
    assert olga.title == 'Overview · Beta · Botcadence'

    phone_numbers.add(world.admin, {'country': 'US', 'number': '(202) 456-1414', 'purpose': 'sms', 'label': ''})
    await olga.sees('adam@acme.test added the number')

    join(world.owner, world.newcomers[0], Role.MEMBER)
    await olga.sees('Members\n5')


async def test_it_tells_how_the_projects_stand(visit: Visit, world: World) -> None:
    vera, mia = await overview_of(visit, world, Role.VIEWER), await overview_of(visit, world, Role.MEMBER)
    assert projects_of(vera) == projects_of(mia) == []
    assert ('Make your first project' in vera.shown, 'Make your first project' in mia.shown) == (False, True)
    made = projects.create(world.member, {'name': 'Helpdesk'})
    path = f'/organizations/{world.organization_id}/projects'
    for visitor in (vera, mia):
        await until(lambda visitor=visitor: projects_of(visitor) == [(f'{path}/{made.id}', 'Helpdesk', 'Active')])
        assert 'Make your first project' not in visitor.shown
        await visitor.sees('1 active', 'All projects')
    renamed = projects.change(world.member, made.id, {'name': '<b>Desk</b>'}, version=1)
    projects.archive(world.member, made.id)
    await until(lambda: projects_of(vera) == [(f'{path}/{made.id}', '<b>Desk</b>', 'Archived')])
    await vera.sees('1 archived')
    projects.delete(world.member, made.id, renamed.name)
    await vera.sees('1 being deleted', 'All projects')
    assert projects_of(vera) == []


async def test_it_tells_who_is_here(visit: Visit, world: World) -> None:
    olga = await overview_of(visit, world, Role.OWNER)
    await until(lambda: faces(olga) == ['olga@acme.test'])
    adam = await overview_of(visit, world, Role.ADMIN)
    await until(lambda: faces(olga) == ['adam@acme.test', 'olga@acme.test'])
    again = await overview_of(visit, world, Role.ADMIN)
    await until(lambda: faces(adam) == faces(olga) == ['adam@acme.test', 'olga@acme.test'])

    adam.leave()
    again.leave()
    await until(lambda: faces(olga) == ['olga@acme.test'])
    assert 'Open pages' not in olga.shown


async def test_some_faces_are_drawn_and_the_others_counted(visit: Visit, world: World) -> None:
    olga = await overview_of(visit, world, Role.OWNER)
    others = [join(world.owner, it, Role.MEMBER) for it in (*world.newcomers, world.stranger)]
    come = [world.admin, world.member, world.viewer, *others]
    visitors = []
    for person in come:
        visitors.append(await visit(email_of(person)))
        await visitors[-1].open(f'/organizations/{world.organization_id}')
    await olga.sees('and 2 more')
    everybody = sorted(map(email_of, [world.owner, *come]))
    assert faces(olga) == everybody[:6]
    [facts] = [it for it in olga._elements() if isinstance(it, Facts)]
    assert facts.props['sentence'].split('\n') == everybody[6:]
    visitors[0].leave()
    await olga.sees('and 1 more')
    visitors[1].leave()
    await until(lambda: 'more' not in olga.shown and len(faces(olga)) == 6)


async def test_a_suspension_is_there_at_once_with_its_reason(visit: Visit, world: World) -> None:
    vera = await overview_of(visit, world, Role.VIEWER)
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'Spam was sent')
    await vera.sees('Suspended', 'Read-only for everyone', 'Reason: Spam was sent')
    organizations.change_status(world.organization_id, Status.ACTIVE, '')
    await vera.sees('Everything works.')
    assert 'Spam' not in vera.shown


async def test_whoever_is_removed_is_moved_to_an_own_organization_with_a_sentence(visit: Visit, world: World) -> None:
    mia = await overview_of(visit, world, Role.MEMBER)
    members.remove(world.owner, world.member.user_id)
    await mia.is_told('You no longer have access to Acme.')
    await until(lambda: mia.title == 'Overview · mia · Botcadence')
    assert world.organization_id not in mia.path
    assert 'Acme' not in mia.shown


async def test_it_is_the_same_in_the_middle_of_a_form(visit: Visit, world: World) -> None:
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/settings')
    adam.form('name').fill(name='Half typed')
    members.remove(world.owner, world.admin.user_id)
    await adam.is_told('You no longer have access to Acme.')
    await until(lambda: adam.title == 'Overview · adam · Botcadence')


async def test_whoever_loses_the_last_one_finds_a_fresh_one(visit: Visit, world: World) -> None:
    eve = join(world.owner, sign_up('eve@acme.test'), Role.MEMBER)
    home = organizations.portion(eve).rows
    own = next(card.id for card in home if card.id != world.organization_id)
    for status in (Status.DELETING, Status.DELETED):
        organizations.change_status(own, status, '')
    visitor = await visit('eve@acme.test')
    await visitor.open(f'/organizations/{world.organization_id}')
    members.remove(world.owner, eve.user_id)
    await visitor.is_told('You no longer have access to Acme.')
    await until(lambda: visitor.title == 'Overview · eve · Botcadence')
    assert 'Owner' in visitor.shown


async def test_a_deleted_organization_is_left_by_everybody(visit: Visit, world: World) -> None:
    vera = await overview_of(visit, world, Role.VIEWER)
    for status in (Status.DELETING, Status.DELETED):
        organizations.change_status(world.organization_id, status, '')
    await vera.is_told('You no longer have access to Acme.')
    await until(lambda: vera.title == 'Overview · vera · Botcadence')


async def test_another_role_shows_at_once(visit: Visit, world: World) -> None:
    vera = await overview_of(visit, world, Role.VIEWER)
    assert 'Latest activity' not in vera.shown
    members.change_role(world.owner, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    await vera.sees('Admin', 'Latest activity', 'changed the role of vera@acme.test', 'From Viewer to Admin')
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.ADMIN)
    await until(lambda: 'Latest activity' not in vera.shown)


async def test_a_session_that_ended_elsewhere_ends_every_page(visit: Visit, world: World) -> None:
    olga = await overview_of(visit, world, Role.OWNER)
    await olga.post('/auth/sign-out')
    client = olga.client
    assert client
    await until(lambda: not client.elements)
