"""Conversations in three panes: one element, told what there is, and from then on only what is different."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import json
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from components.kit.calls import told
from components.kit.grid import Row, difference

LISTS = {'rows': 'id', 'lines': 'seq'}
"""What is told in pieces, and by what each of its rows is known."""

Asked = Callable[[Any], Awaitable[None]]


class Inbox(Element, component='conversations.js'):
    """The list of conversations, the one that is open, and who it is with.

    Drawn by `conversations.js` from what it is told, and from nothing else; what somebody is writing never leaves the
    browser before it is sent. `asks` are by the names of what somebody does there: the shape of what comes with it, as
    `_fits` reads it, and what is called with that.
    """

    def __init__(self, asks: dict[str, tuple[object, Asked]], **data: object) -> None:
        super().__init__()
        self.props.update({'edition': 0, **dict.fromkeys(LISTS, ()), **data})
        self._asks = asks
        self.on('ask', self._ask, [None])

    def tell(self, **data: Any) -> None:
        """Draw this from now on: what is drawn already is not sent, and of a list only what is new in it."""
        changed = {name: value for name, value in data.items() if self.props.get(name) != value}
        if not changed:
            return
        pieces = {name: difference(self.props[name], changed[name], LISTS[name]) for name in changed if name in LISTS}
        parts = {name: _unlike(self.props.get(name), it) for name, it in changed.items() if name not in LISTS}
        edition = self.props['edition']
        with self.props.suspend_updates():
            self.props.update(changed, edition=edition + 1)
        if self.id not in self.client.outbox.updates:  # else it goes out whole, with all that it says then
            self._run('change', edition, parts, pieces)

    def open_address(self, chosen: str, path: str) -> None:
        """Show the conversation where there is room for one pane only, and say in the address which one it is."""
        self._run('opened', chosen, path)

    def confirm(self, key: str) -> None:
        """What was sent with this key has been said."""
        self._run('said', key)

    def refuse(self, key: str, sentence: str) -> None:
        """What was sent with this key could not be said, and why: it goes back to where it was written."""
        self._run('refused', key, sentence)

    def hear(self, name: str) -> None:
        """Somebody of this name is typing; it is said for a few seconds."""
        self._run('hears', name)

    def offer(self, typed: str, replies: list[Row]) -> None:
        """These are the canned replies with what was typed in them."""
        self._run('offered', typed, replies)

    def _run(self, name: str, *args: object) -> None:
        """Call a method of the component; NiceGUI's own way would wait for its answer, which is a frame more."""
        code = f'runMethod({self.id}, "{name}", {json.dumps(args)})'
        self.client.outbox.enqueue_message('run_javascript', {'code': code}, self.client.id)

    @told
    async def _ask(self, event: GenericEventArguments) -> None:
        match event.args:
            case [str(name), value] if name in self._asks:
                shape, answer = self._asks[name]
                if _fits(value, shape):
                    await answer(value)


def _unlike(before: object, now: object) -> object:
    """What is different now: of facts by their names only those, where both have the same names."""
    if isinstance(before, dict) and isinstance(now, dict) and before.keys() == now.keys():
        return {name: it for name, it in now.items() if before[name] != it}
    return now


def _fits(value: object, shape: object) -> bool:
    """Whether something from a browser has a shape: None, a type, a pattern of a whole text, or a dict of shapes."""
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and value.keys() == shape.keys()
            and all(_fits(value[name], each) for name, each in shape.items())
        )
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    return value is None if shape is None else type(value) is shape
