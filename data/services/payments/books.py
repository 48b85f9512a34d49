"""Books: all invoices and credit notes of the installation, also of organizations that are gone, and one's account.

For whoever runs the installation, never for a screen. Amounts are whole numbers of the smallest unit of the currency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlmodel import col, select

from data.database import TenantSession, administrator
from data.models import Invoice, InvoiceKind, InvoiceState, Organization, Payment, is_id
from data.money import currencies
from data.problems import NotFound
from data.services import exports
from data.services.payments.balances import IS_OPEN, Balance, InvoiceStanding, balances, standing_of
from data.services.payments.credit_balance import CREDIT
from data.services.payments.finding import DRAFT
from data.services.usage import days

AT_ONCE = 500
"""How many documents are read at a time."""


@dataclass(frozen=True)
class Booked:
    """A document as the books have it; `number` is `draft-` and its id before it is final.

    `organization` is the name of its organization, '' where that is gone; `buyer` what is printed on it.
    """

    number: str
    kind: InvoiceKind
    standing: InvoiceStanding
    organization_id: str
    organization: str
    buyer: str
    reference: str
    credits: str
    issued_on: date | None
    due_on: date | None
    currency: str
    net: int
    tax: int
    total: int
    paid: int
    credited: int
    due: int


class Which(StrEnum):
    """Which documents are wanted: all final ones, those of which something is due, that is late, or drafts."""

    FINAL = 'final'
    OPEN = 'open'
    OVERDUE = 'overdue'
    DRAFT = 'draft'


_WANTED = {
    Which.FINAL: frozenset(InvoiceStanding) - {InvoiceStanding.DRAFT},
    Which.OPEN: frozenset({InvoiceStanding.OPEN, InvoiceStanding.OVERDUE}),
    Which.OVERDUE: frozenset({InvoiceStanding.OVERDUE}),
    Which.DRAFT: frozenset({InvoiceStanding.DRAFT}),
}


def booked(which: Which = Which.FINAL, organization_id: str = '') -> list[Booked]:
    """The documents of the installation, or of one organization, by series and number; drafts by their age."""
    state = InvoiceState.DRAFT if which is Which.DRAFT else InvoiceState.FINAL
    query = select(Invoice).where(Invoice.state == state)
    if which in (Which.OPEN, Which.OVERDUE):
        query = query.where(IS_OPEN)
    if organization_id:
        query = query.where(Invoice.organization_id == organization_id)
    order = col(Invoice.series).desc(), col(Invoice.seq), col(Invoice.created_at), col(Invoice.id)
    with administrator() as tx:
        names = _names(tx)
        credited = _numbers_credited(tx)
        rows = list(tx.exec(query.order_by(*order)))
        return [it for it in _booked(tx, rows, names, credited) if it.standing in _WANTED[which]]


def _names(tx: TenantSession) -> dict[str, str]:
    owing = select(Invoice.organization_id).distinct()
    named = select(Organization.id, Organization.name).where(col(Organization.id).in_(owing))
    return dict(tx.exec(named).all())


def _numbers_credited(tx: TenantSession) -> dict[str, str]:
    """The numbers of invoices that were credited, by their ids."""
    notes = select(Invoice.credits).where(Invoice.kind == InvoiceKind.CREDIT)
    numbers = tx.exec(select(Invoice.id, Invoice.number).where(col(Invoice.id).in_(notes)))
    return {invoice_id: number or '' for invoice_id, number in numbers}


def _booked(
    tx: TenantSession, rows: Sequence[Invoice], names: dict[str, str], credited: dict[str, str]
) -> Iterator[Booked]:
    today = days.today()
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        found = balances(tx, [it.id for it in some])
        for invoice in some:
            yield _as_booked(invoice, found[invoice.id], today, names, credited)


def _as_booked(
    invoice: Invoice, balance: Balance, today: date, names: dict[str, str], credited: dict[str, str]
) -> Booked:
    snapshot: dict[str, Any] = invoice.snapshot or {}
    is_owed = invoice.kind is InvoiceKind.INVOICE and invoice.state is InvoiceState.FINAL
    return Booked(
        invoice.number or f'{DRAFT}{invoice.id}',
        invoice.kind,
        standing_of(invoice, balance, today),
        invoice.organization_id,
        names.get(invoice.organization_id, ''),
        str((snapshot.get('buyer') or {}).get('name', '')),
        str(snapshot.get('reference') or ''),
        credited.get(invoice.credits or '', ''),
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        invoice.net,
        invoice.tax,
        invoice.total,
        balance.paid,
        balance.credited,
        balance.due if is_owed else 0,
    )


_NAMES = (
    *('number', 'kind', 'standing', 'organization_id', 'organization', 'buyer', 'reference', 'credits'),
    *('issued_on', 'due_on', 'currency', 'net', 'tax', 'total', 'paid', 'credited', 'due'),
)
_AMOUNTS = frozenset({'net', 'tax', 'total', 'paid', 'credited', 'due'})


def facts(row: Booked) -> dict[str, Any]:
    """A document for programs: days as ISO 8601 has them, amounts as '49.00'."""
    values = {name: getattr(row, name) for name in _NAMES}
    values |= {name: currencies.plain(values[name], row.currency) for name in _AMOUNTS}
    return values | {name: day and day.isoformat() for name, day in values.items() if name.endswith('_on')}


def as_csv(rows: Sequence[Booked]) -> bytes:
    """The documents as a file for spreadsheets: names of people are neutralized, amounts stay numbers."""
    file = exports.Csv(_NAMES)
    for row in rows:
        values = facts(row)
        file.add(values | {name: Decimal(values[name]) for name in _AMOUNTS})
    return file.content()


# the account of one organization -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A line of an account: what is owed by it (below 0 for what was paid or credited), and what is owed after it."""

    day: date
    what: str
    number: str
    reference: str
    amount: int
    balance: int


@dataclass(frozen=True)
class Statement:
    """The account of an organization from its beginning: its lines, and what is owed, below 0 for credit."""

    organization_id: str
    name: str
    currency: str
    entries: tuple[Entry, ...]
    balance: int


def statement(word: str, organization_id: str | None) -> Statement:
    """The account of an organization, which may be gone: then `word` is its id. Raises NotFound."""
    whose = organization_id or (word if is_id(word) else '')
    with administrator() as tx:
        invoices = list(tx.exec(select(Invoice).where(Invoice.organization_id == whose, _IS_FINAL)))
        payments = list(tx.exec(select(Payment).where(Payment.organization_id == whose, Payment.method != CREDIT)))
        name = tx.exec(select(Organization.name).where(Organization.id == whose)).first()
    if name is None and not invoices:
        raise NotFound(f'There is no organization “{word}”, and none that is gone left invoices under this id.')
    numbers = {it.id: it.number or '' for it in invoices}
    moves = [(it.issued_on or date.min, it.created_at, *_issued(it)) for it in invoices]
    moves += [(it.received_on, it.created_at, *_received(it, numbers)) for it in payments]
    entries, balance = list[Entry](), 0
    for day, _, what, number, reference, amount in sorted(moves):
        balance += amount
        entries.append(Entry(day, what, number, reference, amount, balance))
    currency = next(iter((*(it.currency for it in invoices), *(it.currency for it in payments))), '')
    return Statement(whose, name or '', currency, tuple(entries), balance)


_IS_FINAL = col(Invoice.state) == InvoiceState.FINAL


def _issued(invoice: Invoice) -> tuple[str, str, str, int]:
    what = 'invoice' if invoice.kind is InvoiceKind.INVOICE else 'credit note'
    return what, invoice.number or '', invoice.reason, invoice.total


def _received(payment: Payment, numbers: dict[str, str]) -> tuple[str, str, str, int]:
    what = 'payment' if payment.amount > 0 else 'payment taken back'
    reference = payment.reference if payment.amount > 0 else ''
    return what, numbers.get(payment.invoice_id or '', ''), reference, -payment.amount
