"""What it means to choose a plan, as things stand: from when it is held, which lines that makes, what is dropped.

The preview shows this, and choosing does it: one function finds it out. A dearer plan holds at once, and so does a year
after months; anything else follows with the next period, and nothing that was paid comes back.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import col, func, select

from data.database import TenantSession
from data.models import BillingPeriod, Interval, PendingLine, Subscription
from data.money import periods, proration
from data.money.periods import Period
from data.money.proration import Change
from data.problems import Invalid
from data.services.invoices.line import Line
from data.services.plans import Catalogue, Plan
from data.services.subscriptions import advancing, following, holding

NO_SUCH_PLAN = 'Choose a plan from the list.'
NOT_OFFERED = 'This plan is not offered any more. Whoever has it keeps it.'
SAME = 'This organization has this plan already.'
PLANNED = 'It is planned already that this plan follows.'
MOVED = 'Another version of this plan follows: it can’t be kept as it is.'

_DAY = timedelta(days=1)


class When(StrEnum):
    """When a plan that is chosen is held, and how: at once, on trial first, with the next period; or it is kept."""

    NOW = 'now'
    TRIAL = 'trial'
    NEXT = 'next'
    KEPT = 'kept'


@dataclass(frozen=True)
class Decision:
    """What it means to choose `plan` today, after `before`.

    It is held from `from_day` on. `lines` wait for the next invoice. Where another `period` begins today, the present
    one ends, and its invoice has the `fee` of the new one. A trial ends on `trial_ends_on`. `dropped` is what had been
    planned, and is not any more: the name of a plan, '' for nothing. `is_end` is whether the plan ends, and what
    everybody has who has chosen none follows.
    """

    when: When
    plan: Plan
    before: Plan
    from_day: date
    lines: tuple[Line, ...] = ()
    period: Period | None = None
    fee: Line | None = None
    trial_ends_on: date | None = None
    dropped: str = ''
    is_end: bool = False


def offered(catalogue: Catalogue, plan_id: object) -> Plan:
    """The plan of this id, as it is offered now. Raises Invalid('plan')."""
    plan = catalogue.plan(plan_id) if isinstance(plan_id, str) else None
    if plan is None:
        raise Invalid(plan=NO_SUCH_PLAN)
    if not plan.is_offered:
        raise Invalid(plan=NOT_OFFERED)
    return plan


def decide(
    tx: TenantSession, catalogue: Catalogue, subscription: Subscription, row: BillingPeriod, plan: Plan, today: date
) -> Decision:
    """What it means to choose a plan today, in the present period. Raises Invalid('plan') where it is held already."""
    before, dropped = holding.plan_of(tx, subscription), planned(tx, catalogue, subscription)
    dropped_name = dropped.name if dropped is not None else ''
    if dropped is not None and holding.is_same(dropped, plan):
        raise Invalid(plan=PLANNED)
    if holding.is_same(plan, before):
        if dropped is None:
            raise Invalid(plan=SAME)
        if dropped.id == plan.id:
            raise Invalid(plan=MOVED)
        return Decision(When.KEPT, plan, before, today, dropped=dropped_name)
    if _is_later(plan, before):
        is_end = plan.id == catalogue.default
        return Decision(When.NEXT, plan, before, row.next_day, dropped=dropped_name, is_end=is_end)
    if subscription.trial_ends_on is not None and today < subscription.trial_ends_on:  # of a trial nothing is billed
        return Decision(When.NOW, plan, before, today, trial_ends_on=subscription.trial_ends_on, dropped=dropped_name)
    if plan.trial_days and not subscription.trial_used and not before.price:
        ends_on = today + timedelta(days=plan.trial_days)
        period = Period(today, ends_on, today)
        return Decision(When.TRIAL, plan, before, today, (), period, None, ends_on, dropped_name)
    begins_anew = plan.interval is not before.interval or (not before.price and catalogue.anchor is None)
    decision = Decision(When.NOW, plan, before, today, dropped=dropped_name)
    return _anew(tx, decision, row, catalogue) if begins_anew else _within(tx, decision, row)


def planned(tx: TenantSession, catalogue: Catalogue, subscription: Subscription) -> Plan | None:
    """The plan that follows with the next period, None where it is the same one."""
    if not subscription.cancel_at_end and subscription.next_plan is None:
        return None
    return catalogue.free if subscription.cancel_at_end else advancing.following_plan(tx, subscription)


def _is_later(plan: Plan, before: Plan) -> bool:
    """Whether it follows with the next period: it is not dearer, or a year is paid for and months are chosen."""
    if plan.interval is before.interval:
        return plan.price <= before.price and bool(before.price)
    return not plan.price or (before.interval is Interval.YEAR and bool(before.price))


def _within(tx: TenantSession, decision: Decision, row: BillingPeriod) -> Decision:
    """The change in the middle of a period, which goes on: both prices by the days that are left."""
    plan, before, today = decision.plan, decision.before, decision.from_day
    change = proration.change(before.price, plan.price, following.span_of(row), today)
    lines = _credit(tx, before, change, row, today), _charge(tx, plan, change, row, today)
    return replace(decision, lines=tuple(line for line in lines if line.net))


def _anew(tx: TenantSession, decision: Decision, row: BillingPeriod, catalogue: Catalogue) -> Decision:
    """The change with which another period begins today: what was paid for the rest of the present one comes back."""
    plan, before, today = decision.plan, decision.before, decision.from_day
    anchor_day = advancing.anchor_of(plan, today, catalogue)
    period = periods.beginning(today, anchor_day=anchor_day, interval=plan.interval.value)
    change = proration.change(before.price, 0, following.span_of(row), today)
    is_paid = bool(change.credit) and not advancing.is_unbilled(tx, row, today)
    lines = (_credit(tx, before, change, row, today),) if is_paid else ()
    return replace(decision, lines=lines, period=period, fee=fee(plan, period))


def _credit(tx: TenantSession, plan: Plan, change: Change, row: BillingPeriod, today: date) -> Line:
    return Line(
        _cause(tx, row, 'credit'),
        f'{plan.name}, not used',
        change.credit,
        quantity=-change.days_left,
        unit_price=plan.price,
        per=change.days,
        service_from=today,
        service_to=row.next_day - _DAY,
    )


def _charge(tx: TenantSession, plan: Plan, change: Change, row: BillingPeriod, today: date) -> Line:
    return Line(
        _cause(tx, row, 'charge'),
        plan.name,
        change.charge,
        quantity=change.days_left,
        unit_price=plan.price,
        per=change.days,
        service_from=today,
        service_to=row.next_day - _DAY,
    )


def _cause(tx: TenantSession, row: BillingPeriod, what: str) -> str:
    """What a line is for; each change in a period has the number of lines that there were before."""
    there = col(PendingLine.cause).startswith(f'change:{row.id}:', autoescape=True)
    number = tx.exec(select(func.count()).select_from(PendingLine).where(there)).one()
    return f'change:{row.id}:{number}:{what}'


def fee(plan: Plan, period: Period) -> Line | None:
    """The fee of a plan in advance, for a whole period or for the days of it that there are; None where it is free."""
    net = proration.first_fee(plan.price, period)
    if not net:
        return None
    is_whole, after = period.held == period.days, period.whole_next or period.next
    return Line(
        'plan',
        plan.name,
        net,
        quantity=1 if is_whole else period.held,
        unit_price=plan.price,
        per=1 if is_whole else period.days,
        service_from=period.first,
        service_to=after - _DAY,
    )
