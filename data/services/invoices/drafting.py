"""Drafts: an invoice as it is prepared, visible and without a number, until its hours of review are over.

What comes to less than something waits for the next one instead: nobody is sent an invoice of nothing.
"""

from collections.abc import Sequence
from datetime import timedelta

from data import clock
from data.database import System, TenantSession
from data.models import BillingPeriod, Invoice, InvoiceKind, InvoiceLine, InvoiceState, Subscription
from data.money import currencies, periods
from data.problems import Invalid
from data.services import audit
from data.services.audit import Act
from data.services.invoices import addressing, numbering, pending, taxing
from data.services.invoices.line import Line
from data.services.plans.catalogue import Catalogue


def draft(
    tx: TenantSession,
    by: System,
    catalogue: Catalogue,
    subscription: Subscription,
    period: BillingPeriod,
    lines: Sequence[Line],
) -> Invoice | None:
    """The draft of a period that was closed, None where there is nothing to be paid: then its lines wait."""
    if sum(line.net for line in lines) <= 0:
        for line in lines:
            pending.put_off(tx, line, period.id)
        return None
    now = clock.now()
    invoice = Invoice(
        organization_id=by.organization_id,
        period_id=period.id,
        series=numbering.INVOICES,
        created_at=now,
        finalize_after=now + timedelta(hours=catalogue.review_hours),
        currency=catalogue.currency,
        net=0,
        tax=0,
        total=0,
    )
    tx.add(invoice)
    _write(tx, invoice, lines)
    address = taxing.address_of(tx)
    taxing.tax(tx, invoice, taxing.treatment_of(catalogue, address, subscription))
    last = periods.last_day(period.first_day, period.next_day)
    days = {'day': period.first_day.isoformat(), 'last': last.isoformat()}
    audit.record(tx, by, Act.BILLING_DRAFT, subject=invoice.id, **days)
    if address is None:
        addressing.ask(tx, invoice)
    return invoice


def _write(tx: TenantSession, invoice: Invoice, lines: Sequence[Line], before: int = 0) -> None:
    """Put lines on a draft; those that have waited wait no longer. How they are taxed is decided afterwards."""
    for position, line in enumerate(lines, before + 1):
        tx.add(
            InvoiceLine(
                organization_id=invoice.organization_id,
                invoice_id=invoice.id,
                position=position,
                cause=f'pending:{line.cause}' if line.pending else line.cause,
                text=line.text,
                quantity=line.quantity,
                unit_price=line.unit_price,
                per=line.per,
                net=line.net,
                category='',
                rate=0,
                service_from=line.service_from,
                service_to=line.service_to,
            )
        )
        if line.pending:
            pending.put(tx, line, invoice.id)
    tx.flush()


def add_line(
    tx: TenantSession, by: System, catalogue: Catalogue, subscription: Subscription, invoice: Invoice, line: Line
) -> None:
    """Put another line on a draft. Raises Invalid where it is final, or where nothing would be left to be paid."""
    if invoice.state is not InvoiceState.DRAFT or invoice.kind is not InvoiceKind.INVOICE:
        raise Invalid(invoice='Only the draft of an invoice takes another line. What is final stays as it is.')
    if invoice.net + line.net <= 0:
        raise Invalid(
            amount='Nothing would be left to be paid. Leave the draft out: then it waits for the next invoice.'
        )
    _write(tx, invoice, [line], before=len(taxing.lines_of(tx, invoice.id)))
    taxing.tax(tx, invoice, taxing.treatment_of(catalogue, taxing.address_of(tx), subscription))
    amount = currencies.shown(line.net, invoice.currency)
    audit.record(tx, by, Act.BILLING_ADD_LINE, line.text, subject=invoice.id, amount=amount)
