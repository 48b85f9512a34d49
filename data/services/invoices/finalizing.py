"""Final: a draft gets its number and what is printed on it, and never changes again.

In one transaction, which holds the organization, then the invoice, then the series of numbers, in this order.
"""

from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, constant, transaction
from data.models import BillingPeriod, Invoice, InvoiceKind, InvoiceState, Organization
from data.money import currencies, dunning
from data.problems import NotFound
from data.services import audit, payments, plans, subscriptions
from data.services.audit import Act
from data.services.invoices import addressing, numbering, snapshots, taxing
from data.services.invoices.addressing import NoAddress
from data.services.invoices.looking import GONE
from data.services.payments.credit_balance import use_credit
from data.services.plans.catalogue import Catalogue
from data.services.usage import days

BILLER = 'Botcadence'
"""Who bills, as the record has it: nobody does, the time has come."""


_HELD = constant(
    select(Invoice)
    .where(col(Invoice.id) == bindparam('invoice_id'))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def finalize(organization_id: str, invoice_id: str, *, by: str = BILLER) -> Invoice:
    """Make a draft final, once, whoever does it a second time; the invoice.

    How it is taxed is decided by the address as it is now, and credit of the organization is used for it.
    Raises NotFound, NoAddress (and people are told), NumberGone, BookUnreadable, Unavailable.
    """
    system = System(organization_id, email=by)
    with transaction(system) as tx:
        invoice = held(tx, invoice_id)
        is_draft = invoice.state is InvoiceState.DRAFT and invoice.kind is InvoiceKind.INVOICE
        lacks_address = is_draft and taxing.address_of(tx) is None
        if lacks_address:
            addressing.ask(tx, invoice)
            name = tx.find(Organization, organization_id).name
        elif is_draft:
            _finalize(tx, system, invoice)
    if lacks_address:
        raise NoAddress(name)
    return invoice


def held(tx: TenantSession, invoice_id: str) -> Invoice:
    """An invoice, held until the end of the transaction. Raises NotFound."""
    invoice = tx.exec(_HELD, params={'invoice_id': invoice_id}).first()
    if invoice is None:
        raise NotFound(GONE)
    return invoice


def _finalize(tx: TenantSession, by: System, invoice: Invoice) -> None:
    catalogue, subscription, address = plans.current(tx), subscriptions.of(tx), taxing.address_of(tx)
    if catalogue is None or address is None:
        raise NotFound(GONE)
    treatment = taxing.treatment_of(catalogue, address, subscription)
    taxing.tax(tx, invoice, treatment)
    period = tx.find(BillingPeriod, invoice.period_id) if invoice.period_id else None
    notes = taxing.notes_of(treatment, catalogue)
    kept = snapshots.snapshot(catalogue, address, subscription, notes, period)
    issue(tx, by, invoice, catalogue, kept)
    amount = currencies.shown(invoice.total, invoice.currency)
    audit.record(tx, by, Act.BILLING_INVOICE, str(invoice.number), subject=invoice.id, amount=amount)


def issue(tx: TenantSession, by: System, invoice: Invoice, catalogue: Catalogue, snapshot: dict[str, Any]) -> None:
    """Give a draft whose lines add up, an invoice or a credit note, its number and its days: it is final.

    Nothing of anybody else is waited for after the number. Raises NumberGone, BookUnreadable.
    """
    is_invoice = invoice.kind is InvoiceKind.INVOICE
    used = max(0, min(payments.credit_of(tx), invoice.total)) if is_invoice else 0
    taken = numbering.next_number(tx, invoice.series, days.today())
    issued_on = taken.issued_on or days.today()
    pattern = catalogue.number if is_invoice else catalogue.credit_number
    invoice.number = pattern.format(year=issued_on.year, n=taken.last)
    invoice.seq, invoice.issued_on = taken.last, issued_on
    due_on = dunning.dates(issued_on, catalogue.payment_days, catalogue.grace_days).due_on
    invoice.due_on = due_on if is_invoice else None
    invoice.snapshot = {**snapshot, **({'credit': used} if used else {})}
    invoice.finalize_after = min(invoice.finalize_after, clock.now())
    invoice.state = InvoiceState.FINAL
    tx.flush()
    if used:
        use_credit(tx, invoice, by)
