"""The page of an invoice, its PDF, and the card and the page of billing contacts."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine

from components.invoice import Moves, Sheet
from data import database
from data.database import System
from data.models import InvoiceKind, Payment, Role, Status
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import billing_contacts, organizations
from data.services.billing_contacts.confirming import token_of
from data.services.invoices import documents
from tests.support import catalogues
from tests.support.documents import issue, make_missing
from tests.support.mailing import mail_set_up
from tests.support.probes import everything, rows, value
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]
NUMBER = 'INV-2027-000001'
BOOKS = 'books@clerk.test'


@pytest.fixture
def sold(world: World) -> World:
    """Acme, where there are plans, with an invoice."""
    catalogues.applied()
    issue(world.organization_id)
    return world


@pytest.fixture
def server(world: World) -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def path_of(world: World, number: str = NUMBER) -> str:
    return f'/organizations/{world.organization_id}/billing/invoices/{number}'


async def at_invoice(visit: Visit, world: World, role: Role = Role.OWNER, number: str = NUMBER) -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(path_of(world, number))
    return visitor


def sheet(visitor: Visitor) -> Sheet:
    [found] = [it for it in visitor._elements() if isinstance(it, Sheet)]
    return found


def moves(visitor: Visitor) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {it.props['title']: it.props['items'] for it in visitor._elements() if isinstance(it, Moves) and it.visible}


def pay(world: World, amount: int) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        [invoice] = tx.exec(documents.select(documents.Invoice)).all()
        at = {'organization_id': world.organization_id, 'invoice_id': invoice.id, 'currency': 'EUR'}
        tx.add(Payment(**at, amount=amount, received_on=invoice.issued_on, method='transfer', reference='bank 7'))
        documents.changes.note(tx, documents.Change(world.organization_id, documents.Topic.BILLING))


@pytest.mark.parametrize('role', [Role.OWNER, Role.ADMIN])
async def test_it_shows_what_is_printed_and_how_it_stands(visit: Visit, sold: World, role: Role) -> None:
    visitor = await at_invoice(visit, sold, role)
    drawn = sheet(visitor).props
    assert drawn['title'] == 'Invoice INV-2027-000001'
    assert 'Königstraße 1' in drawn['buyer']
    assert drawn['lines'][2][:3] == ('Messages beyond 10,000 included', '1 – 31 March 2027', '3,417')
    assert (drawn['sums'], drawn['total']) == (
        (('Net', '€80.67'), ('VAT 19% on €80.67', '€15.33')),
        ('Total', '€96.00'),
    )
    assert ('IBAN', 'DE89 3704 0044 0532 0130 00') in drawn['payment']
    assert 'Download PDF' in visitor.shown
    assert visitor.title == 'Invoice · Acme · Botcadence'


async def test_a_payment_shows_on_the_open_page(visit: Visit, sold: World) -> None:
    visitor = await at_invoice(visit, sold)
    assert moves(visitor) == {}
    pay(sold, 4000)
    await until(lambda: 'Payments' in moves(visitor))
    assert moves(visitor)['Payments'] == (('By transfer on 1 April 2027', 'bank 7', '€40.00', ''),)
    assert '€56.00' in visitor.shown


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_who_may_not_see_billing_reads_who_may(visit: Visit, sold: World, role: Role) -> None:
    make_missing()
    visitor = await at_invoice(visit, sold, role)
    assert f'Only Owners and Admins can see billing. You are a {role.label}.' in visitor.shown
    assert '€' not in visitor.shown
    answer = await visitor.get(f'{path_of(sold)}/pdf')
    assert answer.status_code == 403
    assert 'Only Owners and Admins' in answer.text
    assert answer.headers['cache-control'] == 'no-store'


@pytest.mark.parametrize('number', ['INV-2027-000009', 'draft-aaaaaaaaaaaaaaaa', '%00', '%F0%9F%98%80', 'x' * 300])
async def test_what_is_not_there_is_said_so(visit: Visit, sold: World, number: str) -> None:
    visitor = await at_invoice(visit, sold, number=number)
    assert 'There is nothing here' in visitor.shown


async def test_the_pdf_is_handed_out_as_it_was_sent(visit: Visit, sold: World, db: Engine) -> None:
    make_missing()
    for role in (Role.OWNER, Role.ADMIN):
        answer = await (await visit(email_of(sold.of(role)))).get(f'{path_of(sold)}/pdf')
        assert answer.status_code == 200
        assert answer.content == bytes(value(db, 'SELECT pdf FROM invoice_documents'))
        assert answer.headers['content-type'] == 'application/pdf'
        assert answer.headers['content-disposition'] == f'attachment; filename="{NUMBER}.pdf"'
        assert answer.headers['cache-control'] == 'no-store'
        assert answer.headers['x-content-type-options'] == 'nosniff'


async def test_what_is_foreign_or_a_draft_looks_as_what_is_not_there(visit: Visit, sold: World, db: Engine) -> None:
    draft = issue(sold.organization_id, final=False)
    make_missing()
    olga, sam = await visit('olga@acme.test'), await visit(email_of(sold.stranger))
    nowhere = f'/organizations/{"a" * 16}/billing/invoices/{NUMBER}/pdf'
    answers = [
        await olga.get(f'{path_of(sold, "INV-2027-000009")}/pdf'),
        await olga.get(f'{path_of(sold, f"draft-{draft}")}/pdf'),
        await olga.get(nowhere),
        await olga.get('/organizations/%2e%2e/billing/invoices/x/pdf'),
        await sam.get(f'{path_of(sold)}/pdf'),
        await sam.get(f'/organizations/{sold.stranger.organization_id}/billing/invoices/{NUMBER}/pdf'),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in (answers[0], answers[1], answers[2], *answers[4:])}) == 1


async def test_who_is_signed_out_signs_in_first(visit: Visit, sold: World) -> None:
    make_missing()
    answer = await (await visit()).get(f'{path_of(sold)}/pdf')
    assert answer.status_code == 303
    assert answer.headers['location'].startswith('/sign-in')


async def test_a_draft_says_what_it_lacks(visit: Visit, world: World) -> None:
    catalogues.applied()
    draft = issue(world.organization_id, final=False)
    visitor = await at_invoice(visit, world, number=f'draft-{draft}')
    for words in ('Draft of invoice', 'It can change until it is issued', 'There is no billing address yet.'):
        assert words in visitor.shown
    assert sheet(visitor).props['total'] == ('Total', '€96.00')


async def test_a_restricted_organization_still_gets_its_pdf(visit: Visit, sold: World) -> None:
    make_missing()
    for status in (Status.PAST_DUE, Status.RESTRICTED):
        organizations.change_status(sold.organization_id, status, 'unpaid')
    answer = await (await visit('olga@acme.test')).get(f'{path_of(sold)}/pdf')
    assert answer.status_code == 200


# billing contacts ----------------------------------------------------------------------------------------------------


async def test_an_owner_asks_somebody_who_says_yes_and_the_card_shows_it(
    visit: Visit, sold: World, server: MailServer, db: Engine
) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{sold.organization_id}/billing')
    contact = billing_contacts.add(sold.owner, {'email': BOOKS, 'gets': 'both'})
    await until(lambda: any(row['word'] == 'Asked' for row in contacts(olga)))
    somebody = await visit()
    before = everything(db)
    answer = await somebody.get(f'/confirm-contact/{token_of(contact)}')
    assert answer.status_code == 200
    for words in ('Acme', BOOKS, 'invoices, and alerts about limits', 'Yes, send them'):
        assert words in answer.text
    assert everything(db) == before
    answer = await somebody.post(f'/confirm-contact/{token_of(contact)}')
    assert (answer.status_code, 'Confirmed' in answer.text) == (200, True)
    await until(lambda: not any(row['waits'] for row in contacts(olga)))
    again = await somebody.post(f'/confirm-contact/{token_of(contact)}')
    assert again.status_code == 404
    assert rows(db, 'SELECT verified_at IS NOT NULL FROM billing_contacts')[0][0]


async def test_an_admin_reads_the_contacts_and_can_not_change_them(
    visit: Visit, sold: World, server: MailServer
) -> None:
    billing_contacts.add(sold.owner, {'email': BOOKS, 'gets': 'invoices'})
    adam = await visit(email_of(sold.admin))
    await adam.open(f'/organizations/{sold.organization_id}/billing')
    assert [(row['email'], row['open']) for row in contacts(adam)] == [(BOOKS, False)]


async def test_without_mail_the_card_says_so(visit: Visit, sold: World) -> None:
    assert not mail_server.is_configured()
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{sold.organization_id}/billing')
    assert 'No mail is sent from here: invoices wait on this screen' in olga.shown


@pytest.mark.parametrize('token', ['x', 'x' * 43, '%00', '%F0%9F%98%80'])
async def test_a_link_that_means_nothing_says_so(visit: Visit, world: World, token: str) -> None:
    somebody = await visit()
    for answer in (await somebody.get(f'/confirm-contact/{token}'), await somebody.post(f'/confirm-contact/{token}')):
        assert answer.status_code == 404


def contacts(visitor: Visitor) -> list[dict[str, object]]:
    """The rows of the card as they are drawn."""
    lists = [
        it for it in visitor._elements() if it.props.get('aria-label') == 'Billing contacts' and 'rows' in it.props
    ]
    return [row for it in lists for row in it.props.get('rows', [])]


def test_kinds_of_documents_have_a_mail() -> None:
    assert set(documents.KINDS) == set(InvoiceKind)
