"""The list of billing contacts of an organization, as its Owners change it."""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import col, func, select

from data import clock, problems
from data.database import Actor, TenantSession, constant, reading, transaction
from data.inputs import emails
from data.inputs.emails import Email
from data.models import BillingContact
from data.permissions import Member, Permission, authorize
from data.problems import Invalid, TooMany
from data.runtime import limits, mail_server, rate_limiter
from data.services import audit
from data.services.audit import Act
from data.services.billing_contacts import confirming
from data.services.billing_contacts.recipients import Gets

LIMIT = 20
"""How many contacts an organization can have."""

GOOD_FOR = timedelta(days=7)
"""How long somebody can answer whether they want such mails."""

_GONE = 'This contact is no longer here.'
_CONTACTS = constant(select(BillingContact).order_by(col(BillingContact.email_key)))


def contacts(actor: Actor) -> list[BillingContact]:
    """All contacts, by their addresses. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        return list(tx.exec(_CONTACTS))


def add(actor: Actor, values: Mapping[str, object]) -> BillingContact:
    """Ask somebody by mail whether they want mail about billing; before they say yes they get no other one.

    `values`: email, and `gets`: 'invoices', 'alerts' or 'both'. Raises Invalid at the field, TooMany, Forbidden,
    NotFound, SignedOut.
    """
    values = values if isinstance(values, Mapping) else {}
    with problems.collect() as checks:
        address = checks.of(emails.parse, values.get('email'))
        gets = checks.of(_gets, values.get('gets'))
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        _make_sure_of_room(tx, address)
        contact = BillingContact(organization_id=actor.organization_id, email=address.shown, email_key=address.key)
        _let_get(contact, gets)
        tx.add(contact)
        _ask(tx, member, contact)
    return contact


def resend(actor: Actor, contact_id: object) -> None:
    """Ask somebody again who has not answered, by a new link. Raises TooMany, Invalid, Forbidden, NotFound, SignedOut.

    Nothing happens where they have confirmed it meanwhile.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        contact = tx.find(BillingContact, contact_id, _GONE)
        if contact.verified_at is None:
            if seconds := rate_limiter.wait(limits.RESENDS, contact.id):
                raise TooMany('This contact has been asked a moment ago.', seconds)
            _ask(tx, member, contact)


def change(actor: Actor, contact_id: object, values: Mapping[str, object]) -> BillingContact:
    """Let a contact get mail about something else: `gets`. Raises Invalid, Forbidden, NotFound, SignedOut."""
    gets = _gets(values.get('gets') if isinstance(values, Mapping) else None)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        contact = tx.find(BillingContact, contact_id, _GONE)
        if gets is not Gets.of(contact):
            _let_get(contact, gets)
            audit.record(tx, member, Act.BILLING_CHANGE_CONTACT, contact.email, subject=contact.id, after=gets.value)
    return contact


def remove(actor: Actor, contact_id: object) -> None:
    """Let a contact get no mail any more. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        contact = tx.find(BillingContact, contact_id, _GONE)
        tx.delete(contact)
        audit.record(tx, member, Act.BILLING_REMOVE_CONTACT, contact.email, subject=contact.id)


def _gets(value: object) -> Gets:
    try:
        return Gets(value)  # type: ignore[arg-type]  # looked up by its value, which may be anything
    except ValueError:
        raise Invalid(gets='Choose what this address gets mail about.') from None


def _let_get(contact: BillingContact, gets: Gets) -> None:
    contact.invoices, contact.alerts = gets is not Gets.ALERTS, gets is not Gets.INVOICES


def _make_sure_of_room(tx: TenantSession, address: Email) -> None:
    if tx.exec(select(BillingContact.id).where(BillingContact.email_key == address.key)).first():
        raise Invalid(email='This address is in the list already.')
    if tx.exec(select(func.count()).select_from(BillingContact)).one() >= LIMIT:
        raise Invalid(email=f'An organization can have {LIMIT} billing contacts. Remove one first.')


def _ask(tx: TenantSession, member: Member, contact: BillingContact) -> None:
    """Send the question. Raises Invalid where no mail is sent from here, TooMany."""
    if not mail_server.is_configured():
        raise Invalid(email='No mail is sent from here, so nobody can be asked. Talk to whoever runs Botcadence.')
    if seconds := rate_limiter.wait(limits.CONTACTS, member.organization_id):
        raise TooMany('This organization has asked many people in the last hour.', seconds)
    contact.expires_at = clock.now() + GOOD_FOR
    confirming.keep_secret(contact)
    confirming.write_question(tx, contact)
    act, gets = Act.BILLING_ADD_CONTACT, Gets.of(contact).value
    audit.record(tx, member, act, contact.email, subject=contact.id, gets=gets)
