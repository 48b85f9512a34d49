"""What whoever runs the installation does about single invoices: looks at one, adds a line, makes it final."""

from data.database import ADMINISTRATOR, System, reading, transaction
from data.inputs import texts
from data.models import Invoice, Organization, new_id
from data.money import currencies
from data.problems import Invalid
from data.services import audit, subscriptions
from data.services.audit import Act
from data.services.invoices import drafting, finalizing, pending
from data.services.invoices.line import Line
from data.services.invoices.looking import InvoiceView, view
from data.services.subscriptions import holding

LONGEST_TEXT = 200
"""Characters of a line that the operator writes."""


def show(organization_id: str, number: str) -> tuple[Organization | None, InvoiceView]:
    """A document of an organization, which may be gone by now. Raises NotFound, Unavailable."""
    with reading(System(organization_id)) as tx:
        return tx.get(Organization, organization_id), view(tx, number)


def finalize(organization_id: str, invoice_id: str) -> Invoice:
    """Make a draft final before its hours of review are over. Raises as `finalizing.finalize` does."""
    return finalizing.finalize(organization_id, invoice_id, by=ADMINISTRATOR)


def add_line(organization_id: str, text: object, amount: object, draft_id: str = '') -> tuple[Organization, Line]:
    """Put a line on the next invoice of an organization, or on the draft that is named; below zero it takes back.

    Raises Invalid('text' | 'amount' | 'invoice'), NotFound, Unavailable.
    """
    words = texts.clean(text, field='text', label='The text', limit=LONGEST_TEXT)
    system = System(organization_id)
    with transaction(system) as tx:
        organization, catalogue = tx.find(Organization, organization_id), holding.catalogue_of(tx)
        net = currencies.parse(amount, catalogue.currency, negative=True)
        if net == 0:
            raise Invalid(amount='A line of nothing changes nothing.')
        line = Line(f'operator:{new_id()}', words, net, 1, net)
        if draft_id:
            invoice = finalizing.held(tx, draft_id)
            drafting.add_line(tx, system, catalogue, subscriptions.of(tx), invoice, line)
        else:
            pending.add(tx, line)
            shown = currencies.shown(net, catalogue.currency)
            audit.record(tx, system, Act.BILLING_ADD_LINE, words, amount=shown)
    return organization, line
