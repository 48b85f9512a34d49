"""Unanswered questions: what visitors asked and the knowledge has nothing about, the same words together."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, choice, new_id, owner


class UnansweredState(StrEnum):
    """Whether somebody still has to write the answer."""

    OPEN = 'open'
    ANSWERED = 'answered'
    DISMISSED = 'dismissed'


class Unanswered(OrganizationOwned, table=True):
    """A question without an answer; `words` are its stems in order, by which another one is the same.

    `question` is how it was asked first by somebody who has not deleted that, `count` how often it was asked.
    `source_id` is the written answer that closes it once a paraphrase of it is answered.
    """

    __tablename__ = 'unanswered'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        UniqueConstraint('organization_id', 'project_id', 'words'),
        ForeignKeyConstraint(
            ['organization_id', 'project_id'], ['projects.organization_id', 'projects.id'], ondelete='CASCADE'
        ),
        Index('ix_unanswered_list', 'organization_id', 'project_id', 'state', 'count'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    words: str = Field(max_length=500)
    question: str = Field(max_length=2000)
    count: int = 0
    state: UnansweredState = Field(default=UnansweredState.OPEN, sa_column=choice(UnansweredState, 'state'))
    source_id: str | None = Field(default=None, max_length=16)
    first_at: datetime = Field(default_factory=clock.now)
    last_at: datetime = Field(default_factory=clock.now)


class UnansweredAsking(OrganizationOwned, table=True):
    """One time that it was asked: it goes with the conversation, and with the last of them the question."""

    __tablename__ = 'unanswered_askings'
    __table_args__ = (
        owner(),
        ForeignKeyConstraint(
            ['organization_id', 'unanswered_id'], ['unanswered.organization_id', 'unanswered.id'], ondelete='CASCADE'
        ),
        ForeignKeyConstraint(
            ['organization_id', 'conversation_id'],
            ['conversations.organization_id', 'conversations.id'],
            ondelete='CASCADE',
        ),
        Index('ix_unanswered_askings_entry', 'organization_id', 'unanswered_id', 'at'),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    conversation_id: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True)
    unanswered_id: str = Field(max_length=16)
    question: str = Field(max_length=2000)
    at: datetime = Field(default_factory=clock.now)
