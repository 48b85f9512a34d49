"""What happened, newest first, as far back as somebody wants to read."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from nicegui import ui

from components.kit.calls import told
from components.kit.grid import Grid
from components.kit.monogram import hue, initials

EVENT = r"""
<div class="event" role="listitem">
  <span class="monogram small" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
  <div class="event-what">
    <div>{{ props.row.text }}</div>
    <div v-if="props.row.refused" class="event-more">
      <span class="badge tone-danger">Refused</span> <span class="muted">{{ props.row.refused }}</span>
    </div>
    <div v-if="props.row.note" class="event-more muted">{{ props.row.note }}</div>
  </div>
  <div class="event-when muted"><time :datetime="props.row.at"></time><span>{{ props.row.place }}</span></div>
</div>
"""
FULL = 50
"""How many events one grid takes on top before another one is begun: each change sends a grid anew."""


@dataclass(frozen=True)
class Event:
    """One event in words: number, who, sentence, moment (ISO 8601), from where, note, and why it was refused."""

    id: int
    who: str
    text: str
    at: str
    place: str
    note: str
    refused: str

    def row(self) -> dict[str, object]:
        """The same, with what is derived for drawing."""
        return {**asdict(self), 'initials': initials(self.who), 'hue': hue(self.who)}


class Timeline:
    """A list of events in portions, each portion drawn by one element; `on_more` fetches the next older one."""

    def __init__(self, label: str, on_more: Callable[[], Awaitable[None]]) -> None:
        self._on_more = on_more
        self._list = ui.element('div').classes('timeline').props('role=list')
        self._list.props['aria-label'] = label
        self._grids: list[Grid] = []
        self._more = ui.button('Show more', on_click=self._fetch, color=None).classes('button more')

    @property
    def newest(self) -> int:
        """The number of the newest event drawn, 0 for none."""
        return self._grids[0].rows[0]['id'] if self._grids else 0

    @property
    def oldest(self) -> int | None:
        """The number of the oldest event drawn, None for none."""
        return self._grids[-1].rows[-1]['id'] if self._grids else None

    def show(self, events: list[Event], *, more: bool) -> None:
        """Draw these events instead of what is there."""
        self._list.clear()
        self._grids.clear()
        self.add_older(events, more=more)

    def add_older(self, events: list[Event], *, more: bool) -> None:
        """Draw these events below the others."""
        if events:
            self._grids.append(self._grid(events))
        self._list.set_visibility(bool(self._grids))
        self._more.set_visibility(more)

    def add_newer(self, events: list[Event]) -> None:
        """Draw these events above the others."""
        if not events:
            return
        if self._grids and len(self._grids[0].rows) + len(events) <= FULL:
            self._grids[0].rows = [*(event.row() for event in events), *self._grids[0].rows]
            return
        grid = self._grid(events)
        grid.move(self._list, target_index=0)
        self._grids.insert(0, grid)
        self._list.set_visibility(True)

    def _grid(self, events: list[Event]) -> Grid:
        with self._list:
            grid = Grid(EVENT, 'events')
        grid.rows = [event.row() for event in events]
        return grid

    @told
    async def _fetch(self) -> None:
        self._more.disable()
        try:
            await self._on_more()
        finally:
            self._more.enable()
