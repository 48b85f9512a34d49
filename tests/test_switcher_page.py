"""The switcher has the list of organizations only while it is open, and says to the browser only what is new."""

from collections.abc import Awaitable, Callable

import pytest

from components.kit.switcher import Switcher
from data.models import Role
from data.services import organizations
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, inside

Visit = Callable[..., Awaitable[Visitor]]


def switcher_of(visitor: Visitor) -> Switcher:
    """What says where one is."""
    [found] = [it for it in visitor._elements() if isinstance(it, Switcher)]
    return found


def listed(visitor: Visitor) -> list[tuple[str, str]] | None:
    """Names and roles in the list, None where it is not open."""
    rows = switcher_of(visitor).props['rows']
    return None if rows is None else [(row['name'], row['role']) for row in rows]


async def test_the_list_is_there_while_it_is_open(visit: Visit, world: World) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{own}')
    assert listed(olga) is None
    for _ in range(2):
        olga._fire(switcher_of(olga), 'open')
        olga._fire(switcher_of(olga), 'open')
        await until(lambda: listed(olga))
        assert listed(olga) == [('Own', 'Owner'), ('Acme', 'Owner')], 'the one that one is in comes first'
        olga._fire(switcher_of(olga), 'close')
        assert listed(olga) is None
    organizations.create(world.owner, 'New')
    olga._fire(switcher_of(olga), 'open')
    await until(lambda: listed(olga))
    assert listed(olga) == [('Own', 'Owner'), ('Acme', 'Owner'), ('New', 'Owner')]
    olga._fire(switcher_of(olga), 'choose', world.organization_id)
    await until(lambda: olga.path == f'/organizations/{world.organization_id}')
    assert listed(olga) is None
    await until(lambda: switcher_of(olga).props['name'] == 'Acme')  # the address comes first


@pytest.mark.parametrize('role', list(Role))
async def test_it_says_what_one_is_there(visit: Visit, world: World, role: Role) -> None:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}')
    assert (switcher_of(visitor).props['name'], switcher_of(visitor).props['role']) == ('Acme', role.label)
    visitor._fire(switcher_of(visitor), 'open')
    await until(lambda: listed(visitor))
    cards = organizations.portion(world.of(role)).rows
    assert listed(visitor) == [(card.name, card.role.label) for card in sorted(cards, key=lambda it: it.name != 'Acme')]


@pytest.mark.parametrize('strange', [None, 7, [], {}, ['x'], 'x', '', '../sign-in', True], ids=repr)
async def test_nothing_else_can_be_chosen(visit: Visit, world: World, strange: object) -> None:
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}')
    for wanted in (strange, world.stranger.organization_id, world.organization_id):
        olga._fire(switcher_of(olga), 'open')
        await until(lambda: listed(olga))
        olga._fire(switcher_of(olga), 'choose', wanted)
        assert listed(olga) is None
    olga._fire(switcher_of(olga), 'choose', world.organization_id)
    assert olga.path == f'/organizations/{world.organization_id}'


async def test_another_organization_is_made_from_every_screen(visit: Visit, world: World) -> None:
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}/activity')
    vera._fire(switcher_of(vera), 'new')
    await vera.sees('Create organization')
    vera.form('new').fill(name='Beta').send()
    await until(lambda: vera.title == 'Overview · Beta · Botcadence')
    beta = inside(world.viewer, vera.path.rpartition('/')[2])
    assert organizations.membership(beta).role is Role.OWNER


async def test_the_menu_of_a_person_says_nothing_twice(visit: Visit, world: World) -> None:
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}')
    before = olga.shown
    assert before.count('Organizations') == 1
    [button] = [it for it in olga._elements() if 'user-button' in it.classes]
    olga._fire(button, 'click')
    await olga.sees('Theme: Dark', 'Sign out')
    assert olga.shown.count('Organizations') == 1
    assert olga.shown.count('olga@acme.test') == before.count('olga@acme.test')


async def test_the_frame_sends_what_is_new_in_it(visit: Visit, world: World) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{own}')
    [frame] = [it for it in olga._elements() if 'sidebar' in it.classes]
    await until(lambda: not frame.client.outbox.updates)
    sent: list[str] = []
    for element in frame.descendants():
        element.update = lambda element=element: sent.append(' '.join(element.classes))  # type: ignore[method-assign]
    await olga.go(f'/organizations/{own}/settings')
    await olga.sees('Organization settings')
    assert set(sent) == {'menu-link'}
    sent.clear()
    await olga.go(f'/organizations/{world.organization_id}')
    await until(lambda: olga.title.startswith('Overview'))
    assert set(sent) == {'menu-link', 'switcher'}, 'another name'
