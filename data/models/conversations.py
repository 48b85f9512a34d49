"""Conversations: visitors of a site, what they and the agent or a member say to each other, and what stays of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, choice, new_id, owner

_IS_OWED = text('owed_turn IS NOT NULL')
_IS_UNTOLD = text("state = 'waiting' AND told_at IS NULL")


def _of_project() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ['organization_id', 'project_id'], ['projects.organization_id', 'projects.id'], ondelete='CASCADE'
    )


def _of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ['organization_id', 'conversation_id'],
        ['conversations.organization_id', 'conversations.id'],
        ondelete='CASCADE',
    )


class ConversationState(StrEnum):
    """Whose turn it is: the agent answers, somebody waits for a person, a person has it, or it is done."""

    ANSWERING = 'answering'
    WAITING = 'waiting'
    HUMAN = 'human'
    RESOLVED = 'resolved'


class MessageRole(StrEnum):
    """Who said something: a visitor, the agent, a member; a note only members see; an event nobody said."""

    VISITOR = 'visitor'
    AGENT = 'agent'
    MEMBER = 'member'
    NOTE = 'note'
    EVENT = 'event'


class Visitor(OrganizationOwned, table=True):
    """Somebody who wrote to an agent on a site. Made by the first message, known by a token, kept as its hash.

    `name` and `email` are what they say to be; where `is_signed`, their site says so and knows them as `known_as`. All
    three are searched in `key_of_who`.
    """

    __tablename__ = 'visitors'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        _of_project(),
        ForeignKeyConstraint(
            ['organization_id', 'agent_id'], ['agents.organization_id', 'agents.id'], ondelete='CASCADE'
        ),
        Index('ix_visitors_known_as', 'organization_id', 'agent_id', 'known_as'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    agent_id: str = Field(max_length=16)
    token_hash: str = Field(max_length=64)
    name: str = Field(default='', max_length=80)
    email: str = Field(default='', max_length=254)
    known_as: str = Field(default='', max_length=200)
    key_of_who: str = Field(default='', sa_column=Column('key_of_who', Text, nullable=False))
    is_signed: bool = False
    site: str = Field(default='', max_length=260)
    device: str = Field(default='', max_length=80)
    created_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime = Field(default_factory=clock.now)


class Conversation(OrganizationOwned, table=True):
    """What a visitor and an agent, or a member, say to each other.

    `turn` goes up with each message of the visitor and each change of who answers: an answer is written only while the
    turn is still the one it is for, and the state still `answering`. `owed_turn` is the turn that the agent has not
    answered yet. `assignee` is the member who has it. `waiting_since` is since when somebody waits for a person,
    `told_at` when members were mailed that somebody does. `last_seq` is the number of its last message; up to
    `team_seq` and `visitor_seq` these were read. `opening` is what the visitor said first, `last_text` and `last_role`
    what was said last, cut.
    """

    __tablename__ = 'conversations'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        _of_project(),
        ForeignKeyConstraint(
            ['organization_id', 'visitor_id'], ['visitors.organization_id', 'visitors.id'], ondelete='CASCADE'
        ),
        Index('ix_conversations_list', 'organization_id', 'project_id', 'state', 'changed_at'),
        Index('ix_conversations_visitor', 'organization_id', 'visitor_id', 'opened_at'),
        Index('ix_conversations_owed', 'organization_id', 'id', sqlite_where=_IS_OWED, postgresql_where=_IS_OWED),
        Index('ix_conversations_untold', 'waiting_since', sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD),
        Index('ix_conversations_changed', 'changed_at'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    visitor_id: str = Field(max_length=16)
    state: ConversationState = Field(default=ConversationState.ANSWERING, sa_column=choice(ConversationState, 'state'))
    turn: int = 0
    owed_turn: int | None = None
    assignee: str | None = Field(
        default=None,
        sa_column=Column('assignee', String(16), ForeignKey('users.id', ondelete='SET NULL'), index=True),
    )
    taken_at: datetime | None = None
    waiting_since: datetime | None = None
    told_at: datetime | None = None
    last_seq: int = 0
    team_seq: int = 0
    visitor_seq: int = 0
    opening: str = Field(default='', max_length=200)
    last_text: str = Field(default='', max_length=200)
    last_role: MessageRole = Field(default=MessageRole.VISITOR, sa_column=choice(MessageRole, 'last_role'))
    page: str = Field(default='', max_length=500)
    opened_at: datetime = Field(default_factory=clock.now)
    changed_at: datetime = Field(default_factory=clock.now)


class Message(OrganizationOwned, table=True):
    """One message, the `seq`th of its conversation.

    `key` is what its sender's browser calls it, so that the same one sent again is one; `key_of_text` is its text as it
    is searched. `sources` are the passages that an answer of the agent shows, each with its extract, heading, page and
    the name of its source as they were; `outcome` is what the agent came to, in a word of
    `data.services.conversations.answering`. `author` is the member who wrote it. `vote` is whether it helped.
    """

    __tablename__ = 'messages'
    __table_args__ = (
        owner(),
        _of_conversation(),
        UniqueConstraint('organization_id', 'conversation_id', 'key'),
        CheckConstraint('seq > 0', name='seq'),
        CheckConstraint('vote IN (-1, 1)', name='vote'),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    conversation_id: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True)
    key: str | None = Field(default=None, max_length=40)
    role: MessageRole = Field(sa_column=choice(MessageRole, 'role'))
    text: str = Field(sa_column=Column('text', Text, nullable=False))
    key_of_text: str = Field(default='', sa_column=Column('key_of_text', Text, nullable=False))
    sources: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    outcome: str = Field(default='', max_length=16)
    turn: int = 0
    agent_version: int | None = None
    author: str | None = Field(
        default=None,
        sa_column=Column('author', String(16), ForeignKey('users.id', ondelete='SET NULL'), index=True),
    )
    vote: int | None = None
    at: datetime = Field(default_factory=clock.now)


class ConversationTag(OrganizationOwned, table=True):
    """A word that members put on a conversation."""

    __tablename__ = 'conversation_tags'
    __table_args__ = (owner(), _of_conversation(), Index('ix_conversation_tags_tag', 'organization_id', 'tag'))
    organization_id: str = Field(primary_key=True, max_length=16)
    conversation_id: str = Field(primary_key=True, max_length=16)
    tag: str = Field(primary_key=True, max_length=40)


class Reply(OrganizationOwned, Versioned, table=True):
    """A canned reply: a text that members of a project put into what they write, by its title."""

    __tablename__ = 'replies'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        UniqueConstraint('organization_id', 'project_id', 'title_key'),
        _of_project(),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    title: str = Field(max_length=80)
    title_key: str = Field(max_length=400)
    text: str = Field(max_length=2000)
    version: int = Field(default=1)


class Lead(OrganizationOwned, table=True):
    """An address that a visitor left, with the sentence that they agreed to and when.

    `key_of_who` is name and address as they are searched.
    """

    __tablename__ = 'leads'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        _of_project(),
        _of_conversation(),
        Index('ix_leads_project', 'organization_id', 'project_id', 'at'),
        Index('ix_leads_conversation', 'organization_id', 'conversation_id'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    conversation_id: str = Field(max_length=16)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    name: str = Field(default='', max_length=80)
    key_of_who: str = Field(default='', sa_column=Column('key_of_who', Text, nullable=False))
    consent: str = Field(max_length=500)
    at: datetime = Field(default_factory=clock.now)
