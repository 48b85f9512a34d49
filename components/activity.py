"""The events of the audit log, the newest first, as far back as somebody wants to read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from components.kit.grid import Grid, Row
from components.kit.monogram import hue, initials
from components.kit.rows import Tail

EVENT_ROW = r"""
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
FULL_GRID = 50
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

    def row(self) -> Row:
        """The same, with what is derived for drawing."""
        return {**vars(self), 'initials': initials(self.who), 'hue': hue(self.who)}


class Timeline:
    """Events in portions, each drawn by one element: one that comes on top does not send all the others again."""

    def __init__(self, label: str, *, on_more: Callable[[], Awaitable[None]], nothing: str) -> None:
        self._list = ui.element('div').classes('timeline')
        self._list.props.update({'role': 'list', 'aria-label': label})
        self._grids: list[Grid] = []
        self._tail = Tail(nothing, boxed=True, on_more=on_more)

    @property
    def drawn(self) -> list[Row]:
        """The events that are drawn, the newest first."""
        return [row for grid in self._grids for row in grid.rows]

    def show(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these events and no others."""
        self._list.clear()
        self._grids.clear()
        self.add(rows, total=total, more=more)

    def add(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these events below the others."""
        if rows:
            self._grids.append(self._grid(rows))
        self._settle()
        self._tail.show(len(self.drawn), total, more)

    def add_on_top(self, rows: list[Row]) -> None:
        """Draw these events above the others."""
        if not rows:
            return
        if self._grids and len(self._grids[0].rows) + len(rows) <= FULL_GRID:
            self._grids[0].rows = [*rows, *self._grids[0].rows]
            return
        if not self._grids:
            self._tail.show(len(rows), None, more=False)
        grid = self._grid(rows)
        grid.move(self._list, target_index=0)
        self._grids.insert(0, grid)
        self._settle()

    def _grid(self, rows: list[Row]) -> Grid:
        with self._list:
            grid = Grid(EVENT_ROW, 'events')
        grid.rows = rows
        return grid

    def _settle(self) -> None:
        self._list.set_visibility(bool(self._grids))
