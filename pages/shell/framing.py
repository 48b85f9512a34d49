"""What the frame around a screen offers and warns of: other organizations, and how this one stands."""

from components.kit.banner import Banner
from components.kit.calls import call
from components.kit.switcher import Choice
from data import database
from data.database import Actor
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member, Permission
from data.services import organizations
from data.services.usage import FULL
from pages.shell import limits
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
    if member.kept_out or (at.status is Status.ACTIVE and not member.limits):
        banner.hide()
    elif at.status is Status.ACTIVE:
        _show_limits(banner, member)
    else:
        rule = STATUS_RULES[at.status]
        since, reason = at.status_since, at.status_reason
        banner.show(
            rule.word, rule.tone, rule.meaning, ask=_ask(member), people=member.owners, since=since, reason=reason
        )


def _show_limits(banner: Banner, member: Member) -> None:
    """Say which limit is reached or near, the worst first."""
    worst = member.limits[0]
    is_reached = worst.step == FULL
    ask, people = (_ask(member), member.owners) if is_reached else ('', ())
    more = ('See the usage', f'/organizations/{member.organization_id}/billing')
    link = more if member.may(Permission.USAGE_VIEW) else ('', '')
    said = limits.word(worst), limits.TONES[worst.step], limits.meaning(member.limits)
    banner.show(*said, ask=ask, people=people, link=link)


def _ask(member: Member) -> str:
    """Whom to ask; the names of Owners follow."""
    if member.role is Role.OWNER:
        return f'Ask {database.ADMINISTRATOR} of this installation about it.'
    return 'Ask an Owner about it:'
