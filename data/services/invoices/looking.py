"""Invoices as people look at them: a list of all, each with how it stands, and one with everything that is about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import case, col, func, select

from data.database import Actor, TenantSession, constant, reading
from data.models import (
    BillingPeriod,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    InvoiceTax,
    Payment,
    is_id,
)
from data.money import periods
from data.permissions import Permission, authorize
from data.problems import NotFound
from data.services import payments
from data.services.invoices import taxing
from data.services.payments import Balance, InvoiceStanding
from data.services.portions import Portion, bounds, counted
from data.services.usage import days

PORTION = 30
"""How many invoices a screen gets at a time."""

DRAFT = 'draft-'
"""What stands before the id of a draft, which has no number yet."""

GONE = 'There is no such invoice here.'

LONGEST = 60
"""Characters of a number at most."""

_COLUMNS: tuple[Any, ...] = Invoice, BillingPeriod.first_day, BillingPeriod.next_day
_WITH_DAYS = select(*_COLUMNS).join(BillingPeriod, col(BillingPeriod.id) == Invoice.period_id, isouter=True)
_ORDER = (
    case((col(Invoice.state) == InvoiceState.DRAFT, 0), else_=1),
    col(Invoice.issued_on).desc(),
    col(Invoice.created_at).desc(),
    col(Invoice.seq).desc(),
)
_ALL = constant(
    _WITH_DAYS.add_columns(func.count().over()).order_by(*_ORDER).offset(bindparam('offset')).limit(bindparam('limit'))
)
_BY_NUMBER = constant(_WITH_DAYS.where(col(Invoice.number) == bindparam('number')))
_BY_ID = constant(_WITH_DAYS.where(col(Invoice.id) == bindparam('invoice_id')))
_CREDITS = constant(
    _WITH_DAYS.where(
        col(Invoice.credits) == bindparam('invoice_id'), col(Invoice.state) == InvoiceState.FINAL
    ).order_by(col(Invoice.seq))
)
_PAYMENTS = constant(
    select(Payment)
    .where(col(Payment.invoice_id) == bindparam('invoice_id'))
    .order_by(col(Payment.received_on), col(Payment.created_at))
)


@dataclass(frozen=True)
class InvoiceRow:
    """A document as lists show it; `number` is `draft-` and its id before it is final, and `issued_on` None.

    `first` to `last` are the days of its period, None for a credit note. `due` is what is still to be paid.
    """

    number: str
    kind: InvoiceKind
    issued_on: date | None
    due_on: date | None
    first: date | None
    last: date | None
    currency: str
    total: int
    due: int
    standing: InvoiceStanding


@dataclass(frozen=True)
class InvoiceView:
    """A document with all that is about it; `credited` is the invoice that a credit note is of.

    `lacks_address` is whether it waits for a billing address to become final.
    """

    row: InvoiceRow
    invoice: Invoice
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[InvoiceTax, ...]
    payments: tuple[Payment, ...]
    credit_notes: tuple[InvoiceRow, ...]
    credited: Invoice | None
    lacks_address: bool


def portion(actor: Actor, *, offset: int = 0, limit: int = PORTION) -> Portion[InvoiceRow]:
    """A portion of the invoices and credit notes: drafts first, then the newest.

    Raises Invalid('offset' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    part = bounds(offset, limit)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        found = tx.exec(_ALL, params=part).all()
        return counted(_rows(tx, [row[:3] for row in found]), offset, found[0][3] if found else None)


def get(actor: Actor, number: object) -> InvoiceView:
    """A document by its number, or a draft by `draft-` and its id. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        return view(tx, number)


def view(tx: TenantSession, number: object) -> InvoiceView:
    """The same, for the organization of this session; whoever asks has been authorized. Raises NotFound."""
    found = _find(tx, number)
    invoice: Invoice = found[0]
    [row] = _rows(tx, [found])
    of = {'invoice_id': invoice.id}
    is_draft = invoice.state is InvoiceState.DRAFT
    return InvoiceView(
        row=row,
        invoice=invoice,
        lines=tuple(taxing.lines_of(tx, invoice.id)),
        taxes=tuple(taxing.taxes_of(tx, invoice.id)),
        payments=tuple(tx.exec(_PAYMENTS, params=of)),
        credit_notes=tuple(_rows(tx, tx.exec(_CREDITS, params=of).all())),
        credited=tx.find(Invoice, invoice.credits) if invoice.credits else None,
        lacks_address=is_draft and taxing.address_of(tx) is None,
    )


def _find(tx: TenantSession, number: object) -> Any:
    """The row of a document and the days of its period. Raises NotFound."""
    if not isinstance(number, str) or not 0 < len(number) <= LONGEST:
        raise NotFound(GONE)
    invoice_id = number.removeprefix(DRAFT)
    if number.startswith(DRAFT) and is_id(invoice_id):
        found = tx.exec(_BY_ID, params={'invoice_id': invoice_id}).first()
        found = found if found and found[0].state is InvoiceState.DRAFT else None
    else:
        found = tx.exec(_BY_NUMBER, params={'number': number}).first() if number.isprintable() else None
    if found is None:
        raise NotFound(GONE)
    return found


def _rows(tx: TenantSession, found: Iterable[Any]) -> list[InvoiceRow]:
    """Documents as lists show them, with how they stand today."""
    there, today = list(found), days.today()
    balances = payments.balances(tx, [invoice.id for invoice, *_ in there])
    return [_row(invoice, first, next, balances[invoice.id], today) for invoice, first, next in there]


def _row(invoice: Invoice, first: date | None, next: date | None, balance: Balance, today: date) -> InvoiceRow:
    owes = invoice.kind is InvoiceKind.INVOICE and invoice.state is InvoiceState.FINAL
    return InvoiceRow(
        number=invoice.number or f'{DRAFT}{invoice.id}',
        kind=invoice.kind,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        first=first,
        last=periods.last_day(first, next) if first and next else None,
        currency=invoice.currency,
        total=invoice.total,
        due=max(0, balance.due) if owes else 0,
        standing=payments.standing_of(invoice, balance, today),
    )
