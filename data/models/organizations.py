"""Organizations and their status."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from data import clock
from data.models.base import Versioned, choice, new_id


class Status(StrEnum):
    """Where an organization stands; what each allows is in `permissions.STATUS_RULES`."""

    ACTIVE = 'active'
    PAST_DUE = 'past_due'
    RESTRICTED = 'restricted'
    SUSPENDED = 'suspended'
    DELETING = 'deleting'
    DELETED = 'deleted'


class Organization(Versioned, table=True):
    """The container of members, projects and billing.

    `second_factor_since` is when its Owners began to require a second factor of everybody in it, None where they don't.
    """

    __tablename__ = 'organizations'
    __table_args__ = (CheckConstraint("trim(name) <> '' AND length(name) <= 80", name='name'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=400, index=True)
    status: Status = Field(default=Status.ACTIVE, sa_column=choice(Status, 'status'))
    status_since: datetime = Field(default_factory=clock.now)
    status_reason: str = Field(default='', max_length=200)
    created_at: datetime = Field(default_factory=clock.now)
    active_at: datetime = Field(default_factory=clock.now)
    audit_seq: int = Field(default=0)
    audit_head: str = Field(default='', max_length=64)
    version: int = Field(default=1)
    second_factor_since: datetime | None = None
