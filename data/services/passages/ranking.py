"""Ranking: which passages of an index have the words of a question, by BM25 (Robertson and Zaragoza, 2009).

The same passages come in the same order on every database: the sums are made in the order of the rarest words, and what
is equal stays in the order of its sources.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from data.models import SourceKind
from data.services.passages.blocks import BITS, COUNT, About, Block, times
from data.services.passages.index import SATURATION, Index
from data.services.passages.terms import Term, terms_of

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


def rank(index: Index, question: str, limit: int, *, however_small: bool = False) -> Ranking:
    """The `limit` passages that fit a question best, the best first.

    `however_small` is by words, too, that only make it a question.
    """
    terms = terms_of(index, question, however_small=however_small)
    scores = _scores(index, terms)
    bases = [0, *accumulate(len(block.ids) for _, block in index.parts)]
    best: dict[tuple[str, int], Ranked] = {}
    for place in _best_of(scores):
        part = bisect_right(bases, place) - 1
        about, block = index.parts[part]
        number = place - bases[part]
        had = tuple(term for term in terms if part in term.postings and times(term.postings[part], number))
        ranked = Ranked(about, block, number, scores[place], had)
        best.setdefault(ranked.section, ranked)
        if len(best) == limit:
            break
    return Ranking(terms, tuple(best.values()))


def _scores(index: Index, terms: tuple[Term, ...]) -> dict[int, float]:
    """How well passages fit, by their place in the whole index."""
    bases = [0, *accumulate(len(block.ids) for _, block in index.parts)]
    scores: dict[int, float] = {}
    score_of = scores.get
    looked_at, best = 0, list[int]()
    for term in terms:
        looked_at += term.number
        top = term.worth * (SATURATION + 1)
        if scores and looked_at > _POSTINGS:
            best = best or _best_of(scores)
            _rescore(index, term, scores, bases, best)
            continue
        for part, postings in term.postings.items():
            base, norms = bases[part], index.norms[part]
            for posting in postings:  # taken apart here: a call for each would take twice as long
                number, count = posting >> BITS, posting & COUNT
                place = base + number
                scores[place] = score_of(place, 0.0) + top * count / (count + norms[number])
    return scores


def _rescore(index: Index, term: Term, scores: dict[int, float], bases: list[int], best: list[int]) -> None:
    """Count a word that is nearly everywhere for the best passages alone."""
    for place in best:
        part = bisect_right(bases, place) - 1
        if part in term.postings and (count := times(term.postings[part], place - bases[part])):
            norm = index.norms[part][place - bases[part]]
            scores[place] += term.worth * (SATURATION + 1) * count / (count + norm)


def _best_of(scores: dict[int, float]) -> list[int]:
    """The places with the highest scores, the best first; equal ones in the order of the index."""
    least = sorted(scores.values())[-_BEST:][:1]
    best = [place for place, score in scores.items() if score >= least[0]] if least else []
    return sorted(best, key=lambda place: (-scores[place], place))[:_BEST]
