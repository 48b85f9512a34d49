"""Invoices and credit notes, what they consist of, their numbers and what was paid: kept for good, frozen when final.

None of these refers to its organization by a foreign key: books outlive it. Amounts are whole numbers of the smallest
unit of the currency; a rate of tax is in thousandths of a per cent. The database itself refuses to change a final one.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import JSON, Field, SQLModel

from data import clock
from data.models.base import OrganizationOwned, choice, new_id

_IS_INVOICE = text("kind = 'invoice'")
_HAS_REFERENCE = text("reference <> ''")


def _amount(name: str, *, nullable: bool = False, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable, primary_key=key)


def _reference(column: str, table: str) -> ForeignKeyConstraint:
    """A row of this table, of the same organization."""
    return ForeignKeyConstraint(['organization_id', column], [f'{table}.organization_id', f'{table}.id'])


def _of_invoice() -> ForeignKeyConstraint:
    return _reference('invoice_id', 'invoices')


class InvoiceKind(StrEnum):
    """What a document is: it is owed, or takes back what is."""

    INVOICE = 'invoice'
    CREDIT = 'credit'


class InvoiceState(StrEnum):
    """Whether a document may change still. Paid, open and overdue are derived from payments and credit notes."""

    DRAFT = 'draft'
    FINAL = 'final'


class Invoice(OrganizationOwned, table=True):
    """An invoice, or a credit note, whose amounts are negative, of the invoice that it `credits`.

    It is born a draft, without number; when it becomes final it gets the next `seq` of its series, in the same
    transaction. `snapshot` is what is printed on it: both parties, how to pay, notes, as they were then.
    """

    __tablename__ = 'invoices'
    __table_args__ = (
        UniqueConstraint('organization_id', 'id'),
        UniqueConstraint('series', 'seq'),
        UniqueConstraint('number'),
        Index(
            'uq_invoices_period',
            'period_id',
            unique=True,
            sqlite_where=_IS_INVOICE,
            postgresql_where=_IS_INVOICE,
        ),
        Index('ix_invoices_due', 'state', 'finalize_after'),
        ForeignKeyConstraint(
            ['organization_id', 'period_id'], ['billing_periods.organization_id', 'billing_periods.id']
        ),
        ForeignKeyConstraint(['organization_id', 'credits'], ['invoices.organization_id', 'invoices.id']),
        CheckConstraint("(kind = 'credit') = (credits IS NOT NULL)", name='credits'),
        CheckConstraint(
            "(state = 'final') = (seq IS NOT NULL) AND (state = 'final') = (number IS NOT NULL)", name='number'
        ),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    kind: InvoiceKind = Field(default=InvoiceKind.INVOICE, sa_column=choice(InvoiceKind, 'kind'))
    state: InvoiceState = Field(default=InvoiceState.DRAFT, sa_column=choice(InvoiceState, 'state'))
    period_id: str | None = Field(default=None, max_length=16)
    credits: str | None = Field(default=None, max_length=16)
    reason: str = Field(default='', max_length=500)
    series: str = Field(max_length=16)
    seq: int | None = Field(default=None, sa_column=_amount('seq', nullable=True))
    number: str | None = Field(default=None, max_length=60)
    created_at: datetime = Field(default_factory=clock.now)
    finalize_after: datetime
    issued_on: date | None = None
    due_on: date | None = None
    currency: str = Field(max_length=3)
    net: int = Field(sa_column=_amount('net'))
    tax: int = Field(sa_column=_amount('tax'))
    total: int = Field(sa_column=_amount('total'))
    snapshot: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class InvoiceLine(OrganizationOwned, table=True):
    """A line, in the order of `position` from 1; its price is `unit_price` for `per` of what it has `quantity` of.

    `cause` says what it is for: 'plan', 'seats', 'usage:messages', 'pending:…'. That of a credit note names
    the position of the line that it credits.
    """

    __tablename__ = 'invoice_lines'
    __table_args__ = (_of_invoice(),)
    organization_id: str = Field(primary_key=True, max_length=16)
    invoice_id: str = Field(primary_key=True, max_length=16)
    position: int = Field(primary_key=True, sa_column_kwargs={'autoincrement': False})
    cause: str = Field(max_length=200)
    text: str = Field(max_length=300)
    quantity: int | None = Field(default=None, sa_column=_amount('quantity', nullable=True))
    unit_price: int | None = Field(default=None, sa_column=_amount('unit_price', nullable=True))
    per: int = Field(default=1, sa_column=_amount('per'))
    net: int = Field(sa_column=_amount('net'))
    category: str = Field(max_length=2)
    rate: int
    service_from: date | None = None
    service_to: date | None = None
    credited_position: int | None = None


class InvoiceTax(OrganizationOwned, table=True):
    """The tax on the sum of all lines with one category (EN 16931: S, AE, E, Z, O) and one rate."""

    __tablename__ = 'invoice_taxes'
    __table_args__ = (_of_invoice(),)
    organization_id: str = Field(primary_key=True, max_length=16)
    invoice_id: str = Field(primary_key=True, max_length=16)
    category: str = Field(primary_key=True, max_length=2)
    rate: int = Field(primary_key=True, sa_column_kwargs={'autoincrement': False})
    net: int = Field(sa_column=_amount('net'))
    tax: int = Field(sa_column=_amount('tax'))


class InvoiceDocument(OrganizationOwned, table=True):
    """The PDF of a final one, made once and kept as it was sent."""

    __tablename__ = 'invoice_documents'
    __table_args__ = (_of_invoice(),)
    organization_id: str = Field(primary_key=True, max_length=16)
    invoice_id: str = Field(primary_key=True, max_length=16)
    sha256: str = Field(max_length=64)
    pdf: bytes = Field(sa_column=Column('pdf', LargeBinary, nullable=False))
    made_at: datetime = Field(default_factory=clock.now)


class InvoiceNotice(OrganizationOwned, table=True):
    """That people were told something of an invoice, once.

    'issued', 'no-address', 'reminder-1' to 'reminder-3', 'restricted'.
    """

    __tablename__ = 'invoice_notices'
    __table_args__ = (_of_invoice(),)
    organization_id: str = Field(primary_key=True, max_length=16)
    invoice_id: str = Field(primary_key=True, max_length=16)
    kind: str = Field(primary_key=True, max_length=24)
    at: datetime = Field(default_factory=clock.now)


class Payment(OrganizationOwned, table=True):
    """Money that came (or went back, if negative); without an invoice it is credit of the organization.

    Rows are never changed. A method and a reference are there once for each `part` that a payment was split into.
    """

    __tablename__ = 'payments'
    __table_args__ = (
        _of_invoice(),
        Index(
            'uq_payments_reference',
            'method',
            'reference',
            'part',
            unique=True,
            sqlite_where=_HAS_REFERENCE,
            postgresql_where=_HAS_REFERENCE,
        ),
        Index('ix_payments_invoice', 'organization_id', 'invoice_id'),
        CheckConstraint('amount <> 0', name='amount'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    invoice_id: str | None = Field(default=None, max_length=16)
    amount: int = Field(sa_column=_amount('amount'))
    currency: str = Field(max_length=3)
    received_on: date
    method: str = Field(max_length=16)
    reference: str = Field(default='', max_length=200)
    part: int = 0
    created_at: datetime = Field(default_factory=clock.now)


class NumberSequence(SQLModel, table=True):
    """The last number of a series, and the day of it, for the whole installation."""

    __tablename__ = 'number_sequences'
    series: str = Field(primary_key=True, max_length=16)
    last: int = Field(default=0, sa_column=_amount('last'))
    last_issued_on: date | None = None


class NumberGap(SQLModel, table=True):
    """Numbers of a series that are on no document here, and why: one was sent before an older backup came back."""

    __tablename__ = 'number_gaps'
    __table_args__ = (CheckConstraint('first <= last', name='numbers'),)
    series: str = Field(primary_key=True, max_length=16)
    first: int = Field(sa_column=_amount('first', key=True))
    last: int = Field(sa_column=_amount('last'))
    reason: str = Field(max_length=500)
    at: datetime = Field(default_factory=clock.now)
