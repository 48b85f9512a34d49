"""Credit notes: in whole or in part, to the cent, never more than the invoice."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data import database
from data.changes import Change
from data.database import System
from data.models import Invoice, InvoiceKind, Status
from data.problems import Invalid, NotFound
from data.services import audit
from data.services.payments import InvoiceStanding, balances, books, credit_of, dunning
from data.services.payments.credit_notes import Credited, credit
from data.services.payments.receiving import mark_paid
from tests.support import books as written
from tests.support import catalogues
from tests.support.probes import happens_whole_or_not_at_all, refused, rows, run, value
from tests.support.world import World, organization

pytestmark = pytest.mark.usefixtures('at_any_time')
VECTORS = json.loads((Path(__file__).parent / 'support' / 'vectors.json').read_text('utf-8'))['vectors']
PARTS = [it for it in VECTORS if it['given']['kind'] == 'credit_notes']
ISSUED, TODAY = date(2027, 4, 2), date(2027, 4, 20)
WHY = 'It was billed twice'


@pytest.fixture
def number(world: World) -> str:
    """An invoice of Acme over two lines, 49.00 and 13.67: 74.58 with tax."""
    catalogues.applied()
    written.stand_on(TODAY)
    written.subscribe(world.organization_id)
    return written.invoice(world.organization_id, [4900, 1367], issued_on=ISSUED)


def sentence(*arguments: object) -> str:
    return str(refused(Invalid, credit, *arguments))


@pytest.mark.parametrize('vector', PARTS, ids=lambda it: it['id'])
def test_the_worked_examples_hold(vector: dict[str, Any], world: World) -> None:
    given, expect = vector['given'], vector['expect']
    catalogues.applied()
    written.stand_on(TODAY)
    written.subscribe(world.organization_id)
    lines, rate = given['invoice']['lines'], int(float(given['invoice']['rate']) * 1000)
    number = written.invoice(world.organization_id, lines, issued_on=ISSUED, rate=rate)
    [row] = books.booked()
    assert (row.net, row.tax, row.total) == tuple(expect['invoice'].values())
    unused = dict(enumerate(lines, 1))
    notes = []
    for net in given['credited_nets']:
        position = next(it for it, left in unused.items() if left == net)
        del unused[position]
        notes.append(credit(number, str(position), WHY))
    assert [{'net': it.net, 'tax': it.tax, 'total': it.total} for it in notes] == expect['credit_notes']
    left = expect['still_creditable']
    assert notes[-1].due == left['net'] + left['tax']
    if left['net'] == 0:
        assert 'is credited already' in sentence(number, '', WHY)


def test_the_whole_is_credited_and_numbered_and_nothing_is_due(number: str, world: World, db: Engine) -> None:
    note = credit(number, '', WHY)
    assert (note.number, note.invoice, note.total, note.kept, note.due) == ('CN-2027-000001', number, -7458, 0, 0)
    invoice, kept = books.booked()
    assert (invoice.standing, kept.standing, kept.credits, kept.kind) == (
        InvoiceStanding.CREDITED,
        InvoiceStanding.CREDITED,
        number,
        InvoiceKind.CREDIT,
    )
    with database.reading(System(world.organization_id)) as tx:
        row = tx.find(Invoice, written.id_of(note.number))
        assert (row.reason, row.series, row.due_on, row.issued_on) == (WHY, 'CN', None, TODAY)
        assert row.snapshot and row.snapshot['buyer']['name'] == 'Acme GmbH'
    lines = rows(db, "SELECT net, credited_position FROM invoice_lines WHERE cause LIKE 'credit:%' ORDER BY position")
    assert lines == [(-4900, 1), (-1367, 2)]
    entry = audit.portion(world.owner, action=('billing:credit',)).rows[0]
    assert (entry.target, entry.details['before']) == (note.number, number)
    assert credit(written.invoice(world.organization_id, [100], issued_on=TODAY), '', WHY).number == 'CN-2027-000002'


def test_parts_are_credited_and_never_more_than_the_line(number: str) -> None:
    first = credit(number, '1:10.00, 2', WHY)
    assert (first.net, first.due) == (-2367, 7458 + first.total)
    assert sentence(number, '1:39.01', WHY) == 'Of line 1, €39.00 net can still be credited, not more.'
    assert 'Line 2' in sentence(number, '2', WHY)
    last = credit(number, '1', WHY)
    assert (first.total + last.total, last.due) == (-7458, 0)
    assert 'All of' in sentence(number, '1', WHY)


def test_what_was_paid_becomes_credit_and_pays_the_next(number: str, world: World) -> None:
    mark_paid(number)
    note = credit(number, '2', WHY)
    assert (note.total, note.kept, note.due) == (-1627, 1627, 0)
    with database.reading(System(world.organization_id)) as tx:
        assert credit_of(tx) == 1627
        balance = balances(tx, [written.id_of(number)])[written.id_of(number)]
    assert (balance.paid, balance.credited, balance.due) == (7458 - 1627, 1627, 0)
    partly = written.invoice(world.organization_id, [10_000], issued_on=ISSUED)
    mark_paid(partly, '100.00')
    assert credit(partly, '1:50.00', WHY).kept == 4050  # 119.00 less 59.50, of which 100.00 were paid


WRONG = {
    '3': 'has no line 3. It has 2.',
    '0': 'Write lines by their numbers',
    '1,1': 'Line 1 is there twice.',
    '1:49.01': '€49.00 net can still be credited',
    '1:0.00': 'more than 0',
    '1:-5.00': 'below zero',
    '1:5,00': 'with its decimals: 1:5.00',
    '1:5,2': 'with its decimals: 1:5.00',
    '1:5.00,00': 'Write lines by their numbers',
    '1:49.001': '2 digits',
    'one': 'Write lines by their numbers',
    ',': 'Write lines by their numbers',
    '1:': 'Write lines by their numbers',
}


def test_lines_that_cannot_be_are_refused_with_a_sentence(number: str, db: Engine) -> None:
    for lines, said in WRONG.items():
        assert said in sentence(number, lines, WHY), lines
    assert value(db, "SELECT count(*) FROM invoices WHERE kind = 'credit'") == 0


def test_a_draft_a_credit_note_and_a_stranger_are_refused(number: str, world: World) -> None:
    note = credit(number, '1:1.00', WHY)
    assert 'is a credit note itself' in sentence(note.number, '', WHY)
    assert 'draft still' in sentence(f'draft-{written.draft(world.organization_id, [5])}', '', WHY)
    assert 'no invoice' in str(refused(NotFound, credit, 'INV-2099-1', '', WHY))
    assert 'reason' in sentence(number, '', ' ').lower()
    assert 'reason' in sentence(number, '', 'x' * 501).lower()


def test_a_line_that_took_back_already_is_credited_the_other_way_round(world: World) -> None:
    catalogues.applied()
    written.stand_on(TODAY)
    written.subscribe(world.organization_id)
    number = written.invoice(world.organization_id, [4900, -2371], issued_on=ISSUED)
    assert 'take nothing back' in sentence(number, '2', WHY)
    assert '€30.10 with tax can still be credited in all' in sentence(number, '1', WHY)
    assert credit(number, '1:10.00', WHY).due == 1820
    assert '€18.20 with tax' in sentence(number, '1:15.30', WHY), 'more by a cent'
    note = credit(number, '', WHY)
    assert (note.net, note.due) == (-1529, 0)


def test_crediting_everything_overdue_lifts_at_once(number: str, world: World, published: list[Change]) -> None:
    dunning.chase(world.organization_id, TODAY)
    assert organization(world.owner).status is Status.PAST_DUE
    assert not credit(number, '1', WHY).lifted
    assert credit(number, '2', WHY).lifted
    assert organization(world.owner).status is Status.ACTIVE


def test_an_invoice_of_an_organization_that_is_gone_is_credited(number: str, world: World, db: Engine) -> None:
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    note: Credited = credit(number, '', WHY)
    assert (note.number, note.due, note.lifted) == ('CN-2027-000001', 0, False)


def test_it_happens_whole_or_not_at_all(number: str, db: Engine, published: list[Change]) -> None:
    mark_paid(number)
    published.clear()
    assert happens_whole_or_not_at_all(db, lambda: credit(number, '1:10.00', WHY), published) > 6
