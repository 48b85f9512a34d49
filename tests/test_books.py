"""Books: every invoice of the installation in one list, for bookkeepers; the account of one organization."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from data import database
from data.database import System
from data.models import Payment
from data.problems import NotFound
from data.services.payments import InvoiceStanding, books
from data.services.payments.books import Which
from tests.support import books as written
from tests.support.probes import refused, run
from tests.support.world import World

ISSUED = date(2027, 4, 2)


@pytest.fixture
def numbers(world: World) -> list[str]:
    """One of Acme over 58.31, one of Sam over 1.19, issued ten days later."""
    written.stand_on(date(2027, 4, 20))
    here, there = world.organization_id, world.stranger.organization_id
    written.draft(here, [5])
    return [
        written.invoice(here, [4900], issued_on=ISSUED),
        written.invoice(there, [100], issued_on=ISSUED + timedelta(10), buyer='=HYPERLINK("http://x.example")'),
    ]


def pay(organization_id: str, amount: int, number: str = '', method: str = 'transfer') -> None:
    with database.transaction(System(organization_id)) as tx:
        tx.add(
            Payment(
                organization_id=organization_id,
                invoice_id=written.id_of(number) if number else None,
                amount=amount,
                currency='EUR',
                received_on=ISSUED + timedelta(3),
                method=method,
                reference='@SUM(1)' if method == 'transfer' else '',
                part=0 if number else 1,
            )
        )


def test_all_are_listed_and_each_choice_is_a_part_of_them(numbers: list[str], world: World) -> None:
    assert [(it.number, it.standing, it.organization, it.due) for it in books.booked()] == [
        (numbers[0], InvoiceStanding.OVERDUE, 'Acme', 5831),
        (numbers[1], InvoiceStanding.OPEN, 'sam', 119),
    ]
    assert [it.number for it in books.booked(Which.OVERDUE)] == numbers[:1]
    [draft] = books.booked(Which.DRAFT)
    assert draft.number.startswith('draft-') and (draft.due, draft.issued_on) == (0, None)
    pay(world.organization_id, 5831, numbers[0])
    assert [it.number for it in books.booked(Which.OPEN)] == numbers[1:]
    assert [it.standing for it in books.booked()] == ['paid', 'open']
    assert [it.number for it in books.booked(organization_id=world.organization_id)] == numbers[:1]


def test_they_outlive_their_organization(numbers: list[str], world: World, db: Engine) -> None:
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    gone = books.booked()[0]
    assert (gone.number, gone.organization, gone.buyer) == (numbers[0], '', 'Acme GmbH')
    account = books.statement(world.organization_id, None)
    assert (account.name, account.balance) == ('', 5831)


def test_as_csv_amounts_are_numbers_and_nobodys_text_is_a_formula(numbers: list[str]) -> None:
    content = books.as_csv(books.booked()).decode('utf-8-sig')
    first, second = csv.DictReader(io.StringIO(content))
    assert (first['total'], first['net'], first['tax'], first['due_on']) == ('58.31', '49.00', '9.31', '2027-04-16')
    assert first['reference'] == 'PO 7'
    assert second['buyer'] == '\'=HYPERLINK("http://x.example")'
    assert not any(cell.startswith(('=', '@', '+')) for row in (first, second) for cell in row.values())


def test_an_account_runs_from_the_first_invoice_to_what_is_owed_now(numbers: list[str], world: World) -> None:
    at = world.organization_id
    pay(at, 5831, numbers[0])
    pay(at, 169)
    pay(at, -100, method='credit')
    pay(at, 100, numbers[0], method='credit')  # moves within the account are no news
    account = books.statement('acme', at)
    assert [(it.what, it.number, it.amount, it.balance) for it in account.entries] == [
        ('invoice', numbers[0], 5831, 5831),
        ('payment', '', -169, 5662),
        ('payment', numbers[0], -5831, -169),
    ]
    assert (account.balance, account.currency) == (-169, 'EUR')
    assert books.statement('Sam', world.stranger.organization_id).balance == 119


def test_what_was_never_there_has_no_account(world: World) -> None:
    assert 'no organization “nobody”' in str(refused(NotFound, books.statement, 'nobody', None))
    assert 'no organization' in str(refused(NotFound, books.statement, 'aaaaaaaaaaaaaaaa', None))
    assert books.statement('acme', world.organization_id).entries == ()
