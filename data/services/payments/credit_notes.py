"""Credit notes: what was wrong on an invoice that is final is taken back by a document of its own, in whole or in part.

The tax of one is that of all that is credited now less that of what was before: in the end it is the invoice's, to the
cent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, constant, transaction
from data.inputs import texts
from data.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, InvoiceTax
from data.money import currencies, taxes
from data.money.taxes import TaxedNet, Totals
from data.problems import Invalid
from data.services import plans
from data.services.audit import Act
from data.services.invoices import finalizing, numbering, taxing
from data.services.payments import credit_balance, dunning
from data.services.payments.balances import balance_of
from data.services.payments.finding import find
from data.services.usage import days

_CHOSEN = re.compile(r'([1-9][0-9]{0,8})(?::(.+))?')
_CREDITED = constant(
    select(InvoiceLine)
    .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
    .where(col(Invoice.credits) == bindparam('of'))
)


@dataclass(frozen=True)
class Credited:
    """A credit note that was issued: what it comes to (below 0), and what of it was kept as credit (from 0 on).

    `due` is what is still to be paid of the invoice; `lifted` is whether its organization is active again by it.
    """

    number: str
    invoice: str
    organization_id: str
    currency: str
    net: int
    tax: int
    total: int
    kept: int
    due: int
    lifted: bool


def credit(number: object, lines: object = '', reason: object = '') -> Credited:
    """Credit lines of an invoice that is final, '1,3:10.00': all that is left of line 1, and 10.00 net of line 3.

    Without `lines` all that is left of all of them. What was paid beyond the rest is kept as credit of the
    organization. For whoever runs the installation.
    Raises Invalid('number' | 'lines' | 'reason'), NotFound, Unavailable; NumberGone as finalizing does.
    """
    where = find(number)
    why = texts.clean(reason, field='reason', label='The reason', limit=500)
    by = System(where.organization_id)
    with transaction(by) as tx:
        invoice = _creditable(tx, where.invoice_id)
        own = taxing.lines_of(tx, invoice.id)
        before = tx.exec(_CREDITED, params={'of': invoice.id}).all()
        amounts = _amounts(lines, own, before, invoice)
        totals = _totals(invoice, own, amounts, before)
        note = _written(tx, invoice, [line for line in own if line.position in amounts], amounts, totals, why)
        _issue(tx, by, note, invoice)
        kept = credit_balance.keep_rest(tx, invoice)
        lifted = dunning.lift(tx, days.today())
        due = balance_of(tx, invoice).due
        sums = note.net, note.tax, note.total
        return Credited(
            note.number or '', invoice.number or '', by.organization_id, note.currency, *sums, kept, due, lifted
        )


def _creditable(tx: TenantSession, invoice_id: str) -> Invoice:
    invoice = tx.get(Invoice, invoice_id, with_for_update=True)
    if invoice is None or invoice.state is InvoiceState.DRAFT:
        raise Invalid(number='This is a draft still: there is nothing to credit before it is final.')
    if invoice.kind is InvoiceKind.CREDIT:
        raise Invalid(number=f'{invoice.number} is a credit note itself. What is owed after all goes on an invoice.')
    return invoice


def _amounts(
    chosen: object, own: Sequence[InvoiceLine], before: Sequence[InvoiceLine], invoice: Invoice
) -> dict[int, int]:
    """How much of which line is credited, by its position; with the sign of the line. Raises Invalid('lines')."""
    left = {line.position: line.net for line in own}
    for line in before:
        left[line.credited_position or 0] += line.net
    if not any(left.values()):
        raise Invalid(lines=f'All of {invoice.number} is credited already. Nothing was changed.')
    if not chosen or chosen == 'all':
        return {position: amount for position, amount in left.items() if amount}
    amounts: dict[int, int] = {}
    for part in str(chosen).split(','):
        position, amount = _amount(part.strip(), left, invoice)
        if position in amounts:
            raise Invalid(lines=f'Line {position} is there twice.')
        amounts[position] = amount
    return amounts


def _amount(part: str, left: Mapping[int, int], invoice: Invoice) -> tuple[int, int]:
    match = _CHOSEN.fullmatch(part)
    if match is None:
        raise Invalid(lines='Write lines by their numbers, and how much of them, net: 1,3:10.00')
    position = int(match[1])
    if position not in left:
        raise Invalid(lines=f'{invoice.number} has no line {position}. It has {len(left)}.')
    rest = left[position]
    if not rest:
        raise Invalid(lines=f'Line {position} of {invoice.number} is credited already, or comes to nothing.')
    if match[2] is None:
        return position, rest
    typed = match[2].strip()
    if typed.isdigit() and currencies.digits(invoice.currency):  # else '1:49,50' would be 49 of line 1, and line 50
        raise Invalid(lines=f'Write the amount of line {position} with its decimals: {position}:{typed}.00')
    amount = currencies.parse(typed, invoice.currency, field='lines')
    if amount == 0:
        raise Invalid(lines=f'The amount of line {position} must be more than 0.')
    if amount > abs(rest):
        shown = currencies.shown(abs(rest), invoice.currency)
        raise Invalid(lines=f'Of line {position}, {shown} net can still be credited, not more.')
    return position, amount if rest > 0 else -amount


def _totals(
    invoice: Invoice, own: Sequence[InvoiceLine], amounts: Mapping[int, int], before: Sequence[InvoiceLine]
) -> Totals:
    """What a credit note comes to. Raises Invalid('lines') where it takes nothing back, or more than there is left."""
    nets = [TaxedNet(-amounts[it.position], it.category, it.rate) for it in own if it.position in amounts]
    totals = taxes.credit(before, nets)
    if totals.total >= 0:
        raise Invalid(lines='These lines together take nothing back. What is owed after all goes on an invoice.')
    rest = taxes.left(own, before).total
    if -totals.total > rest:  # other lines have taken back already
        most = currencies.shown(rest, invoice.currency)
        raise Invalid(lines=f'Of {invoice.number}, {most} with tax can still be credited in all, not more.')
    return totals


def _written(
    tx: TenantSession,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    amounts: Mapping[int, int],
    totals: Totals,
    reason: str,
) -> Invoice:
    """The credit note as a draft, with its lines and taxes."""
    note = Invoice(
        organization_id=invoice.organization_id,
        kind=InvoiceKind.CREDIT,
        credits=invoice.id,
        reason=reason,
        series=numbering.CREDIT_NOTES,
        finalize_after=clock.now(),
        currency=invoice.currency,
        net=totals.net,
        tax=totals.tax,
        total=totals.total,
    )
    tx.add(note)
    tx.flush()
    for number, line in enumerate(lines, 1):
        tx.add(_opposite(line, note.id, number, -amounts[line.position]))
    _add_taxes(tx, note, totals)
    return note


def _opposite(line: InvoiceLine, note_id: str, number: int, net: int) -> InvoiceLine:
    """A line that takes back so much of another one; how many of what that were is said where it is all of it."""
    is_whole = net == -line.net
    return InvoiceLine(
        organization_id=line.organization_id,
        invoice_id=note_id,
        position=number,
        cause=f'credit:{line.position}',
        text=line.text,
        quantity=-line.quantity if is_whole and line.quantity is not None else None,
        unit_price=line.unit_price if is_whole else None,
        per=line.per if is_whole else 1,
        net=net,
        category=line.category,
        rate=line.rate,
        service_from=line.service_from,
        service_to=line.service_to,
        credited_position=line.position,
    )


def _add_taxes(tx: TenantSession, note: Invoice, totals: Totals) -> None:
    for tax in totals.taxes:
        tx.add(
            InvoiceTax(
                organization_id=note.organization_id,
                invoice_id=note.id,
                category=tax.category,
                rate=tax.rate,
                net=tax.net,
                tax=tax.tax,
            )
        )
    tx.flush()


def _issue(tx: TenantSession, by: System, note: Invoice, invoice: Invoice) -> None:
    """Make it final, with both parties as they are on the invoice."""
    catalogue = plans.current(tx)
    if catalogue is None:
        raise Invalid(number='There is no catalogue of plans, which says what credit notes are called.')
    snapshot = {name: kept for name, kept in (invoice.snapshot or {}).items() if name != 'credit'}
    finalizing.issue(tx, by, note, catalogue, snapshot)
    credit_balance.record(tx, by, Act.BILLING_CREDIT, note, note.total, before=invoice.number or '')
