"""Finding: the passages of a project that a question is about, whether that is sure enough to be shown, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.inputs import texts
from data.models import Passage, SourceKind
from data.services.passages import index, sureness, words
from data.services.passages.extracts import extract
from data.services.passages.ranking import Ranked, Ranking, rank
from data.services.passages.sureness import Verdict

_ENDS = ' .?!\u3002'
"""Signs behind a question that are the same question without them."""

_ANSWERS = 200
"""Written answers that are looked at for a question of small words: all that a project has."""

_ROWS = constant(
    select(Passage.id, Passage.heading, Passage.page, Passage.text).where(
        col(Passage.source_id).in_(bindparam('sources', expanding=True)),
        col(Passage.ordinal).in_(bindparam('ordinals', expanding=True)),
        col(Passage.id).in_(bindparam('ids', expanding=True)),
    )
)
"""By their place in their sources: asked for ids alone, SQLite goes through all passages of the organization."""


@dataclass(frozen=True)
class Hit:
    """A passage that was found, with its source and the sentences of it that matter (`extract`).

    `kind` is 'file' or 'answer'. `score` says how well it fits, for comparing with the others of the same question,
    `strength` the same in a word, `words` which words of the question it has.
    """

    passage_id: str
    source_id: str
    name: str
    kind: SourceKind
    heading: str
    page: int | None
    text: str
    extract: str
    score: float
    strength: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What was found, the best first; `sure` where it is enough to be shown to a visitor, `why` it is, or is not.

    `asked` are the words of the question that were looked for: none where it only has small words.
    """

    hits: tuple[Hit, ...]
    sure: bool
    why: str
    asked: tuple[str, ...] = ()


def find(tx: TenantSession, project_id: str, question: str, limit: int = 3) -> Found:
    """The passages of a project that a question is about, at most one of each section, as the transaction sees them.

    Of what is switched off, or of another project, there is none.
    """
    there = index.of_project(tx, project_id)
    ranking = rank(there, question, limit)
    verdict = sureness.judge(ranking)
    if verdict.sure and words.small_talk(question):
        verdict = Verdict(False, 'Nothing is asked.')
    if not verdict.sure and (same := _word_for_word(there, question)):
        ranking, verdict = Ranking((), (same,)), Verdict(True, 'Its answer is written, word for word.')
    elif not ranking.terms and (alike := _by_small_words(tx, there, question)):
        ranking, verdict = Ranking((), alike[:limit]), Verdict(True, 'Its answer is written, in other words.')
    rows = _rows(tx, ranking.best)
    hits = tuple(_hit(ranking, ranked, rows[_id(ranked)]) for ranked in ranking.best if _id(ranked) in rows)
    return Found(hits, verdict.sure and bool(hits), verdict.why, tuple(term.word for term in ranking.terms))


def _by_small_words(tx: TenantSession, there: index.Index, question: str) -> tuple[Ranked, ...]:
    """The answers that somebody has written to such a question, “Can you help me?”: by how it is asked alone.

    What answers say does not count: “thanks” is in many that have nothing to do with it.
    """
    found = rank(there.of_answers(), question, _ANSWERS, however_small=True).best
    rows = _rows(tx, found)
    return tuple(it for it in found if _id(it) in rows and _is_asked_so(rows[_id(it)][1], question, it.about.language))


def _is_asked_so(written: str, question: str, language: str) -> bool:
    """Whether a question is one of nothing but small words, all of which are in what was asked."""
    if words.question_words(written, (language,)):
        return False
    has, wanted = (_small_words(it, language) for it in (question, written))
    is_thanks, is_asked_for = (words.small_talk(it) == 'thanks' for it in (question, written))
    return bool(wanted) and wanted <= has and is_thanks <= is_asked_for


def _small_words(text: str, language: str) -> set[str]:
    return {words.stem(word, language) for word in words.question_words(text, (language,), however_small=True)}


def _rows(tx: TenantSession, best: Sequence[Ranked]) -> dict[str, tuple[str, str, int | None, str]]:
    """What these passages say, by their ids; each is where its number says in its source."""
    if not best:
        return {}
    places = {'sources': [it.about.source_id for it in best], 'ordinals': [it.number for it in best]}
    return {row[0]: row for row in tx.exec(_ROWS, params={**places, 'ids': [_id(ranked) for ranked in best]})}


def _word_for_word(there: index.Index, question: str) -> Ranked | None:
    """The answer that is written to this very question, whatever that is made of: “Who are you?”, “C++”."""
    asked = texts.plain_key(question).rstrip(_ENDS)
    for about, block in there.of_answers().parts:
        if asked and texts.plain_key(about.name).rstrip(_ENDS) == asked:
            return Ranked(about, block, 0, 0.0, ())
    return None


def _id(ranked: Ranked) -> str:
    return ranked.block.ids[ranked.number]


def _hit(ranking: Ranking, ranked: Ranked, row: tuple[str, str, int | None, str]) -> Hit:
    passage_id, heading, page, text = row
    about = ranked.about
    is_answer = about.kind is SourceKind.ANSWER
    worth = {words.stem(term.word, about.language): term.worth for term in ranked.terms}
    return Hit(
        passage_id,
        about.source_id,
        about.name,
        about.kind,
        heading,
        page,
        text,
        text if is_answer else extract(text, worth, about.language),
        ranked.score,
        sureness.strength(ranking, ranked),
        tuple(term.word for term in ranked.terms),
    )
