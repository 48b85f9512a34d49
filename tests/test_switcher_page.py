"""The switcher has the list of organizations only while it is open, and says to the browser only what is new."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from data.services import organizations
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


def boxes(visitor: Visitor) -> list[ui.select]:
    """The list, where it is open."""
    return [it for it in visitor._elements() if isinstance(it, ui.select) and it.props.get('label') == 'Organization']


def button(visitor: Visitor) -> ui.element:
    """What opens it."""
    [found] = [it for it in visitor._elements() if 'switcher-button' in it.classes]
    return found


async def test_the_list_is_there_while_it_is_open(visit: Visit, world: World) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{own}')
    assert boxes(olga) == []
    for _ in range(2):
        olga._fire(button(olga), 'click')
        olga._fire(button(olga), 'click')
        await until(lambda: boxes(olga))
        [box] = boxes(olga)
        assert (box.value, box.options[own]) == (own, 'Own')
        assert set(box.options) == set(organizations.names(world.owner))
        olga._fire(box, 'popupHide')
        assert (boxes(olga), box.is_deleted) == ([], True)
    organizations.create(world.owner, 'New')
    olga._fire(button(olga), 'click')
    await until(lambda: boxes(olga))
    [box] = boxes(olga)
    assert 'New' in box.options.values()
    box.value = world.organization_id
    await until(lambda: olga.path == f'/organizations/{world.organization_id}')
    olga._fire(box, 'blur')
    assert boxes(olga) == []
    await until(lambda: button(olga).props['aria-label'] == 'Organization Acme')  # the address comes first


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
    assert not {'user-email', 'user-button', 'switcher', 'menu'} & set(' '.join(sent).split())
