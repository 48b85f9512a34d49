"""A walk through one invoice, through who gets mail about billing, and through the page on which they say yes."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.services import billing_contacts
from data.services.billing_contacts.confirming import token_of
from data.services.invoices import looking
from tests.support.stage import ask_contact
from tests.support.steps import act, card
from tests.support.walks.billing import billed, sold
from tests.support.walks.registry import HOME, MUCH, NOBODY, READER, House, close, walks

UNLIKELY = 'x' * 43
BOOKS = 'books@clerk.test'


@walks(f'{HOME}/billing/invoices/{{number}}', MUCH)
def invoice(page: Page, house: House) -> Iterator[str]:
    with sold(house) as actor:
        billed(actor)
        number = looking.portion(actor).rows[-1].number
        home = f'/organizations/{actor.organization_id}/billing/invoices'
        house.visit(page, f'{home}/{number}')
        expect(page.get_by_role('link', name='Download PDF')).to_be_visible()
        expect(page.get_by_role('article', name=f'Invoice {number}')).to_contain_text('Business')
        yield 'an invoice'
        house.visit(page, f'{home}/INV-0000')
        expect(page.get_by_role('heading', name='There is nothing here')).to_be_visible()
        yield 'no invoice'


@walks(f'{HOME}/billing/invoices/{{number}}', READER)
def invoice_refused(page: Page, house: House) -> Iterator[str]:
    with sold(house):
        house.open(page, READER, '/billing/invoices/INV-1')
        expect(page.get_by_text('Only Owners and Admins can see billing.')).to_be_visible()
        yield 'an invoice refused'


@walks(f'{HOME}/billing', MUCH)
def contacts(page: Page, house: House) -> Iterator[str]:
    with sold(house) as actor:
        try:
            ask_contact(actor, BOOKS)
            house.visit(page, f'/organizations/{actor.organization_id}/billing')
            expect(card(page, 'Billing contacts')).to_contain_text('Asked')
            yield 'a contact who was asked'
            act(page, BOOKS, 'Change')
            dialog = page.get_by_role('dialog', name='Change what it gets')
            expect(dialog).to_be_visible()
            yield 'what a contact gets'
            close(page)
        finally:
            for contact in billing_contacts.contacts(actor):
                billing_contacts.remove(actor, contact.id)


@walks('/confirm-contact/{token}', NOBODY)
def confirm_contact(page: Page, house: House) -> Iterator[str]:
    page.goto(f'{house.server.url}/confirm-contact/{UNLIKELY}')
    expect(page.get_by_role('heading', name='This link doesn’t work any more')).to_be_visible()
    yield 'no link of a contact'
    with sold(house) as actor:
        contact = ask_contact(actor, BOOKS)
        path = f'/confirm-contact/{token_of(contact)}'
        page.goto(house.server.url + path)
        expect(page.get_by_role('button', name='Yes, send them')).to_be_visible()
        yield 'a contact is asked'
        page.get_by_role('button', name='Yes, send them').click()
        expect(page.get_by_role('heading', name='Confirmed')).to_be_visible()
        yield 'a contact has said yes'
        billing_contacts.remove(actor, contact.id)
