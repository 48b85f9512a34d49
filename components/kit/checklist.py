"""A checklist: what there is to do, each a link to where it is done; what is done is ticked off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.kit.part import Part


@dataclass(frozen=True)
class Item:
    """Something to do: what, where, and whether it is done."""

    text: str
    path: str
    done: bool


class Checklist(Part):
    """A card with a list that is not there as long as it has no items, and the button that puts it away."""

    def __init__(self, title: str, hint: str, away: str, on_away: Callable[[], object]) -> None:
        super().__init__('checklist', title=title, hint=hint, label=away, items=())
        self.on('click', on_away, [])

    def show(self, items: Sequence[Item]) -> None:
        """Draw these items."""
        self.tell(items=tuple((item.text, item.path, item.done) for item in items))
        if self.visible != bool(items):
            self.set_visibility(bool(items))
