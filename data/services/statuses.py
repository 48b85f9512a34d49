"""Status: an organization moves to another one, in the transaction of what causes that."""

from data import clock
from data.database import System, TenantSession
from data.models import Organization, Status
from data.permissions import NEXT, Member
from data.services import audit
from data.services.audit import Act


def may_follow(organization: Organization, status: Status) -> bool:
    """Whether an organization may have this status next."""
    return status in NEXT[organization.status]


def move(tx: TenantSession, by: Member | System, organization: Organization, status: Status, reason: str) -> None:
    """Give an organization, whose row is held, another status that may follow; every open screen shows it."""
    before, organization.status = organization.status, status
    organization.status_since, organization.status_reason = clock.now(), reason
    details = {'before': before.value, 'after': status.value, 'reason': reason}
    audit.record(tx, by, Act.ORGANIZATION_STATUS, **details)
