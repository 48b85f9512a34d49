"""One invoice or credit note: all that is printed on it, what was paid and credited, and its PDF."""

from dataclasses import replace
from urllib.parse import quote

from fastapi import Request, Response
from nicegui import app, ui

from components.invoice import Moves, Sheet
from components.kit.calls import call
from components.kit.card import screen_head
from components.kit.facts import Facts
from components.kit.text import Text
from data.changes import Change
from data.models import InvoiceKind, Payment
from data.money import currencies
from data.permissions import Member, Permission
from data.problems import Forbidden, NotFound, SignedOut
from data.services.audit import Topic
from data.services.invoices import documents
from data.services.invoices.documents import Shown
from data.services.invoices.looking import InvoiceRow
from data.services.payments import InvoiceStanding
from pages.shell import access, errors, live
from pages.shell.screens import ORGANIZATION, org_page
from pages.shell.whereabouts import NOT_HERE
from pages.shell.words import day_of

PATH = '/billing/invoices/{number}'
STANDINGS = {
    InvoiceStanding.DRAFT: 'Being prepared',
    InvoiceStanding.OPEN: 'Open',
    InvoiceStanding.OVERDUE: 'Overdue',
    InvoiceStanding.PAID: 'Paid',
    InvoiceStanding.CREDITED: 'Credited',
}
METHODS = {'transfer': 'By transfer', 'credit': 'Your credit', 'reversal': 'Taken back'}
"""What each way to pay is called; others are called as they are kept."""

NOT_THERE = 'There is nothing here'
IN_REVIEW = 'It can change until it is issued, and has no number before.'
NO_ADDRESS = 'There is no billing address yet. Without one this invoice can’t be issued.'


def present(member: Member, number: str) -> Shown:
    """What the screen begins with. Raises NotFound."""
    if not member.is_billed:
        raise NotFound('There is nothing here.')
    return documents.shown(member, number)


@org_page(PATH, title=NOT_HERE, billed='Invoice', menu=None, permission=Permission.BILLING_VIEW, load=present)
def invoice(member: Member, shown: Shown, number: str) -> None:
    """The document, live: what becomes of it shows at once."""
    home = f'/organizations/{member.organization_id}/billing'
    with screen_head(shown.document.title, '', way=('Billing', home)) as head:
        pdf = Text('a', 'Download PDF', 'button')
        pdf.props.update({'href': f'{home}/invoices/{quote(number, safe="")}/pdf', 'download': True})
    with ui.element('div').classes('notice tone-warn bill-lacks') as lacks:
        Text('span', NO_ADDRESS)
        address = Text('a', 'Add the billing address', 'link')
        address.props['href'] = f'/organizations/{member.organization_id}/settings#billing-address'
    about = Facts('How it stands', 'Status', 'Total', 'Paid', 'Credited', 'Still to pay', 'Due')
    sheet = Sheet()
    paid, credited = Moves('Payments'), Moves('Credit notes')

    def draw(now: Member, it: Shown) -> None:
        is_draft = it.view.row.standing is InvoiceStanding.DRAFT
        head.tell(title=it.document.title, hint=IN_REVIEW if is_draft else '')
        pdf.set_visibility(not is_draft)
        lacks.set_visibility(it.view.lacks_address)
        address.set_visibility(now.may(Permission.BILLING_MANAGE))
        about.show(standing_of(it))
        show_sheet(sheet, it)
        paid.show([payment_row(row) for row in it.view.payments])
        credited.show([note_row(row, home) for row in it.view.credit_notes])

    draw(member, shown)

    @live.watch(Topic.BILLING, Topic.MEMBER, Topic.ORGANIZATION, read=lambda now: present(now, number))
    def refresh(now: Member, _: Change, fresh: Shown) -> None:
        draw(now, fresh)


def standing_of(it: Shown) -> dict[str, str]:
    """Where it stands, in words; '' for what there is nothing to say of."""
    row, balance = it.view.row, it.balance
    words = {'Status': STANDINGS[row.standing], 'Total': it.document.total}
    if row.kind is InvoiceKind.CREDIT or row.standing is InvoiceStanding.DRAFT:
        return words
    return {
        **words,
        'Paid': currencies.shown(balance.paid, row.currency) if balance.paid else '',
        'Credited': currencies.shown(balance.credited, row.currency) if balance.credited else '',
        'Still to pay': currencies.shown(row.due, row.currency) if row.due else '',
        'Due': day_of(row.due_on) if row.due_on and row.due else '',
    }


def show_sheet(sheet: Sheet, it: Shown) -> None:
    """Draw what is printed."""
    on = it.document
    sheet.show_parties(
        on.title,
        seller=on.seller.lines,
        details=[line for line in (on.seller.tax, on.seller.email) if line],
        buyer=[*on.buyer.lines, *([on.buyer.tax] if on.buyer.tax else [])],
        facts=on.facts,
        about=on.about,
    )
    lines = [(row.text, row.about, row.quantity, row.price, row.rate, row.amount) for row in on.lines]
    sheet.show_lines(lines, sums=[('Net', on.net), *on.taxes], total=('Total', on.total), after=on.after)
    sheet.show_rest(payment=on.payment, how=on.how, notes=on.notes, footer=on.footer)


def payment_row(payment: Payment) -> tuple[str, str, str, str]:
    """A payment in words."""
    method = METHODS.get(payment.method, payment.method)
    note = payment.reference if payment.method == 'transfer' else ''
    words = f'{method} on {day_of(payment.received_on)}'
    return words, note, currencies.shown(payment.amount, payment.currency), ''


def note_row(note: InvoiceRow, home: str) -> tuple[str, str, str, str]:
    """A credit note in words, with the way to it."""
    on = day_of(note.issued_on) if note.issued_on else ''
    path = f'{home}/invoices/{quote(note.number, safe="")}'
    return note.number, on, currencies.shown(note.total, note.currency), path


@app.get(f'{ORGANIZATION}{PATH}/pdf')
async def download(request: Request, organization_id: str, number: str) -> Response:
    """The PDF as it was sent, for those who may see billing; anything else is as if it was not there."""
    actor = await access.actor_of(request)
    if actor is None:
        return access.to_sign_in(request)
    try:
        file = await call(documents.pdf, replace(actor, organization_id=organization_id), number)
    except SignedOut:
        return access.to_sign_in(request)
    except Forbidden as refused:
        return errors.page(403, 'That did not work', str(refused))
    except NotFound:
        return errors.page(404, NOT_THERE, 'There is no such document, or it can’t be seen from here.')
    headers = {'Content-Disposition': f'attachment; filename="{file.name}"', 'Cache-Control': 'no-store'}
    return Response(file.content, media_type=file.media_type, headers=headers)
