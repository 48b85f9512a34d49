"""One organization as its people look at it: who they are there, what a screen shows, the live picture of all of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlmodel import col, select

from data.database import Actor, TenantSession, constant, reading
from data.inputs.names import called
from data.models import Membership, Role, User
from data.permissions import Member, Permission, authorize, standing
from data.services import audit, first_steps, projects, usage
from data.services.first_steps import FirstStep
from data.services.projects import ProjectStates
from data.services.subscriptions import trials
from data.services.usage import FULL, Standing

Read = TypeVar('Read')

OWNERS = 3
"""How many Owners are named at most, where it is said whom to ask: those who have been here longest."""


@dataclass(frozen=True)
class Overview:
    """The live picture of one organization; `usage` and `latest` are None for those who may not see them."""

    member: Member
    members: int
    steps: dict[FirstStep, bool]
    projects: ProjectStates
    usage: list[Standing] | None
    latest: list[audit.Entry] | None


_OWNERS = constant(
    select(User.name, User.email)
    .join(Membership, col(Membership.user_id) == User.id)
    .where(col(Membership.role) == Role.OWNER)
    .order_by(col(Membership.joined_at), col(User.email_key))
    .limit(OWNERS)
)


def membership(actor: Actor, permission: Permission = Permission.ORGANIZATION_VIEW) -> Member:
    """The actor as a member of the organization. Raises SignedOut, NotFound, Forbidden."""
    with reading(actor) as tx:
        return _looking(tx, actor, permission)


def whereabouts(actor: Actor) -> Member:
    """The actor as a member, for saying where they are, also where they are kept out. Raises SignedOut, NotFound."""
    with reading(actor) as tx:
        member = standing(tx, actor)
        return member if member.kept_out else _looking(tx, actor, Permission.ORGANIZATION_VIEW)


def picture(actor: Actor, permission: Permission, read: Callable[[Member], Read]) -> tuple[Member, Read]:
    """The actor as a member who has this permission, and what `read` reads there, all of it in one transaction.

    Raises SignedOut, NotFound, Forbidden, and what `read` raises.
    """
    with reading(actor) as tx:
        member = _looking(tx, actor, permission)
        return member, read(member)


def _looking(tx: TenantSession, actor: Actor, permission: Permission) -> Member:
    """The actor as a member who looks at a screen: one that says whom to ask where something is not as usual.

    What is limited is not said where the status is to be said, and not read where nothing is limited; neither is a
    trial where there are no plans.
    """
    member = authorize(tx, actor, permission)
    if member.is_as_usual and member.is_limited:
        member = replace(member, limits=usage.near(tx, member))
    if member.is_billed and trials.concerns(member.role):
        member = replace(member, trial=trials.running(tx))
    if member.role is Role.OWNER or (
        member.is_as_usual and not any(it.step == FULL and it.blocks for it in member.limits)
    ):
        return member
    return replace(member, owners=tuple(called(*row) for row in tx.exec(_OWNERS)))


def overview(actor: Actor) -> Overview:
    """Status, people, projects, usage and the latest acts. Raises SignedOut, NotFound."""
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        if member.is_billed and trials.concerns(member.role):
            member = replace(member, trial=trials.running(tx))
        latest = audit.latest(tx, 8) if member.may(Permission.AUDIT_VIEW) else None
        begun = first_steps.beginning(tx, member)
        used = usage.standings(tx) if member.may(Permission.USAGE_VIEW) else None
        return Overview(member, begun.members, begun.steps, projects.states(tx), used, latest)
