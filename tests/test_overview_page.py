"""The overview: the live picture of one organization, and what happens to it when somebody's place in it changes."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nicegui import run

from components.kit.digest import Digest
from components.kit.facts import Facts
from components.kit.figures import Figures
from data.database import System, transaction
from data.models import Role, Status
from data.services import members, organizations, phone_numbers, projects, usage
from data.services.usage import Metric
from data.services.usage.limits import set_limit
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


def used(visitor: Visitor) -> dict[str, tuple[str, str, str]]:
    """What is used, by the name of what it is: number, unit, and how much of a limit that is."""
    [figures] = [it for it in visitor._elements() if isinstance(it, Figures)]
    assert figures.visible is bool(figures.props['items'])
    return {name: (number, unit, measured) for name, number, unit, _, _, measured, _ in figures.props['items']}


def answer(world: World, quantity: int) -> None:
    """Count so many messages of Acme."""
    with transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, quantity, f'of a test {quantity}')


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


async def test_it_tells_what_is_used_to_those_who_may_see_it(visit: Visit, world: World) -> None:
    olga, mia = await overview_of(visit, world, Role.OWNER), await overview_of(visit, world, Role.MEMBER)
    assert used(olga) == {'Messages': ('0', 'messages', ''), 'Storage': ('0', 'bytes', '')}
    assert 'See the usage' not in mia.shown
    answer(world, 1)
    await until(lambda: used(olga)['Messages'] == ('1', 'message', ''))
    answer(world, 8_199)
    await until(lambda: used(olga)['Messages'] == ('8,200', 'messages', ''))
    set_limit(world.organization_id, Metric.MESSAGES, 10_000)
    await until(lambda: used(olga)['Messages'] == ('8,200', 'messages', '82\N{NO-BREAK SPACE}% of 10,000 messages'))
    set_limit(world.organization_id, Metric.MEMBERS, 5)
    await until(lambda: used(olga).get('Members') == ('4', 'members', '80\N{NO-BREAK SPACE}% of 5 members'))
    set_limit(world.organization_id, Metric.PROJECTS, 0)
    set_limit(world.organization_id, Metric.STORAGE, 1_500_000)
    await until(lambda: used(olga).get('Storage') == ('0', 'bytes', '0\N{NO-BREAK SPACE}% of 1.5 MB'))
    assert list(used(olga)) == ['Messages', 'Members', 'Projects', 'Storage']
    assert used(mia) == {}, 'not even on its way to a browser'
    members.change_role(world.owner, world.member.user_id, Role.ADMIN, expected=Role.MEMBER)
    await until(lambda: used(mia) == used(olga))
    await mia.sees('See the usage')


async def test_a_burst_of_usage_draws_it_a_few_times(visit: Visit, world: World, monkeypatch: Any) -> None:
    from pages.shell import pictures

    times: list[float] = []
    original = pictures.of_parts

    def of_parts(*args: Any) -> Any:
        times.append(time.monotonic())
        return original(*args)

    olga = await overview_of(visit, world, Role.OWNER)
    monkeypatch.setattr(pictures, 'of_parts', of_parts)
    begun = time.monotonic()
    for quantity in range(1, 201):
        await run.io_bound(answer, world, quantity)
    await until(lambda: used(olga)['Messages'][0] == '20,100')
    assert len(times) <= 2 + 4 * (time.monotonic() - begun)


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
