"""Passages of a source: written, with the words they are found by, and taken away."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import bindparam, update
from sqlmodel import col, delete, func, select

from data.database import TenantSession, constant
from data.models import Passage, Project, Source, WrittenAnswer, new_id
from data.services.passages import words

LONGEST = 1200
"""Characters of a passage at most; a written answer is one passage, however long."""

MOST = 20_000
"""Passages of a project at most."""

HEADING_COUNTS = 2
"""How many times a word of a heading counts."""

_CHANGED = 'projects whose knowledge changed'
_HEADING = 500
_COUNT_UP = constant(
    update(Project)
    .where(col(Project.id) == bindparam('of'))
    .values(knowledge=col(Project.knowledge) + 1)
    .returning(col(Project.knowledge))
)
_FORGET = delete(Passage).where(col(Passage.source_id) == bindparam('of'))
_LANGUAGE = constant(
    select(Source.language)
    .where(col(Source.project_id) == bindparam('of'), col(Source.language) != '')
    .group_by(col(Source.language))
    .order_by(func.sum(Source.characters).desc(), col(Source.language))
    .limit(1)
)


@dataclass(frozen=True)
class Piece:
    """A piece of a source to be: the path of headings above it, joined by ' > ', its page in a PDF, its text.

    `words` are those it is found by, told by `prepared`.
    """

    heading: str
    page: int | None
    text: str
    words: str = ''


@dataclass(frozen=True)
class Prepared:
    """The pieces of a source, with the words they are found by, and the language they are in, '' for none."""

    pieces: list[Piece]
    language: str

    @property
    def is_wordless(self) -> bool:
        """Whether there is no word to find any of them by."""
        return not any(piece.words for piece in self.pieces)


def prepared(pieces: Iterable[Piece], around: Callable[[], str]) -> Prepared:
    """These pieces with their words: outside of a transaction that holds anything, for a long text is seconds of work.

    Where nobody can tell the language, it is the one `around`, that of the project.
    """
    pieces = list(pieces)
    language = words.language_of('\n'.join(piece.text for piece in pieces))
    language = language or words.language_of('\n'.join(f'{piece.heading} {piece.text}' for piece in pieces))
    language = language or around()
    return Prepared([replace(piece, words=words_of(piece, language)) for piece in pieces], language)


def words_of(piece: Piece, language: str) -> str:
    """The stems that a piece is found by, with a space between them."""
    heading = (words.stems(piece.heading[:_HEADING], language) for _ in range(HEADING_COUNTS))
    return ' '.join(chain(*heading, words.stems(piece.text, language)))


def write(tx: TenantSession, source: Source, pieces: Sequence[Piece] | Prepared) -> None:
    """Make these, in this order, all passages of a source, and say so in it: `passages`, `characters`, `language`.

    The knowledge of its project counts one up. Whoever reads a file keeps to LONGEST and MOST.
    """
    there = pieces
    if not isinstance(there, Prepared):
        there = prepared(there, lambda: language_around(tx, source.project_id))
    source.language, pieces = there.language, there.pieces
    _clear(tx, source)
    for ordinal, piece in enumerate(pieces):
        tx.add_row(Passage, _row(source, ordinal, piece))
    source.passages, source.characters = len(pieces), sum(len(piece.text) for piece in pieces)
    source.knowledge = changed(tx, source.project_id)


def write_answer(tx: TenantSession, source: Source, written: WrittenAnswer) -> None:
    """Make a written answer what is found of its source: one passage for each way in which it is asked."""
    asked = dict.fromkeys([written.question, *written.also])
    write(tx, source, [Piece(question, None, written.answer) for question in asked])


def forget(tx: TenantSession, source: Source) -> None:
    """Take all passages of a source away; the knowledge of its project counts one up."""
    _clear(tx, source)
    source.passages = source.characters = 0
    source.knowledge = changed(tx, source.project_id)


def changed(tx: TenantSession, project_id: str) -> int:
    """Count the knowledge of a project one up, as after a source was switched off, or is gone; what it is then."""
    tx.flush()
    tx.info.setdefault(_CHANGED, set()).add(project_id)
    number: int = tx.change_here(_COUNT_UP, {'of': project_id}).scalar_one()
    return number


def is_changed_here(tx: TenantSession, project_id: str) -> bool:
    """Whether this very transaction changes what can be found: then nobody else may see yet what it finds."""
    return project_id in tx.info.get(_CHANGED, ())


def stems_of(tx: TenantSession, project_id: str, text: str) -> frozenset[str]:
    """The stems of a text that visitors write, in its language, or that of the project where nobody can tell."""
    language = words.language_of(text) or language_around(tx, project_id)
    return frozenset(words.stems(text, language))


def _clear(tx: TenantSession, source: Source) -> None:
    tx.flush()
    tx.exec(_FORGET, params={'of': source.id})


def _row(source: Source, ordinal: int, piece: Piece) -> dict[str, object]:
    return {
        'id': new_id(),
        'organization_id': source.organization_id,
        'project_id': source.project_id,
        'source_id': source.id,
        'ordinal': ordinal,
        'heading': piece.heading[:_HEADING],
        'page': piece.page,
        'text': piece.text,
        'words': piece.words,
    }


def language_around(tx: TenantSession, project_id: str) -> str:
    """The language that most of a project is in: of a few words nobody can tell."""
    return tx.exec(_LANGUAGE, params={'of': project_id}).first() or ''
