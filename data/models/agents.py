"""Agents: what answers the visitors of a site from the knowledge of a project, and what was published of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, choice, new_id, owner


class AgentState(StrEnum):
    """Whether an agent answers visitors: never yet, or now, or not until it is resumed."""

    DRAFT = 'draft'
    LIVE = 'live'
    PAUSED = 'paused'


class Agent(OrganizationOwned, Versioned, table=True):
    """The one agent of a project. Its id is public: it stands in the pages of the sites that embed it.

    `draft` are the settings that somebody works on, as `data.services.agents.settings` reads them, {} for the first
    ones; `version` counts their changes. `published` is the number of the version that visitors get, None while there
    is none. `secret` is sealed: with it a site signs who its visitors are. Conversations are kept for `retention_days`,
    None for as long as nobody deletes them. At most `daily_ceiling` answers are given a day, None for any number;
    `answered` were given on `answered_on`.
    """

    __tablename__ = 'agents'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        UniqueConstraint('organization_id', 'project_id'),
        ForeignKeyConstraint(
            ['organization_id', 'project_id'], ['projects.organization_id', 'projects.id'], ondelete='CASCADE'
        ),
        CheckConstraint('retention_days > 0', name='retention_days'),
        CheckConstraint('daily_ceiling >= 0', name='daily_ceiling'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    project_id: str = Field(max_length=16)
    state: AgentState = Field(default=AgentState.DRAFT, sa_column=choice(AgentState, 'state'))
    draft: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    published: int | None = None
    secret: str = Field(default='', max_length=200)
    retention_days: int | None = 365
    daily_ceiling: int | None = None
    answered_on: date | None = None
    answered: int = 0
    changed_at: datetime = Field(default_factory=clock.now)
    version: int = Field(default=1)


class AgentVersion(OrganizationOwned, table=True):
    """What was published of an agent: it never changes. `again` is the number of the one that this is once more."""

    __tablename__ = 'agent_versions'
    __table_args__ = (
        owner(),
        ForeignKeyConstraint(
            ['organization_id', 'agent_id'], ['agents.organization_id', 'agents.id'], ondelete='CASCADE'
        ),
        CheckConstraint('number > 0', name='number'),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    agent_id: str = Field(primary_key=True, max_length=16)
    number: int = Field(primary_key=True)
    settings: dict[str, Any] = Field(sa_type=JSON)
    note: str = Field(default='', max_length=200)
    again: int | None = None
    published_by: str | None = Field(
        default=None,
        sa_column=Column('published_by', String(16), ForeignKey('users.id', ondelete='SET NULL'), index=True),
    )
    published_at: datetime = Field(default_factory=clock.now)


class AgentSite(OrganizationOwned, table=True):
    """When the chat of an agent was last opened on a site, which is an origin such as https://shop.example."""

    __tablename__ = 'agent_sites'
    __table_args__ = (
        owner(),
        ForeignKeyConstraint(
            ['organization_id', 'agent_id'], ['agents.organization_id', 'agents.id'], ondelete='CASCADE'
        ),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    agent_id: str = Field(primary_key=True, max_length=16)
    site: str = Field(primary_key=True, max_length=260)
    seen_at: datetime = Field(default_factory=clock.now)
