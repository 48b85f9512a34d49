"""Settings of an organization: everything about it that its people can change, one function a card."""

from dataclasses import dataclass

from components.kit.card import screen_head
from components.kit.saved import Saved
from data.models import PhoneNumber
from data.permissions import Member, Permission
from data.services.phone_numbers import of_organization
from pages.settings.billing_address import address_card, visible_address
from pages.settings.organization import name_card, status_card
from pages.settings.phone_numbers import phones_card
from pages.settings.second_factor import factor_card
from pages.shell.screens import org_page


@dataclass(frozen=True)
class Settings:
    """What is stored; `address` is None for those who may not see it."""

    address: Saved | None
    numbers: list[PhoneNumber]


def stored(member: Member) -> Settings:
    """What is stored, as this member may see it."""
    return Settings(visible_address(member), of_organization(member))


@org_page('/settings', title='Settings', icon='settings', permission=Permission.ORGANIZATION_VIEW, load=stored)
def settings(member: Member, stored: Settings) -> None:
    """Name, status, billing address, phone numbers, second factor."""
    screen_head('Organization settings', 'What this organization is called, where it stands and how to reach it.')
    name_card(member)
    status_card(member)
    country = address_card(member, stored.address)
    phones_card(member, stored.numbers, country)
    factor_card(member)
