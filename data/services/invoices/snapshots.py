"""Snapshots: what is printed on a document, as it was when that became final, whatever changes afterwards."""

from collections.abc import Mapping
from typing import Any

from data.inputs import addresses
from data.inputs.addresses import Address
from data.models import BillingAddress, BillingPeriod, Subscription
from data.money import periods
from data.services.plans.catalogue import Catalogue


def snapshot(
    catalogue: Catalogue,
    address: BillingAddress,
    subscription: Subscription,
    notes: list[str],
    period: BillingPeriod | None = None,
) -> dict[str, Any]:
    """Both parties, how to pay, what is to be noted: texts and numbers only, as `data.services.invoices.printed` says.

    `buyer` has its `tax_id` also as it is kept, and whether the operator has `confirmed` it.
    """
    days = {}
    if period is not None:
        last = periods.last_day(period.first_day, period.next_day)
        days = {'first_day': period.first_day.isoformat(), 'last_day': last.isoformat()}
    return {
        'seller': _seller(catalogue.seller),
        'buyer': _buyer(address, subscription),
        'transfer': dict(catalogue.transfer),
        'tax_name': catalogue.tax.name,
        'notes': list(notes),
        'footer': catalogue.footer,
        'reference': subscription.reference,
        'payment_days': catalogue.payment_days,
        **days,
    }


def _seller(kept: Mapping[str, str]) -> dict[str, Any]:
    parts = {name: kept.get(name, '') for name in ('country', 'street_address', 'postal_code', 'city', 'tax_id')}
    seller = Address(kind='company', company_name=kept.get('name', ''), **parts)
    return {**kept, 'lines': addresses.printed(seller), 'tax': addresses.tax_line(seller)}


def _buyer(row: BillingAddress, subscription: Subscription) -> dict[str, Any]:
    buyer = Address(**{name: getattr(row, name) for name in Address.__dataclass_fields__})
    return {
        'name': row.company_name or row.name,
        'lines': addresses.printed(buyer),
        'country': row.country,
        'tax': addresses.tax_line(buyer),
        'tax_id': row.tax_id,
        'confirmed': bool(row.tax_id) and row.tax_id == subscription.confirmed_tax_id,
    }
