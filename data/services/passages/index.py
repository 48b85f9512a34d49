"""The index: what can be found in each project, kept in memory for those that were asked last, never out of date.

It is good for one `knowledge` of a project, which is read in the transaction that asks. Of a change only the sources
that it is about are read anew.
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from threading import Lock
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import Passage, Project, Source, SourceKind
from data.services.passages import words
from data.services.passages.blocks import About, Block, Entry, block_of
from data.services.passages.pieces import is_changed_here

MOST = 192 * 1024**2
"""About how many bytes all of them may take together; those of 20,000 long passages take some 14 MB."""

SATURATION, _LENGTH = 1.2, 0.75
"""k1 and b of BM25, as they are usually chosen."""

_TRIES = 3
_KNOWLEDGE = constant(select(Project.knowledge).where(col(Project.id) == bindparam('of')))
_COLUMNS: tuple[Any, ...] = (
    Source.id,
    Source.name,
    Source.kind,
    Source.language,
    Source.knowledge,
    Source.name_key,
    Source.created_at,
)
_SOURCES = constant(
    select(*_COLUMNS).where(col(Source.project_id) == bindparam('of'), ~col(Source.is_off), col(Source.passages) > 0)
)
_PASSAGES = (
    select(Passage.source_id, Passage.id, Passage.heading, Passage.words)
    .where(col(Passage.project_id) == bindparam('of'))
    .order_by(col(Passage.source_id), col(Passage.ordinal))
)
_ALL = constant(_PASSAGES)
_SOME = constant(_PASSAGES.where(col(Passage.source_id).in_(bindparam('sources', expanding=True))))


@dataclass(frozen=True)
class Index:
    """What can be found in a project as of its `knowledge`: its sources in an order that every database agrees on."""

    knowledge: int
    parts: tuple[tuple[About, Block], ...]

    def of_answers(self) -> 'Index':
        """The written answers of it alone."""
        return Index(self.knowledge, tuple(part for part in self.parts if part[0].kind is SourceKind.ANSWER))

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return sum(block.weight + 32 * len(block.ids) for _, block in self.parts) + 500

    @cached_property
    def norms(self) -> tuple[list[float], ...]:
        """For each source, what the length of its passages adds below the line of BM25."""
        number = sum(len(block.ids) for _, block in self.parts)
        average = sum(block.words for _, block in self.parts) / max(1, number)
        constant, by_length = SATURATION * (1 - _LENGTH), SATURATION * _LENGTH / max(average, 1)
        return tuple([constant + by_length * length for length in block.lengths] for _, block in self.parts)


class _Kept:
    """Those that were asked last, by organization and project."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.indexes: OrderedDict[tuple[str, str], Index] = OrderedDict()
        self.weight = 0

    def get(self, key: tuple[str, str]) -> Index | None:
        with self.lock:
            if key in self.indexes:
                self.indexes.move_to_end(key)
            return self.indexes.get(key)

    def put(self, key: tuple[str, str], index: Index) -> None:
        with self.lock:
            before = self.indexes.pop(key, None)
            self.indexes[key] = index
            self.weight += index.weight - (before.weight if before else 0)
            while self.weight > MOST and len(self.indexes) > 1:
                _, oldest = self.indexes.popitem(last=False)
                self.weight -= oldest.weight


_kept = _Kept()

_turns = tuple(Lock() for _ in range(64))
"""Of those who ask at once for what is not kept one reads it, and the others wait for that: each alone would take a
second of work and 40 MB. Whoever has a turn only reads, and waits for nobody.
"""


def of_project(tx: TenantSession, project_id: str) -> Index:
    """What can be found in a project now, as this transaction sees it: nothing in one that is of somebody else."""
    knowledge = tx.exec(_KNOWLEDGE, params={'of': project_id}).first()
    if knowledge is None:
        return Index(0, ())
    key = str(tx.scope.organization_id), project_id
    if is_changed_here(tx, project_id):
        return _read_anew(tx, key, knowledge)[0]
    if (there := _kept.get(key)) and there.knowledge == knowledge:
        return there
    with _turns[hash(key) % len(_turns)]:
        if (there := _kept.get(key)) and there.knowledge == knowledge:  # somebody else has read it meanwhile
            return there
        index, is_current = _read_anew(tx, key, knowledge)
        if is_current:
            _kept.put(key, index)
    return index


def _read_anew(tx: TenantSession, key: tuple[str, str], knowledge: int) -> tuple[Index, bool]:
    """The index as this transaction sees it, what has not changed since it was kept from there; whether it is whole."""
    project_id, before = key[1], _kept.get(key)
    for _ in range(_TRIES):
        index = _built(tx, project_id, knowledge, before)
        knowledge, seen = tx.exec(_KNOWLEDGE, params={'of': project_id}).one(), knowledge
        if knowledge == seen:  # where each statement has a picture of its own, somebody may have changed it in between
            return index, True
    return index, False


def _built(tx: TenantSession, project_id: str, knowledge: int, before: Index | None) -> Index:
    sources = [_about(row) for row in tx.exec(_SOURCES, params={'of': project_id})]
    known = {(about.source_id, about.knowledge): block for about, block in (before.parts if before else ())}
    joining = {about.source_id for about in sources if about.language in words.JOINING}
    new = [about.source_id for about in sources if (about.source_id, about.knowledge) not in known]
    blocks = _read(tx, project_id, new, are_all=len(new) == len(sources), joining=joining)
    parts = [(about, known.get((about.source_id, about.knowledge)) or blocks.get(about.source_id)) for about in sources]
    return Index(knowledge, tuple(sorted(((a, b) for a, b in parts if b), key=lambda part: part[0].order)))


def _read(
    tx: TenantSession, project_id: str, sources: Sequence[str], *, are_all: bool, joining: Collection[str]
) -> dict[str, Block]:
    if not sources:
        return {}
    of_some = {} if are_all else {'sources': list(sources)}
    rows = tx.exec(_ALL if are_all else _SOME, params={'of': project_id, **of_some})
    return {
        source_id: block_of((Entry(*row) for _, *row in group), joins_words=source_id in joining)
        for source_id, group in groupby(rows, key=lambda row: row[0])
    }


def _about(row: Any) -> About:
    source_id, name, kind, language, knowledge, name_key, created_at = row
    return About(source_id, name, kind, language, knowledge, (name_key, created_at.isoformat(), source_id))
