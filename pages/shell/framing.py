"""What the frame around a screen offers and warns of: other organizations, and how this one stands."""

from components.kit.banner import Banner
from components.kit.calls import call
from components.kit.switcher import Choice
from data import database
from data.database import Actor
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member, Permission, Trial
from data.services import organizations
from data.services.usage import FULL
from pages.shell import limits
from pages.shell.screens import Screen
from pages.shell.words import day_of

SOON = 3
"""Days before the end of a trial from which on every screen says so."""

PAYING = 'As soon as what is overdue is paid, this ends.'
"""How an Owner gets on where something was not paid."""


async def choices(actor: Actor) -> list[Choice]:
    """Where an actor can go: all of their organizations. Raises SignedOut."""
    found = await call(organizations.choices, actor)
    return [Choice(organization_id, name, role.label) for organization_id, (name, role) in found.items()]


def is_of_organization(screen: Screen | None) -> bool:
    """Whether this is a screen of an organization, and not one of a person, or none."""
    return screen is not None and screen.permission is not None


def show_banner(banner: Banner, member: Member) -> None:
    """Say why an organization is not as usual, and whom to ask about it; nothing where all is well."""
    if member.kept_out:
        banner.hide()
    elif not member.is_as_usual:
        _show_status(banner, member)
    elif member.limits:
        _show_limits(banner, member)
    elif member.trial and member.trial.goes_on and member.trial.days_left <= SOON:
        _show_trial(banner, member, member.trial)
    else:
        banner.hide()


def _show_status(banner: Banner, member: Member) -> None:
    """Say where the organization stands, since when and why, and how that ends."""
    at = member.organization
    rule = STATUS_RULES[at.status]
    is_unpaid = member.is_billed and at.status in (Status.PAST_DUE, Status.RESTRICTED)
    is_payer = is_unpaid and member.role is Role.OWNER
    banner.show(
        rule.word,
        rule.tone,
        rule.meaning,
        ask=PAYING if is_payer else _ask(member),
        people=member.owners,
        since=at.status_since,
        reason=at.status_reason,
        link=_way(member, 'See the invoices') if is_unpaid and member.may(Permission.BILLING_VIEW) else ('', ''),
    )


def _show_limits(banner: Banner, member: Member) -> None:
    """Say which limit is reached or near, the worst first."""
    worst = member.limits[0]
    is_reached = worst.step == FULL and worst.blocks
    ask, people = (_ask(member), member.owners) if is_reached else ('', ())
    link = _way(member, 'See the usage') if member.may(Permission.USAGE_VIEW) else ('', '')
    said = limits.word(worst), limits.tone(worst), limits.meaning(member.limits)
    banner.show(*said, ask=ask, people=people, link=link)


def _show_trial(banner: Banner, member: Member, trial: Trial) -> None:
    """Say when the trial ends, and what it costs not to look."""
    word = 'Trial ends tomorrow' if trial.days_left == 1 else f'Trial ends in {trial.days_left} days'
    meaning = f'From {day_of(trial.ends_on)} on the plan is billed, unless an Owner cancels it before.'
    banner.show(word, 'info', meaning, link=_way(member, 'See billing'))


def _way(member: Member, words: str) -> tuple[str, str]:
    """A link to what the organization uses and owes."""
    return words, f'/organizations/{member.organization_id}/billing'


def _ask(member: Member) -> str:
    """Whom to ask; the names of Owners follow."""
    if member.role is Role.OWNER:
        return f'Ask {database.ADMINISTRATOR} of this installation about it.'
    return 'Ask an Owner about it:'
