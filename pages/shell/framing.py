"""What the frame around a screen offers and warns of: other organizations, and how this one stands."""

from components.kit.banner import Banner
from components.kit.calls import call
from components.kit.switcher import Choice
from data import database
from data.database import Actor
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member
from data.services import organizations
from pages.shell.screens import Screen


async def choices(actor: Actor) -> list[Choice]:
    """Where an actor can go: all of their organizations. Raises SignedOut."""
    found = await call(organizations.choices, actor)
    return [Choice(organization_id, name, role.label) for organization_id, (name, role) in found.items()]


def is_of_organization(screen: Screen | None) -> bool:
    """Whether this is a screen of an organization, and not one of a person, or none."""
    return screen is not None and screen.permission is not None


def show_banner(banner: Banner, member: Member) -> None:
    """Say why an organization is not as usual, and whom to ask about it; nothing where all is well."""
    at = member.organization
    if at.status is Status.ACTIVE or member.kept_out:
        banner.hide()
        return
    rule = STATUS_RULES[at.status]
    is_owner = member.role is Role.OWNER
    ask = f'Ask {database.ADMINISTRATOR} of this installation about it.' if is_owner else 'Ask an Owner about it:'
    banner.show(rule.word, rule.tone, at.status_since, rule.meaning, at.status_reason, ask, member.owners)
