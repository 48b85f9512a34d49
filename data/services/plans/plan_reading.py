"""Reading of plans: the tables [[plan]] of the catalogue's file, with what each includes."""

import re

from data.inputs import texts
from data.models import Interval, Role
from data.money.charges import Pricing, Tier
from data.services.plans.catalogue import Included, Over, Plan, Seats
from data.services.plans.tables import Table
from data.services.usage import Kind, Metric

MOST_PLANS, MOST_TIERS = 50, 20
HIGHEST = 10**15
MOST_SEATS = 1_000_000
MOST_PER = 10**12

_ID = re.compile('[a-z][a-z0-9-]{0,39}')
_ID_SENTENCE = 'Write a short name in small letters, digits and hyphens, such as "team". It stays for good.'
_COUNTED = [it for it in Metric if it.kind is not Kind.SEATS]
_HINTS = {
    'currency': 'One currency holds for all plans: write it once, at the top.',
    'members': 'Members are counted as seats: write seats = { included = 5, price = "6.00" }.',
    'tax': 'Prices are without tax; its rate stands below [tax].',
    'limits': f'Write what is included by its own name: {", ".join(_COUNTED)}, seats.',
}


def plans(table: Table, currency: str, roles: tuple[Role, ...]) -> tuple[Plan, ...]:
    """The plans in the order of the file; what is wrong is written down."""
    rows = table.listed('plan')
    if not rows or len(rows) > MOST_PLANS:
        table.refuse('plan', f'Write 1 to {MOST_PLANS} plans, each below a line [[plan]].')
    read: list[Plan] = []
    for number, row in enumerate(rows[:MOST_PLANS], 1):
        named = row.get('id') if isinstance(row, dict) else None
        there = {plan.id for plan in read}
        is_new = isinstance(named, str) and _ID.fullmatch(named) and named not in there
        below = Table(row, f'plan.{named if is_new else number}', table.wrong, _HINTS)
        plan = _plan(below, currency, roles)
        if plan.id in there:
            below.refuse('id', f'Another plan has the id "{plan.id}" already.')
        elif plan.name and texts.search_key(plan.name) in {texts.search_key(it.name) for it in read}:
            below.refuse('name', 'Another plan has this name already: people could not tell them apart.')
        read.append(plan)
    return tuple(read)


def _plan(table: Table, currency: str, roles: tuple[Role, ...]) -> Plan:
    plan_id = table.text('id', _ID_SENTENCE)
    if plan_id and not _ID.fullmatch(plan_id):
        table.refuse('id', _ID_SENTENCE)
    plan = Plan(
        id=plan_id,
        name=table.text('name', 'Write what people call it, such as "Team".', limit=60),
        price=table.amount('price', currency),
        interval=table.choice('interval', Interval, Interval.MONTH),
        trial_days=table.whole('trial_days', 0, 366, 0),
        sentence=table.text('sentence', 'Write in a sentence for whom it is.', '', limit=200),
        seats=_seats(table.table('seats'), currency, roles) if table.has('seats') else None,
        included={it: _included(table.table(it.value), currency) for it in _COUNTED if table.has(it.value)},
        is_offered=table.flag('offered', default=True),
    )
    table.end()
    return plan


def _over(table: Table) -> Over:
    """What happens beyond: what has a price is billed, anything else refused, where nothing is said."""
    is_priced = table.has('price') or table.has('tiers')
    over = table.choice('over', Over, Over.BILL if is_priced else Over.BLOCK)
    if over is Over.BILL and not is_priced:
        table.refuse('price', 'It is missing: what is beyond is billed. Or write over = "block" or "tell".')
    elif over is not Over.BILL and is_priced:
        table.refuse('over', f'What has a price is billed: write over = "bill", or leave the price out of "{over}".')
    return over


def _seats(table: Table, currency: str, roles: tuple[Role, ...]) -> Seats:
    seats = Seats(
        included=table.whole('included', 0, MOST_SEATS),
        over=_over(table),
        price=table.amount('price', currency, 0),
        roles=roles,
    )
    table.end()
    return seats


def _included(table: Table, currency: str) -> Included:
    tiers = _tiers(table, currency)
    pricing = table.choice('pricing', Pricing, Pricing.GRADUATED if tiers else Pricing.LINEAR)
    if (pricing is Pricing.GRADUATED) != table.has('tiers') and table.has('pricing'):
        table.refuse('pricing', 'What is "graduated" has tiers, and nothing else has.')
    if table.has('tiers') and (table.has('price') or table.has('per')):
        table.refuse('price', 'Each tier has a price of its own: leave this one out.')
    included = Included(
        included=table.whole('included', 0, HIGHEST),
        over=_over(table),
        pricing=pricing,
        price=table.amount('price', currency, 0),
        per=table.whole('per', 1, MOST_PER, 1),
        tiers=tiers,
    )
    table.end()
    return included


def _tiers(table: Table, currency: str) -> tuple[Tier, ...]:
    rows = table.listed('tiers')
    if table.has('tiers') and not 1 <= len(rows) <= MOST_TIERS:
        table.refuse(
            'tiers', f'Write 1 to {MOST_TIERS} tiers, each as {{ up_to = 50000, price = "4.00", per = 1000 }}.'
        )
    tiers, below = [], 0
    for number, row in enumerate(rows[:MOST_TIERS], 1):
        tier = Table(row, f'{table.path}.tiers.{number}', table.wrong)
        end = _end_of(tier, below, is_last=number == len(rows))
        tiers.append(Tier(end, tier.amount('price', currency), tier.whole('per', 1, MOST_PER, 1)))
        below = below if end is None else end
        tier.end()
    return tuple(tiers)


def _end_of(tier: Table, below: int, *, is_last: bool) -> int | None:
    if is_last:
        if tier.has('up_to'):
            tier.refuse('up_to', 'The last tier has no end: leave this out, or write another tier behind it.')
        return None
    end = tier.whole('up_to', 1, HIGHEST)
    if end <= below:
        tier.refuse('up_to', f'Tiers rise: write more than {below:,}, where the one before ends.')
    return end
