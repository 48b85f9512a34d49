"""Reminders: what people are told of an invoice that is not paid, and that it is; each once for an invoice."""

from enum import StrEnum
from urllib.parse import quote

from data.database import System, TenantSession, reading
from data.inputs.moments import day_in_words
from data.models import Invoice, InvoiceNotice, Mail, Organization
from data.money import currencies
from data.services import billing_contacts
from data.services.mail.contents import Content, NotSent
from data.services.payments.balances import open_invoices


class Notice(StrEnum):
    """What people are told, by the names that are kept."""

    BEFORE = 'reminder-1'
    AFTER = 'reminder-2'
    LAST = 'reminder-3'
    RESTRICTED = 'restricted'
    PAID = 'paid'


KINDS = {
    Notice.BEFORE: 'invoice-due-soon',
    Notice.AFTER: 'invoice-overdue',
    Notice.LAST: 'invoice-last-days',
    Notice.RESTRICTED: 'invoice-restricted',
    Notice.PAID: 'invoice-paid',
}
"""Which kind of mail says it."""


def tell(tx: TenantSession, invoice: Invoice, notice: Notice, due: int, *, grace: int = 0) -> bool:
    """Let whoever gets the invoices of this organization know, once, if mail is set up; whether it is the first time.

    `due` is what is to be paid of it, `grace` how many days are left until it restricts. Whoever calls this holds the
    organization's row.
    """
    organization = tx.get(Organization, invoice.organization_id)
    told = InvoiceNotice(organization_id=invoice.organization_id, invoice_id=invoice.id, kind=notice.value)
    if organization is None or tx.get(InvoiceNotice, (told.organization_id, told.invoice_id, told.kind)) is not None:
        return False
    tx.add(told)
    number = invoice.number or ''
    facts = {
        'organization': organization.name,
        'number': number,
        'amount': currencies.shown(due, invoice.currency),
        'due_on': day_in_words(invoice.due_on) if invoice.due_on else '',
        'when': 'tomorrow' if grace <= 1 else f'in {grace} days',
    }
    billing_contacts.write(tx, 'invoices', KINDS[notice], about=number, **facts)
    return True


def tell_paid(tx: TenantSession, invoice: Invoice) -> bool:
    """Let them know that an invoice is paid, which comes to this much."""
    return tell(tx, invoice, Notice.PAID, invoice.total)


def content(mail: Mail) -> Content:
    """What such a mail says, as things are when it is sent, with the way to the invoice.

    Raises NotSent where nothing is due any more that it would ask for.
    """
    number, facts = str(mail.facts.get('number', '')), dict(mail.facts)
    if mail.kind != KINDS[Notice.PAID]:
        with reading(System(mail.organization_id)) as tx:
            due = {it.number: (amount, it.currency) for it, amount in open_invoices(tx)}.get(number)
        if due is None:
            raise NotSent('It is paid by now.', for_good=True)
        facts['amount'] = currencies.shown(*due)
    path = f'/organizations/{mail.organization_id}/billing/invoices/{quote(number, safe="")}'
    return Content(facts, billing_contacts.path_for(mail, path))
