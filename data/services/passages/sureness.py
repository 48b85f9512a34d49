"""Sureness: whether what was found is about the question at all, or only shares a word with it.

No score tells what nothing answers from what something does, if both are about the same things: a person does. What is
about something else is told by how much of what its words are worth one passage has; the figures are in
docs/decisions/0046-enough-of-a-question.md.
"""

from dataclasses import dataclass

from data.services.passages.ranking import Ranked, Ranking

ENOUGH = 0.45
"""The share of what the words of a question are worth that a passage has to have by itself."""


ALONE = 0.65
"""The same where it has only one of several words."""

STRONG = 0.8
"""The share from which what was found is called a strong match."""


_NAMED = 5


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
    best = ranking.best[0]
    had = _listed([term.word for term in best.terms])
    if _is_enough(ranking, best):
        return Verdict(True, f'The best passage has {had}.')
    missing = _listed([term.word for term in ranking.terms if term.counts and term not in best.terms])
    return Verdict(False, f'No passage has enough of the question: the best one has {had}, not {missing}.')


def strength(ranking: Ranking, ranked: Ranked) -> str:
    """How well a passage fits, in a word."""
    if not _is_enough(ranking, ranked):
        return 'Weak'
    return 'Strong' if covered(ranking, ranked) >= STRONG else 'Fair'


def _is_enough(ranking: Ranking, ranked: Ranked) -> bool:
    is_alone = len(ranked.terms) == 1 < len(ranking.terms)
    return covered(ranking, ranked) >= (ALONE if is_alone else ENOUGH)


def _listed(words: list[str]) -> str:
    *first, last = [f'“{word}”' for word in words[:_NAMED]] or ['all of it']
    return f'{", ".join(first)} and {last}' if first else last


def covered(ranking: Ranking, ranked: Ranked) -> float:
    """The share of what the words of the question are worth that a passage has, from 0 to 1.

    Signs between two words are left aside where there are others. Of no words, it has all.
    """
    counting = [term for term in ranking.terms if term.counts] or list(ranking.terms)
    worth = sum(term.worth for term in counting)
    return sum(term.worth for term in counting if term in ranked.terms) / worth if worth else 1.0
