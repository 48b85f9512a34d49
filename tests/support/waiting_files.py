"""Files that wait to be read, put there without a screen, and what became of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine

from data import clock
from data.database import System, transaction
from data.models import Project, Source, SourceFile, SourceKind
from data.services.sources import reasons
from tests.support.probes import rows


def add(project: Project, name: str, content: bytes) -> str:
    """A file of a project, as it is once it has come in; its id."""
    media = name.rpartition('.')[2]
    with transaction(System(project.organization_id)) as tx:
        source = Source(
            organization_id=project.organization_id,
            project_id=project.id,
            kind=SourceKind.FILE,
            name=name,
            name_key=name,
            media=media,
            sha256=sha256(content).hexdigest(),
            size=len(content),
            next_try=clock.now(),
        )
        tx.add(source)
        tx.flush()
        tx.add(SourceFile(organization_id=project.organization_id, source_id=source.id, content=content))
    return source.id


@dataclass
class Standing:
    """How a file stands."""

    state: str
    reason: str
    attempts: int
    pages: int | None
    passages: int
    language: str

    @property
    def sentence(self) -> str:
        """Why it failed."""
        return reasons.sentence(self.reason)


def standing(db: Engine, source_id: str) -> Standing:
    """How it stands."""
    columns = 'state, reason, attempts, pages, passages, language'
    [row] = rows(db, f'SELECT {columns} FROM sources WHERE id = :id', id=source_id)
    return Standing(*row)


def texts(db: Engine, source_id: str) -> list[tuple[str, int | None, str]]:
    """The heading, the page and the text of its passages."""
    return [
        (heading, page, text)
        for heading, page, text in rows(
            db, 'SELECT heading, page, text FROM passages WHERE source_id = :id ORDER BY ordinal', id=source_id
        )
    ]


def until(is_so: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait until something is so that a thread or a process does."""
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, 'it never is'
        time.sleep(0.02)  # between two questions, not instead of one
