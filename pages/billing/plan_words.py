"""Plans in words: what one costs, what it includes, and what happens beyond."""

from collections.abc import Sequence
from dataclasses import replace

from components.billing import Meter, PlanRow
from data.money import currencies
from data.services.plans.catalogue import Included, Over, Plan, Seats
from data.services.plans.words import EVERY, rate
from data.services.usage import FULL, WARNED, Kind, Metric, Standing

UNLIMITED = 'Not limited'


def price_of(plan: Plan, currency: str) -> str:
    """What a plan costs: '€49.00 a month'."""
    return f'{currencies.shown(plan.price, currency)} {EVERY[plan.interval]}'


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
    price = f'{currencies.shown(plan.seats.price, currency)} {EVERY[plan.interval]} each, by the day'
    return f'{plan.seats.included:,}', _beyond(plan.seats.over, price)


def included_of(plan: Plan, metric: Metric, currency: str) -> tuple[str, str]:
    """How much of a metric a plan includes, and what becomes of more."""
    included = plan.included.get(metric)
    if included is None:
        return UNLIMITED, ''
    when = f' {EVERY[plan.interval]}' if metric.kind is Kind.SUM else ''
    return metric.number(included.included) + when, _beyond(included.over, rate(metric, included.rate, currency))


def _beyond(over: Over, price: str) -> str:
    return {Over.BILL: f'then {price}', Over.BLOCK: 'no more than that', Over.TELL: 'more is not billed'}[over]


# what is used --------------------------------------------------------------------------------------------------------


def meters(plan: Plan, used: Sequence[Standing], currency: str) -> list[Meter]:
    """What is used of what a plan includes."""
    by_metric = {it.metric: it for it in used}
    found = [_seat_meter(plan.seats, by_metric[Metric.MEMBERS], plan, currency)] if plan.seats else []
    return found + [meter(by_metric[it], included, plan, currency) for it, included in plan.included.items()]


def _seat_meter(seats: Seats, now: Standing, plan: Plan, currency: str) -> Meter:
    price = f'{currencies.shown(seats.price, currency)} {EVERY[plan.interval]} each, by the day'
    return _meter(now, seats.included, seats.over, price)


def meter(now: Standing, of_plan: Included, plan: Plan, currency: str) -> Meter:
    """A metric beside what is included of it: '13,417 of 10,000', '3,417 billed at €4.00 per 1,000'.

    In a period in which the plan was held for some days, that is the share of these.
    """
    share = now.cap if now.by_plan and now.cap is not None else of_plan.included
    drawn = _meter(now, share, of_plan.over, rate(now.metric, of_plan.rate, currency))
    if share == of_plan.included:
        return drawn
    whole = f'A whole {plan.interval.value} includes {now.metric.number(of_plan.included)}.'
    return replace(drawn, note=f'{drawn.note}{". " if drawn.note else ""}{whole}')


def _meter(now: Standing, included: int, over: Over, price: str) -> Meter:
    metric, used, beyond = now.metric, now.used, now.used - included
    share = max(0, 100 * used // included) if included else (FULL if used > 0 else 0)
    is_full = share >= FULL and used > 0
    tone = ('danger' if over is Over.BLOCK else 'warn') if is_full else 'warn' if share >= WARNED else 'ok'
    note = metric.stops if beyond == 0 and is_full and over is Over.BLOCK else ''
    if beyond > 0:
        is_free = now.by_plan and not now.is_billed  # on trial
        note = _beyond_note(over, metric.number(beyond), price, is_free=is_free)
    words = f'{metric.number(used)} of {metric.number(included)}'
    return Meter(metric.value, metric.label, words, note, share, tone)


def _beyond_note(over: Over, number: str, price: str, *, is_free: bool) -> str:
    if over is Over.BILL:
        return f'{number} more than included, free while it is a trial' if is_free else f'{number} billed at {price}'
    return f'{number} more than included' + (', not billed' if over is Over.TELL else '')
