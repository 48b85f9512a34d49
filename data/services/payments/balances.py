"""Balances: what of an invoice is paid, credited and due, and where it stands; all of it is derived, nothing is kept.

Amounts are whole numbers of the smallest unit of the currency.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from data.database import TenantSession, constant
from data.models import Invoice, InvoiceKind, InvoiceState, Payment

AT_ONCE = 500
"""How many invoices one statement asks about."""


class InvoiceStanding(StrEnum):
    """Where an invoice stands; one that is paid in part is open still, or overdue."""

    DRAFT = 'draft'
    OPEN = 'open'
    OVERDUE = 'overdue'
    PAID = 'paid'
    CREDITED = 'credited'


@dataclass(frozen=True)
class Balance:
    """What was paid of an invoice, what credit notes took back, and what is due; below 0 it is too much."""

    paid: int
    credited: int
    due: int


_Note = aliased(Invoice)
_PAID: ColumnElement[int] = (
    select(cast(func.coalesce(func.sum(Payment.amount), 0), BigInteger))
    .where(Payment.organization_id == Invoice.organization_id, Payment.invoice_id == Invoice.id)
    .correlate(Invoice)
    .scalar_subquery()
)
_CREDITED: ColumnElement[int] = (
    select(cast(func.coalesce(func.sum(_Note.total), 0), BigInteger))
    .where(
        _Note.organization_id == Invoice.organization_id,
        _Note.credits == Invoice.id,
        _Note.state == InvoiceState.FINAL,
    )
    .correlate(Invoice)
    .scalar_subquery()
)
_OWED = (col(Invoice.kind) == InvoiceKind.INVOICE) & (col(Invoice.state) == InvoiceState.FINAL)
DUE: ColumnElement[int] = col(Invoice.total) + _CREDITED - _PAID
"""What is due of an invoice, in a statement about invoices."""

IS_OPEN = _OWED & (DUE > 0)
"""Whether something is due of an invoice that is final, likewise."""

_OPEN = constant(select(Invoice, DUE).where(IS_OPEN).order_by(col(Invoice.due_on), col(Invoice.seq)))
_CREDIT = constant(
    select(cast(func.coalesce(func.sum(Payment.amount), 0), BigInteger)).where(col(Payment.invoice_id).is_(None))
)
_BALANCES = constant(
    select(col(Invoice.id), col(Invoice.total), _PAID, _CREDITED).where(
        col(Invoice.id).in_(bindparam('ids', expanding=True))
    )
)


def balances(tx: TenantSession, invoice_ids: Collection[str]) -> dict[str, Balance]:
    """The balance of each of these invoices that is there, by its id."""
    ids, found = list(invoice_ids), {}
    for first in range(0, len(ids), AT_ONCE):
        for invoice_id, total, paid, credited in tx.exec(_BALANCES, params={'ids': ids[first : first + AT_ONCE]}):
            found[invoice_id] = Balance(paid, -credited, total + credited - paid)
    return found


def balance_of(tx: TenantSession, invoice: Invoice) -> Balance:
    """The balance of one invoice that this transaction has read or written."""
    tx.flush()
    return balances(tx, [invoice.id])[invoice.id]


def open_invoices(tx: TenantSession) -> list[tuple[Invoice, int]]:
    """The invoices of the organization of this session of which something is due, and how much; the oldest first."""
    tx.flush()
    return [(invoice, due) for invoice, due in tx.exec(_OPEN)]


def is_overdue(invoice: Invoice, today: date) -> bool:
    """Whether the last day on which an invoice can be paid in time is over."""
    return invoice.due_on is not None and invoice.due_on < today


def overdue(tx: TenantSession, today: date) -> list[tuple[Invoice, int]]:
    """Those of the open invoices that should have been paid before today, and what is due of each; the oldest first."""
    return [(invoice, due) for invoice, due in open_invoices(tx) if is_overdue(invoice, today)]


def standing_of(invoice: Invoice, balance: Balance, today: date) -> InvoiceStanding:
    """Where an invoice stands today; a credit note is credited as soon as it is final."""
    if invoice.state is InvoiceState.DRAFT:
        return InvoiceStanding.DRAFT
    if invoice.kind is InvoiceKind.CREDIT:
        return InvoiceStanding.CREDITED
    if balance.due > 0:
        return InvoiceStanding.OVERDUE if is_overdue(invoice, today) else InvoiceStanding.OPEN
    return InvoiceStanding.CREDITED if balance.credited >= invoice.total > 0 else InvoiceStanding.PAID


def credit_of(tx: TenantSession) -> int:
    """What the organization of this session has paid that is on no invoice yet; below 0 it was taken back since."""
    tx.flush()
    return tx.exec(_CREDIT).one()
