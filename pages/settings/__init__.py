"""Settings of an organization: everything about it that its people can change, one function a card."""

from components.kit.frame import screen_head
from data.permissions import Member, Permission
from pages.settings.billing_address import address_card
from pages.settings.organization import name_card, status_card
from pages.settings.phone_numbers import phones_card
from pages.shell.screens import org_page


@org_page('/settings', title='Settings', icon='settings', permission=Permission.ORGANIZATION_VIEW)
async def settings(member: Member) -> None:
    """Name, status, billing address, phone numbers."""
    with screen_head('Organization settings', 'What this organization is called, where it stands and how to reach it.'):
        pass
    name_card(member)
    status_card(member)
    await address_card(member)
    await phones_card(member)
