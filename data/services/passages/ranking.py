"""Ranking: which passages of an index have the words of a question, by BM25 (Robertson and Zaragoza, 2009).

The same passages come in the same order on every database: the sums are made in the order of the rarest words, and what
is equal stays in the order of its sources.
"""

import heapq
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from data.models import SourceKind
from data.services.passages.blocks import About, Block, spread, times
from data.services.passages.index import Index
from data.services.passages.terms import Term, terms_of

_SATURATION, _LENGTH = 1.2, 0.75
"""k1 and b of BM25, as they are usually chosen."""

_POSTINGS = 40_000
"""Postings that are gone through; words that have more are looked up in the best passages of the rarer ones only."""

_BEST = 200


@dataclass(frozen=True)
class Ranked:
    """A passage that was found: its source, its number there, how well it fits, and the words that it has."""

    about: About
    block: Block
    number: int
    score: float
    terms: tuple[Term, ...]

    @property
    def section(self) -> tuple[str, int]:
        """What is shown once: all that stands under one heading, and a written answer however it was asked for."""
        return self.about.source_id, -1 if self.about.kind is SourceKind.ANSWER else self.block.sections[self.number]


@dataclass(frozen=True)
class Ranking:
    """The words of a question, the rarest first, and the best passages for them, one of each section."""

    terms: tuple[Term, ...]
    best: tuple[Ranked, ...]


def rank(index: Index, question: str, limit: int) -> Ranking:
    """The `limit` passages that fit a question best, the best first."""
    terms = terms_of(index, question)
    scores = _scores(index, terms)
    bases = [0, *accumulate(len(block.ids) for _, block in index.parts)]
    best: dict[tuple[str, int], Ranked] = {}
    for place, score in heapq.nsmallest(_BEST, scores.items(), key=lambda it: (-it[1], it[0])):
        part = bisect_right(bases, place) - 1
        about, block = index.parts[part]
        number = place - bases[part]
        had = tuple(term for term in terms if part in term.postings and times(term.postings[part], number))
        ranked = Ranked(about, block, number, score, had)
        best.setdefault(ranked.section, ranked)
        if len(best) == limit:
            break
    return Ranking(terms, tuple(best.values()))


def _scores(index: Index, terms: tuple[Term, ...]) -> dict[int, float]:
    """How well passages fit, by their place in the whole index."""
    sizes = [len(block.ids) for _, block in index.parts]
    average = sum(block.words for _, block in index.parts) / max(1, sum(sizes))
    bases = [0, *accumulate(sizes)]
    constant, by_length = _SATURATION * (1 - _LENGTH), _SATURATION * _LENGTH / max(average, 1)
    scores: dict[int, float] = {}
    looked_at = 0
    for term in terms:
        looked_at += term.number
        top = term.worth * (_SATURATION + 1)
        if scores and looked_at > _POSTINGS:
            _rescore(index, term, scores, bases, (constant, by_length, top))
            continue
        for part, postings in term.postings.items():
            base, lengths = bases[part], index.parts[part][1].lengths
            for posting in postings:
                number, count = spread(posting)
                gain = top * count / (count + constant + by_length * lengths[number])
                scores[base + number] = scores.get(base + number, 0.0) + gain
    return scores


def _rescore(
    index: Index, term: Term, scores: dict[int, float], bases: list[int], of: tuple[float, float, float]
) -> None:
    """Count a word that is nearly everywhere for the best passages alone."""
    constant, by_length, top = of
    for place in heapq.nsmallest(_BEST, scores, key=lambda place: (-scores[place], place)):
        part = bisect_right(bases, place) - 1
        if part in term.postings and (count := times(term.postings[part], place - bases[part])):
            length = index.parts[part][1].lengths[place - bases[part]]
            scores[place] += top * count / (count + constant + by_length * length)
