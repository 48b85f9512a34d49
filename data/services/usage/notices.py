"""Notices about limits: its Owners read by mail that one of their organization is near, or reached."""

from sqlmodel import col, select

from data.database import TenantSession
from data.models import Mail, Membership, Organization, Role, User
from data.runtime import limits, mail_server, rate_limiter
from data.services.mail.contents import Content
from data.services.usage.metrics import Kind
from data.services.usage.standings import FULL, Standing

NEAR, REACHED = 'limit-near', 'limit-reached'
MOST_USED, USED_UP = 'included-near', 'included-reached'
"""The same of what a plan includes."""


def tell(tx: TenantSession, standing: Standing) -> None:
    """Write to the Owners that so much of a limit is used, if mail is set up, in the transaction that used it.

    Whoever calls this sees to it that it is once for each step; a flood ends at `limits.MAILS` all the same.
    """
    if not mail_server.is_configured() or standing.cap is None:
        return
    at = str(tx.scope.organization_id)
    organization = tx.exec(select(Organization.name).where(Organization.id == at)).one()
    near, reached = (MOST_USED, USED_UP) if standing.by_plan else (NEAR, REACHED)
    kind = reached if standing.step == FULL else near
    facts = {'organization': organization, **_facts(standing)}
    owners = select(User.email).join(Membership, col(Membership.user_id) == User.id)
    for recipient in tx.exec(owners.where(Membership.role == Role.OWNER).order_by(col(User.email_key))).all():
        if rate_limiter.wait(limits.MAILS, at, f'{kind} {standing.metric.value}', recipient) == 0:
            tx.add(Mail(organization_id=at, kind=kind, recipient=recipient, facts=facts))


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
    return Content(mail.facts, f'/organizations/{mail.organization_id}/billing')
