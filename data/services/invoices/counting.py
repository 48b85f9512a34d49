"""What a period was used for, as bills count it: how many members on each day, and how much of each metric.

Only what costs something is counted: on a day, what the plan that was held on it names. Late events are in it as soon
as they are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from data.database import TenantSession, constant, once
from data.models import BillingPeriod, UsageDay
from data.money import charges, rounding
from data.services import subscriptions
from data.services.plans.catalogue import Included, Over, Plan
from data.services.subscriptions import Held
from data.services.usage import Kind, Metric, days, seats, sums

_USED: Any = constant(
    select(col(UsageDay.metric), col(UsageDay.day), func.sum(col(UsageDay.quantity)))
    .where(
        col(UsageDay.metric).in_([metric.value for metric in Metric if metric.kind is Kind.SUM]),
        col(UsageDay.day) >= bindparam('first'),
        col(UsageDay.day) < bindparam('after'),
    )
    .group_by(col(UsageDay.metric), col(UsageDay.day))
)


@dataclass(frozen=True)
class Stay:
    """A plan with the days on which it was held, and how many members beyond those included there were on each."""

    plan: Plan
    first: date
    last: date
    beyond: tuple[int, ...]


@dataclass(frozen=True)
class Counted:
    """A period, up to some day of it: its plans with members, and how much was used of what costs more beyond."""

    period: BillingPeriod
    held: tuple[Held, ...]
    stays: tuple[Stay, ...]
    used: Mapping[Metric, int]

    @property
    def days(self) -> int:
        """The days that prices are shared out over."""
        return subscriptions.span_of(self.period).days

    @property
    def added_up(self) -> dict[str, int]:
        """How much was used of what may still be more later, by name: the sums."""
        return {metric.value: number for metric, number in self.used.items() if metric.kind is Kind.SUM}

    def billing(self, metric: Metric) -> tuple[Held, ...]:
        """The plans up to the last one that bills what is beyond of a metric that is in `used`."""
        return _billing(self.held, metric)

    def terms(self, metric: Metric) -> Included:
        """What that plan says of it."""
        return self.billing(metric)[-1].plan.included[metric]

    def included(self, metric: Metric) -> int:
        """How much of a metric is included in the period, by the days of each of those plans that names it.

        Of what goes up and down, so much as the last of them includes at once.
        """
        if metric.kind is Kind.PEAK:
            return self.terms(metric).included
        held = self.billing(metric)
        named = [(it.plan.included[metric].included, it.days) for it in held if metric in it.plan.included]
        return charges.included(named, self.days)


def count(tx: TenantSession, period: BillingPeriod, until: date) -> Counted:
    """What there was in a period before the day `until`; plans for all of its days, as things stand."""
    return once(tx, ('counted', period.id, until), lambda: _count(tx, period, until))


def _count(tx: TenantSession, period: BillingPeriod, until: date) -> Counted:
    held = tuple(subscriptions.held(tx, period.first_day, period.next_day))
    end = min(until, period.next_day)
    stays = tuple(stay for it in held if it.first < end and (stay := _stay(tx, it, min(it.next, end))))
    return Counted(period, held, stays, _used(tx, held, end))


def _stay(tx: TenantSession, held: Held, end: date) -> Stay | None:
    """The members beyond what a plan includes, where each of them costs something."""
    terms = held.plan.seats
    if terms is None or terms.over is not Over.BILL or not terms.price:
        return None
    there = seats.seat_days(tx, held.first, end, terms.roles)
    beyond = tuple(max(0, there.get(day, 0) - terms.included) for day in _span(held.first, end))
    return Stay(held.plan, held.first, end - timedelta(days=1), beyond)


def _bills(plan: Plan, metric: Metric) -> bool:
    return metric in plan.included and plan.included[metric].over is Over.BILL


def _billing(held: tuple[Held, ...], metric: Metric) -> tuple[Held, ...]:
    last = max((number for number, it in enumerate(held, 1) if _bills(it.plan, metric)), default=0)
    return held[:last]


def _used(tx: TenantSession, held: tuple[Held, ...], end: date) -> dict[Metric, int]:
    """How much was used of what is billed beyond, until the last plan ended that bills it.

    It is what is added up, on days of plans that name it; of what goes up and down, the most at once while that plan
    was held. What another plan has without limit is not billed, and what was used before that one is.
    """
    named = (metric for it in reversed(held) for metric in it.plan.included if _bills(it.plan, metric))
    parts = {metric: _billing(held, metric) for metric in named}
    used = dict.fromkeys(parts, 0)
    if any(metric.kind is Kind.SUM for metric in parts):
        for name, day, quantity in tx.exec(_USED, params={'first': held[0].first, 'after': end}):
            metric = Metric(name)
            plan = next((it.plan for it in parts.get(metric, ()) if it.first <= day < it.next), None)
            if plan is not None and metric in plan.included:
                used[metric] += int(quantity)
    for metric in parts:
        last = parts[metric][-1]
        if metric.kind is Kind.PEAK and last.first < end:
            there = sums.of_organization(tx, last.first, min(last.next, end))
            used[metric] = max(there[metric].values(), default=0)
    return used


def guessed(counted: Counted, until: date) -> Counted:
    """The same for the whole period, if it goes on as it did before the day `until`."""
    period = counted.period
    whole, gone = (period.next_day - period.first_day).days, (until - period.first_day).days
    going = {it for it in counted.used if it.kind is Kind.SUM and counted.billing(it) == counted.held}
    used = {
        metric: rounding.half_away(Fraction(number * whole, gone)) if metric in going else number
        for metric, number in counted.used.items()
    }
    rest = (0,) * (period.next_day - until).days
    stays = list(counted.stays)
    if stays and stays[-1].last == until - timedelta(days=1):
        last = stays[-1]
        beyond = (*last.beyond, *(last.beyond[-1] for _ in rest))
        stays[-1] = replace(last, last=period.next_day - timedelta(days=1), beyond=beyond)
    return replace(counted, stays=tuple(stays), used=used)


def by_plan(stays: tuple[Stay, ...]) -> list[tuple[Plan, list[Stay]]]:
    """The stays of each version of a plan, in the order of the first: what has one price is one line."""
    order = list(dict.fromkeys((it.plan.id, it.plan.version) for it in stays))
    ordered = sorted(stays, key=lambda it: order.index((it.plan.id, it.plan.version)))
    groups = groupby(ordered, key=lambda it: (it.plan.id, it.plan.version))
    return [(found[0].plan, found) for found in (list(group) for _, group in groups)]


def _span(first: date, end: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((end - first).days)]


def today_included() -> date:
    """The day after the present one: what was used today counts."""
    return days.today() + timedelta(days=1)
