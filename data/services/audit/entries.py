"""Events of the record as they are read."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from data.models import AuditEvent


@dataclass(frozen=True)
class Entry:
    """One event of the record, for reading."""

    organization_id: str
    id: int
    seq: int
    at: datetime
    actor_id: str | None
    actor_email: str
    actor_name: str | None
    action: str
    target: str
    outcome: str
    rule: str
    details: dict[str, Any]
    network: str
    hash: str
    subject: str | None


COLUMNS = tuple(getattr(AuditEvent, field.name) for field in fields(Entry))


COLUMNS = tuple(getattr(AuditEvent, field.name) for field in fields(Entry))
