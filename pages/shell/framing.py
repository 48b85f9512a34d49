"""What the frame around a screen says: which organization this is, what one is there, and how that stands."""

from collections.abc import Mapping

from components.kit.banner import Banner
from components.kit.calls import call
from components.kit.frame import Frame
from components.kit.switcher import Choice
from data import database
from data.database import Actor
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member
from data.services import organizations
from pages.shell.screens import Screen


def place(frame: Frame, member: Member, screen: Screen | None, ids: Mapping[str, str]) -> None:
    """Say where a member is, on a screen in whose path these ids stand."""
    organization = member.organization
    here = {**ids, 'organization_id': organization.id}
    if ids.get('organization_id', organization.id) != organization.id:
        here = {'organization_id': organization.id}  # the other ids in the path are of another organization
    frame.sign(member.name, member.email)
    frame.tell_dates(member.language, member.time_zone)
    path = screen.path if screen else None
    frame.place(organization.id, organization.name, member.role.label, ids=here, path=path)
    if is_of_organization(screen):
        show_banner(frame.banner, member)


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
