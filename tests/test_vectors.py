"""The worked examples of billing, each field of each, through the functions that make bills.

They were found by two programs that share no code with this one or with each other.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.database import System
from data.models import Role, SeatSpan
from data.money import charges, currencies, dunning, periods, proration, taxes
from data.money.charges import Pricing, Rate, Tier
from data.money.taxes import TaxedNet
from data.services import usage
from data.services.usage import LimitReached, Metric, counters, days, seats
from tests.support.probes import run, value
from tests.support.world import World

VECTORS = json.loads((Path(__file__).parent / 'support' / 'vectors.json').read_text(encoding='utf-8'))['vectors']
DAY = timedelta(days=1)
Facts = dict[str, Any]


def of(*kinds: str) -> Callable[[Any], Any]:
    """Let a test be about all examples of these kinds, each by its id."""
    chosen = [it for it in VECTORS if it['given']['kind'] in kinds]
    return pytest.mark.parametrize('vector', chosen, ids=[it['id'] for it in chosen])


def day(text: str) -> date:
    return date.fromisoformat(text)


def period_of(given: Facts, on: date) -> periods.Period:
    started = day(given['started_on']) if 'started_on' in given else None
    interval, anchor = given.get('interval', 'month'), given.get('anchor_day', 1)
    return periods.around(on, anchor_day=anchor, interval=interval, started_on=started)


def rate_of(facts: Facts, pricing: str = 'linear') -> Rate:
    tiers = tuple(Tier(it['up_to'], it['price'], it['per']) for it in facts.get('tiers', []))
    return Rate(Pricing(pricing), facts.get('price', 0), facts.get('per', 1), tiers)


def amounts(totals: taxes.Totals) -> Facts:
    return {'net': totals.net, 'tax': totals.tax, 'total': totals.total}


def test_there_is_an_example_of_each_kind_here() -> None:
    assert len(VECTORS) == 82 and len({it['id'] for it in VECTORS}) == 82
    assert {currencies.digits(it['given'].get('currency', 'EUR')) for it in VECTORS} == {0, 2, 3}


# plans and periods ---------------------------------------------------------------------------------------------------


@of('plan_change')
def test_a_change_of_the_plan(vector: Facts) -> None:
    given = vector['given']
    period = period_of(given, day(given['changed_on']))
    change = proration.change(given['old_price'], given['new_price'], period, day(given['changed_on']))
    assert vector['expect'] == {
        'period_first_day': period.first.isoformat(),
        'next_period_first_day': period.next.isoformat(),
        'days_left': change.days_left,
        'days_total': change.days,
        'credit': change.credit,
        'charge': change.charge,
        'net': change.net,
    }


@of('plan_changes')
def test_several_changes_in_one_period(vector: Facts) -> None:
    given = vector['given']
    period = period_of(given, day(given['changes'][0]['on']))
    changes = [proration.change(it['old_price'], it['new_price'], period, day(it['on'])) for it in given['changes']]
    net = sum(it.net for it in changes)
    assert vector['expect'] == {
        'days_total': period.days,
        'lines': [amount for it in changes for amount in (it.credit, it.charge)],
        'net': net,
        'paid_for_the_period_in_all': given['paid_in_advance'] + net,
    }


@of('boundaries')
def test_boundaries_never_drift(vector: Facts) -> None:
    given = vector['given']
    first, found = day(given['started_on']), []
    for _ in range(given['count']):
        first = period_of(given, first).next
        found.append(first.isoformat())
    assert vector['expect'] == {'next_period_first_days': found}


@of('first_period')
def test_the_first_period(vector: Facts) -> None:
    given = vector['given']
    period = periods.beginning(day(given['started_on']), anchor_day=given['anchor_day'])
    assert vector['expect'] == {
        'first_day': period.first.isoformat(),
        'next_period_first_day': period.next.isoformat(),
        'days_billed': period.held,
        'days_total': period.days,
        'amount': proration.first_fee(given['price'], period),
    }


@of('day_of_event')
def test_the_day_of_an_event(vector: Facts) -> None:
    days.configure(vector['given']['time_zone'])
    found = [days.day_of(datetime.fromisoformat(at)).isoformat() for at in vector['given']['at']]
    assert vector['expect'] == {'days': found}


@of('downgrade')
def test_a_downgrade(vector: Facts) -> None:
    given = vector['given']
    asked = day(given['asked_on'])
    change = proration.choice(given['old_price'], given['new_price'], period_of(given, asked), asked)
    assert vector['expect'] == {
        'effective_on': change.from_day.isoformat(),
        'credit': change.credit,
        'charge_now': change.charge,
        'next_period_price': change.next_price,
    }


@of('cancel')
def test_the_end_of_a_plan(vector: Facts) -> None:
    given = vector['given']
    asked = day(given['asked_on'])
    change = proration.choice(given['price'], 0, period_of(given, asked), asked)
    assert vector['expect'] == {
        'ends_on': change.from_day.isoformat(),
        'last_day': period_of(given, asked).last.isoformat(),
        'refund': change.credit,
    }


@of('resume')
def test_a_plan_that_is_kept_after_all(vector: Facts) -> None:
    given = vector['given']
    period = period_of(given, day(given['canceled_on']))
    change = proration.choice(given['price'], given['price'], period, day(given['resumed_on']))
    assert vector['expect'] == {
        'charge_now': change.net,
        'next_period_first_day': period.next.isoformat(),
        'next_period_price': change.next_price,
    }


@of('plan_changes_with_schedule')
def test_an_upgrade_after_a_planned_downgrade(vector: Facts) -> None:
    given = vector['given']
    period = period_of(given, day(given['downgrade_asked_on']))
    planned = proration.choice(given['held'], given['downgrade_to'], period, day(given['downgrade_asked_on']))
    assert (planned.from_day, planned.net) == (period.next, 0)
    change = proration.choice(given['held'], given['upgrade_to'], period, day(given['upgrade_on']))
    assert change.from_day == day(given['upgrade_on'])
    assert vector['expect'] == {
        'credit': change.credit,
        'charge': change.charge,
        'next_period_price': change.next_price,
    }


# what was used -------------------------------------------------------------------------------------------------------


def seat_days_of(world: World, db: Engine, given: Facts, included: int) -> charges.SeatDays:
    """Through the rows that are written with memberships, on a day long after the period."""
    clock.source = lambda: datetime(2029, 1, 1, tzinfo=UTC)
    run(db, 'DELETE FROM seat_spans')
    first = day(given.get('period_first_day') or given['closed_period'])
    with database.transaction(System(world.organization_id)) as tx:
        for number, member in enumerate(given['members']):
            last = None if member['last_day'] is None else day(member['last_day'])
            row = SeatSpan(user_id=f'u{number:015}', from_day=day(member['first_day']), to_day=last, role=Role.MEMBER)
            row.organization_id = world.organization_id
            tx.add(row)
        tx.flush()
        counts = seats.seat_days(tx, first, period_of(given, first).next)
    return charges.seat_days(counts.values(), included)


@of('seats')
def test_seats_by_the_day(vector: Facts, world: World, db: Engine) -> None:
    given = vector['given']
    period = period_of(given, day(given['period_first_day']))
    assert period.next == day(given['next_period_first_day'])
    found = seat_days_of(world, db, given, given['included'])
    assert vector['expect'] == {
        'days_total': period.days,
        'seat_days': found.days,
        'amount': charges.seats(given['price_per_seat'], found.days, period.days),
        'most_on_one_day': found.most,
    }


@of('overage')
def test_what_is_beyond(vector: Facts) -> None:
    given = vector['given']
    over = charges.over(given['quantity'], given.get('included', 0))
    rate = rate_of(given, given['model'])
    lines = [{'quantity': it.quantity, 'amount': it.net} for it in charges.overage(rate, over)]
    known = {'lines': lines} if given['model'] == 'graduated' else {'over': over}
    assert vector['expect'] == {**known, 'amount': charges.amount(rate, over)}


@of('late_usage')
def test_what_comes_late(vector: Facts) -> None:
    given = vector['given']
    billed = given['billed_quantity']
    late = charges.late(rate_of(given), billed=billed, now=billed + given['late_quantity'], included=given['included'])
    assert vector['expect'] == {'already_billed': late.already_billed, 'line': late.net}


@of('included')
def test_what_is_included(vector: Facts) -> None:
    given = vector['given']
    period = period_of(given, day(given['period_first_day']))
    assert period.next == day(given['next_period_first_day'])
    held = [(it['included'], it['days']) for it in given['held']]
    assert vector['expect'] == {'included': charges.included(held, period.days)}


@of('thresholds')
def test_people_are_told_of_each_threshold_once(
    vector: Facts, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, told = vector['given'], []
    assert given['thresholds_percent'] == [usage.WARNED, usage.FULL]
    month = days.month_of(days.today())
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.MESSAGES, given['included'])
        for number, quantity in enumerate(given['events'], 1):
            monkeypatch.setattr(
                counters.notices,
                'tell',
                lambda _, it, number=number: told.append({'event': number, 'percent': it.step}),
            )
            counters.add(tx, Metric.MESSAGES, month, quantity, refusable=False)
    assert vector['expect'] == {'told_after_event': told}
    assert value(db, "SELECT used FROM usage_counters WHERE metric = 'messages'") == sum(given['events'])


@of('limit')
def test_a_limit_that_blocks_lets_nothing_over(vector: Facts, world: World, db: Engine) -> None:
    given, accepted = vector['given'], []
    principal = System(world.organization_id)
    with database.transaction(principal) as tx:
        usage.set_cap(tx, Metric.MESSAGES, given['included'])
    for number, quantity in enumerate(given['events']):
        try:
            with database.transaction(principal) as tx:
                accepted.append(usage.record(tx, Metric.MESSAGES, quantity, f'event {number}'))
        except LimitReached:
            accepted.append(False)
    used = value(db, "SELECT used FROM usage_counters WHERE metric = 'messages'")
    assert vector['expect'] == {'accepted': accepted, 'used': used}


# invoices ------------------------------------------------------------------------------------------------------------


def line_of(facts: Facts) -> TaxedNet:
    return TaxedNet(facts['net'], facts['category'], taxes.parse(facts['rate']))


def per_cent(rate: int) -> str:
    return taxes.shown(rate).removesuffix('\u00a0%')


@of('invoice')
def test_the_taxes_of_an_invoice(vector: Facts) -> None:
    given, expected = vector['given'], dict(vector['expect'])
    lines = [line_of(it) for it in given['lines']]
    totals = taxes.totals(lines)
    other = expected.pop('not', None)
    assert expected == {
        **amounts(totals),
        'taxes': [
            {'category': it.category, 'rate': per_cent(it.rate), 'net': it.net, 'tax': it.tax} for it in totals.taxes
        ],
    }
    if other:
        assert other == {'tax_if_rounded_per_line': sum(taxes.totals([line]).tax for line in lines)}
        assert totals.tax != other['tax_if_rounded_per_line']
    if 'seller_country' in given:
        countries = {'seller_country': given['seller_country'], 'buyer_country': given['buyer_country']}
        treatment = taxes.treatment(taxes.parse('19'), {}, owes_it=bool(given['buyer_tax_id']), **countries)
        assert {(it['category'], taxes.parse(it['rate'])) for it in given['lines']} == {
            (treatment.category.value, treatment.rate)
        }


@of('credit_notes')
def test_credit_notes(vector: Facts) -> None:
    given = vector['given']
    taxed = partial(TaxedNet, category='S', rate=taxes.parse(given['invoice']['rate']))
    lines = [taxed(net) for net in given['invoice']['lines']]
    credited = [taxed(-net) for net in given['credited_nets']]
    left = taxes.left(lines, credited)
    assert vector['expect'] == {
        'invoice': amounts(taxes.totals(lines)),
        'credit_notes': [amounts(taxes.credit(credited[:place], [it])) for place, it in enumerate(credited)],
        'still_creditable': {'net': left.net, 'tax': left.tax},
    }


@of('bill')
def test_a_whole_bill(vector: Facts, world: World, db: Engine) -> None:
    given, expected = vector['given'], vector['expect']
    bill = bill_after_an_upgrade(given) if 'upgraded_on' in given else bill_of_seats(given, world, db)
    totals = taxes.totals(TaxedNet(it['net'], 'S', taxes.parse(given['tax_rate'])) for it in bill['lines'])
    assert expected == {**bill, **amounts(totals)}


def bill_of_seats(given: Facts, world: World, db: Engine) -> Facts:
    plan, period = given['plan'], period_of(given, day(given['closed_period']))
    ahead = period_of(given, period.next)
    found = seat_days_of(world, db, given, plan['included']['seats'])
    over = charges.over(given['usage']['messages'], plan['included']['messages'])
    lines = {
        'plan, next period': proration.first_fee(plan['price'], ahead),
        'seats': charges.seats(plan['seat_price'], found.days, period.days),
        'messages': charges.amount(rate_of(plan['overage']['messages']), over),
    }
    return {'lines': [{'text': text, 'net': net} for text, net in lines.items()]}


def bill_after_an_upgrade(given: Facts) -> Facts:
    old, new, on = given['old_plan'], given['new_plan'], day(given['upgraded_on'])
    period = period_of(given, day(given['closed_period']))
    change = proration.choice(old['price'], new['price'], period, on)
    held = [(old['included_messages'], (on - period.first).days), (new['included_messages'], change.days_left)]
    included = charges.included(held, period.days)
    over = charges.over(given['usage']['messages'], included)
    share = f'{change.days_left} of {change.days} days'
    lines = {
        'new plan, next period': proration.first_fee(change.next_price, period_of(given, period.next)),
        f'old plan, {share}': change.credit,
        f'new plan, {share}': change.charge,
        'messages': charges.amount(rate_of(new['overage']), over),
    }
    return {'included_messages': included, 'lines': [{'text': text, 'net': net} for text, net in lines.items()]}


@of('overdue')
def test_what_follows_when_nobody_pays(vector: Facts) -> None:
    given = vector['given']
    dates = dunning.dates(day(given['issued_on']), given['payment_days'], given['grace_days'])
    found = {
        'due_on': dates.due_on.isoformat(),
        'reminders_on': [it.isoformat() for it in dates.reminders_on],
        'past_due_from': dates.past_due_from.isoformat(),
        'restricted_from': dates.restricted_from.isoformat(),
    }
    expected = {name: value for name, value in vector['expect'].items() if not name.startswith('status_')}
    assert expected == found, 'what an organization is called then is a matter of its status: test_dunning has that'


def test_no_example_is_left_out() -> None:
    marked = [
        vector['id']
        for test in list(globals().values())
        for mark in getattr(test, 'pytestmark', [])
        for vector in mark.args[1]
    ]
    assert sorted(marked) == sorted(it['id'] for it in VECTORS)
