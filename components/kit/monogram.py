"""Initials in a color of their own, so that an organization or a person is known at a glance."""

import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache

from components.kit.text import Text

HUES = 12


@dataclass(frozen=True)
class Face:
    """A person as a monogram: the `key` of its color, the name of its initials, and how a sentence calls them."""

    key: str
    name: str
    called: str


@lru_cache(4096)
def initials(text: str) -> str:
    """One or two letters for a name or an e-mail address."""
    words = [word for word in text.split('@')[0].replace('.', ' ').replace('-', ' ').split() if word[0].isalnum()]
    letters = ''.join(word[0] for word in words[:2]) or text[:1]
    return unicodedata.normalize('NFC', letters).upper()


@lru_cache(4096)
def hue(key: str) -> int:
    """A number below HUES that stays the same for the same key; the theme has a color for each."""
    return zlib.crc32(key.encode('utf-8', 'replace')) % HUES


class Monogram(Text):
    """A small square with initials; says nothing to a screen reader, the name stands beside it."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__('span', initials(name), f'monogram hue-{hue(key)}')
        self.props('aria-hidden=true')
        self._hue = hue(key)

    def show(self, key: str, name: str) -> None:
        """Change what it stands for."""
        if self._hue != hue(key):  # NiceGUI sends the element again even where nothing is different
            self.classes(remove=f'hue-{self._hue}', add=f'hue-{hue(key)}')
            self._hue = hue(key)
        self.text = initials(name)
