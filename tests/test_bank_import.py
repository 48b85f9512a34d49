"""Import of a bank's file: what names one open invoice is paid, all else is listed, and twice is once."""

from datetime import date

import pytest
from sqlalchemy import Engine

from data.inputs.bank_files import BankFormat
from data.problems import Invalid
from data.services.payments import bank_import, books
from data.services.payments.bank_import import Imported, Outcome
from data.services.payments.receiving import mark_paid
from tests.support import books as written
from tests.support import catalogues
from tests.support.probes import everything, refused, run, value
from tests.support.world import World

ISSUED, TODAY = date(2027, 4, 2), date(2027, 4, 20)
HEAD = 'Buchungstag;Verwendungszweck;Betrag;Währung\n'


@pytest.fixture
def numbers(world: World) -> list[str]:
    """Two invoices of Acme over 58.31 and 1.19, one of Sam over 11.90."""
    catalogues.applied()
    written.stand_on(TODAY)
    here, there = world.organization_id, world.stranger.organization_id
    for at in (here, there):
        written.subscribe(at)
    nets = ((here, 4900), (here, 100), (there, 1000))
    return [written.invoice(at, [net], issued_on=ISSUED) for at, net in nets]


def bring(*rows: str, dry_run: bool = False, head: str = HEAD) -> list[Imported]:
    content = (head + ''.join(f'{row}\n' for row in rows)).encode('cp1252')
    return bank_import.import_payments(content, BankFormat(), dry_run=dry_run)


def outcomes(results: list[Imported]) -> list[str]:
    return [it.outcome.value for it in results]


ROWS = (
    '10.04.2027;SVWZ+INV-2027-000001 Danke;58,31;EUR',
    '11.04.2027;inv 2027 2 and a tip;2,00;EUR',
    '11.04.2027;Rechnung INV-2027-000003, erster Teil;5,00;EUR',
    '12.04.2027;Rechnung INV-2027-000003, Rest;6,90;EUR',
    '12.04.2027;Miete;-800,00;EUR',
    '12.04.2027;no number at all;49,00;EUR',
    '12.04.2027;INV-2027-000001 and INV-2027-000002;59,50;EUR',
    '12.04.2027;INV-2027-000001;10,00;USD',
    '21.04.2027;INV-2027-000001;10,00;EUR',
    '12.04.2027;INV-2027-000099;10,00;EUR',
    '11.04.2027;inv 2027 2 and a tip;2,00;EUR',
    '31.04.2027;INV-2027-000001;10,00;EUR',
)
ENDS = [
    *['paid'] * 4,
    'outgoing',
    'unmatched',
    'ambiguous',
    'unreadable',
    'unreadable',
    'unmatched',
    'double',
    'unreadable',
]


def test_what_names_one_invoice_is_paid_and_all_else_is_listed(numbers: list[str], world: World, db: Engine) -> None:
    results = bring(*ROWS)
    assert outcomes(results) == ENDS
    paid = [(it.receipt.number, it.receipt.paid, it.receipt.rest, it.receipt.due) for it in results if it.receipt]
    assert paid == [
        (numbers[0], 5831, 0, 0),
        (numbers[1], 119, 81, 0),
        (numbers[2], 500, 0, 690),
        (numbers[2], 690, 0, 0),
    ]
    assert results[6].numbers == tuple(numbers[:2]) and 'names several invoices' in results[6].why
    assert results[7].why == 'It is in USD, and invoices are in EUR.'
    assert 'in the future' in results[8].why
    assert 'the same as line 3' in results[10].why
    assert value(db, 'SELECT count(*) FROM payments') == 5
    assert {it.standing for it in books.booked()} == {'paid'}


def test_the_same_file_twice_changes_nothing(numbers: list[str], db: Engine) -> None:
    bring(*ROWS)
    before = everything(db)
    again = bring(*ROWS)
    assert outcomes(again) == ['known'] * 4 + ENDS[4:]
    assert everything(db) == before
    assert outcomes(bring(*reversed(ROWS[:4]))) == ['known'] * 4  # nor does another export of the same days


def test_a_dry_run_says_the_same_and_keeps_nothing(numbers: list[str], db: Engine) -> None:
    before = everything(db)
    tried = bring(*ROWS, dry_run=True)
    assert everything(db) == before
    assert tried == bring(*ROWS)


def test_what_was_paid_already_is_not_paid_again_by_another_way(numbers: list[str], db: Engine) -> None:
    mark_paid(numbers[0], reference='noted by hand')
    [result] = bring(ROWS[0])
    assert result.outcome is Outcome.SETTLED
    assert result.why.startswith(f'Nothing is due of {numbers[0]}.')
    assert value(db, 'SELECT count(*) FROM payments') == 1


def test_a_payment_for_an_organization_that_is_gone_is_written_down(
    numbers: list[str], world: World, db: Engine
) -> None:
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    assert outcomes(bring(*ROWS[:4])) == ['paid'] * 4


def test_drafts_and_credit_notes_are_named_by_nobody(numbers: list[str], world: World) -> None:
    draft = written.draft(world.organization_id, [100])
    assert outcomes(bring(f'12.04.2027;draft-{draft};1,19;EUR', '12.04.2027;CN-2027-000001;1,19;EUR')) == [
        'unmatched',
        'unmatched',
    ]


def test_a_reference_may_hold_anything(numbers: list[str], db: Engine) -> None:
    text = '=HYPERLINK("http://x") \u202eINV-2027-000001\u202c \x07<b>' + 'x' * 300
    content = f'Date\tReference\tAmount\n2027-04-10\t{text}\t58.31\n'.encode()
    [result] = bank_import.import_payments(content)
    assert result.outcome is Outcome.PAID
    kept = value(db, 'SELECT reference FROM payments')
    assert len(kept) <= 200 and '\u202e' not in kept


def test_without_a_catalogue_there_is_nothing_to_pay(world: World) -> None:
    assert 'no catalogue' in str(refused(Invalid, bring, ROWS[0]))
