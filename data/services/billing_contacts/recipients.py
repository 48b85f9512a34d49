"""Who gets mail about billing: the Owners of an organization, and the contacts that have confirmed it."""

from enum import StrEnum
from typing import Literal

from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import BillingContact, Mail, Membership, Role, User
from data.runtime import limits, mail_server, rate_limiter

Matter = Literal['invoices', 'alerts']
"""What mail is about: what is owed, or how near a limit is."""


class Gets(StrEnum):
    """What a contact gets mail about."""

    INVOICES = 'invoices'
    ALERTS = 'alerts'
    BOTH = 'both'

    @property
    def words(self) -> str:
        """What completes a sentence about it."""
        return _WORDS[self]

    @classmethod
    def of(cls, contact: BillingContact) -> 'Gets':
        """What this one gets, once it is confirmed."""
        if contact.invoices and contact.alerts:
            return cls.BOTH
        return cls.INVOICES if contact.invoices else cls.ALERTS


_WORDS = {
    Gets.INVOICES: 'invoices',
    Gets.ALERTS: 'alerts about limits',
    Gets.BOTH: 'invoices, and alerts about limits',
}
_OWNERS = constant(
    select(User.email_key, User.email)
    .join(Membership, col(Membership.user_id) == User.id)
    .where(Membership.role == Role.OWNER)
    .order_by(col(User.email_key))
)
_CONFIRMED = constant(
    select(BillingContact).where(col(BillingContact.verified_at).is_not(None)).order_by(col(BillingContact.email_key))
)


AS_OWNER, AS_CONTACT = 'you are an Owner', 'you are a billing contact'
"""Why somebody reads a mail, as its sentence goes on."""


def recipients(tx: TenantSession, matter: Matter) -> list[str]:
    """The addresses that get mail about this: those of Owners first, none of them twice."""
    return [email for email, _ in _recipients(tx, matter)]


def write(tx: TenantSession, matter: Matter, kind: str, *, about: str = '', **facts: str) -> int:
    """Write a mail of this kind to everybody who gets mail about this, if mail is set up; how many that are.

    `about` tells floods of one kind apart, each of which ends at `limits.MAILS`. Among the facts of each is `because`:
    why it goes there.
    """
    if not mail_server.is_configured():
        return 0
    at, number = str(tx.scope.organization_id), 0
    for recipient, because in _recipients(tx, matter):
        if rate_limiter.wait(limits.MAILS, at, f'{kind} {about}'.strip(), recipient) == 0:
            tx.add(Mail(organization_id=at, kind=kind, recipient=recipient, facts={**facts, 'because': because}))
            number += 1
    return number


def path_for(mail: Mail, path: str) -> str:
    """The way to a screen of the organization, '' for who has no account that could see it."""
    return '' if mail.facts.get('because') == AS_CONTACT else path


def _recipients(tx: TenantSession, matter: Matter) -> list[tuple[str, str]]:
    found = {key: (email, AS_OWNER) for key, email in tx.exec(_OWNERS)}
    for contact in tx.exec(_CONFIRMED):
        if contact.invoices if matter == 'invoices' else contact.alerts:
            found.setdefault(contact.email_key, (contact.email, AS_CONTACT))
    return list(found.values())
