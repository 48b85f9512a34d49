"""Limits follow the plan: what it includes is the limit of each metric, shared out by days where a plan was held so.

Whoever is on a trial has all that the plan includes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant, once
from data.models import BillingPeriod, Subscription
from data.money import charges
from data.money.periods import Period
from data.services import usage
from data.services.plans.catalogue import Over, Plan
from data.services.subscriptions import holding
from data.services.subscriptions.holding import Held
from data.services.usage import Allowance, Kind, Metric, days

_OF_DAY = constant(
    select(BillingPeriod).where(
        col(BillingPeriod.first_day) <= bindparam('day'), col(BillingPeriod.next_day) > bindparam('day')
    )
)


def row_of(tx: TenantSession, day: date) -> BillingPeriod | None:
    """The period that a day is in, None where none is known."""
    return once(tx, ('period', day), lambda: tx.exec(_OF_DAY, params={'day': day}).first())


def span_of(row: BillingPeriod) -> Period:
    """The days of a period that is in the database, and those that its prices are shared out over."""
    return Period(row.first_day, row.next_day, row.whole_first, row.whole_next)


def is_trial(subscription: Subscription, row: BillingPeriod) -> bool:
    """Whether a period is the trial of an organization: then nothing of it costs anything, now or later."""
    return row.first_day < row.next_day == subscription.trial_ends_on


def follow_limits(tx: TenantSession) -> None:
    """Let the limits of the organization of this session be those of its plan, but for those that were set.

    Nothing happens where it has no subscription. Whoever calls it holds the organization's row.
    """
    subscription = holding.found(tx)
    if subscription is None:
        return
    plan, row = holding.plan_of(tx, subscription), row_of(tx, days.today())
    held = holding.held(tx, row.first_day, row.next_day) if row else []
    allowed = allowances(plan, held, span_of(row) if row else None)
    if row is not None and is_trial(subscription, row):
        allowed = {metric: replace(it, is_billed=False) for metric, it in allowed.items()}
    usage.follow(tx, allowed)


def allowances(plan: Plan, held: Sequence[Held], period: Period | None) -> dict[Metric, Allowance]:
    """What a plan allows of each metric, where these plans are held in the present period, the last of them this one.

    A metric that it does not mention has no limit.
    """
    found = {
        metric: Allowance(
            it.included,
            shared(metric, plan, held, period),
            blocks=it.over is Over.BLOCK,
            is_billed=it.over is Over.BILL,
        )
        for metric, it in plan.included.items()
    }
    if seats := plan.seats:
        blocks, is_billed = seats.over is Over.BLOCK, seats.over is Over.BILL
        found[Metric.MEMBERS] = Allowance(seats.included, seats.included, blocks, is_billed, seats.roles)
    return found


def shared(metric: Metric, plan: Plan, held: Sequence[Held], period: Period | None) -> int:
    """How much of a metric is included in the present period: of a sum by the days that each plan is held.

    A plan that did not limit it counts as the one that does.
    """
    whole = plan.included[metric].included
    if metric.kind is not Kind.SUM or period is None:
        return whole
    parts = [(it.plan.included[metric].included if metric in it.plan.included else whole, it.days) for it in held]
    return charges.included(parts, period.days)
