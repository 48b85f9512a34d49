"""Lines of an invoice: the fee of the next period in advance, and of the one before its seats and what is beyond.

One place makes them, for the forecast, the preview and the close: what people were shown is what they are billed.
Lines that come to nothing are left out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import BillingPeriod, PeriodState, Subscription
from data.money import charges, proration
from data.services import subscriptions
from data.services.invoices import counting, pending
from data.services.invoices.counting import Counted
from data.services.invoices.line import Line
from data.services.subscriptions import Held
from data.services.usage import Kind, Metric
from data.services.usage.events import LATE

DAY = timedelta(days=1)

LOOK_BACK = 2 * LATE
"""How long after a period usage of it may still come: events are taken so late, and some are settled later."""

_CLOSED = constant(
    select(BillingPeriod)
    .where(col(BillingPeriod.state) == PeriodState.CLOSED, col(BillingPeriod.next_day) > bindparam('since'))
    .order_by(col(BillingPeriod.first_day))
)


def in_order(tx: TenantSession, fee: Line | None, beyond: Iterable[Line], late: Iterable[Line]) -> list[Line]:
    """All that an invoice has on it: the fee in advance, what has waited, what is beyond, and what came late."""
    found = [*([fee] if fee else []), *pending.waiting(tx), *beyond, *late]
    return [line for line in found if line.net]


def count(tx: TenantSession, subscription: Subscription, period: BillingPeriod, until: date) -> Counted | None:
    """What there was in a period before the day `until`, None where it is a trial, which costs nothing."""
    return None if subscriptions.is_trial(subscription, period) else counting.count(tx, period, until)


def of_period(counted: Counted | None) -> list[Line]:
    """What a period that is over costs beyond its fee: seats, and more than what is included."""
    return (
        []
        if counted is None
        else [*_seats(counted), *(it for metric in counted.used for it in _beyond(counted, metric))]
    )


def _seats(counted: Counted) -> list[Line]:
    """Members beyond those that a plan includes, for each plan that was held, by the day."""
    found = []
    for plan, stays in counting.by_plan(counted.stays):
        terms = plan.seats
        number = sum(sum(stay.beyond) for stay in stays)
        if terms is None or not number:
            continue
        net = charges.seats(terms.price, number, counted.days)
        most = max(max(stay.beyond) for stay in stays)
        text = f'Members beyond {terms.included:,} of {plan.name}, at most {most:,} at once, in member-days'
        cause = f'seats:{plan.id}:{plan.version}'
        found.append(Line(cause, text, net, number, terms.price, counted.days, stays[0].first, stays[-1].last))
    return found


def _beyond(counted: Counted, metric: Metric) -> list[Line]:
    """What was used beyond what is included, at the prices of the last plan that bills it."""
    included = counted.included(metric)
    charged = charges.overage(counted.terms(metric).rate, charges.over(counted.used[metric], included))
    most = ' at once' if metric.kind is Kind.PEAK else ''
    text, found = f'{metric.label} beyond {metric.number(included)}{most}', []
    for number, charge in enumerate(charged, 1):
        step = f', step {number}' if len(charged) > 1 else ''
        cause = f'usage:{metric.value}' + (f':{number}' if step else '')
        service = counted.period.first_day, counted.billing(metric)[-1].next - DAY
        line = Line(cause, text + step, charge.net, charge.quantity, charge.price, charge.per, *service)
        found.append(_shared(line, counted, counted.billing(metric)[-1]) if most else line)
    return found


def _shared(line: Line, counted: Counted, last: Held) -> Line:
    """The price of what is there at once is for a whole period: it is shared out by the days of that plan."""
    held, of = last.days, counted.days
    if held == of:
        return line
    net, first = proration.share(line.net, held, of), last.first
    return replace(line, text=f'{line.text}, {held} of {of} days', net=net, unit_price=None, service_from=first)


def late(tx: TenantSession, closing: BillingPeriod) -> list[tuple[Line, BillingPeriod, Metric, int]]:
    """What came to be known of periods before this one since they were billed, with how much there is of it now.

    It is the difference of two whole amounts, at the prices of its own period; below zero where there was less.
    """
    found = []
    for period in tx.exec(_CLOSED, params={'since': closing.first_day - LOOK_BACK}).all():
        if not period.billed:  # nothing of it costs anything
            continue
        counted = counting.count(tx, period, period.next_day)
        for metric, now in counted.used.items():
            before = period.billed.get(metric.value, now)
            if now != before:
                found.append((_late_line(counted, metric, before, closing), period, metric, now))
    return found


def _late_line(counted: Counted, metric: Metric, before: int, closing: BillingPeriod) -> Line:
    period, now = counted.period, counted.used[metric]
    made_up = charges.late(counted.terms(metric).rate, billed=before, now=now, included=counted.included(metric))
    more = 'more' if now > before else 'fewer'
    text = f'{metric.label}, {abs(now - before):,} {more} than were billed before'
    cause = f'late:{period.id}:{metric.value}:{closing.id}'
    return Line(cause, text, made_up.net, service_from=period.first_day, service_to=period.next_day - DAY)
