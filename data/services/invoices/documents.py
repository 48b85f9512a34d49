"""Documents: the PDF of each invoice and credit note, made once it is final, kept as it was sent, and mailed.

Nothing that goes wrong with one of them holds up the others, or what was made final: it is tried again later.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from data import changes
from data.changes import Change
from data.database import Actor, System, TenantSession, administrator, constant, reading, transaction
from data.integrations.smtp import Attachment
from data.models import (
    BillingPeriod,
    Invoice,
    InvoiceDocument,
    InvoiceKind,
    InvoiceNotice,
    InvoiceState,
    Mail,
    Organization,
    Status,
)
from data.permissions import Permission, authorize
from data.problems import NotFound, Unavailable
from data.runtime.logs import log
from data.services import billing_contacts, exports, payments, plans, subscriptions
from data.services.audit.acts import Topic
from data.services.invoices import looking, printing, snapshots, taxing
from data.services.invoices.looking import InvoiceView
from data.services.invoices.printed import Document
from data.services.invoices.printed import document as printed
from data.services.mail.contents import Content, NotSent
from data.services.payments import Balance

ISSUED = 'issued'
"""The notice that people were told of a document."""

KINDS = {InvoiceKind.INVOICE: 'invoice', InvoiceKind.CREDIT: 'credit-note'}
"""The kind of mail for each kind of document."""

MEDIA_TYPE = 'application/pdf'
NO_PDF = 'There is no PDF of it.'

_MISSING = constant(
    select(col(Invoice.organization_id), col(Invoice.id))
    .join(InvoiceDocument, col(InvoiceDocument.invoice_id) == Invoice.id, isouter=True)
    .where(col(Invoice.state) == InvoiceState.FINAL, col(InvoiceDocument.invoice_id).is_(None))
    .order_by(col(Invoice.issued_on), col(Invoice.series), col(Invoice.seq))
)


@dataclass(frozen=True)
class Shown:
    """A document as its page shows it: what is printed, and all that is about it."""

    view: InvoiceView
    document: Document
    balance: Balance


def document(tx: TenantSession, invoice: Invoice) -> Document:
    """What is printed of an invoice or a credit note of the organization of this session."""
    credited = tx.find(Invoice, invoice.credits) if invoice.credits else None
    return printed(invoice, taxing.lines_of(tx, invoice.id), taxing.taxes_of(tx, invoice.id), credited)


def shown(actor: Actor, number: object) -> Shown:
    """A document by its number, or a draft by `draft-` and its id. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        view = looking.view(tx, number)
        ready = printed(view.invoice, view.lines, view.taxes, view.credited, _as_it_stands(tx, view))
        return Shown(view, ready, payments.balance_of(tx, view.invoice))


def pdf(actor: Actor, number: object) -> Attachment:
    """The PDF of a document that is final, as it was sent; made now where no round of billing has made it yet.

    Raises Forbidden, NotFound, also where it can't be made, SignedOut, Unavailable.
    """
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        invoice = looking.view(tx, number).invoice
        is_wanting = invoice.state is InvoiceState.FINAL and not _is_made(tx, invoice)
    if is_wanting:
        _make_one(actor.organization_id, invoice.id)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        return _kept(tx, invoice)


def missing() -> list[tuple[str, str]]:
    """Those that are final and have no PDF yet, whosever they are, each with its organization before it."""
    with administrator() as tx:
        return [(organization_id, invoice_id) for organization_id, invoice_id in tx.exec(_MISSING)]


def _make_one(organization_id: str, invoice_id: str) -> bool:
    """Make a document, or write into the log why it can't be; whether it was made now."""
    try:
        return make(organization_id, invoice_id)
    except Unavailable:
        raise
    except Exception as error:  # a defect of ours: the others must not wait for it
        reason = ' '.join(str(error).split())[:300]
        log.warning('a document cannot be made', invoice=invoice_id, error=type(error).__name__, reason=reason)
        return False


def make(organization_id: str, invoice_id: str) -> bool:
    """Make the PDF of a final document, keep it and mail it, all once; whether it was made now.

    Raises NotFound, Unprintable, Unavailable.
    """
    system = System(organization_id)
    with reading(system) as tx:
        invoice = tx.find(Invoice, invoice_id)
        if invoice.state is not InvoiceState.FINAL or _is_made(tx, invoice):
            return False
        ready = document(tx, invoice)
    content = printing.pdf(ready)
    with transaction(system) as tx:
        if _is_made(tx, invoice):  # by somebody else, in the meantime
            return False
        digest = hashlib.sha256(content).hexdigest()
        tx.add(InvoiceDocument(organization_id=organization_id, invoice_id=invoice_id, sha256=digest, pdf=content))
        _tell(tx, invoice, ready)
        changes.note(tx, Change(organization_id, Topic.BILLING))
    return True


def mail_content(mail: Mail) -> Content:
    """What a mail with a document says, and the PDF in it. Raises NotSent."""
    with reading(System(mail.organization_id)) as tx:
        invoice = tx.exec(select(Invoice).where(Invoice.id == str(mail.facts.get('invoice')))).first()
        if invoice is None:
            raise NotSent('The document is not here any more.', for_good=True)
        file = _kept(tx, invoice)
    path = f'/organizations/{mail.organization_id}/billing/invoices/{invoice.number}'
    facts = {name: value for name, value in mail.facts.items() if name != 'invoice'}
    return Content(facts, billing_contacts.path_for(mail, path), files=(file,))


def _as_it_stands(tx: TenantSession, view: InvoiceView) -> dict[str, Any]:
    """What would be printed of the parties if a draft were final now, {} where that can't be said."""
    catalogue, address = plans.current(tx), taxing.address_of(tx)
    if view.invoice.state is InvoiceState.FINAL or catalogue is None or address is None:
        return {}
    subscription, period_id = subscriptions.of(tx), view.invoice.period_id
    notes = taxing.notes_of(taxing.treatment_of(catalogue, address, subscription), catalogue)
    period = tx.find(BillingPeriod, period_id) if period_id else None
    return snapshots.snapshot(catalogue, address, subscription, notes, period)


def _is_made(tx: TenantSession, invoice: Invoice) -> bool:
    query = select(InvoiceDocument.invoice_id).where(InvoiceDocument.invoice_id == invoice.id)
    return tx.exec(query).first() is not None


def _kept(tx: TenantSession, invoice: Invoice) -> Attachment:
    row = tx.exec(select(InvoiceDocument.pdf).where(InvoiceDocument.invoice_id == invoice.id)).first()
    if row is None:
        raise NotFound(NO_PDF)
    return Attachment(exports.file_name(str(invoice.number), kind='pdf'), row, MEDIA_TYPE)


def _tell(tx: TenantSession, invoice: Invoice, ready: Document) -> None:
    """Write to those who get invoices, once; not where the organization is gone, whose books stay."""
    organization = tx.get(Organization, invoice.organization_id)
    if organization is None or organization.status is Status.DELETED:
        return
    facts = {'organization': organization.name, 'number': ready.number, 'invoice': invoice.id}
    facts |= {'total': ready.total, 'todo': ' '.join(ready.how)}
    facts |= {'credits': next((text for label, text in ready.facts if label == 'Credits invoice'), '')}
    if billing_contacts.write(tx, 'invoices', KINDS[invoice.kind], **facts):
        tx.add(InvoiceNotice(organization_id=invoice.organization_id, invoice_id=invoice.id, kind=ISSUED))
