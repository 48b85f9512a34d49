"""Documents that tests print: an invoice for Müller & Söhne, and what may be another one on it."""

from dataclasses import replace
from datetime import date
from typing import Any

from data import clock, database
from data.database import System
from data.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, InvoiceTax, new_id
from data.services.invoices import documents
from data.services.invoices.printed import Document, document

SELLER = {
    'name': 'Botcadence Betreiber GmbH',
    'lines': ['Botcadence Betreiber GmbH', 'Lange Straße 12', '10115 Berlin', 'GERMANY'],
    'country': 'DE',
    'tax': 'USt-IdNr. DE136695976',
    'email': 'billing@botcadence.example',
}
BUYER = {
    'name': 'Müller & Söhne KG',
    'lines': ['Müller & Söhne KG', 'Jürgen Müller', 'Königstraße 1', '70173 Stuttgart', 'GERMANY'],
    'country': 'DE',
    'tax': 'USt-IdNr. DE811569869',
}
SNAPSHOT: dict[str, Any] = {
    'seller': SELLER,
    'buyer': BUYER,
    'transfer': {'holder': 'Botcadence Betreiber GmbH', 'iban': 'DE89370400440532013000', 'bic': 'COBADEFFXXX'},
    'notes': [],
    'footer': 'Botcadence Betreiber GmbH · HRB 12345 B\nQuestions: billing@botcadence.example',
    'reference': 'PO 4711',
    'tax_name': 'VAT',
    'first_day': '2027-03-01',
    'last_day': '2027-03-31',
}
AT = 'abcdefghijklmnop'


def invoice(**changed: Any) -> Invoice:
    """A final invoice of 96.00 EUR."""
    values = {
        'id': 'i' * 16,
        'organization_id': AT,
        'state': InvoiceState.FINAL,
        'series': 'INV',
        'seq': 42,
        'number': 'INV-2027-000042',
        'issued_on': date(2027, 4, 1),
        'due_on': date(2027, 4, 15),
        'currency': 'EUR',
        'net': 8067,
        'tax': 1533,
        'total': 9600,
        'snapshot': SNAPSHOT,
    }
    return Invoice(**{**values, **changed})


def line(position: int, text: str, net: int, **more: Any) -> InvoiceLine:
    """A line with 19 % of tax, about March."""
    days = {'service_from': date(2027, 3, 1), 'service_to': date(2027, 3, 31)}
    what = {'cause': text, 'text': text, 'net': net, 'category': 'S', 'rate': 19000}
    return InvoiceLine(organization_id=AT, invoice_id='i' * 16, position=position, **{**days, **what, **more})


LINES = [
    line(1, 'Team', 4900, quantity=1, unit_price=4900, service_from=date(2027, 4, 1), service_to=date(2027, 4, 30)),
    line(2, 'Members beyond 5 included', 1800, quantity=93, unit_price=600, per=31),
    line(3, 'Messages beyond 10,000 included', 1367, quantity=3417, unit_price=400, per=1000),
]
TAXES = [InvoiceTax(organization_id=AT, invoice_id='i' * 16, category='S', rate=19000, net=8067, tax=1533)]


def issue(organization_id: str, *, seq: int = 1, final: bool = True, **changed: Any) -> str:
    """Put an invoice like that on the books of an organization, with the next `seq`; its id."""
    invoice_id = new_id()
    with database.transaction(System(organization_id)) as tx:
        of = {'organization_id': organization_id, 'invoice_id': invoice_id}
        born = {'id': invoice_id, 'organization_id': organization_id, 'finalize_after': clock.now()}
        draft = {'state': InvoiceState.DRAFT, 'seq': None, 'number': None, 'issued_on': None, 'due_on': None}
        row = invoice(**{**changed, **born, **draft, 'snapshot': None})
        tx.add(row)
        tx.flush()
        for part in (*LINES, *TAXES):
            tx.add(type(part)(**{**part.model_dump(), **of}))
        tx.flush()
        if final:
            row.snapshot, row.seq, row.number = SNAPSHOT, seq, f'{row.series}-2027-{seq:06}'
            row.issued_on, row.due_on, row.state = date(2027, 4, 1), date(2027, 4, 15), InvoiceState.FINAL
    return invoice_id


def sample(**changed: Any) -> Document:
    """What is printed of it, with another snapshot where `changed` has parts of one."""
    return document(invoice(snapshot={**SNAPSHOT, **changed}), LINES, TAXES)


def long(number: int) -> Document:
    """The same with so many lines."""
    return replace(sample(), lines=sample().lines[1:2] * number)


def credit_note() -> Document:
    """One that takes back two members of it."""
    note = invoice(
        kind=InvoiceKind.CREDIT,
        number='CN-2027-000003',
        series='CN',
        due_on=None,
        net=-1200,
        tax=-228,
        total=-1428,
        reason='Two members were counted who had left.',
    )
    taxes = [InvoiceTax(organization_id=AT, invoice_id='i' * 16, category='S', rate=19000, net=-1200, tax=-228)]
    return document(note, [line(1, 'Members beyond 5 included', -1200)], taxes, invoice())


def make_missing() -> int:
    """Make all documents that are missing, as a round of billing does; how many were made."""
    return sum(documents.make(*it) for it in documents.missing())
