"""Notices about limits: Owners, and contacts for alerts, read by mail that one is near, or reached."""

from sqlmodel import select

from data.database import TenantSession
from data.models import Mail, Organization
from data.runtime import mail_server
from data.services import billing_contacts
from data.services.mail.contents import Content
from data.services.usage.metrics import Kind
from data.services.usage.standings import FULL, Standing

NEAR, REACHED = 'limit-near', 'limit-reached'
MOST_USED, USED_UP = 'included-near', 'included-reached'
"""The same of what a plan includes."""


def tell(tx: TenantSession, standing: Standing) -> None:
    """Write to those who get alerts that so much of a limit is used, in the transaction that used it.

    Whoever calls this sees to it that it is once for each step; a flood ends at `limits.MAILS` all the same.
    """
    if not mail_server.is_configured() or standing.cap is None:
        return
    at = str(tx.scope.organization_id)
    organization = tx.exec(select(Organization.name).where(Organization.id == at)).one()
    near, reached = (MOST_USED, USED_UP) if standing.by_plan else (NEAR, REACHED)
    kind = reached if standing.step == FULL else near
    facts = {'organization': organization, **_facts(standing)}
    billing_contacts.write(tx, 'alerts', kind, about=standing.metric.value, **facts)


def _facts(standing: Standing) -> dict[str, str]:
    metric = standing.metric
    return {
        'what': metric.counted,
        'used': metric.number(standing.used),
        'allowed': standing.allowed,
        'when': ('in this period' if standing.by_plan else 'this month') if metric.kind is Kind.SUM else 'now',
        'next': standing.beyond,
    }


def content(mail: Mail) -> Content:
    """What such a mail says, with the way to the usage of its organization."""
    facts = {'because': billing_contacts.AS_OWNER, **mail.facts}
    return Content(facts, billing_contacts.path_for(mail, f'/organizations/{mail.organization_id}/billing'))
