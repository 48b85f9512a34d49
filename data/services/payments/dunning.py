"""Dunning: what is not paid in time makes an organization past due, then restricted; what is paid lifts that at once.

Days of grace are those on which this ran: nobody is restricted for a server that was off.
"""

from datetime import date, timedelta

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from data.database import System, TenantSession, administrator, constant, transaction
from data.inputs.moments import day_in_words
from data.models import Invoice, InvoiceNotice, Organization, Status, Subscription
from data.services import plans, statuses
from data.services.payments import credit_balance
from data.services.payments.balances import IS_OPEN, is_overdue, open_invoices, overdue
from data.services.payments.reminders import Notice, tell
from data.services.usage import days

COLLECTOR = 'Botcadence'
"""Who changes the status, as the record has it: nobody does, a day is over, or a payment came."""

BEFORE_DUE = timedelta(days=3)
LAST_DAYS = 3
"""How long before it is due, and before it restricts, people are reminded of an invoice."""

LIFTED = 'Everything that was due is paid.'

_LATE = Status.PAST_DUE, Status.RESTRICTED
_DUNNED = Status.ACTIVE, *_LATE
"""Who is asked to pay: what is suspended, or being deleted, is neither dunned nor restricted."""

_SUBSCRIPTION = constant(select(Subscription))
_REMINDED = (
    select(InvoiceNotice.invoice_id)
    .where(
        InvoiceNotice.organization_id == Invoice.organization_id,
        InvoiceNotice.invoice_id == Invoice.id,
        InvoiceNotice.kind == Notice.BEFORE.value,
    )
    .exists()
)
_OWING = (
    select(Invoice.organization_id)
    .join(Organization, col(Organization.id) == Invoice.organization_id)
    .where(IS_OPEN, col(Organization.status).in_(_DUNNED))
    .distinct()
)
_LATE_ONES = constant(select(Organization.id).where(col(Organization.status).in_(_LATE)))
_COUNTED = constant(
    select(col(Organization.id))
    .join(Subscription, col(Subscription.organization_id) == Organization.id)
    .where(col(Organization.status).in_(_LATE), col(Subscription.counted_on) == bindparam('today'))
)
"""Who was chased today, and lifted at once if everything was paid since: nothing can follow before tomorrow."""


def to_chase(today: date | None = None) -> list[str]:
    """The organizations whose invoices make something happen today that has not happened yet, whatever that is."""
    today = today or days.today()
    is_late = col(Invoice.due_on) < today
    is_soon = (col(Invoice.due_on) <= today + BEFORE_DUE) & (col(Invoice.issued_on) < today) & ~_REMINDED
    with administrator() as tx:
        owing = tx.exec(_OWING.where(or_(is_late, is_soon)))
        return sorted({*owing, *tx.exec(_LATE_ONES)} - {*tx.exec(_COUNTED, params={'today': today})})


def chase(organization_id: str, today: date | None = None) -> bool:
    """Give an organization the status that its unpaid invoices make, one step at most, and write to its people.

    Past due is it from the day after one was due; restricted, when all days of grace are over, each of which is a day
    on which this ran; active, when nothing is overdue. Any number of times a day is once. Whether the status changed.
    Raises Unavailable.
    """
    by, today = System(organization_id, email=COLLECTOR), today or days.today()
    with transaction(by) as tx:
        organization = tx.get(Organization, organization_id)
        catalogue = plans.current(tx)
        if organization is None or organization.status not in _DUNNED or catalogue is None:
            return False
        before, subscription = organization.status, tx.exec(_SUBSCRIPTION).first()
        if subscription is not None:
            today = max(today, subscription.counted_on or today)  # a clock may have been set back
            credit_balance.use_credit_up(tx, by, today + BEFORE_DUE)
            _remind(tx, today)
            _step(tx, by, organization, subscription, catalogue.grace_days, today)
        return organization.status is not before


def lift(tx: TenantSession, today: date) -> bool:
    """Make an organization active again where nothing is overdue any more, in the transaction that paid; whether so."""
    organization = tx.get(Organization, tx.scope.organization_id)
    if organization is None or organization.status not in _LATE:
        return False
    subscription = tx.exec(_SUBSCRIPTION).first()
    if subscription is not None:
        today = max(today, subscription.counted_on or today)
    if overdue(tx, today):
        return False
    if subscription is not None:
        subscription.grace_left = subscription.counted_on = None
    statuses.move(tx, System(organization.id, email=COLLECTOR), organization, Status.ACTIVE, LIFTED)
    return True


def _remind(tx: TenantSession, today: date) -> None:
    """Remind of what will be due in a moment; not on the day on which the invoice itself was sent."""
    for invoice, due in open_invoices(tx):
        if invoice.due_on is None or invoice.issued_on is None or is_overdue(invoice, today):
            continue
        if invoice.due_on - BEFORE_DUE <= today and invoice.issued_on < today:
            tell(tx, invoice, Notice.BEFORE, due)


def _step(
    tx: TenantSession, by: System, organization: Organization, subscription: Subscription, grace: int, today: date
) -> None:
    late = overdue(tx, today)
    if not late:
        lift(tx, today)
        return
    oldest, due = late[0]
    day = day_in_words(oldest.due_on) if oldest.due_on else ''
    is_counted = subscription.counted_on == today
    if organization.status is Status.ACTIVE:
        subscription.grace_left, is_counted = grace, True
        statuses.move(tx, by, organization, Status.PAST_DUE, f'An invoice was due on {day} and is not paid yet.')
    subscription.counted_on = today
    if organization.status is Status.RESTRICTED:
        return
    left = _count(subscription, oldest, grace, today, is_counted=is_counted)
    if left <= 0 and not is_counted:
        why = f'An invoice was due on {day} and was not paid within the days of grace.'
        statuses.move(tx, by, organization, Status.RESTRICTED, why)
        tell(tx, oldest, Notice.RESTRICTED, due)
        return
    for invoice, owed in late:
        tell(tx, invoice, Notice.AFTER, owed, grace=left)
    if left <= LAST_DAYS and not is_counted:
        tell(tx, oldest, Notice.LAST, due, grace=left)


def _count(subscription: Subscription, oldest: Invoice, grace: int, today: date, *, is_counted: bool) -> int:
    """Count this day of grace, where it is not counted yet; how many are left for the oldest invoice.

    Where an older one was paid meanwhile, the days before this one was due are not its own.
    """
    left = grace if subscription.grace_left is None else subscription.grace_left
    own = grace - (today - oldest.due_on).days + 1 if oldest.due_on else 0
    subscription.grace_left = max(0, own, left if is_counted else left - 1)
    return subscription.grace_left
