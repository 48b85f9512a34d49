"""Terms: the words of a question as the sources of a project have them, and what each is worth there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from data.services.passages import words
from data.services.passages.blocks import Block, Numbers, joined
from data.services.passages.index import Index

MOST = 32
"""Words of a question that count, the rarest ones."""

LOOKED_UP, TAKEN_APART = 200, 10
"""Words of a question that are looked for at all, the first ones; and of those that are nowhere, as parts of others."""

PART = 0.7
"""What a part of a compound is worth of what the word itself would be."""

_PART = 4
_PARTS = 20


@dataclass(frozen=True)
class Term:
    """A word of a question: what it is worth, and its postings in each source that has it, by the place of that.

    `number` is how many passages have it. Whether it `counts` where a passage has it not is said by
    `words.question_words`.
    """

    word: str
    worth: float
    number: int
    postings: dict[int, Numbers]
    counts: bool = True


def terms_of(index: Index, question: str, *, however_small: bool = False) -> tuple[Term, ...]:
    """The words of a question with what they are worth here, the rarest first; what no passage has is worth most."""
    languages = tuple(sorted({about.language for about, _ in index.parts}))
    asked_in = words.language_of(question)
    terms: dict[tuple[str, ...], Term] = {}
    of = (asked_in,) if asked_in else languages
    asked, nowhere = words.question_words(question, of, however_small=however_small), 0
    for word, counts in islice(asked.items(), LOOKED_UP):
        stems = {language: words.stem(word, language) for language in (*languages, asked_in)}
        if (key := tuple(stems.values())) in terms:
            continue
        found, share = _postings(index, stems), 1.0
        if not found and (nowhere := nowhere + 1) <= TAKEN_APART:
            found, share = _as_parts(index, stems), PART
        terms[key] = _term(index, word, found, share, counts=counts)
    return tuple(sorted(terms.values(), key=lambda term: (term.number, term.word))[:MOST])


def _postings(index: Index, stems: dict[str, str]) -> dict[int, Numbers]:
    """Where a word is as it stands."""
    found = ((place, block.of(stems[about.language])) for place, (about, block) in enumerate(index.parts))
    return {place: postings for place, postings in found if postings}


def _term(index: Index, word: str, found: dict[int, Numbers], share: float, *, counts: bool) -> Term:
    passages = sum(len(block.ids) for _, block in index.parts)
    having = sum(len(postings) for postings in found.values())
    worth = math.log(1 + (passages - having + 0.5) / (having + 0.5))
    return Term(word, worth * (share if having else 1), having, found, counts)


def _as_parts(index: Index, stems: dict[str, str]) -> dict[int, Numbers]:
    """Where a word that is nowhere is a part of compounds, or what it is made of stands by itself."""
    found = (
        (place, joined(block.of(word) for word in sorted(_related(block, stems[about.language]))[:_PARTS]))
        for place, (about, block) in enumerate(index.parts)
        if about.language in words.JOINING
    )
    return {place: postings for place, postings in found if postings}


def _related(block: Block, word: str) -> set[str]:
    ends = block.with_ends(word) if len(word) >= _PART else set[str]()
    return ends | {part for part in _ends_of(word) if block.of(part)}


def _ends_of(word: str) -> Iterator[str]:
    for size in range(_PART, len(word) - 2):
        yield word[:size]
        yield word[-size:]
