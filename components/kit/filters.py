"""Filters: a search box and choices that stand above a list and narrow it down."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from components.kit.calls import told
from components.kit.choice import LONGEST_TYPED, Choice
from components.kit.fields import LOOK
from components.kit.text_boxes import TextBox

Find = Callable[[str], Awaitable[tuple[Mapping[str, str], bool]]]
"""What can be chosen that has this text in it, and whether there is more than that."""


class Filters:
    """A row of filters; `on_change` is called with nothing whenever `values` have become others."""

    def __init__(self, label: str, on_change: Callable[[], Awaitable[None]]) -> None:
        self.values: dict[str, str] = {}
        self._on_change = on_change
        self._boxes: dict[str, tuple[ValueElement[Any], str]] = {}
        self._row = ui.element('div').classes('filters')
        self._row.props.update({'role': 'search', 'aria-label': label})

    def set_visibility(self, visible: bool) -> None:
        """Show the filters, or hide them where there is nothing to narrow down."""
        self._row.set_visibility(visible)

    def search(self, name: str, label: str) -> None:
        """A box for words; what is typed counts after a short rest."""
        with self._row:
            box = TextBox(label, value='')
            box.props.update(LOOK, type='search', debounce=250, autocomplete='off', name=name)
            box.props.update(
                {'autocapitalize': 'none', 'autocorrect': 'off', 'spellcheck': 'false', 'enterkeyhint': 'search'}
            )
        self._follow(name, box, '')

    def choice(self, name: str, label: str, options: Mapping[str, str], find: Find | None = None) -> None:
        """One of several, at first the first; `find` looks for others while somebody types."""
        first = next(iter(options))
        with self._row:
            remote = find is not None
            box = Choice(options, label=label, value=first, search=remote, blank=first, fresh=remote, remote=remote)
            box.props.update(LOOK, name=name)
        self._follow(name, box, first)
        if find:
            finder = Finder(box, options, find)
            box.on('load', partial(finder.look, ''), [])
            box.on('look', lambda event: finder.look(event.args), [None])

    def offer(self, name: str, options: Mapping[str, str]) -> None:
        """Have these options in a choice from now on; the chosen one stays."""
        box, _ = self._boxes[name]
        if isinstance(box, Choice) and box.options != options:
            box.offer(options)

    async def clear(self) -> None:
        """Ask for everything again, and go on in the first box: what was pressed for that goes."""
        self.values = {name: first for name, (_, first) in self._boxes.items()}
        for box, first in self._boxes.values():
            box.value = first
        await self._on_change()
        next(iter(self._boxes.values()))[0].run_method('focus')

    def _follow(self, name: str, box: ValueElement[Any], first: str) -> None:
        self.values[name], self._boxes[name] = first, (box, first)
        box.on_value_change(lambda event: self._take(name, event.value))

    @told
    async def _take(self, name: str, value: object) -> None:
        if isinstance(value, str) and value != self.values[name]:  # a box can also hold None, for nothing
            self.values[name] = value
            await self._on_change()


class Finder:
    """Looks for what can be chosen while somebody types: the server has more than a browser should get."""

    def __init__(self, box: Choice, fixed: Mapping[str, str], find: Find) -> None:
        self._box, self._fixed, self._find = box, fixed, find
        self._asked = 0

    @told
    async def look(self, typed: object) -> None:
        """Offer what has this in it, unless something else was typed meanwhile."""
        if not isinstance(typed, str):
            return
        self._asked += 1
        asked = self._asked
        options, more = await self._find(typed[:LONGEST_TYPED])
        if asked == self._asked:
            self._box.answer({**self._fixed, **options}, more, typed)
