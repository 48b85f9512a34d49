"""What the screen of billing shows beside the usage, read at once."""

from dataclasses import dataclass

from data.models import BillingContact
from data.permissions import Member
from data.services import billing_contacts, subscriptions
from data.services.invoices.forecast import Forecast, forecast
from data.services.invoices.looking import InvoiceRow, portion
from data.services.portions import Portion
from data.services.subscriptions import SubscriptionView
from data.services.subscriptions.terms import Terms, terms


@dataclass(frozen=True)
class Bill:
    """The plan and its terms, the next invoice, None before there was a plan, the latest ones, and who gets them."""

    held: SubscriptionView
    terms: Terms
    forecast: Forecast | None
    invoices: Portion[InvoiceRow]
    contacts: list[BillingContact]


def bill(member: Member) -> Bill | None:
    """All of it, None where there is no catalogue: then nothing is asked."""
    if not member.is_billed:
        return None
    return Bill(
        subscriptions.standing(member),
        terms(member),
        forecast(member),
        portion(member),
        billing_contacts.contacts(member),
    )
