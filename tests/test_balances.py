"""Balances and standings of invoices: derived from payments and credit notes, never kept."""

from datetime import date, timedelta

from data import database
from data.database import System
from data.models import Invoice, Payment
from data.services.payments import InvoiceStanding, balances, credit_of, open_invoices, overdue, standing_of
from tests.support import books
from tests.support.world import World

ISSUED = date(2027, 4, 2)
DUE = date(2027, 4, 16)


def pay(organization_id: str, amount: int, number: str = '') -> None:
    with database.transaction(System(organization_id)) as tx:
        invoice_id = books.id_of(number) if number else None
        tx.add(
            Payment(
                organization_id=organization_id,
                invoice_id=invoice_id,
                amount=amount,
                currency='EUR',
                received_on=ISSUED,
                method='transfer',
            )
        )


def standing(organization_id: str, invoice_id: str, today: date) -> InvoiceStanding:
    with database.reading(System(organization_id)) as tx:
        return standing_of(tx.find(Invoice, invoice_id), balances(tx, [invoice_id])[invoice_id], today)


def test_where_an_invoice_stands_follows_from_its_payments_and_the_day(world: World) -> None:
    at = world.organization_id
    assert standing(at, books.draft(at, [4900]), DUE + timedelta(30)) is InvoiceStanding.DRAFT
    number = books.invoice(at, [4900], issued_on=ISSUED)
    invoice_id = books.id_of(number)
    assert standing(at, invoice_id, DUE) is InvoiceStanding.OPEN
    assert standing(at, invoice_id, DUE + timedelta(1)) is InvoiceStanding.OVERDUE
    pay(at, 5830, number)
    assert standing(at, invoice_id, DUE) is InvoiceStanding.OPEN  # a cent is missing: unpaid
    assert standing(at, invoice_id, DUE + timedelta(1)) is InvoiceStanding.OVERDUE
    with database.reading(System(at)) as tx:
        assert (balances(tx, [invoice_id])[invoice_id].paid, open_invoices(tx)[0][1]) == (5830, 1)
    pay(at, 1, number)
    assert standing(at, invoice_id, DUE + timedelta(1)) is InvoiceStanding.PAID
    pay(at, -5831, number)
    assert standing(at, invoice_id, DUE + timedelta(1)) is InvoiceStanding.OVERDUE


def test_the_oldest_is_first_and_what_is_in_time_is_not_overdue(world: World) -> None:
    at = world.organization_id
    later = books.invoice(at, [100], issued_on=ISSUED + timedelta(30))
    older = books.invoice(at, [200], issued_on=ISSUED)
    with database.reading(System(at)) as tx:
        assert [(it.number, due) for it, due in open_invoices(tx)] == [(older, 238), (later, 119)]
        assert [it.number for it, _ in overdue(tx, DUE + timedelta(1))] == [older]
        assert overdue(tx, DUE) == []


def test_credit_and_open_invoices_are_of_one_organization_only(world: World) -> None:
    here, there = world.organization_id, world.stranger.organization_id
    mine = books.invoice(here, [4900], issued_on=ISSUED)
    books.invoice(there, [100], issued_on=ISSUED)
    pay(here, 300)
    pay(there, 70)
    with database.reading(System(here)) as tx:
        assert credit_of(tx) == 300
        assert [it.number for it, _ in open_invoices(tx)] == [mine]
    with database.reading(System(there)) as tx:
        assert (credit_of(tx), balances(tx, [books.id_of(mine)])) == (70, {})
