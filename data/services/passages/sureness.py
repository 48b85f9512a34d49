"""Sureness: whether what was found is about the question at all, or only shares a word with it."""

from dataclasses import dataclass

from data.services.passages.ranking import Ranked, Ranking

ENOUGH = 0.5
"""The share of what the words of a question are worth that a passage has to have by itself."""


@dataclass(frozen=True)
class Verdict:
    """Whether the best passage is sure enough, and why, in a sentence."""

    sure: bool
    why: str


def judge(ranking: Ranking) -> Verdict:
    """Whether the best passage is about the question."""
    if not ranking.terms:
        return Verdict(False, 'The question has no words that can be looked for.')
    if not ranking.best:
        return Verdict(False, 'None of its words is in the knowledge.')
    share = covered(ranking, ranking.best[0])
    had = ', '.join(f'“{term.word}”' for term in ranking.best[0].terms)
    if share >= ENOUGH:
        return Verdict(True, f'The best passage has {had}.')
    return Verdict(False, f'The best passage has only {had}: too little of the question.')


def strength(ranking: Ranking, ranked: Ranked) -> str:
    """How well a passage fits, in a word."""
    share = covered(ranking, ranked)
    return 'Strong' if share >= 0.75 else 'Fair' if share >= ENOUGH else 'Weak'


def covered(ranking: Ranking, ranked: Ranked) -> float:
    """The share of what the words of the question are worth that a passage has, from 0 to 1."""
    worth = sum(term.worth for term in ranking.terms)
    return sum(term.worth for term in ranked.terms) / worth if worth else 0.0
