"""A digest: a few of many things, each a link with where it stands; how many there are, and the way to all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from components.kit.part import Part


@dataclass(frozen=True)
class Place:
    """One of the things: its name, where it is, where it stands in a word, and since when that is so."""

    name: str
    path: str
    word: str
    tone: str
    since: datetime


class Digest(Part):
    """A card with a few links; `since` in front of their moments says what those are."""

    def __init__(self, title: str, *, hint: str = '', since: str = '') -> None:
        super().__init__('digest', title=title, hint=hint, word=since, items=())

    def show(self, places: Sequence[Place], sentence: str, link: str, path: str) -> None:
        """Draw these, say this of all of them, and lead on: to all of them, or to the first one."""
        items = tuple((it.path, it.name, it.word, it.tone, it.since.isoformat()) for it in places)
        self.tell(items=items, sentence=sentence, label=link, path=path)
