"""The audit log of an organization."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, owner


class AuditEvent(OrganizationOwned, table=True):
    """Who did what to what in an organization, or was refused. Outlives its actor and its subject.

    `seq` and `hash` chain the events of an organization: only `audit_chain.append` writes one.
    """

    __tablename__ = 'audit_events'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'seq'),
        CheckConstraint('seq > 0', name='seq'),
        CheckConstraint("outcome IN ('done', 'refused')", name='outcome'),
    )
    id: int | None = Field(default=None, primary_key=True)
    seq: int = Field(default=0)
    at: datetime = Field(default_factory=clock.now)
    actor_id: str | None = Field(default=None, max_length=16)
    actor_email: str = Field(default='', max_length=254)
    action: str = Field(max_length=40)
    target: str = Field(default='', max_length=254)
    outcome: str = Field(default='done', max_length=8)
    rule: str = Field(default='', max_length=40)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    network: str = Field(default='', max_length=64)
    hash: str = Field(default='', max_length=64)
