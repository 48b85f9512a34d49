"""Knowledge for the tests: files and written answers, and what a reader finds in a file, without one."""

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlmodel import col, update

from data import changes, clock, database
from data.changes import Change
from data.database import Actor, System
from data.models import Source, SourceState
from data.services import passages, sources
from data.services.audit import Topic
from data.services.passages import Piece
from tests.support.probes import value

TEXT = b'# Returns\n\nWhoever is not happy sends it back within thirty days.\n'
ANSWER = {'question': 'Do you ship to Norway?', 'answer': 'Yes, within five days.', 'also': 'Delivery to Oslo'}
PIECES = (Piece('Returns', 2, 'Whoever is not happy sends it back within thirty days.'),)


def add(actor: Actor, project_id: str, name: str = 'terms.md', content: bytes = TEXT) -> Source:
    """A file that waits to be read."""
    return sources.add_file(actor, project_id, name, content).source


def read(source: Source, pieces: Sequence[Piece] = PIECES) -> None:
    """Let a file be read, around the queue: this was found in it."""
    with database.transaction(System(source.organization_id)) as tx:
        row = tx.find(Source, source.id)
        row.state, row.read_at, row.next_try = SourceState.READY, clock.now(), None
        passages.write(tx, row, pieces)
        changes.note(tx, Change(source.organization_id, Topic.SOURCE, subject=source.id))


def fail(source: Source, reason: str) -> None:
    """Let a file have failed for this reason, around the queue."""
    with database.transaction(System(source.organization_id)) as tx:
        failed = {'state': SourceState.FAILED, 'reason': reason, 'next_try': None, 'attempts': 1}
        tx.exec(update(Source).where(col(Source.id) == source.id).values(**failed))
        changes.note(tx, Change(source.organization_id, Topic.SOURCE, subject=source.id))


def found(actor: Actor, project_id: str, question: str) -> list[str]:
    """The names of what would be found for a question."""
    return [hit.name for hit in sources.would_find(actor, project_id, question).hits]


def stored(db: Engine, project_id: str) -> int:
    """How many bytes are counted of a project, 0 where none ever were."""
    level = "SELECT coalesce(max(level), 0) FROM usage_levels WHERE metric = 'storage' AND project_id = :at"
    return int(value(db, level, at=project_id))


def fill(actor: Actor, project_id: str) -> None:
    """A file that was read, and a written answer."""
    read(add(actor, project_id))
    sources.write_answer(actor, project_id, ANSWER)
