"""What stands on an invoice: the worked examples of bills, seats and usage through all that makes them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from test_billing import GERMAN

from data.models import Invoice
from data.money import currencies
from data.services import billing_address, organizations, plans, subscriptions
from tests.support import billed, catalogues
from tests.support.probes import rows
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')

FIVE = [('2026-01-01', None)] * 5
NO_TRIAL = ('trial_days = 14', 'trial_days = 0')


def of_march(
    db: Engine, world: World, *changes: tuple[str, str], plan: str = 'team', members: billed.Spans = FIVE
) -> str:
    """Acme, which begins with a plan on 1 March 2027 and has these members."""
    billed.on('2027-03-01')
    catalogues.applied(*changes)
    billing_address.set_address(world.owner, GERMAN, version=0)
    billed.begin(world.organization_id, plan)
    billed.seat(db, world.organization_id, members)
    return world.organization_id


def closed(organization_id: str, day: str = '2027-04-01') -> Invoice:
    billed.on(day)
    [invoice] = billed.close(organization_id)
    return invoice


def test_a_whole_bill(world: World, db: Engine) -> None:  # H01
    at = of_march(db, world, members=[*FIVE, ('2027-03-17', None)])
    billed.on('2027-03-20')
    billed.use(at, 13417, 'all of them')
    invoice = closed(at)
    assert billed.nets(invoice) == [4900, 290, 1367]
    assert (invoice.net, invoice.tax, invoice.total) == (6557, 1246, 7803)
    fee, seats, messages = billed.lines(invoice)
    assert (fee.text, fee.service_from, fee.service_to) == ('Team', date(2027, 4, 1), date(2027, 4, 30))
    assert (seats.quantity, seats.unit_price, seats.per) == (15, 600, 31)
    assert (messages.quantity, messages.unit_price, messages.per) == (3417, 400, 1000)
    assert messages.text == 'Messages beyond 10,000'


def test_a_bill_after_an_upgrade(world: World, db: Engine) -> None:  # H02
    at = of_march(db, world, plan='team')
    billed.on('2027-03-17')
    version = subscriptions.standing(world.owner).version
    subscriptions.choose(world.owner, 'business', version=version)
    billed.on('2027-03-20')
    billed.use(at, 26000, 'all of them')
    invoice = closed(at)
    assert billed.nets(invoice) == [9900, -2371, 4790, 2623]
    assert (invoice.net, invoice.tax, invoice.total) == (14942, 2839, 17781)
    assert billed.lines(invoice)[-1].text == 'Messages beyond 17,258'


# the worked examples, one organization and one plan each, all closed in one round ------------------------------------


def vectors(letter: str, currency: str) -> list[dict[str, Any]]:
    found = json.loads((Path(__file__).parent / 'support/vectors.json').read_text())['vectors']
    return [it for it in found if it['id'][0] == letter and it['given'].get('currency') == currency]


def catalogue(currency: str, plans: list[str]) -> str:
    """A catalogue of plans that cost nothing in advance, so that an invoice has nothing else on it."""
    head = catalogues.TEXT.partition('[[plan]]')[0].replace('currency = "EUR"', f'currency = "{currency}"')
    return '\n'.join([head, '[[plan]]\nid = "free"\nname = "Free"\nprice = "0"', *plans])


def plan(vector: dict[str, Any], terms: str) -> str:
    return f'[[plan]]\nid = "{vector["id"].lower()}"\nname = "{vector["id"]}"\nprice = "0"\n{terms}'


def money(amount: int, currency: str) -> str:
    return f'"{currencies.plain(amount, currency)}"'


def seats(vector: dict[str, Any]) -> str:
    given = vector['given']
    price = money(given['price_per_seat'], given['currency'])
    return plan(vector, f'seats = {{ included = {given["included"]}, price = {price} }}')


def messages(vector: dict[str, Any]) -> str:
    given = vector['given']
    if given['model'] == 'graduated':
        rows = [{key: it for key, it in tier.items() if it is not None} for tier in given['tiers']]
        words = (
            ', '.join(f'{key} = {money(it, given["currency"]) if key == "price" else it}' for key, it in row.items())
            for row in rows
        )
        terms = f'included = 0, tiers = [{", ".join(f"{{ {it} }}" for it in words)}]'
    else:
        price = money(given['price'], given['currency'])
        terms = f'included = {given["included"]}, pricing = "{given["model"]}", price = {price}, per = {given["per"]}'
    return plan(vector, f'messages = {{ {terms} }}')


def begun(world: World, all_of: list[dict[str, Any]], text: str, day: str) -> dict[str, str]:
    """An organization of Olga's for each example, which begins with its plan on this day."""
    billed.on(day)
    plans.apply(text)
    ids = {it['id']: organizations.create(world.owner, it['id']).id for it in all_of}
    for name, at in ids.items():
        billed.begin(at, name.lower())
    return ids


@pytest.mark.parametrize('currency', ['EUR', 'JPY'])
def test_seats_are_billed_by_the_day(world: World, db: Engine, currency: str) -> None:  # C01 to C07
    examples = vectors('C', currency)
    first, next = examples[0]['given']['period_first_day'], examples[0]['given']['next_period_first_day']
    ids = begun(world, examples, catalogue(currency, [seats(it) for it in examples]), first)
    for it in examples:
        billed.seat(db, ids[it['id']], [(span['first_day'], span['last_day']) for span in it['given']['members']])
    billed.on(next)
    for it in examples:
        expect, found = it['expect'], [line for row in billed.close(ids[it['id']]) for line in billed.lines(row)]
        days = [(line.net, line.quantity, line.per) for line in found]
        assert days == ([(expect['amount'], expect['seat_days'], expect['days_total'])] if expect['amount'] else [])


@pytest.mark.parametrize('currency', ['EUR', 'JPY'])
def test_what_is_used_beyond_is_billed(world: World, currency: str) -> None:  # D01 to D11
    examples = [it for it in vectors('D', currency) if it['given']['kind'] == 'overage']
    ids = begun(world, examples, catalogue(currency, [messages(it) for it in examples]), '2027-03-01')
    billed.on('2027-03-31')
    for it in examples:
        billed.use(ids[it['id']], it['given']['quantity'], 'all of them')
    billed.on('2027-04-01')
    for it in examples:
        expect, found = it['expect'], [line for row in billed.close(ids[it['id']]) for line in billed.lines(row)]
        wanted = [line['amount'] for line in expect.get('lines', [{'amount': expect['amount']}])]
        assert [line.net for line in found] == [amount for amount in wanted if amount], it['id']


def test_what_comes_late_is_the_difference(world: World, db: Engine) -> None:  # D12 to D15
    examples = [it for it in vectors('D', 'EUR') if it['given']['kind'] == 'late_usage']
    ids = begun(world, examples, catalogue('EUR', [messages(it) for it in examples]), '2027-03-01')
    billed.on('2027-03-31')
    for it in examples:
        billed.use(ids[it['id']], it['given']['billed_quantity'], 'in time')
    billed.on('2027-04-01')
    for it in examples:
        assert [invoice.net for invoice in billed.close(ids[it['id']])] == [
            amount for amount in [it['expect']['already_billed']] if amount
        ]
        quantity = it['given']['late_quantity']
        billed.use(ids[it['id']], quantity, 'late', at=billed.noon('2027-03-31'), correction=quantity < 0)
    billed.on('2027-05-01')
    for it in examples:
        made = [line.net for invoice in billed.close(ids[it['id']]) for line in billed.lines(invoice)]
        waiting = rows(db, 'SELECT net FROM pending_lines WHERE organization_id = :at', at=ids[it['id']])
        wanted = it['expect']['line']
        assert (made, waiting) == (([wanted], []) if wanted > 0 else ([], [(wanted,)] if wanted else [])), it['id']


@pytest.mark.parametrize(
    ('before', 'day', 'plan', 'included'),
    [('team', '2027-03-31', 'business', 10483), ('free', '2027-03-17', 'team', 4838)],
    ids=['D17', 'D18'],
)
def test_what_is_included_is_shared_out_by_days(
    world: World, db: Engine, before: str, day: str, plan: str, included: int
) -> None:
    at = of_march(
        db, world, NO_TRIAL, ('{ included = 500, over = "block" }', '{ included = 0, over = "tell" }'), plan=before
    )
    billed.on(day)
    subscriptions.choose(world.owner, plan, version=subscriptions.standing(world.owner).version)
    billed.use(at, 20000, 'all of them')
    last = billed.lines(closed(at))[-1]
    assert (last.cause, last.quantity) == ('usage:messages', 20000 - included)


@pytest.mark.parametrize('terms', ['', 'messages = { included = 25000, over = "tell" }'], ids=['unlimited', 'told'])
def test_a_plan_that_bills_nothing_of_it_on_the_last_day_does_not_undo_what_was_used_before(
    world: World, db: Engine, terms: str
) -> None:
    billing = 'messages = { included = 25000, over = "bill", price = "3.00", per = 1000 }'
    at = of_march(db, world, NO_TRIAL, (billing, terms), plan='team')
    billed.on('2027-03-03')
    billed.use(at, 20000, 'before')
    billed.on('2027-03-31')
    subscriptions.choose(world.owner, 'business', version=subscriptions.standing(world.owner).version)
    billed.use(at, 50000, 'without limit')
    last = billed.lines(closed(at))[-1]
    assert (last.cause, last.quantity, last.net) == ('usage:messages', 20000 - 9677, 4129)
    assert (last.service_from, last.service_to) == (date(2027, 3, 1), date(2027, 3, 30))
