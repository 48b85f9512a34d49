"""Periods as they follow each other: where one ends the next begins, with what was decided for then.

A trial is a period of its own, which costs nothing. One that is cut short, because another one begins, keeps the days
that its prices are shared out over.
"""

from datetime import date

from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import BillingPeriod, Interval, PeriodState, Subscription
from data.money import periods
from data.money.periods import Period
from data.services import plans
from data.services.plans.catalogue import Catalogue, Plan
from data.services.subscriptions import following, holding
from data.services.usage import days

_LATEST = constant(
    select(BillingPeriod)
    .order_by(col(BillingPeriod.first_day).desc(), col(BillingPeriod.next_day).desc())
    .limit(1)
    .execution_options(populate_existing=True)
)


def begin(tx: TenantSession) -> Subscription:
    """Give the organization of this session its first plan, the default one, if it has none; its subscription.

    Whoever calls it holds the organization's row. Raises NotFound where there is no catalogue.
    """
    if there := holding.found(tx):
        return there
    catalogue = holding.catalogue_of(tx)
    subscription = holding.first(tx, catalogue)
    subscription.version = 1
    tx.add(subscription)
    plan = catalogue.free
    holding.take(tx, subscription, plan, subscription.started_on)
    _open(tx, subscription, subscription.started_on)
    holding.record_begun(tx, plan, subscription.started_on, holding.NO_PLAN)
    following.follow_limits(tx)
    return subscription


def advance(tx: TenantSession, subscription: Subscription, day: date) -> BillingPeriod:
    """Open the period that begins on `day`, where the one before ends, and return it: once, however often it is asked.

    What was decided for then happens: another plan begins, the plan ends, a trial goes on as paid. The fee in advance
    is that of the plan of the period, whatever was chosen since. Whoever calls it holds the organization's row.
    """
    earlier = latest(tx)
    if earlier is not None and earlier.first_day >= day:
        if (there := following.row_of(tx, day)) is None:
            raise ValueError('No period begins on a day that is in none.')
        return there
    before, plan = holding.plan_of(tx, subscription), following_plan(tx, subscription)
    was_trial, is_another = subscription.trial_ends_on == day, not holding.is_same(plan, before)
    subscription.next_plan = subscription.next_version = None
    subscription.cancel_at_end = False
    if is_another or was_trial:
        subscription.version += 1
        anchor(subscription, plan, day, plans.current(tx), anew=was_trial)
    if is_another:
        holding.take(tx, subscription, plan, day)
        holding.record_begun(tx, plan, day, before.name)
    period = _open(tx, subscription, day)
    following.follow_limits(tx)
    return period


def following_plan(tx: TenantSession, subscription: Subscription) -> Plan:
    """The plan of the next period, as things stand."""
    if subscription.cancel_at_end:
        catalogue = plans.current(tx)
        if catalogue is not None:
            return catalogue.free
    if subscription.next_plan is not None and subscription.next_version is not None:
        return plans.find(tx, subscription.next_plan, subscription.next_version)
    return holding.plan_of(tx, subscription)


def anchor(
    subscription: Subscription, plan: Plan, day: date, catalogue: Catalogue | None, *, anew: bool = False
) -> None:
    """Let periods be as long as those of a plan; they begin on this day where they are `anew`, or were others before.

    Those of a month begin on the day that the catalogue says, if it says one.
    """
    if not anew and subscription.interval is plan.interval:
        return
    subscription.interval, subscription.anchor_day = plan.interval, anchor_of(plan, day, catalogue)
    subscription.started_on = day


def anchor_of(plan: Plan, day: date, catalogue: Catalogue | None) -> int:
    """The day of the month on which periods of a plan begin that begins on this day."""
    of_all = catalogue.anchor if catalogue is not None and plan.interval is Interval.MONTH else None
    return of_all or day.day


def whole(subscription: Subscription, day: date) -> Period:
    """The whole period that a day is in, as they are from now on."""
    return periods.around(
        day,
        anchor_day=subscription.anchor_day,
        interval=subscription.interval.value,
        started_on=subscription.started_on,
    )


def _open(tx: TenantSession, subscription: Subscription, day: date) -> BillingPeriod:
    around = whole(subscription, day)
    return _write(tx, subscription, Period(day, around.next, around.first))


def first_period(subscription: Subscription) -> BillingPeriod:
    """The period that an organization begins with which has no plan yet: one that is in no database."""
    day = subscription.started_on
    around = whole(subscription, day)
    return _row(subscription, Period(day, around.next, around.first))


def _write(tx: TenantSession, subscription: Subscription, period: Period) -> BillingPeriod:
    row = _row(subscription, period)
    tx.add(row)
    tx.flush()
    return row


def _row(subscription: Subscription, period: Period) -> BillingPeriod:
    return BillingPeriod(
        organization_id=subscription.organization_id,
        first_day=period.first,
        next_day=period.next,
        whole_first=period.whole_first,
        whole_next=period.whole_next or period.next,
        plan=subscription.plan,
        plan_version=subscription.plan_version,
    )


def present(tx: TenantSession, subscription: Subscription) -> BillingPeriod:
    """The period that today is in, in a writing transaction; those that have ended meanwhile are followed by others.

    What was owed for them is put on invoices by whoever closes them.
    """
    row, today = tx.exec(_LATEST).one(), days.today()
    while row.next_day <= today:
        row = advance(tx, subscription, row.next_day)
    return row


def latest(tx: TenantSession) -> BillingPeriod | None:
    """The period that began last, None where there is none: the present one, where all that ended were followed."""
    return tx.exec(_LATEST).first()


def day_in(row: BillingPeriod) -> date:
    """The present day, in the present period: its first one where a clock was set back to before it began."""
    return max(days.today(), row.first_day)


def period_of(tx: TenantSession, day: date) -> Period:
    """The period that a day is in, or will be as things stand. Raises NotFound where there is no catalogue."""
    row = following.row_of(tx, day) or latest(tx)
    if row is not None and day < row.next_day:
        return following.span_of(row)
    subscription = holding.of(tx)
    around = whole(subscription, day)
    begins = around.first if row is None else max(around.first, row.next_day)
    return Period(begins, around.next, around.first)


def begin_anew(tx: TenantSession, subscription: Subscription, period: Period) -> BillingPeriod:
    """Let another period begin than the one after the present one, which ends the day before.

    The plan is held already, and the anchor set.
    """
    row = tx.exec(_LATEST).one()
    if is_unbilled(tx, row, period.first):  # nobody has seen it on an invoice: it is another one
        tx.delete(row)
    else:
        row.next_day = period.first
    tx.flush()
    return _write(tx, subscription, period)


def is_unbilled(tx: TenantSession, row: BillingPeriod, today: date) -> bool:
    """Whether a period began today and the one before it is not closed yet, with which its fee is put on an invoice."""
    if row.first_day < today:
        return False
    before = select(BillingPeriod).where(BillingPeriod.next_day == today, BillingPeriod.state == PeriodState.OPEN)
    return tx.exec(before.where(BillingPeriod.id != row.id)).first() is not None
