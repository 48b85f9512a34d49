"""Sources: the files and written answers that an agent answers from, and the passages that were found in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, choice, new_id, owner

_IS_DUE = text("state IN ('waiting', 'reading')")


class SourceKind(StrEnum):
    """What a source is: a file that was read, or an answer that somebody wrote."""

    FILE = 'file'
    ANSWER = 'answer'


class SourceState(StrEnum):
    """How far a source has come."""

    WAITING = 'waiting'
    READING = 'reading'
    READY = 'ready'
    FAILED = 'failed'


class Source(OrganizationOwned, Versioned, table=True):
    """A file or a written answer in the knowledge of a project.

    `name` is that of the file, or the question; `media` what the file is by its ending: 'pdf', 'docx', 'txt', 'md',
    'csv', 'html'; '' for an answer. `reason` says why it failed: a word of `data.services.sources.reasons`. While it is
    waiting, it is read at `next_try`; while it is being read, its reader says every few seconds that it lives
    (`alive_at`). `attempts` are those since it was added, replaced or sent to be read again. `size` is in bytes,
    `characters` those of its text, `language` the code of two letters, '' where nobody can tell. What is `is_off` stays
    as it is, and answers nobody.
    """

    __tablename__ = 'sources'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        ForeignKeyConstraint(
            ['organization_id', 'project_id'], ['projects.organization_id', 'projects.id'], ondelete='CASCADE'
        ),
        Index('ix_sources_project', 'organization_id', 'project_id', 'kind', 'name_key', 'id'),
        Index('ix_sources_due', 'next_try', sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
        CheckConstraint("name <> ''", name='name'),
        CheckConstraint('size >= 0', name='size'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    kind: SourceKind = Field(sa_column=choice(SourceKind, 'kind'))
    name: str = Field(max_length=500)
    name_key: str = Field(max_length=500)
    media: str = Field(default='', max_length=8)
    state: SourceState = Field(default=SourceState.WAITING, sa_column=choice(SourceState, 'state'))
    reason: str = Field(default='', max_length=40)
    is_off: bool = False
    sha256: str = Field(default='', max_length=64)
    size: int = 0
    pages: int | None = None
    passages: int = 0
    characters: int = 0
    language: str = Field(default='', max_length=2)
    knowledge: int = Field(default=0, sa_column=Column('knowledge', BigInteger, nullable=False))
    attempts: int = 0
    next_try: datetime | None = None
    alive_at: datetime | None = None
    read_at: datetime | None = None
    created_by: str | None = Field(
        default=None,
        sa_column=Column('created_by', String(16), ForeignKey('users.id', ondelete='SET NULL'), index=True),
    )
    created_at: datetime = Field(default_factory=clock.now)
    changed_at: datetime = Field(default_factory=clock.now)
    version: int = Field(default=1)


def _of_source() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ['organization_id', 'source_id'], ['sources.organization_id', 'sources.id'], ondelete='CASCADE'
    )


class SourceFile(OrganizationOwned, table=True):
    """The bytes of a file, as they came: the one database stays the whole truth."""

    __tablename__ = 'source_files'
    __table_args__ = (owner(), _of_source())
    organization_id: str = Field(primary_key=True, max_length=16)
    source_id: str = Field(primary_key=True, max_length=16)
    content: bytes = Field(sa_column=Column('content', LargeBinary, nullable=False))


class WrittenAnswer(OrganizationOwned, table=True):
    """What somebody wrote: the answer to a question (the name of its source), which is also asked in `also`."""

    __tablename__ = 'written_answers'
    __table_args__ = (owner(), _of_source())
    organization_id: str = Field(primary_key=True, max_length=16)
    source_id: str = Field(primary_key=True, max_length=16)
    question: str = Field(max_length=500)
    answer: str = Field(sa_column=Column('answer', Text, nullable=False))
    also: list[str] = Field(default_factory=list, sa_type=JSON)


class Passage(OrganizationOwned, table=True):
    """A piece of a source that can be found and cited, at most 1,200 characters, in the order of the source.

    `heading` is the path of headings above it, joined by ' > '; `page` the page of a PDF, None elsewhere. `words` are
    the stems that it is found by, with a space between them.
    """

    __tablename__ = 'passages'
    __table_args__ = (
        owner(),
        _of_source(),
        ForeignKeyConstraint(
            ['organization_id', 'project_id'], ['projects.organization_id', 'projects.id'], ondelete='CASCADE'
        ),
        UniqueConstraint('organization_id', 'source_id', 'ordinal'),
        Index('ix_passages_project', 'organization_id', 'project_id'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    source_id: str = Field(max_length=16)
    ordinal: int
    heading: str = Field(default='', max_length=500)
    page: int | None = None
    text: str = Field(sa_column=Column('text', Text, nullable=False))
    words: str = Field(sa_column=Column('words', Text, nullable=False))
