"""The billing address, with the fields that its country asks for."""

from collections.abc import Callable
from functools import partial

from components.billing_address import AddressForm, stored
from components.kit.card import Card
from components.kit.fields import Values
from components.kit.saved import Saved
from components.kit.text import hint
from data.changes import Change
from data.inputs import addresses, countries, tax_ids
from data.models import BillingAddress
from data.permissions import Member, Permission
from data.services import billing_address
from data.services.audit import Topic
from pages.shell import access, live
from pages.shell.words import saved_meanwhile

PRINTED, SENT = 'Printed on every invoice of this organization.', 'Where bills of this organization go.'
"""What the address is for, where there is a catalogue of plans, and where there is none."""


def address_card(member: Member, stored: Saved | None) -> Callable[[], str]:
    """Where bills go; drawn anew when somebody gets to see it, or no longer may.

    What it returns tells the country of bills, where there is no address yet the likely one, or ''.
    """
    place = Card('Billing address', hint=PRINTED if member.is_billed else SENT, at='billing-address')
    form = address_form(place, member, stored)

    @live.watch(Topic.BILLING, Topic.ORGANIZATION, Topic.MEMBER, read=visible_address)
    def refresh(now: Member, change: Change, stored: Saved | None) -> None:
        nonlocal form
        if form and stored:
            form.allow(now.refused(Permission.BILLING_MANAGE))
            if change.topic == Topic.BILLING:
                form.take(stored, saved_meanwhile(change, now))
        elif form or stored:
            place.clear()
            form = address_form(place, now, stored)

    return lambda: str(form.stored.values.get('country') or '') if form else guessed_country()


def visible_address(member: Member) -> Saved | None:
    """The stored address, for those who may see it."""
    return saved_address(member) if member.may(Permission.BILLING_VIEW) else None


def address_form(place: Card, member: Member, first: Saved | None) -> AddressForm | None:
    """Draw the address and return its form; for those who may not see it only why, and None."""
    if first is None:
        with place:
            hint(member.refused(Permission.BILLING_VIEW) or '')
        return None
    with place:
        return AddressForm(
            partial(saved_address, member),
            partial(save_address, member),
            first if first.version else stored(None, 0, guessed_country()),
            refused=member.refused(Permission.BILLING_MANAGE),
            kept=f'address-{member.organization_id}',
            countries=countries.names(),
            country_names=countries.all_names(access.languages()),
            lines=addresses.form,
            tax_label=tax_ids.label,
            printed=printed,
            guess=countries.of_time_zone,
        )


def saved_address(member: Member) -> Saved:
    """The stored address as its form wants it."""
    return as_saved(billing_address.address(member))


def save_address(member: Member, values: Values, version: int) -> Saved:
    """Store an address and return it as its form wants it."""
    return as_saved(billing_address.set_address(member, values, version=version))


def as_saved(row: BillingAddress | None) -> Saved:
    """An address, or none yet, as its form wants it."""
    values = row.model_dump(exclude={'organization_id', 'version'}) if row else None
    return stored(values, row.version if row else 0)


def printed(values: Values) -> str:
    """The address as the post office prints it, and the tax id as it stands on invoices."""
    address = addresses.Address(**values)
    return '\n'.join(filter(None, (*addresses.printed(address), addresses.tax_line(address))))


def guessed_country() -> str:
    """The country of the language that this browser asks for, or ''."""
    return countries.of_languages(access.languages())
