"""Filters: a search box and choices that stand above a list and narrow it down."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from nicegui import ui

from components.kit.calls import told
from components.kit.choice import Choice
from components.kit.fields import LOOK


class Filters:
    """A row of filters; `on_change` is called with nothing whenever `values` have become others."""

    def __init__(self, label: str, on_change: Callable[[], Awaitable[None]]) -> None:
        self.values: dict[str, str] = {}
        self._on_change = on_change
        self._row = ui.element('div').classes('filters')
        self._row.props.update({'role': 'search', 'aria-label': label})

    def set_visibility(self, visible: bool) -> None:
        """Show the filters, or hide them where there is nothing to narrow down."""
        self._row.set_visibility(visible)

    def search(self, name: str, label: str) -> None:
        """A box for words; what is typed counts after a short rest."""
        self.values[name] = ''
        with self._row:
            box = ui.input(label)
            box.props.update(LOOK, type='search', debounce=250, autocomplete='off', maxlength=200, name=name)
        box.on_value_change(lambda event: self._take(name, event.value))

    def choice(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        load: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
    ) -> None:
        """One of several, at first the first; `load` fetches more of them when somebody is about to choose."""
        first = self.values[name] = next(iter(options))
        with self._row:
            search = load is not None
            box = Choice(options, label=label, value=first, search=search, blank=first, fresh=search)
            box.props.update(LOOK, name=name)
        box.on_value_change(lambda event: self._take(name, event.value))
        if load:
            box.on('load', partial(self._fetch, box, options, load))

    @told
    async def _fetch(
        self, box: Choice, options: Mapping[str, str], load: Callable[[], Awaitable[Mapping[str, str]]]
    ) -> None:
        box.offer({**options, **await load()})

    @told
    async def _take(self, name: str, value: object) -> None:
        if isinstance(value, str) and value != self.values[name]:  # a box can also hold None, for nothing
            self.values[name] = value
            await self._on_change()
