"""Lists of rows: what they draw, and that only what they offered is done."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nicegui.events import GenericEventArguments, handle_event

from components.kit.grid import Grid, Row
from tests.support.visitors import Visitor, until

Visit = Callable[..., Awaitable[Visitor]]


def row(row_id: str, *, is_open: bool = True, roles: tuple[str, ...] = ()) -> Row:
    """A row as a screen makes them."""
    from components.kit.rows import choices

    return {'id': row_id, 'open': is_open, 'roles': choices({role: role.title() for role in roles})}


class Screen:
    """A list on a page, and what has been done to its rows."""

    def __init__(self, visitor: Visitor) -> None:
        from components.kit.rows import RowAct, RowList

        self.done: list[tuple[Any, ...]] = []
        self.asked_for_more = 0
        acts = {
            'rename': RowAct(lambda row: self.done.append(('rename', row['id']))),
            'remove': RowAct(lambda row: self.done.append(('remove', row['id'])), when='open'),
            'role': RowAct(lambda row, role: self.done.append(('role', row['id'], role)), when='open', among='roles'),
        }
        assert visitor.client
        self.visitor = visitor
        with visitor.client.content:
            nothing = 'There are none.'
            self.list = RowList('', label='Things', classes='things', acts=acts, on_more=self.more, nothing=nothing)
        self.grid = next(it for it in visitor.client.layout.descendants() if isinstance(it, Grid))

    async def more(self) -> None:
        self.asked_for_more += 1

    def send(self, event: str, args: object) -> None:
        """An event as a browser may send it."""
        for listener in self.grid._event_listeners.values():
            if listener.type == event:
                arguments = GenericEventArguments(sender=self.grid, client=self.grid.client, args=args)
                handle_event(listener.handler, arguments)

    @property
    def ids(self) -> list[str]:
        return [it['id'] for it in self.grid.rows]


@pytest.fixture
async def screen(visit: Visit) -> Screen:
    visitor = await visit()
    await visitor.open('/sign-in')
    return Screen(visitor)


def test_what_was_offered_is_done(screen: Screen) -> None:
    screen.list.show([row('a', roles=('admin', 'owner')), row('b', is_open=False)])
    screen.send('rename', 'b')
    screen.send('remove', 'a')
    screen.send('role', ['a', 'owner'])
    assert screen.done == [('rename', 'b'), ('remove', 'a'), ('role', 'a', 'owner')]


@pytest.mark.parametrize(
    ('event', 'args'),
    [
        ('rename', 'c'),
        ('rename', None),
        ('rename', 7),
        ('rename', []),
        ('rename', {'id': 'a'}),
        ('rename', [['a']]),
        ('rename', ['a', 'owner']),
        ('remove', 'b'),
        ('remove', ['b']),
        ('role', 'a'),
        ('role', ['a']),
        ('role', ['a', 'viewer']),
        ('role', ['a', 'Admin']),
        ('role', ['a', {'value': 'admin'}]),
        ('role', ['a', ['admin']]),
        ('role', ['a', 'admin', 'owner']),
        ('role', ['b', 'admin']),
        ('role', [None, 'admin']),
        ('dance', 'a'),
    ],
)
def test_what_was_not_offered_is_not(screen: Screen, event: str, args: object) -> None:
    screen.list.show([row('a', roles=('admin', 'owner')), row('b', is_open=False, roles=('admin',))])
    screen.send(event, args)
    assert screen.done == []


def test_a_row_that_is_drawn_no_more_is_not_acted_on(screen: Screen) -> None:
    screen.list.show([row('a'), row('b')])
    screen.list.show([row('b')])
    screen.list.change({'id': 'b', 'open': False})
    screen.send('remove', 'a')
    screen.send('remove', 'b')
    assert screen.done == []


def test_rows_are_drawn_and_changed_by_their_ids(screen: Screen) -> None:
    shown = screen.list
    shown.show([])
    assert 'There are none.' in screen.visitor.shown
    assert not screen.grid.visible
    shown.show([row('a'), row('b')], total=3, more=True)
    assert 'There are none.' not in screen.visitor.shown
    shown.add([row('b', is_open=False), row('c')], total=3, more=False)
    assert screen.ids == ['a', 'b', 'c']
    shown.change({'id': 'c', 'open': None}, {'id': 'nobody', 'open': None})
    assert [it['open'] for it in screen.grid.rows] == [True, False, None]
    assert ('c' in shown, 'nobody' in shown, shown.drawn) == (True, False, list(screen.grid.rows))
    shown.show([])
    assert 'There are none.' in screen.visitor.shown


async def test_more_is_offered_where_there_is_more(screen: Screen) -> None:
    screen.list.show([row('a'), row('b')], total=2, more=False)
    assert 'Show more' not in screen.visitor.shown
    screen.list.show([row('a')], total=2, more=True)
    screen.visitor.press('Show more (1 of 2)')
    await until(lambda: screen.asked_for_more == 1)
    screen.list.show([row('a')], more=True)
    screen.visitor.press('Show more')
    await until(lambda: screen.asked_for_more == 2)
