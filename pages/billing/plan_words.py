"""Plans in words: what one costs, what it includes, and what happens beyond."""

from collections.abc import Sequence

from components.billing import Meter, PlanRow
from data.models import Interval
from data.money import currencies
from data.services.plans.catalogue import Included, Over, Plan, Pricing, Seats
from data.services.usage import FULL, WARNED, Kind, Metric, Standing

UNLIMITED = 'Not limited'

EACH = {Interval.MONTH: 'a month', Interval.YEAR: 'a year'}
"""How often a plan is billed."""


def price_of(plan: Plan, currency: str) -> str:
    """What a plan costs: '€49.00 a month'."""
    return f'{currencies.shown(plan.price, currency)} {EACH[plan.interval]}'


def rate_of(metric: Metric, over: Included, currency: str) -> str:
    """What more of something costs: '€4.00 per 1,000'."""
    if over.pricing is Pricing.GRADUATED and over.tiers:
        first = over.tiers[0]
        return f'{_rate(metric, first.price, first.per, currency)} at first, then by steps'
    begun = ' begun' if over.pricing is Pricing.PACKAGE else ''
    return _rate(metric, over.price, over.per, currency) + begun


def _rate(metric: Metric, price: int, per: int, currency: str) -> str:
    amount = currencies.shown(price, currency)
    return f'{amount} each' if per == 1 else f'{amount} per {metric.number(per)}'


# side by side --------------------------------------------------------------------------------------------------------


def rows(offered: Sequence[Plan], currency: str) -> list[PlanRow]:
    """What these plans include, a row for each thing that any of them limits or bills."""
    found: list[PlanRow] = []
    if any(plan.seats for plan in offered):
        found.append(('Members', [seats_of(plan, currency) for plan in offered]))
    for metric in Metric:
        if any(metric in plan.included for plan in offered):
            found.append((metric.label, [included_of(plan, metric, currency) for plan in offered]))
    if any(plan.trial_days for plan in offered):
        found.append(('Trial', [(f'{plan.trial_days} days' if plan.trial_days else 'None', '') for plan in offered]))
    return found


def seats_of(plan: Plan, currency: str) -> tuple[str, str]:
    """How many members a plan includes, and what becomes of more."""
    if plan.seats is None:
        return UNLIMITED, ''
    price = f'{currencies.shown(plan.seats.price, currency)} {EACH[plan.interval]} each, by the day'
    return f'{plan.seats.included:,}', _beyond(plan.seats.over, price)


def included_of(plan: Plan, metric: Metric, currency: str) -> tuple[str, str]:
    """How much of a metric a plan includes, and what becomes of more."""
    included = plan.included.get(metric)
    if included is None:
        return UNLIMITED, ''
    when = f' {EACH[plan.interval]}' if metric.kind is Kind.SUM else ''
    return metric.number(included.included) + when, _beyond(included.over, rate_of(metric, included, currency))


def _beyond(over: Over, price: str) -> str:
    return {Over.BILL: f'then {price}', Over.BLOCK: 'no more than that', Over.TELL: 'more is not billed'}[over]


# what is used --------------------------------------------------------------------------------------------------------


def meters(plan: Plan, used: Sequence[Standing], currency: str) -> list[Meter]:
    """What is used of what a plan includes."""
    now = {it.metric: it.used for it in used}
    found = [seat_meter(plan.seats, now.get(Metric.MEMBERS, 0), plan, currency)] if plan.seats else []
    return found + [meter(it, included, now.get(it, 0), currency) for it, included in plan.included.items()]


def seat_meter(seats: Seats, used: int, plan: Plan, currency: str) -> Meter:
    """Members beside those that are included."""
    over, price = used - seats.included, f'{currencies.shown(seats.price, currency)} {EACH[plan.interval]}'
    note = _over_note(seats.over, f'{over:,}', f'{price} each, by the day') if over > 0 else ''
    if not note and over == 0 and seats.over is Over.BLOCK:
        note = Metric.MEMBERS.stops
    words = f'{used:,} of {seats.included:,}'
    return _meter(Metric.MEMBERS, words, note, used, seats.included, seats.over)


def meter(metric: Metric, of_plan: Included, used: int, currency: str) -> Meter:
    """A metric beside what is included of it: '13,417 of 10,000', '3,417 billed at €4.00 per 1,000'."""
    over = used - of_plan.included
    note = _over_note(of_plan.over, metric.number(over), rate_of(metric, of_plan, currency)) if over > 0 else ''
    if not note and over == 0 and of_plan.over is Over.BLOCK:
        note = metric.stops
    return _meter(
        metric,
        f'{metric.number(used)} of {metric.number(of_plan.included)}',
        note,
        used,
        of_plan.included,
        of_plan.over,
    )


def _over_note(over: Over, number: str, price: str) -> str:
    if over is Over.BILL:
        return f'{number} billed at {price}'
    return f'{number} more than included' + (', not billed' if over is Over.TELL else '')


def _meter(metric: Metric, words: str, note: str, used: int, included: int, over: Over) -> Meter:
    share = max(0, 100 * used // included) if included else (FULL if used > 0 else 0)
    is_full = share >= FULL and used > 0
    tone = ('danger' if over is Over.BLOCK else 'warn') if is_full else 'warn' if share >= WARNED else 'ok'
    return Meter(metric.value, metric.label, words, note, share, tone)
