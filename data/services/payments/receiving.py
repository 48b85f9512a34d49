"""Receiving: money that came for an invoice is written down; what is more than was due stays as credit.

Amounts are whole numbers of the smallest unit of the currency.
"""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, administrator, constant, transaction
from data.inputs import texts
from data.inputs.moments import day_in_words
from data.models import Invoice, InvoiceKind, InvoiceState, Organization, Payment
from data.money import currencies
from data.problems import Invalid
from data.services.audit import Act
from data.services.payments import credit_balance, dunning, reminders
from data.services.payments.balances import InvoiceStanding, balance_of, standing_of
from data.services.payments.finding import find
from data.services.usage import days

TRANSFER = 'transfer'
"""The method of what came by bank, whoever has written it down."""

EARLIEST = 2000
"""The first year in which money can have come."""

_CURRENCY = re.compile(r'(?:([A-Za-z]{3})\s*)?([^A-Za-z]*?)(?:\s*([A-Za-z]{3}))?')
_SAME = constant(
    select(col(Payment.received_on), col(Invoice.number))
    .outerjoin(Invoice, col(Invoice.id) == Payment.invoice_id)
    .where(Payment.method == bindparam('by'), Payment.reference == bindparam('called'))
    .order_by(col(Payment.part))
)


@dataclass(frozen=True)
class Receipt:
    """What became of a payment: so much `paid` of an invoice, the `rest` kept as credit, so much still `due` of it.

    `name` is that of its organization, '' where that is gone; `lifted` is whether this has made it active again.
    """

    number: str
    organization_id: str
    name: str
    currency: str
    paid: int
    rest: int
    due: int
    standing: InvoiceStanding
    lifted: bool


def mark_paid(
    number: object, amount: object = None, received_on: date | None = None, reference: object = ''
) -> Receipt:
    """Write down that an invoice was paid by transfer: all that is due, or `amount`, which may be more or less.

    `amount` is typed ('49.00', '49.00 EUR') or whole; more than is due is kept as credit of the organization. It came
    today, or on an earlier day. The same `reference` counts once. For whoever runs the installation.
    Raises Invalid('number' | 'amount' | 'date' | 'reference'), NotFound, Unavailable.
    """
    where = find(number)
    called = texts.clean(reference, field='reference', label='The reference', limit=200, required=False)
    came = received_on or days.today()
    refuse_future(came)
    by = System(where.organization_id)
    try:
        with transaction(by) as tx:
            invoice = payable(tx, where.invoice_id)
            money = _wanted(tx, invoice, amount, called)
            refuse_known(tx, TRANSFER, called)
            return take(tx, by, invoice, money, came, called)
    except IntegrityError as error:  # another organization has it, since this moment perhaps
        if not called:
            raise
        raise Invalid(reference=_known_elsewhere(TRANSFER, called)) from error


def take(
    tx: TenantSession,
    by: System,
    invoice: Invoice,
    money: int,
    came: date,
    reference: str,
    *,
    method: str = TRANSFER,
) -> Receipt:
    """Write a payment down in a transaction that holds the invoice; what follows for its organization follows at once.

    Raises IntegrityError where there is one with this method and reference.
    """
    paid = min(money, max(0, balance_of(tx, invoice).due))
    parts = [(invoice.id, paid), (None, money - paid)]
    now = clock.now()
    for part, (invoice_id, amount) in enumerate(parts):
        if amount:
            tx.add(
                Payment(
                    organization_id=invoice.organization_id,
                    invoice_id=invoice_id,
                    amount=amount,
                    currency=invoice.currency,
                    received_on=came,
                    method=method,
                    reference=reference,
                    part=part,
                    created_at=now,
                )
            )
    tx.flush()
    credit_balance.record(tx, by, Act.BILLING_PAYMENT, invoice, money, method=method, reference=reference)
    return _receipt(tx, invoice, paid, money - paid)


def _receipt(tx: TenantSession, invoice: Invoice, paid: int, rest: int) -> Receipt:
    today, balance = days.today(), balance_of(tx, invoice)
    if paid and balance.due <= 0:
        reminders.tell_paid(tx, invoice)
    lifted = dunning.lift(tx, today)
    organization = tx.get(Organization, invoice.organization_id)
    return Receipt(
        invoice.number or '',
        invoice.organization_id,
        organization.name if organization else '',
        invoice.currency,
        paid,
        rest,
        balance.due,
        standing_of(invoice, balance, today),
        lifted,
    )


def payable(tx: TenantSession, invoice_id: str) -> Invoice:
    """An invoice that can be paid, held until the end: its organization, whose row is held as well, may be gone.

    Raises Invalid('number') for a draft or a credit note.
    """
    invoice = tx.get(Invoice, invoice_id, with_for_update=True)
    if invoice is None or invoice.state is InvoiceState.DRAFT:
        raise Invalid(number='This is a draft still. It can be paid once it is final and has a number.')
    if invoice.kind is InvoiceKind.CREDIT:
        raise Invalid(number=f'{invoice.number} is a credit note: nothing is paid for it.')
    return invoice


def refuse_future(came: date) -> None:
    """Raise Invalid('date') for a day that has not begun where the installation has its days, or a year mistyped."""
    if came.year < EARLIEST:
        raise Invalid(date=f'{came} is too long ago. Write the day as 2027-03-31.')
    if came > days.today():
        raise Invalid(date=f'{day_in_words(came)} is in the future. A payment is written down when it has come.')


def refuse_known(tx: TenantSession, method: str, reference: str) -> None:
    """Raise Invalid('reference') where a payment of this organization has this reference."""
    known = tx.exec(_SAME, params={'by': method, 'called': reference}).first() if reference else None
    if known:
        raise Invalid(reference=_twice(*known))


def _known_elsewhere(method: str, reference: str) -> str:
    with administrator() as tx:
        known = tx.exec(_SAME, params={'by': method, 'called': reference}).first()
    return _twice(*known) if known else 'A payment with this reference is written down already. Nothing was changed.'


def _twice(came: date, number: str | None) -> str:
    of = f'for {number}, of {day_in_words(came)}' if number else f'of {day_in_words(came)}'
    return f'A payment {of}, with this reference is written down already. Nothing was changed.'


def _wanted(tx: TenantSession, invoice: Invoice, amount: object, reference: str) -> int:
    """How much money it is about. Raises Invalid."""
    due = balance_of(tx, invoice).due
    if due <= 0 and (amount is None or not reference):
        more = '' if amount is None else ' To keep what came as credit of the organization, say its reference.'
        raise Invalid(number=f'Nothing is due of {invoice.number}. Nothing was changed.{more}')
    money = due if amount is None else typed_amount(amount, invoice.currency)
    if money <= 0:
        raise Invalid(amount='The amount must be more than 0. What was wrong is taken back with unmark-paid.')
    return money


def typed_amount(amount: object, currency: str) -> int:
    """An amount as typed, perhaps with its currency, or whole. Raises Invalid('amount')."""
    if isinstance(amount, int) and not isinstance(amount, bool):
        return amount
    match = _CURRENCY.fullmatch(amount.strip()) if isinstance(amount, str) else None
    if match is None:
        return currencies.parse(amount, currency, negative=True)
    said = {code.upper() for code in (match[1], match[3]) if code}
    if said - {currency}:
        raise Invalid(amount=f'The invoice is in {currency}, not in {", ".join(sorted(said - {currency}))}.')
    return currencies.parse(match[2].strip(), currency, negative=True)
