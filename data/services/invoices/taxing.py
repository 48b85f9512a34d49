"""Taxes of an invoice: the category and rate that its lines have, by where it goes to, and what they come to."""

from sqlmodel import col, select

from data.database import TenantSession, constant, once
from data.inputs import tax_ids
from data.models import BillingAddress, Invoice, InvoiceLine, InvoiceTax, Subscription
from data.money import taxes
from data.money.taxes import Category, Totals, Treatment
from data.services.plans.catalogue import Catalogue

_ADDRESS = constant(select(BillingAddress))

REVERSE_CHARGE = 'Reverse charge: the recipient owes the tax (Directive 2006/112/EC, article 196).'
EXEMPT = 'Exempt from {name}.'


def address_of(tx: TenantSession) -> BillingAddress | None:
    """Where bills of the organization of this session go, None before that is said."""
    return once(tx, 'billing address', lambda: tx.exec(_ADDRESS).first())


def treatment_of(catalogue: Catalogue, address: BillingAddress | None, subscription: Subscription) -> Treatment:
    """How the lines of an invoice to this address are taxed; before there is one, as in the seller’s country."""
    rules, home = catalogue.tax, catalogue.seller.get('country', '')
    country = address.country if address is not None else home
    return taxes.treatment(
        rules.rate,
        rules.rates,
        seller_country=home,
        buyer_country=country,
        owes_it=rules.reverse_charge and address is not None and _is_taxable(address),
        is_exempt=subscription.is_exempt,
    )


def _is_taxable(address: BillingAddress) -> bool:
    """Whether the buyer is a company with a VAT number that can be right."""
    return address.kind == 'company' and tax_ids.is_vat_number(address.tax_id, address.country)


def notes_of(treatment: Treatment, catalogue: Catalogue) -> list[str]:
    """What has to be printed on the invoice about its taxes."""
    if treatment.category is Category.REVERSE_CHARGE:
        return [REVERSE_CHARGE]
    return [EXEMPT.format(name=catalogue.tax.name)] if treatment.category is Category.EXEMPT else []


def lines_of(tx: TenantSession, invoice_id: str) -> list[InvoiceLine]:
    """The lines of an invoice, in their order."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(col(InvoiceLine.position))
    return list(tx.exec(query))


def tax(tx: TenantSession, invoice: Invoice, treatment: Treatment) -> Totals:
    """Let all lines of a draft be taxed so, and the draft be the sum of them."""
    lines = lines_of(tx, invoice.id)
    for line in lines:
        line.category, line.rate = treatment.category.value, treatment.rate
    totals = taxes.totals(lines)
    rows = {(row.category, row.rate): row for row in taxes_of(tx, invoice.id)}
    for found in totals.taxes:
        row = rows.pop((found.category, found.rate), None) or InvoiceTax(
            organization_id=invoice.organization_id,
            invoice_id=invoice.id,
            category=found.category,
            rate=found.rate,
            net=0,
            tax=0,
        )
        row.net, row.tax = found.net, found.tax
        tx.add(row)
    for row in rows.values():
        tx.delete(row)
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.total
    tx.flush()
    return totals


def taxes_of(tx: TenantSession, invoice_id: str) -> list[InvoiceTax]:
    """What an invoice has of each category and rate of tax."""
    of = select(InvoiceTax).where(InvoiceTax.invoice_id == invoice_id)
    return list(tx.exec(of.order_by(col(InvoiceTax.category), col(InvoiceTax.rate).desc())))
