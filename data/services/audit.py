"""The record of an organization: who did what to what. Refusals are written by `database` when they happen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from data import clock
from data.models import AuditEvent, Organization
from data.permissions import Member
from data.tenancy import TenantSession


@dataclass(frozen=True)
class Entry:
    """One line of the record, for reading."""

    id: int
    at: datetime
    who: str
    action: str
    target: str


def record(tx: TenantSession, member: Member, action: str, target: str = '', **details: Any) -> None:
    """Put a done act on the record, in the act's own transaction; `action` is named `subject:verb`."""
    member.organization.active_at = clock.now()
    tx.add(
        AuditEvent(
            organization_id=member.organization_id,
            actor_id=member.user_id,
            actor_email=member.email,
            action=action,
            target=target,
            details=details,
            network=member.network,
        )
    )


def record_by_administrator(tx: TenantSession, organization: Organization, action: str, **details: Any) -> None:
    """Put an act of the instance's administrator on the record: it comes from the command line, not from a session."""
    organization.active_at = clock.now()
    tx.add(AuditEvent(organization_id=organization.id, actor_email='the administrator', action=action, details=details))


def latest(tx: TenantSession, limit: int) -> list[Entry]:
    """The newest done acts of the organization of this session, newest first."""
    found = tx.exec(
        select(AuditEvent.id, AuditEvent.at, AuditEvent.actor_email, AuditEvent.action, AuditEvent.target)
        .where(AuditEvent.outcome == 'done')
        .order_by(col(AuditEvent.id).desc())
        .limit(limit)
    )
    return [Entry(*row) for row in found]
