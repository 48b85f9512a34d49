"""Figures: numbers with their units, what each was before, and a bar where there is something to measure it by."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.kit.part import Part


@dataclass(frozen=True)
class Figure:
    """A number in words: how it is called, its unit, what it was before.

    `share` is how many per cent of a limit it is, None where it has none; `measured` says the same in words.
    """

    name: str
    number: str
    unit: str = ''
    before: str = ''
    share: int | None = None
    measured: str = ''
    tone: str = 'ok'

    @property
    def drawn(self) -> tuple[object, ...]:
        """The same as the browser draws it."""
        share = -1 if self.share is None else min(self.share, 100)
        return self.name, self.number, self.unit, self.before, share, self.measured, self.tone


class Figures(Part):
    """A card of figures, and the link to where there is more about them."""

    def __init__(self, title: str, hint: str, link: str) -> None:
        super().__init__('figures', title=title, hint=hint, label=link, items=())

    def show(self, figures: Sequence[Figure], path: str) -> None:
        """Draw these, none of which is drawn anew where it says the same."""
        self.tell(items=tuple(figure.drawn for figure in figures), path=path)
