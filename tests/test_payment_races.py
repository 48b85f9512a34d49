"""Payments, credit notes and dunning at the same moment: no cent is there twice, and the status is what is owed."""

from datetime import date
from functools import partial

from sqlalchemy import Engine
from test_races import Act, at_once

from data import database
from data.database import System
from data.models import Organization, Status
from data.problems import Invalid
from data.services.audit import verify
from data.services.payments import balances, credit_of, dunning
from data.services.payments.credit_notes import credit
from data.services.payments.receiving import mark_paid
from data.services.payments.reversing import reverse
from tests.support import books, catalogues
from tests.support.probes import rows, value
from tests.support.world import World

ISSUED, TODAY = date(2027, 4, 2), date(2027, 4, 20)


def billed(world: World, *nets: int) -> str:
    return books.invoice(world.organization_id, nets, issued_on=ISSUED)


def start(world: World) -> None:
    catalogues.applied()
    books.stand_on(TODAY)
    books.subscribe(world.organization_id)


def due(world: World, number: str) -> tuple[int, int]:
    """What is due of an invoice, and what is kept as credit."""
    with database.reading(System(world.organization_id)) as tx:
        return balances(tx, [books.id_of(number)])[books.id_of(number)].due, credit_of(tx)


def test_of_eight_who_mark_it_paid_one_does(world: World, db: Engine) -> None:
    start(world)
    with at_once(8) as run_all:
        for _ in range(3):
            number = billed(world, 4900)
            ends = run_all([partial(mark_paid, number)] * 8)
            assert sorted(type(end).__name__ for end in ends) == ['Invalid'] * 7 + ['NoneType']
            assert due(world, number) == (0, 0)
        number = billed(world, 4900)
        ends = run_all([partial(mark_paid, number, '10.00', None, 'the same')] * 8)
        assert [type(end) for end in ends].count(Invalid) == 7
        assert due(world, number) == (4831, 0)
        ends = run_all([partial(reverse, number)] * 8)
        assert [type(end) for end in ends].count(Invalid) == 7
        assert due(world, number) == (5831, 0)


def test_one_reference_for_invoices_of_two_organizations_counts_once(world: World, db: Engine) -> None:
    start(world)
    here = billed(world, 4900)
    there = books.invoice(world.stranger.organization_id, [4900], issued_on=ISSUED)
    with at_once(8) as run_all:
        for turn in range(3):
            acts: list[Act] = [partial(mark_paid, it, '1.00', None, f'bank {turn}') for it in (here, there) * 4]
            ends = run_all(acts)
            assert sorted(type(end).__name__ for end in ends) == ['Invalid'] * 7 + ['NoneType']
    assert value(db, 'SELECT count(*) FROM payments') == 3


def test_paying_crediting_and_dunning_at_once_leave_what_adds_up(world: World, db: Engine) -> None:
    start(world)
    at = world.organization_id
    with at_once(8) as run_all:
        for turn in range(3):
            number = billed(world, 4900, 1000)
            acts: list[Act] = [
                partial(mark_paid, number, '60.00', None, f'a {turn}'),
                partial(mark_paid, number, '20.00', None, f'b {turn}'),
                partial(credit, number, '1', 'Wrong'),
                partial(credit, number, '2', 'Wrong'),
                partial(credit, number, '', 'Wrong'),
                partial(dunning.chase, at, TODAY),
                partial(dunning.chase, at, TODAY),
                partial(dunning.chase, at),
            ]
            ends = run_all(acts)
            assert [end for end in ends if end and not isinstance(end, Invalid)] == []
            left, kept = due(world, number)
            assert (left, kept) == (0, 8000 * (turn + 1))  # all was credited, so all that came is credit
            with database.reading(System(at)) as tx:
                assert tx.find(Organization, at).status is Status.ACTIVE
    numbers = [seq for (seq,) in rows(db, "SELECT seq FROM invoices WHERE kind = 'credit' ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [it.broken for it in verify.verify(at)] == [None]


def test_eight_who_chase_count_a_day_once(world: World, db: Engine) -> None:
    start(world)
    billed(world, 4900)
    with at_once(8) as run_all:
        assert run_all([partial(dunning.chase, world.organization_id, TODAY)] * 8) == [None] * 8
        assert run_all([partial(dunning.chase, world.organization_id, date(2027, 4, 21))] * 8) == [None] * 8
    assert rows(db, 'SELECT grace_left FROM subscriptions') == [(13,)]
    assert value(db, "SELECT count(*) FROM audit_events WHERE action = 'organization:status'") == 1
