"""The audit log of an organization."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, owner


class AuditEvent(OrganizationOwned, table=True):
    """Who did what to what in an organization, or was refused. Outlives its actor and its subject.

    `actor_name` is what the actor was called then, None for who had not said. `seq` and `hash` chain the events of an
    organization: only `audit_chain.append` writes one. `subject` is how the name of the action begins, for the index,
    and in no hash. `said` is the text that a search looks through, None where it has not been put into words yet:
    neither says anything new.
    """

    __tablename__ = 'audit_events'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'seq'),
        Index('ix_audit_events_subject', 'organization_id', 'subject', 'seq'),
        Index('ix_audit_events_actor', 'organization_id', 'actor_email', 'seq'),
        Index(
            'ix_audit_events_refused',
            'organization_id',
            'seq',
            sqlite_where=text("outcome = 'refused'"),
            postgresql_where=text("outcome = 'refused'"),
        ),
        Index(
            'ix_audit_events_unworded',
            'organization_id',
            'seq',
            sqlite_where=text('said IS NULL'),
            postgresql_where=text('said IS NULL'),
        ),
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
    subject: str | None = Field(default=None, max_length=40)
    said: str | None = Field(default=None, sa_type=Text)
    actor_name: str | None = Field(default=None, max_length=80)
