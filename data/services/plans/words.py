"""Words for plans: what one costs and includes, as screens, mails and the command line say it."""

from data.models import Interval
from data.money import currencies
from data.money.charges import Pricing, Rate
from data.services.plans.catalogue import Included, Over, Plan
from data.services.usage import Metric

EVERY = {Interval.MONTH: 'a month', Interval.YEAR: 'a year'}
_BEYOND = {Over.BLOCK: ' at most', Over.TELL: ' included, more is not billed', Over.BILL: ' included'}


def price(plan: Plan, currency: str) -> str:
    """What it costs: '€49.00 a month', 'free'."""
    return f'{currencies.shown(plan.price, currency)} {EVERY[plan.interval]}' if plan.price else 'free'


def trial(plan: Plan) -> str:
    """For how long it can be tried: '14 days free', '' for not at all."""
    days = '1 day' if plan.trial_days == 1 else f'{plan.trial_days:,} days'
    return f'{days} free' if plan.trial_days else ''


def seats(plan: Plan, currency: str) -> str:
    """Which members it includes: '5 members included, then €6.00 each a month', '3 members at most', 'any number'."""
    there = plan.seats
    if there is None:
        return 'any number of members'
    included = Metric.MEMBERS.amount(there.included) + _BEYOND[there.over]
    each = f'{currencies.shown(there.price, currency)} each {EVERY[plan.interval]}'
    return f'{included}, then {each}' if there.over is Over.BILL else included


def included(metric: Metric, there: Included, currency: str) -> str:
    """What it includes of a metric: '10,000 messages included, then €4.00 per 1,000', '10 projects at most'."""
    of = ' of knowledge' if metric is Metric.STORAGE else ''
    words = metric.amount(there.included) + of + _BEYOND[there.over]
    return f'{words}, then {rate(metric, there.rate, currency)}' if there.over is Over.BILL else words


def rate(metric: Metric, there: Rate, currency: str) -> str:
    """What more of a metric costs: '€4.00 per 1,000', '€4.00 per 1,000 begun', '€4.00 up to 5,000, then €3.00 each'."""
    if there.pricing is not Pricing.GRADUATED:
        begun = ' begun' if there.pricing is Pricing.PACKAGE and there.per > 1 else ''
        return _each(metric, there.price, there.per, currency) + begun
    steps = [
        _each(metric, tier.price, tier.per, currency)
        + (f' for the first {metric.number(tier.up_to)}' if number == 0 else f' up to {metric.number(tier.up_to)}')
        for number, tier in enumerate(there.tiers)
        if tier.up_to is not None
    ]
    return ', then '.join([*steps, _each(metric, there.tiers[-1].price, there.tiers[-1].per, currency)])


def lines(plan: Plan, currency: str) -> list[str]:
    """All that it includes, a line for each: first the members, then what else is limited or billed."""
    return [seats(plan, currency), *(included(it, there, currency) for it, there in plan.included.items())]


def _each(metric: Metric, price: int, per: int, currency: str) -> str:
    amount = currencies.shown(price, currency)
    return f'{amount} each' if per == 1 and metric.counted != 'bytes' else f'{amount} per {metric.number(per)}'
