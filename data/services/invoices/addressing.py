"""Without a billing address no invoice is final: whoever can add one reads of it once, while the draft is reviewed."""

from typing import Any

from sqlmodel import select

from data import clock
from data.database import TenantSession
from data.models import Invoice, InvoiceNotice, Mail, Organization
from data.money import currencies
from data.problems import Problem
from data.services import billing_contacts
from data.services.mail.contents import Content

KIND, NOTICE = 'invoice-no-address', 'no-address'


class NoAddress(Problem):
    """A draft can't become final: nobody has said where bills of the organization go."""

    def __init__(self, organization: str) -> None:
        super().__init__(f'“{organization}” has no billing address. The draft stays until an Owner adds one.')


def ask(tx: TenantSession, invoice: Invoice) -> bool:
    """Write to whoever gets the invoices that the address is missing, if mail is set up; whether it is the first time.

    It is in the transaction that prepares the invoice, or finds that it can't become final.
    """
    at = invoice.organization_id
    row: dict[str, Any] = {'organization_id': at, 'invoice_id': invoice.id, 'kind': NOTICE, 'at': clock.now()}
    if not tx.insert_new(InvoiceNotice, [row]):
        return False
    name = tx.exec(select(Organization.name).where(Organization.id == at)).one()
    amount = currencies.shown(invoice.total, invoice.currency)
    billing_contacts.write(tx, 'invoices', KIND, organization=name, amount=amount)
    return True


def content(mail: Mail) -> Content:
    """What such a mail says, with the way to where the address is written."""
    return Content(mail.facts, f'/organizations/{mail.organization_id}/billing')
