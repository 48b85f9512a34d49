"""A few facts side by side, and what happened lately: both change in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.kit.grid import Grid
from components.kit.part import Part


class Facts(Part):
    """Names with values; `show` changes the values."""

    def __init__(self, *names: str) -> None:
        super().__init__('facts', values=tuple((name, '') for name in names))

    def show(self, values: Mapping[str, str]) -> None:
        """Set values by name."""
        self.tell(values=tuple((name, values.get(name, before)) for name, before in self.props['values']))


@dataclass(frozen=True)
class Happened:
    """One line of a feed: a sentence and a moment in ISO 8601."""

    id: str
    text: str
    at: str


class Feed:
    """What happened, newest first."""

    def __init__(self) -> None:
        self._grid = Grid('feed', 'feed').props('role=list')

    def show(self, lines: Sequence[Happened]) -> None:
        """Draw these lines."""
        self._grid.rows = [{'id': line.id, 'text': line.text, 'at': line.at} for line in lines]
