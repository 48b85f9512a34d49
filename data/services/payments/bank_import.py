"""Import of what a bank tells: payments are written for the invoices whose numbers stand in their references.

What does not name one invoice of which something is due is listed, and nothing of it is written. A payment is known by
its day, amount and reference: the same file twice changes nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import System, TenantSession, administrator, constant, transaction
from data.inputs import bank_files, invoice_numbers, texts
from data.inputs.bank_files import BankFormat, BankRow
from data.models import Invoice, InvoiceKind, Payment
from data.problems import Invalid
from data.services import plans
from data.services.payments import receiving
from data.services.payments.balances import balance_of
from data.services.payments.finding import Found
from data.services.payments.receiving import TRANSFER, Receipt
from data.services.usage import days


class Outcome(StrEnum):
    """What became of a row."""

    PAID = 'paid'
    KNOWN = 'known'
    SETTLED = 'settled'
    UNMATCHED = 'unmatched'
    AMBIGUOUS = 'ambiguous'
    DOUBLE = 'double'
    UNREADABLE = 'unreadable'
    OUTGOING = 'outgoing'


@dataclass(frozen=True)
class Imported:
    """A row, what became of it, and why in a sentence where nothing was written.

    `numbers` are the invoices that it names.
    """

    row: BankRow
    outcome: Outcome
    numbers: tuple[str, ...] = ()
    receipt: Receipt | None = None
    why: str = ''


class _OnlyTried(Exception):
    """Ends a transaction in which nothing is to be kept."""


_NUMBERED = (
    select(Invoice.seq, Invoice.organization_id, Invoice.id, Invoice.number)
    .where(col(Invoice.seq).is_not(None), Invoice.kind == InvoiceKind.INVOICE)
    .execution_options(yield_per=10_000)
)
_KNOWN = constant(
    select(col(Payment.id)).where(Payment.method == TRANSFER, Payment.reference == bindparam('called')).limit(1)
)


def import_payments(content: bytes, written: BankFormat | None = None, *, dry_run: bool = False) -> list[Imported]:
    """Write the payments in a CSV of a bank down, and say of each row, in their order, what became of it.

    All rows of one organization are one transaction. With `dry_run` nothing is kept. For whoever runs the installation.
    Raises Invalid('file'), Unavailable.
    """
    with administrator() as tx:
        catalogue = plans.current(tx)
    if catalogue is None:
        raise Invalid(file='There is no catalogue of plans, so there is nothing to be paid for.')
    rows = bank_files.read(content, catalogue.currency, written or BankFormat())
    found = _sorted_out(rows, catalogue.currency)
    of_each: dict[str, list[tuple[int, Found]]] = {}
    for number, (_, invoice) in enumerate(found):
        if invoice is not None:
            of_each.setdefault(invoice.organization_id, []).append((number, invoice))
    results = [imported for imported, _ in found]
    for organization_id, matches in sorted(of_each.items()):
        for (number, _), result in zip(matches, _written(organization_id, results, matches, dry_run), strict=True):
            results[number] = result
    return results


def _sorted_out(rows: Sequence[BankRow], currency: str) -> list[tuple[Imported, Found | None]]:
    """What becomes of each row that nothing is written of; the one invoice of each of the others."""
    numbered: dict[int, list[Found]] = {}
    with administrator() as tx:
        for seq, organization_id, invoice_id, number in tx.exec(_NUMBERED):
            numbered.setdefault(seq or 0, []).append(Found(organization_id, invoice_id, number or ''))
    seen: dict[str, int] = {}
    return [_of_row(row, currency, numbered, seen) for row in rows]


def _of_row(
    row: BankRow, currency: str, numbered: Mapping[int, list[Found]], seen: dict[str, int]
) -> tuple[Imported, Found | None]:
    if why := row.problem or _unusable(row, currency):
        return Imported(row, Outcome.UNREADABLE, why=why), None
    if row.amount <= 0:
        return Imported(row, Outcome.OUTGOING), None
    first = seen.setdefault(_reference(row), row.line)
    if first != row.line:
        why = f'It is the same as line {first}. If it came twice, write the second one down with mark-paid.'
        return Imported(row, Outcome.DOUBLE, why=why), None
    named = _named(row.text, numbered)
    numbers = tuple(it.number for it in named)
    if not named:
        return Imported(row, Outcome.UNMATCHED, why='No number of an invoice is in its reference.'), None
    if len(named) > 1:
        why = 'It names several invoices. Write down with mark-paid how much is for which.'
        return Imported(row, Outcome.AMBIGUOUS, numbers, why=why), None
    return Imported(row, Outcome.PAID, numbers), named[0]


def _unusable(row: BankRow, currency: str) -> str:
    if row.amount > 0 and row.currency not in ('', currency):
        return f'It is in {row.currency}, and invoices are in {currency}.'
    return f'{row.day} is in the future.' if row.day > days.today() else ''


def _named(text: str, numbered: Mapping[int, list[Found]]) -> list[Found]:
    """The invoices whose numbers are in a text, each once."""
    near: Iterable[Found] = (it for seq in set(invoice_numbers.sequences(text)) for it in numbered.get(seq, ()))
    named = {it.number: it for it in near if invoice_numbers.mentions(text, it.number)}
    return [named[number] for number in sorted(named)]


def _reference(row: BankRow) -> str:
    """What a payment is known by: what a person finds it by, and all of it in few signs."""
    whole = f'{row.day.isoformat()}|{row.amount}|{invoice_numbers.plain(row.text)}'
    shown = texts.without_invisible(row.text)[:150]
    return f'{shown} #{hashlib.sha256(whole.encode()).hexdigest()[:24]}'.strip()


def _written(
    organization_id: str, results: Sequence[Imported], matches: Sequence[tuple[int, Found]], dry_run: bool
) -> list[Imported]:
    by, written = System(organization_id), list[Imported]()
    try:
        with transaction(by) as tx:
            written = [_take(tx, by, results[number], invoice) for number, invoice in matches]
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return written


def _take(tx: TenantSession, by: System, imported: Imported, found: Found) -> Imported:
    reference = _reference(imported.row)
    if tx.exec(_KNOWN, params={'called': reference}).first():
        return replace(imported, outcome=Outcome.KNOWN, why='It is written down already.')
    invoice = receiving.payable(tx, found.invoice_id)
    if balance_of(tx, invoice).due <= 0:
        why = f'Nothing is due of {found.number}. If it came twice, write it down with mark-paid and a reference.'
        return replace(imported, outcome=Outcome.SETTLED, why=why)
    row = imported.row
    return replace(imported, receipt=receiving.take(tx, by, invoice, row.amount, row.day, reference))
