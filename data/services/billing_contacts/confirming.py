"""Whether somebody wants mail about billing: the one question they are asked, and their answer.

Whoever holds the link from that mail reads what comes to the address. Looking changes nothing.
"""

from dataclasses import dataclass, replace

from sqlmodel import select

from data import clock
from data.database import System, TenantSession, administrator, reading, transaction
from data.inputs import moments
from data.models import BillingContact, Mail, Organization, Status
from data.problems import NotFound
from data.runtime import limits, rate_limiter
from data.security import tokens
from data.services import audit
from data.services.audit import Act
from data.services.billing_contacts.recipients import Gets
from data.services.mail.contents import Content, NotSent

KIND = 'contact'
GONE = 'It may be mistyped, used already, older than seven days, or a newer one has taken its place.'


@dataclass(frozen=True)
class Question:
    """What somebody is asked: whether this address may get this from an organization."""

    organization: str
    email: str
    gets: Gets


def token_of(contact: BillingContact) -> str:
    """The secret in the link of a contact who has not answered yet, as it is now."""
    until = contact.expires_at.isoformat() if contact.expires_at else ''
    return tokens.make('billing contact', contact.id, until)


def keep_secret(contact: BillingContact) -> None:
    """Let a contact know its secret, by what it keeps of it."""
    contact.token_hash = tokens.hashed(token_of(contact))


def write_question(tx: TenantSession, contact: BillingContact) -> None:
    """Write the mail with the question, which is put into words when it is sent."""
    facts = {'contact': contact.id, 'secret': str(contact.token_hash)}
    tx.add(Mail(organization_id=contact.organization_id, kind=KIND, recipient=contact.email, facts=facts))


def look(token: object) -> Question:
    """What is asked; changes nothing, however often. Raises NotFound for a link that means nothing any more."""
    organization_id, contact_id = _find(token)
    with reading(System(organization_id)) as tx:
        contact, organization = _open(tx, organization_id, contact_id, token)
        return Question(organization.name, contact.email, Gets.of(contact))


def confirm(token: object, network: str = '') -> Question:
    """Let the address of a link get mail from now on. Raises NotFound."""
    organization_id, contact_id = _find(token)
    system = System(organization_id, network)
    with transaction(system) as tx:
        contact, organization = _open(tx, organization_id, contact_id, token)
        contact.verified_at, contact.token_hash, contact.expires_at = clock.now(), None, None
        asked = replace(system, email=contact.email)  # who has no account: the record has their address
        audit.record(tx, asked, Act.BILLING_CONFIRM_CONTACT, contact.email, subject=contact.id)
        return Question(organization.name, contact.email, Gets.of(contact))


def question_content(mail: Mail) -> Content:
    """What the mail with the question says as of now. Raises NotSent."""
    with reading(System(mail.organization_id)) as tx:
        contact = tx.get(BillingContact, str(mail.facts.get('contact')))
        organization = tx.get(Organization, mail.organization_id)
    if contact is None or organization is None or contact.token_hash != mail.facts.get('secret'):
        raise NotSent('It is answered already, or a newer mail has taken its place.', for_good=True)
    if contact.expires_at is None or contact.expires_at <= clock.now():
        raise NotSent('The time of its link was over.', for_good=True)
    if tokens.hashed(token_of(contact)) != contact.token_hash:
        raise NotSent('Its link is from before the secret key was changed. Ask again.', for_good=True)
    if not mail.attempts and (seconds := rate_limiter.wait(limits.CONTACT_MAILS, contact.email_key)):
        raise NotSent('', seconds=seconds)
    facts = {
        'organization': organization.name,
        'email': contact.email,
        'what': Gets.of(contact).words,
        'until': moments.in_words(contact.expires_at),
    }
    return Content(facts, f'/confirm-contact/{token_of(contact)}')


def _find(token: object) -> tuple[str, str]:
    """Organization and id of the contact that this token belongs to. Raises NotFound."""
    if not isinstance(token, str) or len(token) != 43:
        raise NotFound(GONE)
    with administrator() as tx:
        query = select(BillingContact.organization_id, BillingContact.id)
        row = tx.exec(query.where(BillingContact.token_hash == tokens.hashed(token))).first()
    if row is None:
        raise NotFound(GONE)
    return row


def _open(
    tx: TenantSession, organization_id: str, contact_id: str, token: object
) -> tuple[BillingContact, Organization]:
    contact = tx.find(BillingContact, contact_id, GONE)
    organization = tx.find(Organization, organization_id, GONE)
    is_current = contact.token_hash == tokens.hashed(str(token))
    is_in_time = contact.expires_at is not None and contact.expires_at > clock.now()
    if not is_current or not is_in_time or organization.status is Status.DELETED:
        raise NotFound(GONE)
    return contact, organization
