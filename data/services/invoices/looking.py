"""Invoices as people look at them: a list of all, each with how it stands, and one with everything that is about it."""

from dataclasses import dataclass
from datetime import date

from data.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax, Payment

PORTION = 30
"""How many invoices a screen gets at a time."""

DRAFT = 'draft-'
"""What stands before the id of a draft, which has no number yet."""


@dataclass(frozen=True)
class InvoiceRow:
    """A document as lists show it; `number` is `draft-` and its id before it is final, and `issued_on` None.

    `first` to `last` are the days of its period, None for a credit note. `standing` is one of
    `data.services.payments.InvoiceStanding`, `due` what is still to be paid.
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
    standing: str


@dataclass(frozen=True)
class InvoiceView:
    """A document with all that is about it.

    `lacks_address` is whether it waits for a billing address to become final.
    """

    row: InvoiceRow
    invoice: Invoice
    lines: tuple[InvoiceLine, ...]
    taxes: tuple[InvoiceTax, ...]
    payments: tuple[Payment, ...]
    credit_notes: tuple[InvoiceRow, ...]
    lacks_address: bool
