"""Sources that are there, with their passages, without a file that was read."""

from collections.abc import Sequence

from data import database
from data.database import System, TenantSession
from data.models import Source, SourceKind, SourceState, WrittenAnswer
from data.services import passages
from data.services.passages import Found, Piece


def add(tx: TenantSession, project_id: str, name: str, pieces: Sequence[Piece]) -> Source:
    """A file that says this, in the transaction's organization."""
    source = _source(tx, project_id, name, SourceKind.FILE)
    passages.write(tx, source, pieces)
    return source


def answer(tx: TenantSession, project_id: str, question: str, text: str, also: Sequence[str] = ()) -> Source:
    """A written answer."""
    source = _source(tx, project_id, question, SourceKind.ANSWER)
    here = source.organization_id
    written = WrittenAnswer(organization_id=here, source_id=source.id, question=question, answer=text, also=list(also))
    tx.add(written)
    passages.write_answer(tx, source, written)
    return source


def file_of(organization_id: str, project_id: str, name: str, pieces: Sequence[Piece]) -> str:
    """The id of a file that says this, in a transaction of its own."""
    with database.transaction(System(organization_id)) as tx:
        return add(tx, project_id, name, pieces).id


def found(organization_id: str, project_id: str, question: str, limit: int = 3) -> Found:
    """What is found, in a reading of its own."""
    with database.reading(System(organization_id)) as tx:
        return passages.find(tx, project_id, question, limit)


def _source(tx: TenantSession, project_id: str, name: str, kind: SourceKind) -> Source:
    source = Source(
        organization_id=str(tx.scope.organization_id),
        project_id=project_id,
        kind=kind,
        name=name,
        name_key=name.casefold(),
        state=SourceState.READY,
    )
    tx.add(source)
    tx.flush()
    return source
