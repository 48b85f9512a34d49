"""Books against the database itself: what is final stays, whatever statement is tried, and nothing wrong gets there."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel
from test_billing import GERMAN

from data.models import Invoice, new_id
from data.services import billing_address
from tests.support import billed, catalogues
from tests.support.probes import rows, run, value
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')

NEVER = 'a final invoice never changes'
KEPT = 'books are kept as they are'
PARTS = {
    'invoice_lines': {
        'position': 9,
        'cause': 'x',
        'text': 'x',
        'quantity': 1,
        'unit_price': 1,
        'per': 2,
        'net': 1,
        'category': 'Z',
        'rate': 1,
        'service_from': '2027-01-01',
        'service_to': '2027-01-01',
        'credited_position': 1,
    },
    'invoice_taxes': {'category': 'Z', 'rate': 1, 'net': 1, 'tax': 1},
}
"""Another value for each column of what a final invoice consists of."""
WHOLE = {
    'kind': 'credit',
    'state': 'draft',
    'period_id': None,
    'credits': None,
    'reason': 'x',
    'series': 'X',
    'seq': 7,
    'number': 'X-7',
    'created_at': '2027-01-01 00:00:00+00:00',
    'finalize_after': '2027-01-01 00:00:00+00:00',
    'issued_on': '2027-01-01',
    'due_on': '2027-01-01',
    'currency': 'USD',
    'net': 0,
    'tax': 0,
    'total': 0,
    'snapshot': None,
}


@pytest.fixture
def invoice(world: World, db: Engine) -> Invoice:
    """Acme's invoice of March 2027, which is final, with a document."""
    billed.on('2027-03-01')
    catalogues.applied()
    billing_address.set_address(world.owner, GERMAN, version=0)
    billed.begin(world.organization_id)
    billed.on('2027-04-01')
    [draft] = billed.close(world.organization_id)
    final = billed.finalize(draft)
    add(db, 'invoice_documents', final, sha256='0' * 64, pdf=b'%PDF', made_at='2027-04-01 12:00:00+00:00')
    return final


def add(db: Engine, table: str, invoice: Invoice, **values: Any) -> None:
    """Write a row about an invoice with plain SQL."""
    values = {'organization_id': invoice.organization_id, 'invoice_id': invoice.id, **values}
    names = ', '.join(values)
    run(db, f'INSERT INTO {table} ({names}) VALUES ({", ".join(f":{name}" for name in values)})', **values)


def refused(db: Engine, sentence: str, statement: str, **values: Any) -> None:
    """Make sure that the database refuses a statement with this sentence, and nothing is another one then."""
    before = everything(db)
    with pytest.raises(DBAPIError) as caught:
        run(db, statement, **values)
    assert sentence in str(caught.value.orig), statement
    assert everything(db) == before


def everything(db: Engine) -> list[Any]:
    """All rows of the books."""
    tables = ('invoices', *PARTS, 'invoice_documents', 'payments', 'number_gaps')
    return [sorted(rows(db, f'SELECT * FROM {table}'), key=repr) for table in tables]


def draft(db: Engine, invoice: Invoice, **values: Any) -> str:
    """Another draft of the same organization, of no period, with one line that its sums fit."""
    other = new_id()
    named: dict[str, Any] = {
        'organization_id': invoice.organization_id,
        'id': other,
        'kind': 'invoice',
        'state': 'draft',
        'reason': '',
        'series': 'INV',
        'created_at': '2027-04-01 12:00:00+00:00',
        'finalize_after': '2027-04-01 12:00:00+00:00',
        'currency': 'EUR',
        'net': 100,
        'tax': 19,
        'total': 119,
        **values,
    }
    run(db, f'INSERT INTO invoices ({", ".join(named)}) VALUES ({", ".join(f":{name}" for name in named)})', **named)
    there = Invoice(id=other, organization_id=invoice.organization_id)
    add(db, 'invoice_lines', there, position=1, cause='plan', text='x', per=1, net=100, category='S', rate=19000)
    add(db, 'invoice_taxes', there, category='S', rate=19000, net=100, tax=19)
    return other


FINAL = "UPDATE invoices SET state = 'final', seq = :seq, number = :number WHERE id = :id"


def test_a_final_invoice_never_changes(db: Engine, invoice: Invoice) -> None:
    assert set(WHOLE) == set(SQLModel.metadata.tables['invoices'].columns.keys()) - {'organization_id', 'id'}
    for column, other in WHOLE.items():
        refused(db, NEVER, f'UPDATE invoices SET {column} = :other WHERE id = :id', other=other, id=invoice.id)
    for column in ('id', 'organization_id'):
        refused(db, NEVER, f'UPDATE invoices SET {column} = :other WHERE id = :id', other=new_id(), id=invoice.id)
    refused(db, NEVER, 'DELETE FROM invoices WHERE id = :id', id=invoice.id)
    refused(db, NEVER, 'DELETE FROM invoices')
    refused(db, NEVER, 'UPDATE invoices SET total = total')


@pytest.mark.parametrize('table', PARTS)
def test_what_it_consists_of_never_changes(db: Engine, invoice: Invoice, table: str) -> None:
    columns = set(SQLModel.metadata.tables[table].columns.keys())
    assert set(PARTS[table]) == columns - {'organization_id', 'invoice_id'}
    of = 'WHERE invoice_id = :id'
    for column, other in PARTS[table].items():
        refused(db, NEVER, f'UPDATE {table} SET {column} = :other {of}', other=other, id=invoice.id)
    other = draft(db, invoice)
    refused(db, NEVER, f'UPDATE {table} SET invoice_id = :other {of}', other=other, id=invoice.id)
    refused(db, NEVER, f'UPDATE {table} SET invoice_id = :other {of}', other=invoice.id, id=other)
    refused(db, NEVER, f'DELETE FROM {table} {of}', id=invoice.id)
    names = ', '.join(sorted(columns - {'position', 'category'}))
    more = 'position, category' if 'position' in columns else 'category'
    values = "9, 'Z'" if 'position' in columns else "'Z'"
    refused(
        db, NEVER, f'INSERT INTO {table} ({names}, {more}) SELECT {names}, {values} FROM {table} {of}', id=invoice.id
    )


def test_what_was_sent_and_what_was_paid_stays(db: Engine, invoice: Invoice) -> None:
    values = {'id': new_id(), 'amount': 5, 'currency': 'EUR', 'received_on': '2027-04-02', 'method': 'transfer'}
    add(db, 'payments', invoice, **values, reference='', part=0, created_at='2027-04-02 12:00:00+00:00')
    gap = {'first': 2, 'last': 3, 'reason': 'sent', 'at': '2027-04-02 12:00:00+00:00'}
    run(
        db, "INSERT INTO number_gaps (series, first, last, reason, at) VALUES ('X', :first, :last, :reason, :at)", **gap
    )
    for table, column, other in (
        ('invoice_documents', 'pdf', b'other'),
        ('invoice_documents', 'sha256', 'x'),
        ('payments', 'amount', 6),
        ('payments', 'invoice_id', None),
        ('number_gaps', 'reason', 'other'),
    ):
        refused(db, KEPT, f'UPDATE {table} SET {column} = :other', other=other)
        refused(db, KEPT, f'DELETE FROM {table}')


def test_a_period_has_one_invoice(db: Engine, invoice: Invoice) -> None:
    with pytest.raises(DBAPIError):
        draft(db, invoice, period_id=invoice.period_id)
    assert value(db, 'SELECT count(*) FROM invoices') == 1


@pytest.mark.parametrize('seq', [0, 1, 3, -1])
def test_a_number_follows_the_one_before_it(db: Engine, invoice: Invoice, seq: int) -> None:
    other = draft(db, invoice)
    refused(db, 'a number follows the one before it', FINAL, seq=seq, number='another', id=other)


def test_the_same_number_is_given_once(db: Engine, invoice: Invoice) -> None:
    other = draft(db, invoice)
    refused(db, 'number', FINAL, seq=2, number=invoice.number, id=other)
    assert run(db, FINAL, seq=2, number='another', id=other) == 1


@pytest.mark.parametrize(
    'wrong', [{'net': 99, 'total': 118}, {'tax': 18, 'total': 118}, {'total': 120}], ids=['net', 'tax', 'total']
)
def test_what_does_not_add_up_never_becomes_final(db: Engine, invoice: Invoice, wrong: dict[str, int]) -> None:
    other = draft(db, invoice, **wrong)
    refused(db, 'the lines of an invoice add up to it', FINAL, seq=2, number='another', id=other)


def test_an_invoice_is_born_a_draft(db: Engine, invoice: Invoice) -> None:
    with pytest.raises(DBAPIError, match='an invoice is born a draft'):
        draft(db, invoice, state='final', seq=2, number='another')
    other = draft(db, invoice)
    for taken in ('seq = 2', "number = 'another'"):  # a draft has none
        refused(db, 'number', f'UPDATE invoices SET {taken} WHERE id = :id', id=other)
