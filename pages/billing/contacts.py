"""Who gets mail about billing besides the Owners: the list, and the dialog for one of them."""

from functools import partial

from components.billing_contacts import ContactForm, ContactList
from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.grid import Row
from components.kit.saved import NOTHING, Saved
from data import clock
from data.changes import Change
from data.models import BillingContact
from data.permissions import Member, Permission
from data.runtime import mail_server
from data.services import billing_contacts
from data.services.audit import Topic
from data.services.billing_contacts import Gets
from pages.shell import live

GETS = {it.value: it.words[0].upper() + it.words[1:] for it in Gets}
NO_MAIL = 'No mail is sent from here: invoices wait on this screen, and nobody can be asked.'
HINT = 'Invoices go to the Owners by mail, and to whoever you add here, once they have said yes.'


def contacts_card(member: Member, stored: list[BillingContact]) -> None:
    """The contacts, which `billing_contacts.contacts` reads; live."""
    may = Permission.BILLING_MANAGE
    with Card('Billing contacts', hint=HINT, at='billing-contacts'):
        contacts = ContactList(
            on_change=partial(edit_contact, member),
            on_resend=partial(ask_again, member),
            on_remove=partial(ask_to_remove, member),
            on_add=lambda: edit_contact(member, {}),
        )

    def draw(now: Member, stored: list[BillingContact]) -> None:
        asks = '' if mail_server.is_configured() else NO_MAIL
        contacts.show([contact_row(contact) for contact in stored], now.refused(may), asks=asks)

    draw(member, stored)

    @live.watch(Topic.BILLING, Topic.ORGANIZATION, Topic.MEMBER, read=billing_contacts.contacts)
    def refresh(now: Member, _: Change, stored: list[BillingContact]) -> None:
        draw(now, stored)


def contact_row(contact: BillingContact) -> Row:
    """A contact in words."""
    gets = Gets.of(contact)
    is_over = contact.expires_at is not None and contact.expires_at <= clock.now()
    return {
        'id': contact.id,
        'email': contact.email,
        'gets': gets.value,
        'gets_words': GETS[gets.value],
        'waits': contact.verified_at is None,
        'word': 'No answer' if is_over else 'Asked',
    }


def edit_contact(member: Member, row: Row) -> None:
    """A dialog for what a contact gets; for a new one when `row` is empty."""

    def save(values: Values, _: int) -> Saved:
        saved = billing_contacts.change(member, str(row['id']), values) if row else billing_contacts.add(member, values)
        return Saved(contact_row(saved), 0)

    def load() -> Saved:
        contact = next((it for it in billing_contacts.contacts(member) if it.id == row.get('id')), None)
        return Saved(contact_row(contact), 0) if contact else NOTHING

    with dialog('Change what it gets' if row else 'New billing contact') as box:
        form = ContactForm(
            load,
            save,
            Saved(row or {'gets': Gets.INVOICES.value}, 0),
            refused=None,
            kept=f'contact-{row.get("id") or member.organization_id}',
            on_saved=box.close,
            gets=GETS,
            is_new=not row,
            dialog=box,
        )
        live.watch_right(form.allow, Permission.BILLING_MANAGE)


@told
async def ask_again(member: Member, row: Row) -> None:
    """Send the question once more."""
    await call(billing_contacts.resend, member, str(row['id']))


@told
async def ask_to_remove(member: Member, row: Row) -> None:
    """Remove the contact, after a question."""
    sentence = '{email} will get no mail about billing any more.'
    if await confirm('Remove this contact?', sentence, action='Remove contact', email=str(row['email'])):
        await call(billing_contacts.remove, member, str(row['id']))
