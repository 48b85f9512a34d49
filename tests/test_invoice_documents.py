"""Documents: made once an invoice is final, kept as they were sent, mailed to whoever gets invoices, nobody else's."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from data import database
from data.database import System
from data.integrations import typst
from data.jobs.billing import Billing
from data.models import Invoice
from data.problems import Forbidden, NotFound
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import billing_contacts
from data.services.billing_contacts.confirming import token_of
from data.services.invoices import documents, printing
from data.services.invoices.printed import Document
from tests.support import catalogues
from tests.support.documents import issue, make_missing
from tests.support.mailing import HOME, delivered, mail_set_up
from tests.support.post_office import Box, text_of
from tests.support.probes import rows, run, value
from tests.support.world import World

OLGA, BOOKS = 'olga@acme.test', 'books@clerk.test'
NUMBER = 'INV-2027-000001'


@pytest.fixture
def server(world: World) -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def add_contact(world: World) -> None:
    billing_contacts.confirm(token_of(billing_contacts.add(world.owner, {'email': BOOKS, 'gets': 'invoices'})))


def kept(db: Engine) -> list[tuple[str, bytes]]:
    return [(digest, bytes(pdf)) for digest, pdf in rows(db, 'SELECT sha256, pdf FROM invoice_documents')]


def test_a_document_is_made_once_and_mailed_once(world: World, db: Engine, server: MailServer) -> None:
    add_contact(world)
    delivered(server)
    issue(world.organization_id)
    assert make_missing() == 1
    assert make_missing() == 0
    box = Box()
    assert sorted(delivered(server, box)) == [BOOKS, OLGA]
    [(digest, pdf)] = kept(db)
    assert hashlib.sha256(pdf).hexdigest() == digest
    for to in (BOOKS, OLGA):
        [mail] = box.mails_to(to)
        assert mail['Subject'] == 'Invoice INV-2027-000001 for Acme'
        [file] = mail.iter_attachments()
        assert file.get_filename() == f'{NUMBER}.pdf'
        assert file.get_content_type() == 'application/pdf'
        assert file.get_content() == pdf
        assert 'Please transfer €96.00 by 15 April 2027.' in text_of(mail)
    page = f'{HOME}/organizations/{world.organization_id}/billing/invoices/{NUMBER}'
    assert page in text_of(box.mails_to(OLGA)[0])
    assert HOME + '/organizations' not in text_of(box.mails_to(BOOKS)[0])
    assert rows(db, 'SELECT kind FROM invoice_notices') == [('issued',)]
    assert delivered(server) == []


def test_without_a_mail_server_it_is_there_all_the_same(world: World, db: Engine) -> None:
    issue(world.organization_id)
    assert not mail_server.is_configured()
    assert make_missing() == 1
    assert rows(db, 'SELECT * FROM mails') == rows(db, 'SELECT * FROM invoice_notices') == []
    assert documents.pdf(world.owner, NUMBER).content.startswith(b'%PDF')


def test_a_draft_has_none(world: World, db: Engine) -> None:
    draft = issue(world.organization_id, final=False)
    assert make_missing() == 0
    assert documents.make(world.organization_id, draft) is False
    with pytest.raises(NotFound):
        documents.pdf(world.owner, f'draft-{draft}')
    assert kept(db) == []


def test_one_that_fails_holds_up_no_other(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch, server: MailServer
) -> None:
    catalogues.applied()
    for seq in (1, 2, 3):
        issue(world.organization_id, seq=seq)
    make = printing.pdf

    def fail(document: Document) -> bytes:
        if document.number == 'INV-2027-000002':
            raise typst.Unprintable('no ink')
        return make(document)

    monkeypatch.setattr(printing, 'pdf', fail)
    with capture_logs() as logs:
        Billing().round()
    failed = [(it['step'], it['error']) for it in logs if it['event'] == 'a step of billing has failed']
    assert failed == [('documents', 'Unprintable')]
    assert len(kept(db)) == 2
    with capture_logs() as logs, pytest.raises(NotFound):
        documents.pdf(world.owner, 'INV-2027-000002')
    assert [(it['event'], it['reason']) for it in logs] == [('a document cannot be made', 'no ink')]
    monkeypatch.setattr(printing, 'pdf', make)
    Billing().round()
    assert len(kept(db)) == 3


def test_many_at_once_make_it_once(world: World, db: Engine, server: MailServer) -> None:
    invoice = issue(world.organization_id)
    made: list[bool] = []
    threads = [
        threading.Thread(target=lambda: made.append(documents.make(world.organization_id, invoice))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]
    assert len(kept(db)) == 1
    assert value(db, "SELECT count(*) FROM mails WHERE kind = 'invoice'") == 1


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DBAPIError):
        yield


def test_what_was_sent_is_kept(world: World, db: Engine) -> None:
    issue(world.organization_id)
    make_missing()
    before = kept(db)
    for statement in ("UPDATE invoice_documents SET sha256 = 'x'", 'DELETE FROM invoice_documents'):
        with refused():
            run(db, statement)
    assert kept(db) == before


def test_it_is_made_of_what_was_kept_with_the_invoice(world: World, db: Engine) -> None:
    issue(world.organization_id)
    make_missing()
    run(db, "UPDATE organizations SET name = 'Another' WHERE id = :id", id=world.organization_id)
    with database.reading(System(world.organization_id)) as tx:
        [invoice] = tx.exec(documents.select(Invoice)).all()
        assert printing.pdf(documents.document(tx, invoice)) == kept(db)[0][1]


def test_a_deleted_organization_has_its_documents_and_gets_no_mail(
    world: World, db: Engine, server: MailServer
) -> None:
    issue(world.organization_id)
    run(db, "UPDATE organizations SET status = 'deleted' WHERE id = :id", id=world.organization_id)
    assert make_missing() == 1
    assert rows(db, 'SELECT * FROM mails') == []


def test_who_may_see_billing_gets_the_file_and_strangers_find_nothing(world: World) -> None:
    issue(world.organization_id)
    for person in (world.owner, world.admin):
        file = documents.pdf(person, NUMBER)
        assert (file.name, file.media_type) == (f'{NUMBER}.pdf', 'application/pdf')
    with pytest.raises(Forbidden):
        documents.pdf(world.member, NUMBER)
    with pytest.raises(NotFound):
        documents.pdf(world.stranger, NUMBER)


def test_a_draft_has_no_pdf(world: World) -> None:
    draft = issue(world.organization_id, final=False)
    with pytest.raises(NotFound, match='There is no PDF of it'):
        documents.pdf(world.owner, f'draft-{draft}')


@pytest.mark.parametrize(
    'number', ['', 'x', None, 7, 'INV-2027-000001\n', '../1', 'i' * 5000, '%', 'draft-'], ids=range(9)
)
def test_what_is_no_number_is_not_there(world: World, number: object) -> None:
    issue(world.organization_id)
    make_missing()
    for look in (documents.pdf, documents.shown):
        with pytest.raises(NotFound):
            look(world.owner, number)


def test_its_page_shows_what_is_printed_on_it(world: World) -> None:
    draft = issue(world.organization_id, final=False)
    issue(world.organization_id)
    shown = documents.shown(world.admin, NUMBER)
    assert shown.document.title == 'Invoice INV-2027-000001'
    assert shown.document.total == '€96.00'
    assert documents.shown(world.admin, f'draft-{draft}').document.title == 'Draft of invoice'


def test_its_pdf_is_there_for_whoever_wants_it_before_a_round_of_billing(world: World, db: Engine) -> None:
    issue(world.organization_id)
    first = documents.pdf(world.admin, NUMBER)
    assert first.content.startswith(b'%PDF-')
    assert make_missing() == 0
    assert documents.pdf(world.owner, NUMBER) == first
    assert value(db, 'SELECT count(*) FROM invoice_documents') == 1


def test_a_round_of_billing_makes_and_mails_it(world: World, db: Engine, server: MailServer) -> None:
    """However late: nothing but the invoice says that there is one to be made."""
    catalogues.applied()
    issue(world.organization_id)
    Billing().round()
    assert len(kept(db)) == 1
    assert 'invoice' in [kind for [kind] in rows(db, 'SELECT kind FROM mails WHERE recipient = :olga', olga=OLGA)]
