"""Blocks: the passages of one source in memory, as BM25 needs them; they never change, and are thrown away whole."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import intern
from typing import TypeAlias

from data.models import SourceKind

Numbers: TypeAlias = 'array[int]'

BITS = 8
COUNT = (1 << BITS) - 1
"""Where a posting has how often the passage has the word: in its lowest bits, and never more than that."""


@dataclass(frozen=True)
class About:
    """What is known of a source beside its passages; `knowledge` tells those it has now from earlier ones."""

    source_id: str
    name: str
    kind: SourceKind
    language: str
    knowledge: int
    order: tuple[str, str, str]


@dataclass(frozen=True)
class Entry:
    """A passage as it is put into a block; `words` are its stems with a space between them."""

    passage_id: str
    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class Block:
    """The passages of one source by their words.

    The postings of the word at a place begin in `postings` at `starts` of that place, one for each passage that has it:
    its number above, how often it does in the lowest 8 bits. `lengths` are how many words passages have, `sections` the
    number of the heading that each stands under. `text` are the words in lines, where a language joins them.
    """

    ids: tuple[str, ...]
    sections: Numbers
    lengths: Numbers
    vocabulary: list[str] = field(repr=False)
    starts: Numbers = field(repr=False)
    postings: Numbers = field(repr=False)
    words: int
    text: str = field(repr=False)

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return 100 * len(self.ids) + 16 * len(self.vocabulary) + len(self.text) + 4 * len(self.postings) + 500

    def of(self, word: str) -> Numbers:
        """The postings of a word, none where no passage has it."""
        place = bisect_left(self.vocabulary, word)
        if place == len(self.vocabulary) or self.vocabulary[place] != word:
            return _NONE
        return self.postings[self.starts[place] : self.starts[place + 1]]

    def with_ends(self, part: str) -> set[str]:
        """The words that begin or end with these letters, and have at least OTHER more."""
        found = set()
        for place in range(bisect_left(self.vocabulary, part), len(self.vocabulary)):
            if not self.vocabulary[place].startswith(part):
                break
            found.add(self.vocabulary[place])
        end = self.text.find(f'{part}\n')
        while end >= 0:
            found.add(self.text[self.text.rfind('\n', 0, end) + 1 : end + len(part)])
            end = self.text.find(f'{part}\n', end + 1)
        return {word for word in found if len(word) >= len(part) + OTHER}


_NONE = array('I')

OTHER = 3
"""Letters that the other part of a compound has at least: 'Wein' is no part of 'Schweiz', nor 'Reis' of 'Preis'."""


def times(postings: Numbers, passage: int) -> int:
    """How often a passage has the word of these postings."""
    place = bisect_left(postings, passage << BITS)
    return postings[place] & COUNT if place < len(postings) and postings[place] >> BITS == passage else 0


def joined(found: Iterable[Numbers]) -> Numbers:
    """The postings of several words as if they were one."""
    sums = Counter[int]()
    for postings in found:
        for posting in postings:
            sums[posting >> BITS] += posting & COUNT
    return array('I', (number << BITS | min(count, COUNT) for number, count in sorted(sums.items())))


def block_of(entries: Iterable[Entry], *, joins_words: bool = False) -> Block:
    """The block of these passages, which come in the order of their source, in a language that joins words or not."""
    ids, headings, sections, lengths = [], dict[str, int](), array('I'), array('I')
    found: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        words = entry.words.split()
        ids.append(entry.passage_id)
        sections.append(headings.setdefault(entry.heading, len(headings)))
        lengths.append(len(words))
        counts: dict[str, int] = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        for word, count in counts.items():
            found.setdefault(word, []).append(number << BITS | min(count, COUNT))
    vocabulary = [intern(word) for word in sorted(found)]
    starts, postings = array('I', [0]), array('I')
    for word in vocabulary:
        postings.extend(found[word])
        starts.append(len(postings))
    text = '\n'.join(['', *vocabulary, '']) if joins_words else ''
    return Block(tuple(ids), sections, lengths, vocabulary, starts, postings, sum(lengths), text)
