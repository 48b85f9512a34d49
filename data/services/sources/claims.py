"""Files in the hand of a reader: what is noted about one counts only while it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import func, select

from data import changes, clock
from data.changes import Change
from data.database import System, TenantSession, reading, transaction
from data.integrations.reader import Reading, Reason
from data.models import Source, SourceState
from data.services import passages
from data.services.audit import Topic


@dataclass
class Claim:
    """A file in the hand of a reader: which one, what it is by its ending, and by what its row is known again."""

    organization_id: str
    source_id: str
    media: str
    sha256: str
    attempts: int
    alive_at: datetime | None

    def holds(self, source: Source) -> bool:
        """Whether the row is still as its reader has left it."""
        known = source.state, source.sha256, source.attempts, source.alive_at
        return known == (SourceState.READING, self.sha256, self.attempts, self.alive_at)


@contextmanager
def held(claim: Claim) -> Iterator[tuple[TenantSession, Source | None]]:
    """A transaction and, held in it, the row of a file: None where it is not in the hand of this reader any more."""
    with transaction(System(claim.organization_id)) as tx:
        source = tx.get(Source, claim.source_id, with_for_update=True)
        mine = source if source is not None and claim.holds(source) else None
        yield tx, mine
        if mine is not None and mine.state is not SourceState.READING:
            note(tx, mine)


def finish(claim: Claim, read: Reading) -> None:
    """Make what was read the passages of the source, where there is room for them and a word to find them by."""
    there = passages.prepared((passages.Piece(*part) for part in read.parts), lambda: _language_around(claim))
    with held(claim) as (tx, source):
        if source is None:
            return
        if there.is_wordless:
            fail_row(tx, source, Reason.WORDLESS)
        elif len(there.pieces) > passages.MOST - _others(tx, source):
            fail_row(tx, source, Reason.FULL)
        else:
            passages.write(tx, source, there)
            source.state, source.reason, source.pages = SourceState.READY, '', read.pages
            source.alive_at, source.read_at = None, clock.now()


def _language_around(claim: Claim) -> str:
    """The language that most of the project is in that the source is of."""
    with reading(System(claim.organization_id)) as tx:
        source = tx.get(Source, claim.source_id)
        return passages.language_around(tx, source.project_id) if source else ''


def _others(tx: TenantSession, source: Source) -> int:
    """How many passages there are of other sources of the project."""
    query = select(func.coalesce(func.sum(Source.passages), 0))
    return int(tx.exec(query.where(Source.project_id == source.project_id, Source.id != source.id)).one())


def fail(claim: Claim, reason: Reason) -> None:
    """Note that a file can't be read, for good; what was read of it before goes."""
    with held(claim) as (tx, source):
        if source is not None:
            fail_row(tx, source, reason)


def fail_row(tx: TenantSession, source: Source, reason: Reason) -> None:
    """Note in a row that is held that it can't be read."""
    passages.forget(tx, source)
    source.state, source.reason, source.pages = SourceState.FAILED, reason.value, None
    source.alive_at, source.read_at = None, clock.now()


def note(tx: TenantSession, source: Source) -> None:
    """Let screens know that a source stands otherwise."""
    changes.note(tx, Change(source.organization_id, Topic.SOURCE, subject=source.id))
