"""Final invoices: their numbers and days, how they are taxed, what is printed on them, and what keeps one a draft."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_billing import GERMAN

from data import database
from data.database import System, number_series
from data.jobs import billing
from data.models import Invoice, InvoiceState, Payment
from data.problems import Invalid, NotFound
from data.runtime import mail_server, number_book
from data.runtime.mail_server import MailServer
from data.services import audit, billing_address, organizations
from data.services.invoices import finalizing, looking, numbering, rounds
from data.services.invoices.addressing import NoAddress
from data.services.invoices.numbering import BookUnreadable, NumberGone
from data.services.payments import tax_status
from data.services.subscriptions import operating
from tests.support import billed, catalogues
from tests.support.probes import refused, rows, value
from tests.support.subscribed import STARTS
from tests.support.world import World, inside

pytestmark = pytest.mark.usefixtures('at_any_time')

FRENCH = {
    'kind': 'company',
    'country': 'FR',
    'company_name': 'Exemple SARL',
    'street_address': '1 rue de la Paix',
    'postal_code': '75002',
    'city': 'Paris',
}
POLISH = {
    'kind': 'company',
    'country': 'PL',
    'company_name': 'Przykład sp. z o.o.',
    'street_address': 'ul. Prosta 1',
    'postal_code': '00-001',
    'city': 'Warszawa',
    'tax_id': 'PL5260250995',
}
SWISS = {
    'kind': 'person',
    'country': 'CH',
    'name': 'Ruth Muster',
    'street_address': 'Bahnhofstrasse 1',
    'postal_code': '8001',
    'city': 'Zürich',
}


@pytest.fixture
def acme(world: World, db: Engine) -> str:
    """Acme, which begins with Team on 1 March 2027 and has an address in Germany."""
    billed.on('2027-03-01')
    catalogues.applied()
    billing_address.set_address(world.owner, GERMAN, version=0)
    billed.begin(world.organization_id)
    return world.organization_id


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Path]:
    """The number book in a folder of its own."""
    number_book.configure(tmp_path)
    yield tmp_path / number_book.FILE
    number_book.configure(None)


def draft_of(at: str, day: str = '2027-04-01') -> Invoice:
    billed.on(day)
    [draft] = billed.close(at)
    return draft


def other(world: World, name: str = 'Other') -> str:
    """Another organization of Olga's with Team and an address, from now on."""
    at = organizations.create(world.owner, name).id
    billing_address.set_address(inside(world.owner, at), GERMAN, version=0)
    billed.begin(at)
    return at


# number and days ----------------------------------------------------------------------------------------------------


def test_a_draft_becomes_final_once(acme: str, db: Engine) -> None:
    draft = draft_of(acme)
    assert (draft.state, draft.number, draft.seq) == (InvoiceState.DRAFT, None, None)
    final = billed.finalize(draft)
    assert (final.number, final.seq, final.issued_on, final.due_on) == (
        'INV-2027-000001',
        1,
        date(2027, 4, 1),
        date(2027, 4, 15),
    )
    assert billed.finalize(draft).number == final.number
    assert rows(db, 'SELECT last FROM number_sequences') == [(1,)]
    acts = rows(db, "SELECT action FROM audit_events WHERE action LIKE 'billing:%' AND actor_email = 'Botcadence'")
    assert [it for [it] in acts].count('billing:invoice') == 1


def test_there_are_hours_of_review(acme: str) -> None:
    draft = draft_of(acme)
    assert rounds.to_finalize() == []
    billed.on('2027-04-02', hour=13)
    assert rounds.to_finalize() == [(acme, draft.id)]


def test_numbers_follow_each_other_whosever_they_are(acme: str, world: World, db: Engine) -> None:
    there = other(world)
    billed.on('2027-05-01')
    drafts = [*billed.close(there), *billed.close(acme)]
    assert len(drafts) == 4
    assert [billed.finalize(draft).seq for draft in drafts] == [1, 2, 3, 4]
    billed.on('2028-01-05')
    assert billed.finalize(billed.close(acme)[0]).number == 'INV-2028-000005'


def test_days_never_go_back(acme: str) -> None:
    billed.on('2027-05-01')
    first, second = billed.close(acme)
    assert billed.finalize(first).issued_on == date(2027, 5, 1)
    billed.on('2027-04-20')
    final = billed.finalize(second)
    assert (final.seq, final.issued_on, final.due_on) == (2, date(2027, 5, 1), date(2027, 5, 15))


def test_nobody_finalizes_what_is_not_theirs(acme: str, world: World) -> None:
    draft = draft_of(acme)
    refused(NotFound, finalizing.finalize, world.stranger.organization_id, draft.id)
    refused(NotFound, finalizing.finalize, acme, 'x')
    assert billed.invoices(acme)[0].state is InvoiceState.DRAFT


# taxes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('address', 'category', 'rate', 'tax', 'notes'),
    [
        (GERMAN, 'S', 19000, 931, 0),
        (FRENCH, 'S', 20000, 980, 0),  # a company without a VAT number
        (POLISH, 'AE', 0, 0, 1),
        ({**POLISH, 'kind': 'person', 'name': 'Jan Przykład', 'company_name': '', 'tax_id': ''}, 'S', 19000, 931, 0),
        (SWISS, 'Z', 0, 0, 0),
    ],
    ids=['at home', 'rate of a country', 'reverse charge', 'person', 'no tax'],
)
def test_tax_is_decided_by_where_it_goes(
    acme: str, world: World, db: Engine, address: dict[str, str], category: str, rate: int, tax: int, notes: int
) -> None:
    draft = draft_of(acme)
    assert draft.tax == 931
    billing_address.set_address(world.owner, address, version=1)
    final = billed.finalize(draft)
    assert (final.net, final.tax, final.total) == (4900, tax, 4900 + tax)
    assert rows(db, 'SELECT category, rate, net, tax FROM invoice_taxes') == [(category, rate, 4900, tax)]
    [line] = billed.lines(final)
    assert (line.category, line.rate) == (category, rate)
    assert final.snapshot and len(final.snapshot['notes']) == notes


def test_who_is_exempt_owes_no_tax(acme: str) -> None:
    draft = draft_of(acme)
    tax_status.exempt(acme)
    final = billed.finalize(draft)
    assert (final.tax, final.total) == (0, 4900)
    assert final.snapshot and final.snapshot['notes'] == ['Exempt from VAT.']


# what is printed ----------------------------------------------------------------------------------------------------


def test_what_is_printed_is_what_was_then(acme: str, world: World) -> None:
    final = billed.finalize(draft_of(acme))
    kept = final.snapshot
    assert kept and json.loads(json.dumps(kept)) == kept
    assert kept['seller']['lines'][0] == 'Botcadence GmbH' and kept['transfer']['iban'] == 'DE89370400440532013000'
    assert kept['buyer']['lines'][-1] == 'GERMANY' and kept['buyer']['name'] == GERMAN['company_name']
    assert (kept['first_day'], kept['last_day'], kept['tax_name']) == ('2027-03-01', '2027-03-31', 'VAT')
    billing_address.set_address(world.owner, FRENCH, version=1)
    catalogues.applied(('name = "Botcadence GmbH"', 'name = "Another GmbH"'))
    [again] = billed.invoices(acme)
    assert again.snapshot == kept and again.total == final.total


def test_what_is_billed_on_the_day_on_which_it_began_is_about_that_day(world: World) -> None:
    at, day = world.organization_id, billed.on('2027-03-01')
    catalogues.applied(STARTS, ('trial_days = 14\n', ''))
    billing_address.set_address(world.owner, GERMAN, version=0)
    operating.subscribe(at, 'team')
    kept = billed.finalize(draft_of(at, '2027-03-01')).snapshot
    assert kept and (kept['first_day'], kept['last_day']) == ('2027-03-01', '2027-03-01')
    [row] = looking.portion(world.owner).rows
    assert (row.first, row.last) == (day, day)
    entry = audit.portion(world.owner, action=('billing:draft',)).rows[0]
    assert (entry.details['day'], entry.details['last']) == ('2027-03-01', '2027-03-01')


# credit -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(('credit', 'used'), [(1000, 1000), (9000, 5831)], ids=['some', 'more than enough'])
def test_credit_is_used_when_an_invoice_becomes_final(acme: str, db: Engine, credit: int, used: int) -> None:
    draft = draft_of(acme)
    with database.transaction(System(acme)) as tx:
        tx.add(
            Payment(
                organization_id=acme,
                amount=credit,
                currency='EUR',
                received_on=date(2027, 4, 1),
                method='transfer',
                reference='before',
            )
        )
    final = billed.finalize(draft)
    assert final.snapshot and final.snapshot['credit'] == used
    paid = 'SELECT sum(amount) FROM payments WHERE invoice_id IS'
    assert value(db, f'{paid} NOT NULL') == used and value(db, f'{paid} NULL') == credit - used


# without an address --------------------------------------------------------------------------------------------------


def test_without_an_address_it_stays_a_draft_and_people_are_told_once(world: World, db: Engine) -> None:
    mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', 'https://bots.example.com'))
    try:
        billed.on('2027-03-01')
        catalogues.applied()
        at = world.organization_id
        billed.begin(at)
        draft = draft_of(at)
        told = "SELECT recipient FROM mails WHERE kind = 'invoice-no-address'"
        assert rows(db, told) == [('olga@acme.test',)]
        billed.on('2027-04-03')
        assert rounds.to_finalize() == []
        assert 'has no billing address' in str(refused(NoAddress, billed.finalize, draft))
        refused(NoAddress, billed.finalize, draft)
        assert len(rows(db, told)) == 1
        billing_address.set_address(world.owner, GERMAN, version=0)
        assert rounds.to_finalize() == [(at, draft.id)]
        assert billed.finalize(draft).number == 'INV-2027-000001'
    finally:
        mail_server.configure(None)


# an older backup -----------------------------------------------------------------------------------------------------


def test_the_last_number_is_written_down_beside_the_database(acme: str, book: Path) -> None:
    draft = draft_of(acme)
    assert not book.exists()
    billed.finalize(draft)
    assert json.loads(book.read_text()) == {'INV': {'last': 1, 'issued_on': '2027-04-01'}}
    assert book.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def test_no_number_is_given_twice_after_an_older_backup(acme: str, book: Path, db: Engine) -> None:
    draft = draft_of(acme)
    book.write_text(json.dumps({'INV': {'last': 42, 'issued_on': '2027-04-01'}}))
    problem = refused(NumberGone, billed.finalize, draft)
    assert '42 was given already' in str(problem) and '--skip-to 43' in str(problem)
    assert rows(db, 'SELECT * FROM number_sequences') == []
    assert billed.invoices(acme)[0].state is InvoiceState.DRAFT
    for number, sentence in ((42, '42 was given already'), (1, 'nothing to skip'), (0, 'nothing to skip')):
        assert sentence in refused(Invalid, numbering.skip_to, 'INV', number, 'why').fields['number']
    assert 'reason' in refused(Invalid, numbering.skip_to, 'INV', 43, ' ').fields
    assert 'series' in refused(Invalid, numbering.skip_to, 'XX', 43, 'why').fields
    numbering.skip_to('INV', 43, 'Sent on 1 April, before the backup came back.')
    assert billed.finalize(draft).number == 'INV-2027-000043'
    assert rows(db, 'SELECT series, first, last, reason FROM number_gaps') == [
        ('INV', 1, 42, 'Sent on 1 April, before the backup came back.')
    ]
    billed.on('2027-05-01')
    assert billed.finalize(billed.close(acme)[0]).seq == 44
    assert json.loads(book.read_text())['INV']['last'] == 44


@pytest.mark.parametrize('text', ['', '{', '[]', '{"INV": 3}', '{"INV": {"last": "3"}}', 'null'])
def test_a_book_that_cannot_be_read_lets_nothing_become_final(acme: str, book: Path, text: str) -> None:
    draft = draft_of(acme)
    book.write_text(text)
    assert str(book) in str(refused(BookUnreadable, billed.finalize, draft))
    assert billed.invoices(acme)[0].state is InvoiceState.DRAFT
    assert book.read_text() == text


def test_what_a_killed_process_did_not_write_down_is_made_up_for(acme: str, book: Path) -> None:
    billed.finalize(draft_of(acme))
    book.unlink()
    billing.Billing().round()
    assert json.loads(book.read_text())['INV']['last'] == 1


def test_a_number_is_given_in_an_organization_only(acme: str) -> None:
    with pytest.raises(RuntimeError), database.accounts() as tx:
        number_series.take_number(tx, 'INV', date(2027, 4, 1))
    with pytest.raises(RuntimeError), database.reading(System(acme)) as tx:
        number_series.take_number(tx, 'INV', date(2027, 4, 1))


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_yesterdays_database_refuses_the_number_that_was_sent_today(
    acme: str, book: Path, database_url: str, db: Engine
) -> None:
    billed.on('2027-05-01')
    first, second = billed.close(acme)
    billed.finalize(first)
    path, backup = Path(database_url.removeprefix('sqlite:///')), book.parent / 'backup'
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(backup)) as copy:
        old.backup(copy)
    sent = billed.finalize(second)
    assert sent.seq == 2
    database.close()
    for beside in path.parent.glob(f'{path.name}-*'):
        beside.unlink()
    path.write_bytes(backup.read_bytes())
    again = database.connect(database_url)
    problem = refused(NumberGone, billed.finalize, second)
    assert '2 was given already' in str(problem)
    assert [it['given'] for it in numbering.numbers() if it['series'] == 'INV'] == [2]
    numbering.skip_to('INV', 3, f'{sent.number} was sent before the backup came back.')
    assert billed.finalize(second).number == 'INV-2027-000003'
    assert rows(again, 'SELECT first, last FROM number_gaps') == [(2, 2)]
    again.dispose()
