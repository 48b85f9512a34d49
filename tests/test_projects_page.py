"""The projects of an organization on screen: cards, search, making one, and what others do meanwhile."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from components.kit.choice import Choice
from data.models import Project, Role, Status, new_id
from data.runtime import rate_limiter
from data.services import members, organizations, projects
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.probes import run, value
from tests.support.visitors import Visitor, until
from tests.support.world import World, inside

Visit = Callable[..., Awaitable[Visitor]]

NONE = 'There is no project yet.'
NO_MATCH = 'No project matches these filters.'
WHY = 'Only Owners, Admins and Members can create, change or delete projects and what is in them. You are a Viewer.'
MAIL = {Role.OWNER: 'olga', Role.ADMIN: 'adam', Role.MEMBER: 'mia', Role.VIEWER: 'vera'}


def make(world: World, name: str, description: str = '') -> Project:
    return projects.create(world.owner, {'name': name, 'description': description})


@pytest.fixture
def many(world: World) -> list[str]:
    """The names of 150 projects of Acme."""
    found = [f'Shop {number:03}' for number in range(150)]
    for name in found:
        make(world, name)
        rate_limiter.reset()
    return found


async def list_of(visit: Visit, world: World, role: Role = Role.OWNER) -> Visitor:
    visitor = await visit(f'{MAIL[role]}@acme.test')
    await visitor.open(f'/organizations/{world.organization_id}/projects')
    assert visitor.title == 'Projects · Acme · Botcadence'
    return visitor


def names(visitor: Visitor) -> list[str]:
    return [row['name'] for row in visitor.rows]


def chips(visitor: Visitor) -> dict[str, str]:
    """The status on each card, '' where none is said."""
    return {row['name']: row['status'] for row in visitor.rows}


def narrow(visitor: Visitor, name: str, text: object) -> None:
    """Type into the search, or choose a status."""
    field = visitor.field(name)
    with field:
        if isinstance(field, Choice):
            field.choose(text)
        else:
            field.value = text  # type: ignore[attr-defined]  # of an input


async def test_where_there_is_none_the_first_one_is_offered(visit: Visit, world: World) -> None:
    mia = await list_of(visit, world, Role.MEMBER)
    await mia.sees(NONE, 'Create the first project')
    assert 'Search' not in mia.shown
    assert 'New project' not in mia.shown, 'it is offered once'
    mia.press('Create the first project')
    await mia.sees('Create project')
    mia.form('new').fill(name=' Support ', description='What people ask\n\n\n\nevery day ').send()
    await until(lambda: projects.portion(world.owner).total == 1)
    [card] = projects.portion(world.owner).rows
    assert (card.name, card.description) == ('Support', 'What people ask\n\nevery day')
    await until(lambda: mia.path == f'/organizations/{world.organization_id}/projects/{card.id}')


async def test_a_viewer_sees_it_all_and_reads_why_there_is_nothing_to_press(visit: Visit, world: World) -> None:
    vera = await list_of(visit, world, Role.VIEWER)
    await vera.sees(NONE, WHY)
    assert 'Create the first project' not in vera.shown
    made = make(world, 'Support', 'What people ask')
    await until(lambda: names(vera) == ['Support'])
    [row] = vera.rows
    assert row['path'] == f'/organizations/{world.organization_id}/projects/{made.id}'
    assert (row['description'], row['status'], row['changed_at']) == ('What people ask', '', '')
    assert NONE not in vera.shown
    assert 'New project' not in vera.shown
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    await vera.sees('New project')
    assert WHY not in vera.shown
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'Spam was sent')
    await vera.sees(
        'This organization is suspended. Nobody can create, change or delete projects and what is in them now.'
    )
    assert 'New project' not in vera.shown


async def test_a_card_follows_what_becomes_of_its_project(visit: Visit, world: World) -> None:
    sales = make(world, 'Sales')
    support = make(world, 'Support')
    adam = await list_of(visit, world, Role.ADMIN)
    assert chips(adam) == {'Sales': '', 'Support': ''}
    projects.change(world.member, sales.id, {'name': 'Trade', 'description': 'For shops'}, version=1)
    await until(lambda: names(adam) == ['Support', 'Trade'])
    assert adam.rows[1]['description'] == 'For shops'
    assert adam.rows[1]['changed_at'] > adam.rows[1]['created_at']
    projects.archive(world.member, support.id)
    await until(lambda: chips(adam) == {'Trade': '', 'Support': 'Archived'})
    assert names(adam) == ['Trade', 'Support'], 'what works comes first'
    projects.delete(world.member, support.id, 'support')
    await until(lambda: chips(adam)['Support'] == 'Being deleted')
    assert adam.rows[1]['until']
    projects.restore(world.member, support.id)
    await until(lambda: chips(adam)['Support'] == 'Archived')
    projects.reopen(world.member, support.id)
    await until(lambda: chips(adam) == {'Support': '', 'Trade': ''})


async def test_cards_are_narrowed_down_to_a_status(visit: Visit, world: World) -> None:
    made = {name: make(world, name) for name in ('Alpha', 'Beta', 'Gamma')}
    projects.archive(world.owner, made['Beta'].id)
    projects.delete(world.owner, made['Gamma'].id, 'Gamma')
    olga = await list_of(visit, world)
    assert names(olga) == ['Alpha', 'Beta', 'Gamma']
    for status, found in ('active', 'Alpha'), ('archived', 'Beta'), ('deleting', 'Gamma'):
        narrow(olga, 'status', status)
        await until(lambda found=found: names(olga) == [found])
    projects.restore(world.owner, made['Gamma'].id)
    await olga.sees('No project is being deleted.')
    assert olga.rows == []
    olga.press('Clear filters')
    await until(lambda: names(olga) == ['Alpha', 'Gamma', 'Beta'])


async def test_many_come_in_portions(visit: Visit, world: World, many: list[str]) -> None:
    olga = await list_of(visit, world)
    assert names(olga) == many[:30]
    olga.press('Show more (30 of 150)')
    await until(lambda: len(olga.rows) == 120)
    olga.press('Show more (120 of 150)')
    await until(lambda: names(olga) == many)
    assert 'Show more' not in olga.shown


async def test_search_finds_what_is_not_drawn(visit: Visit, world: World, many: list[str]) -> None:
    olga = await list_of(visit, world)
    narrow(olga, 'search', '14 SHÓP')
    await until(lambda: names(olga) == [many[14], many[114], *many[140:]])
    narrow(olga, 'search', '%')
    await olga.sees(NO_MATCH)
    olga.press('Clear filters')
    await until(lambda: len(olga.rows) == 30)
    assert NO_MATCH not in olga.shown


@pytest.mark.parametrize('strange', [None, 7, [], {}, True, 'x' * 100_000, '\x00', '\ud800', "'; DROP TABLE users;--"])
async def test_a_strange_search_is_harmless(visit: Visit, world: World, strange: object) -> None:
    make(world, 'Sales')
    make(world, 'Support')
    olga = await list_of(visit, world)
    narrow(olga, 'search', strange)
    narrow(olga, 'search', 'sal')
    await until(lambda: names(olga) == ['Sales'])


@pytest.mark.parametrize('name', ['', '  ', '\u3164', 'x' * 81, 'a\u202eb', 7, {'a': 1}, ['x']], ids=repr)
async def test_an_unusable_name_makes_nothing(visit: Visit, world: World, db: Engine, name: object) -> None:
    olga = await list_of(visit, world)
    olga.press('Create the first project')
    await olga.sees('Create project')
    olga.form('new').fill(name=name, description='typed').send()
    await until(lambda: olga.form('new').error('name'))
    assert olga.form('new')['description'] == 'typed'
    assert value(db, 'SELECT count(*) FROM projects') == 0


async def test_entering_twice_makes_one(visit: Visit, world: World) -> None:
    olga = await list_of(visit, world)
    olga.press('Create the first project')
    await olga.sees('Create project')
    form = olga.form('new').fill(name='Beta')
    form.send()
    form.send()
    await until(lambda: '/projects/' in olga.path)
    assert projects.portion(world.owner).total == 1


async def test_who_may_no_longer_is_told_and_keeps_what_was_typed(visit: Visit, world: World) -> None:
    mia = await list_of(visit, world, Role.MEMBER)
    mia.press('Create the first project')
    await mia.sees('Create project')
    form = mia.form('new').fill(name='Beta')
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    form.send()
    await mia.sees(f'{WHY} What you typed is still here.')
    assert projects.portion(world.owner).total == 0


async def test_what_happens_elsewhere_does_not_come_here(visit: Visit, world: World) -> None:
    make(world, 'Support')
    olga = await list_of(visit, world)
    before = olga.rows
    projects.create(world.stranger, {'name': 'Foreign'})
    make(world, 'Sales')
    await until(lambda: names(olga) == ['Sales', 'Support'])
    assert olga.rows[1:] == before


async def test_a_stranger_finds_nothing_at_its_address(visit: Visit, world: World, db: Engine) -> None:
    make(world, 'Support')
    sam = await visit('sam@other.test')
    run(db, "UPDATE organizations SET name = 'Sam’s' WHERE id = :id", id=world.stranger.organization_id)
    answers = [
        await sam.get(f'/organizations/{at}/projects')
        for at in (world.organization_id, new_id(), 'a' * 15, 'A' * 16, '%00', 'x' * 500)
    ]
    assert len({(it.status_code, it.headers.get('location')) for it in answers}) == 1
    assert all('Support' not in it.text and world.organization_id not in it.text for it in answers)
    await sam.open(f'/organizations/{world.stranger.organization_id}/projects')
    sam.navigate.to(f'/organizations/{world.organization_id}/projects')  # over the socket, where no request is sent
    await sam.is_told('That organization doesn’t exist, or you don’t have access to it.')
    assert 'Support' not in sam.shown


async def test_who_is_removed_while_they_look_is_led_away(visit: Visit, world: World) -> None:
    make(world, 'Support')
    mia = await list_of(visit, world, Role.MEMBER)
    members.remove(world.owner, world.member.user_id)
    await until(lambda: world.organization_id not in mia.path)
    await until(lambda: 'Support' not in mia.shown)


async def test_two_organizations_of_one_person_have_lists_of_their_own(visit: Visit, world: World) -> None:
    second = inside(world.owner, organizations.create(world.owner, 'Second').id)
    projects.create(second, {'name': 'Of the second'})
    make(world, 'Support')
    olga = await list_of(visit, world)
    assert names(olga) == ['Support']
    await olga.go(f'/organizations/{second.organization_id}/projects')
    await until(lambda: names(olga) == ['Of the second'])
    make(world, 'Sales')
    projects.create(second, {'name': 'Another'})
    await until(lambda: names(olga) == ['Another', 'Of the second'])


async def test_a_limit_that_is_reached_is_said_where_one_is_made(visit: Visit, world: World) -> None:
    make(world, 'Support')
    set_limit(world.organization_id, Metric.PROJECTS, 1)
    olga = await list_of(visit, world)
    olga.press('New project')
    await olga.sees('Create project')
    olga.form('new').fill(name='Sales').send()
    await olga.sees('may have 1 project at once and has reached that', 'What you typed is still here.')
    assert olga.form('new')['name'] == 'Sales'
    assert projects.portion(world.owner).total == 1
