"""Payments: written down, split into what was due and what is credit, taken back; every mistake has its sentence."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from data import database
from data.changes import Change
from data.database import System
from data.models import Invoice
from data.problems import Invalid, NotFound, Problem
from data.services import audit
from data.services.payments import InvoiceStanding, credit_of
from data.services.payments.balances import balances
from data.services.payments.credit_balance import use_credit
from data.services.payments.credit_notes import credit
from data.services.payments.receiving import mark_paid
from data.services.payments.reversing import reverse
from tests.support import books, catalogues
from tests.support.probes import happens_whole_or_not_at_all, refused, rows, value
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')

ISSUED, TODAY = date(2027, 4, 2), date(2027, 4, 10)


@pytest.fixture
def number(world: World) -> str:
    """An invoice of Acme over 58.31 EUR."""
    catalogues.applied()
    books.stand_on(TODAY)
    books.subscribe(world.organization_id)
    return books.invoice(world.organization_id, [4900], issued_on=ISSUED)


def due(world: World, number: str) -> int:
    with database.reading(System(world.organization_id)) as tx:
        return balances(tx, [books.id_of(number)])[books.id_of(number)].due


def kept(world: World) -> int:
    with database.reading(System(world.organization_id)) as tx:
        return credit_of(tx)


def sentence(problem: type[Problem], *args: object, **kwargs: object) -> str:
    return str(refused(problem, mark_paid, *args, **kwargs))


def test_all_that_is_due_is_paid_where_nothing_else_is_said(number: str, world: World, published: list[Change]) -> None:
    receipt = mark_paid(number)
    assert (receipt.paid, receipt.rest, receipt.due) == (5831, 0, 0)
    assert receipt.standing is InvoiceStanding.PAID
    assert {it.topic for it in published} >= {'billing'}
    entry = audit.portion(world.owner, action=('billing:payment',)).rows[0]
    assert (entry.target, entry.details['amount']) == (number, '€58.31')


def test_a_part_leaves_the_rest_due_and_more_is_kept_as_credit(number: str, world: World) -> None:
    first = mark_paid(number, '8.31', reference='a')
    assert (first.due, first.standing) == (5000, InvoiceStanding.OPEN)
    second = mark_paid(number, '60.00 EUR', date(2027, 4, 3), 'b')
    assert (second.paid, second.rest, second.due) == (5000, 1000, 0)
    assert (kept(world), due(world, number)) == (1000, 0)


def test_an_invoice_is_found_by_what_people_write(number: str) -> None:
    assert number == 'INV-2027-000001'
    for word in ('inv-2027-1', ' INV 2027 000001 ', 'INV-2027-0001', 'inv2027000001'):
        assert mark_paid(word, '1.00').number == number


def test_a_number_that_several_have_is_asked_about(number: str, world: World, db: Engine) -> None:
    invoice_id = books.draft(world.organization_id, [100])
    with db.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE invoices SET state = 'final', seq = 2, number = 'INV-2027-01', issued_on = '2027-04-02', "
            f"due_on = '2027-04-16' WHERE id = '{invoice_id}'"
        )
    said = sentence(Invalid, 'INV-2027-1')
    assert 'INV-2027-000001, INV-2027-01' in said
    assert mark_paid('INV-2027-01').paid == 119


WRONG: list[tuple[tuple[object, ...], type[Problem], str]] = [
    (('INV-2027-000001', '0'), Invalid, 'more than 0'),
    (('INV-2027-000001', '-5.00'), Invalid, 'taken back with unmark-paid'),
    (('INV-2027-000001', '49.00 USD'), Invalid, 'in EUR, not in USD'),
    (('INV-2027-000001', 'usd 49.00'), Invalid, 'in EUR, not in USD'),
    (('INV-2027-000001', '49,00'), Invalid, 'with a point'),
    (('INV-2027-000001', '1,049.00'), Invalid, 'with a point'),
    (('INV-2027-000001', '49.005'), Invalid, '2 digits'),
    (('INV-2027-000001', 'much'), Invalid, 'with a point'),
    (('INV-2027-000001', '9' * 30), Invalid, 'amount'),
    (('INV-2027-000001', True), Invalid, 'amount'),
    (('INV-2027-000001', None, date(2027, 4, 11)), Invalid, '11 April 2027 is in the future'),
    (('INV-2027-000001', None, date(227, 4, 10)), Invalid, '0227-04-10 is too long ago'),
    (('INV-2027-000001', None, None, 'x' * 201), Invalid, 'reference'),
    (('INV-2027-000001', None, None, 'a\x07b'), Invalid, 'reference'),
    (('INV-2027-000002',), NotFound, 'no invoice “INV-2027-000002” in this installation'),
    (('INV-2026-000001',), NotFound, 'no invoice'),
    (('RE-1',), NotFound, 'no invoice'),
    (('',), Invalid, 'Say the number'),
    ((None,), Invalid, 'Say the number'),
    (('1' * 500,), Invalid, 'Say the number'),
    (('draft-aaaaaaaaaaaaaaaa',), NotFound, 'no invoice'),
]


def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(number: str, db: Engine) -> None:
    for arguments, problem, said in WRONG:
        assert said in sentence(problem, *arguments), arguments
    assert value(db, 'SELECT count(*) FROM payments') == 0


def test_a_draft_and_a_paid_one_are_refused(number: str, world: World) -> None:
    assert 'is a draft still' in sentence(Invalid, f'draft-{books.draft(world.organization_id, [100])}')
    mark_paid(number)
    assert sentence(Invalid, number) == f'Nothing is due of {number}. Nothing was changed.'
    assert 'say its reference' in sentence(Invalid, number, '58.31')
    assert mark_paid(number, '58.31', reference='it came twice').rest == 5831


def test_a_reference_counts_once_in_the_whole_installation(number: str, world: World, db: Engine) -> None:
    other = books.invoice(world.stranger.organization_id, [100], issued_on=ISSUED)
    mark_paid(number, '10.00', TODAY - timedelta(1), 'FT 1')
    for again in (number, other):
        assert sentence(Invalid, again, '10.00', None, 'FT 1') == (
            f'A payment for {number}, of 9 April 2027, with this reference is written down already. '
            'Nothing was changed.'
        )
    assert value(db, 'SELECT count(*) FROM payments') == 1


def test_it_happens_whole_or_not_at_all(number: str, db: Engine, published: list[Change]) -> None:
    assert happens_whole_or_not_at_all(db, lambda: mark_paid(number, '60.00', None, 'a'), published) > 2


# taking back ---------------------------------------------------------------------------------------------------------


def test_a_payment_is_taken_back_whole_with_its_rest_and_once(number: str, world: World, db: Engine) -> None:
    mark_paid(number, '60.00', reference='a')
    back = reverse(number)
    assert (back.amount, back.due, kept(world)) == (6000, 5831, 0)
    assert sorted(rows(db, 'SELECT amount, method FROM payments')) == [
        (-5831, 'reversal'),
        (-169, 'reversal'),
        (169, 'transfer'),
        (5831, 'transfer'),
    ]
    assert 'none is written down' in str(refused(Invalid, reverse, number))
    entry = audit.portion(world.owner, action=('billing:reverse',)).rows[0]
    assert (entry.target, entry.details['amount']) == (number, '€60.00')
    assert mark_paid(number, '58.31', reference='b').due == 0  # and it can be paid again
    assert 'written down already' in sentence(Invalid, number, '1.00', None, 'a')


def test_of_several_payments_one_is_said(number: str) -> None:
    mark_paid(number, '8.31', reference='a')
    mark_paid(number, '50.00')
    said = str(refused(Invalid, reverse, number))
    assert '€8.31 of 10 April 2027, “a”; €50.00 of 10 April 2027, without reference' in said
    assert 'has this reference' in str(refused(Invalid, reverse, number, 'c'))
    assert reverse(number, 'a').due == 831
    assert reverse(number).due == 5831


def test_one_of_several_without_reference_is_said_by_its_id(number: str, db: Engine) -> None:
    mark_paid(number, '8.31')
    mark_paid(number, '40.00')
    said = str(refused(Invalid, reverse, number))
    wrong = value(db, 'SELECT id FROM payments WHERE amount = 4000')
    assert f'€40.00 of 10 April 2027, without reference, say {wrong}' in said
    assert reverse(number, wrong).due == 5000
    assert reverse(number).due == 5831


def test_what_came_when_nothing_was_due_is_taken_back_by_its_reference(number: str, world: World) -> None:
    mark_paid(number, reference='a')
    mark_paid(number, '20.00', reference='b')
    assert (due(world, number), kept(world)) == (0, 2000)
    back = reverse(number, 'b')
    assert (back.amount, back.due, kept(world)) == (2000, 0, 0)
    assert 'has this reference' in str(refused(Invalid, reverse, number, 'b'))
    assert reverse(number, 'a').due == 5831


@pytest.mark.parametrize(('lines', 'left'), [('', 0), ('1:20.00', 3451)], ids=['whole', 'part'])
def test_a_payment_of_what_was_credited_is_taken_back_from_what_its_credit_paid(
    lines: str, left: int, number: str, world: World
) -> None:
    mark_paid(number, reference='a')
    credit(number, lines, 'It was too much.')
    second = books.invoice(world.organization_id, [4900], issued_on=ISSUED)
    with database.transaction(System(world.organization_id)) as tx:
        assert use_credit(tx, tx.find(Invoice, books.id_of(second))) == 5831 - left
    assert reverse(number).due == left, 'no more than the credit note has left of it'
    assert (due(world, number), due(world, second), kept(world)) == (left, 5831, 0)


def test_credit_that_was_used_is_taken_from_where_it_went(number: str, world: World) -> None:
    mark_paid(number, '68.31', reference='a')
    second = books.invoice(world.organization_id, [1000], issued_on=ISSUED)
    with database.transaction(System(world.organization_id)) as tx:
        assert use_credit(tx, tx.find(Invoice, books.id_of(second))) == 1000
    assert (due(world, second), kept(world)) == (190, 0)
    assert 'paid from credit' in str(refused(Invalid, reverse, second))
    assert reverse(number).amount == 6831
    assert (due(world, number), due(world, second), kept(world)) == (5831, 1190, 0)


def test_taking_back_in_the_future_is_refused(number: str) -> None:
    mark_paid(number)
    assert 'in the future' in str(refused(Invalid, reverse, number, '', TODAY + timedelta(1)))


def test_credit_is_used_up_to_what_is_due_and_never_below_nothing(number: str, world: World) -> None:

    mark_paid(number, '158.31', reference='a')
    small, large = (books.invoice(world.organization_id, [net], issued_on=ISSUED) for net in (1000, 10_000))
    with database.transaction(System(world.organization_id)) as tx:
        assert use_credit(tx, tx.find(Invoice, books.id_of(small))) == 1190
        assert use_credit(tx, tx.find(Invoice, books.id_of(small))) == 0
        assert use_credit(tx, tx.find(Invoice, books.id_of(large))) == 8810
        assert use_credit(tx, tx.find(Invoice, books.id_of(large))) == 0
    assert (due(world, small), due(world, large), kept(world)) == (0, 3090, 0)
