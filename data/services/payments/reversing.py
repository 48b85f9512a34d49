"""Reversing: a payment that was none is taken back, whole, by rows that say the opposite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from data.database import System, TenantSession, constant, transaction
from data.inputs import texts
from data.inputs.moments import day_in_words
from data.models import Invoice, Payment
from data.money import currencies
from data.problems import Invalid
from data.services.audit import Act
from data.services.payments import credit_balance
from data.services.payments.balances import balance_of
from data.services.payments.credit_balance import CREDIT
from data.services.payments.finding import find
from data.services.payments.receiving import payable, refuse_future
from data.services.usage import days

REVERSAL = 'reversal'
"""The method of rows that take others back: their reference is the id of that one, so that it happens once."""

_Back = aliased(Payment)
_GOES = select(_Back.id).where(_Back.method == REVERSAL, _Back.reference == col(Payment.id)).exists()
_STANDING = constant(
    select(Payment)
    .where(
        Payment.invoice_id == bindparam('of'),
        Payment.part == 0,
        Payment.amount > 0,
        col(Payment.method).not_in([CREDIT, REVERSAL]),
        ~_GOES,
    )
    .order_by(col(Payment.created_at))
)
_KEPT = constant(
    select(Payment).where(
        Payment.reference == bindparam('called'),
        col(Payment.invoice_id).is_(None),
        Payment.amount > 0,
        col(Payment.method).not_in([CREDIT, REVERSAL]),
        ~_GOES,
        ~select(_Back.id)
        .where(_Back.method == Payment.method, _Back.reference == Payment.reference, _Back.part == 0)
        .exists(),
    )
)
"""What came when nothing was due, all of which was kept as credit."""
_PARTS = constant(
    select(Payment)
    .where(
        Payment.method == bindparam('by'),
        Payment.reference == bindparam('called'),
        Payment.created_at == bindparam('at_once'),
    )
    .order_by(col(Payment.part))
)


@dataclass(frozen=True)
class Reversal:
    """A payment that was taken back: the whole `amount` of it, and what is due of its invoice now."""

    number: str
    organization_id: str
    currency: str
    amount: int
    due: int


def reverse(number: object, reference: object = '', returned_on: date | None = None) -> Reversal:
    """Take a payment for an invoice back, as when a bank returns it: the one there is, or that with this reference.

    One without reference has its id instead. What was kept of it as credit goes as well, also what was because of a
    credit note; where that was used, what it has paid is due again. If an invoice is overdue then, the next round of
    dunning says so. For whoever runs the installation.
    Raises Invalid('number' | 'reference' | 'date'), NotFound, Unavailable.
    """
    where = find(number)
    called = texts.clean(reference, field='reference', label='The reference', limit=200, required=False)
    went = returned_on or days.today()
    refuse_future(went)
    by = System(where.organization_id)
    with transaction(by) as tx:
        invoice = payable(tx, where.invoice_id)
        payment = _chosen(tx, invoice, called)
        given = {'by': payment.method, 'called': payment.reference, 'at_once': payment.created_at}
        rest = (it for it in tx.exec(_PARTS, params=given) if it.invoice_id is None and it.part > 0)
        parts = list({it.id: it for it in (payment, *rest)}.values())
        for part in parts:
            tx.add(_opposite(part, went))
        if (paid := balance_of(tx, invoice).paid) < 0:  # a credit note has made credit of what is no payment now
            credit_balance.move_credit(tx, invoice, -paid)
        credit_balance.take_credit_back(tx)
        amount = sum(part.amount for part in parts)
        credit_balance.record(tx, by, Act.BILLING_REVERSE, invoice, amount, reference=payment.reference)
        return Reversal(
            invoice.number or '', invoice.organization_id, invoice.currency, amount, balance_of(tx, invoice).due
        )


def _chosen(tx: TenantSession, invoice: Invoice, reference: str) -> Payment:
    there = tx.exec(_STANDING, params={'of': invoice.id}).all()
    payments = [it for it in there if reference in (it.reference, it.id)] if reference else there
    payments = payments or list(tx.exec(_KEPT, params={'called': reference}) if reference else ())
    if len(payments) == 1:
        return payments[0]
    if not there:
        credited = balance_of(tx, invoice).paid > 0
        why = 'it was paid from credit, of which another payment was the origin' if credited else 'none is written down'
        raise Invalid(number=f'There is no payment for {invoice.number} to take back: {why}. Nothing was changed.')
    known = f'There are: {_listed(there)}. Nothing was changed.'
    if not payments:
        raise Invalid(reference=f'No payment for {invoice.number} has this reference. {known}')
    raise Invalid(reference=f'There are several payments for {invoice.number}: say the reference of one. {known}')


def _listed(payments: Sequence[Payment]) -> str:
    return '; '.join(
        f'{currencies.shown(it.amount, it.currency)} of {day_in_words(it.received_on)}, '
        + (f'“{it.reference}”' if it.reference else f'without reference, say {it.id}')
        for it in payments
    )


def _opposite(payment: Payment, went: date) -> Payment:
    return Payment(
        organization_id=payment.organization_id,
        invoice_id=payment.invoice_id,
        amount=-payment.amount,
        currency=payment.currency,
        received_on=went,
        method=REVERSAL,
        reference=payment.id,
    )
