"""Invoices for tests of what is paid and what is not: written as the books have them, around the close of a period."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from data import clock, database
from data.database import System
from data.models import (
    Interval,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    InvoiceTax,
    NumberSequence,
    Subscription,
)
from data.services import billing_address
from data.services.payments import receiving
from data.services.usage import days
from tests.support import catalogues
from tests.support.stage import Stage

COMPANY = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Acme GmbH',
    'street_address': 'Straße 1',
    'postal_code': '10115',
    'city': 'Berlin',
    'tax_id': 'DE136695976',
}
SELLER = {'name': 'Bots GmbH', 'country': 'DE'}


def noon_of(day: date) -> datetime:
    """The middle of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def stand_on(day: date) -> None:
    """Let it be noon of this day."""
    clock.source = lambda: noon_of(day)


def subscribe(organization_id: str, plan: str = 'team', since: date = date(2027, 1, 1)) -> None:
    """Let an organization have a plan."""
    with database.transaction(System(organization_id)) as tx:
        tx.add(
            Subscription(
                organization_id=organization_id,
                plan=plan,
                plan_version=1,
                interval=Interval.MONTH,
                anchor_day=1,
                started_on=since,
            )
        )


def draft(
    organization_id: str, nets: Sequence[int], *, rate: int = 19_000, currency: str = 'EUR', buyer: str = 'Acme GmbH'
) -> str:
    """A draft with lines of these amounts, all with one rate of tax (thousandths of a per cent); its id."""
    net = sum(nets)
    tax = (2 * abs(net) * rate + 100_000) // 200_000 * (1 if net > 0 else -1)
    with database.transaction(System(organization_id)) as tx:
        invoice = Invoice(
            organization_id=organization_id,
            series='INV',
            finalize_after=clock.now(),
            currency=currency,
            net=net,
            tax=tax,
            total=net + tax,
            snapshot={'seller': SELLER, 'buyer': {'name': buyer, 'country': 'DE'}, 'reference': 'PO 7'},
        )
        tx.add(invoice)
        tx.flush()
        for position, amount in enumerate(nets, 1):
            tx.add(
                InvoiceLine(
                    organization_id=organization_id,
                    invoice_id=invoice.id,
                    position=position,
                    cause='plan',
                    text=f'Line {position}',
                    net=amount,
                    category='S',
                    rate=rate,
                )
            )
        tx.add(
            InvoiceTax(
                organization_id=organization_id, invoice_id=invoice.id, category='S', rate=rate, net=net, tax=tax
            )
        )
        return invoice.id


def invoice(
    organization_id: str, nets: Sequence[int], *, issued_on: date, payment_days: int = 14, **more: object
) -> str:
    """An invoice that is final, with the next number; that number."""
    invoice_id = draft(organization_id, nets, **more)  # type: ignore[arg-type]
    with database.administrator() as tx:
        last = tx.exec(select(func.max(col(Invoice.seq))).where(col(Invoice.series) == 'INV')).one() or 0
    with database.transaction(System(organization_id)) as tx:
        row = tx.find(Invoice, invoice_id)
        row.state, row.seq, row.number = InvoiceState.FINAL, last + 1, f'INV-{issued_on.year}-{last + 1:06}'
        row.issued_on, row.due_on = issued_on, issued_on + timedelta(days=payment_days)
    with database.accounts() as tx:
        sequence = tx.get(NumberSequence, 'INV') or NumberSequence(series='INV')
        sequence.last, sequence.last_issued_on = last + 1, issued_on
        tx.add(sequence)
    assert row.kind is InvoiceKind.INVOICE and row.number is not None
    return row.number


def billed(stage: Stage) -> str:
    """An invoice of the stage's organization that should have been paid yesterday; its number."""
    catalogues.applied()
    with database.reading(System(stage.where)) as tx:
        has_plan = tx.exec(select(Subscription)).first() is not None
    if not has_plan:
        subscribe(stage.where)
    return invoice(stage.where, [4900], issued_on=days.today() - timedelta(days=15))


def paid(stage: Stage) -> str:
    """One that is paid, by a transfer of this reference; its number."""
    number = billed(stage)
    receiving.mark_paid(number, reference=f'for {number}')
    return number


def named_by_bank(stage: Stage) -> str:
    """The file of a bank in which one is paid."""
    return f'Date,Reference,Amount\n{days.today()},{billed(stage)},58.31\n'


def with_tax_id(stage: Stage) -> str:
    """The same, with an address that has a tax id."""
    version = stage.version('billing_addresses', 'organization_id')
    billing_address.set_address(stage.world.owner, COMPANY, version=version)
    return billed(stage)


def id_of(number: str) -> str:
    """The id of the invoice with this number."""
    with database.administrator() as tx:
        return tx.exec(select(Invoice.id).where(Invoice.number == number)).one()
