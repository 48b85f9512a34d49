"""A few facts side by side, with who is there, and what happened lately: all of it changes in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from components.kit.grid import Grid
from components.kit.monogram import Face, hue, initials
from components.kit.part import Part

FACES = 6
"""How many people are drawn; of the others it is said how many they are."""

NAMED = 20
"""How many of the others are named to whoever asks who they are: more is what the list of people is for."""


class Facts(Part):
    """A card of names with values, and beside them, under a name of its own, a line of faces where there are any.

    A value is a text, or a moment, which stands in the reader's zone once the browser has told it.
    """

    def __init__(self, title: str, *names: str, faces: str = '') -> None:
        super().__init__('facts', title=title, values=tuple((name, '', '') for name in names), word=faces, faces=())

    def show(self, values: Mapping[str, str | datetime]) -> None:
        """Set values by name; one that is '' is not drawn."""
        before = {name: told for name, *told in self.props['values']}
        now = before | {name: _told(value) for name, value in values.items()}
        self.tell(values=tuple((name, *now[name]) for name in before))

    def show_faces(self, people: Sequence[Face]) -> None:
        """Say who is there: some by their initials, of the others how many, and to whoever asks who."""
        faces = tuple((initials(it.name), hue(it.key), it.called) for it in people[:FACES])
        others = [it.called for it in people[FACES:]]
        self.tell(faces=faces, more=f'and {len(others)} more' if others else '', sentence=_listed(others))


def _told(value: str | datetime) -> tuple[str, str]:
    """A value in words, and the moment that it is, '' where it is none."""
    return (value, '') if isinstance(value, str) else (f'{value:%-d %B %Y, %H:%M} UTC', value.isoformat())


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - NAMED
    return '\n'.join([*names[:NAMED], *([f'and {rest} more'] if rest > 0 else [])])


@dataclass(frozen=True)
class Happened:
    """One line of a feed: a sentence, a moment in ISO 8601, the names in the sentence in their order, what is added."""

    id: str
    text: str
    at: str
    names: tuple[str, ...] = ()
    note: str = ''


class Feed:
    """What happened, newest first."""

    def __init__(self) -> None:
        self._grid = Grid('feed', 'feed').props('role=list')

    def show(self, lines: Sequence[Happened]) -> None:
        """Draw these lines."""
        self._grid.rows = [vars(line) for line in lines]
