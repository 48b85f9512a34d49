"""A few facts side by side, and what happened lately: both change in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from components.kit.grid import Grid
from components.kit.text import Text

HAPPENED = r"""
<div class="feed-row" role="listitem">
  <span>{{ props.row.text }}</span> <time class="muted" :datetime="props.row.at"></time>
</div>
"""


class Facts:
    """Names with values; `show` changes the values."""

    def __init__(self, *names: str) -> None:
        with ui.element('dl').classes('facts'):
            self._values = {name: self._fact(name) for name in names}

    def _fact(self, name: str) -> Text:
        with ui.element('div'):
            Text('dt', name)
            return Text('dd')

    def show(self, values: Mapping[str, str]) -> None:
        """Set values by name."""
        for name, value in values.items():
            self._values[name].text = value


@dataclass(frozen=True)
class Happened:
    """One line of a feed: a sentence and a moment in ISO 8601."""

    id: str
    text: str
    at: str


class Feed:
    """What happened, newest first."""

    def __init__(self) -> None:
        self._grid = Grid(HAPPENED, 'feed').props('role=list')

    def show(self, lines: Sequence[Happened]) -> None:
        """Draw these lines."""
        self._grid.rows = [{'id': line.id, 'text': line.text, 'at': line.at} for line in lines]
