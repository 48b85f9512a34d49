"""Organizations: founding, listing, naming, and where they stand."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlalchemy.orm import Bundle
from sqlmodel import case, col, func, select

from data import clock
from data.database import Actor, System, TenantSession, constant, personal, reading, transaction
from data.inputs import texts
from data.inputs.names import called
from data.models import Membership, Organization, Role, Status, User, is_id, new_id
from data.permissions import NEXT, Member, Permission, authorize, identify, standing
from data.problems import Invalid
from data.services import audit, first_steps, founding
from data.services.audit import Act
from data.services.first_steps import FirstStep
from data.services.portions import LAST, Portion, bounds, counted

Read = TypeVar('Read')

PORTION = 30
"""How many cards are fetched at a time."""

OWNERS = 3
"""How many Owners are named at most, where it is said whom to ask: those who have been here longest."""


@dataclass(frozen=True)
class OrganizationCard:
    """An organization as its member sees it in the list; nothing but its name where they are `kept_out` of it."""

    id: str
    name: str
    role: Role
    status: Status
    active_at: datetime
    members: int
    kept_out: bool = False


@dataclass(frozen=True)
class Overview:
    """The live picture of one organization; `latest` is None for those who may not see the audit log."""

    member: Member
    members: int
    steps: dict[FirstStep, bool]
    latest: list[audit.Entry] | None


def create(actor: Actor, name: object) -> Organization:
    """Make another organization with the actor as Owner. Raises Invalid('name'), SignedOut."""
    clean_name = texts.organization_name(name)
    with personal(actor) as tx:
        identify(tx, actor)
        user = tx.exec(select(User).where(User.id == actor.user_id)).one()
    inside = Actor(actor.session_id, actor.user_id, new_id(), actor.network)
    with transaction(inside) as tx:
        identify(tx, inside)
        return founding.found(tx, inside, user, clean_name)


_ORDER = col(Organization.name_key), col(Organization.id)
_SHOWN = 'id', 'name', 'status', 'active_at', 'second_factor_since'
_CARD: Bundle[Any] = Bundle('card', *(getattr(Organization, it) for it in _SHOWN))
_CARDS = constant(
    select(_CARD, col(Membership.role), func.count().over())  # columns: whole rows take three times as long
    .select_from(Organization)
    .join(Membership, col(Membership.organization_id) == Organization.id)
    .where(col(Membership.user_id) == bindparam('user_id'), col(Organization.status) != Status.DELETED)
    .order_by(*_ORDER)
    .offset(bindparam('offset'))
    .limit(bindparam('limit'))
)
_HEADS = constant(
    select(col(Membership.organization_id), func.count())
    .where(col(Membership.organization_id).in_(bindparam('ids', expanding=True)))
    .group_by(col(Membership.organization_id))
)
_CHOICES = constant(
    select(Organization.id, Organization.name, col(Membership.role))
    .join(Membership, col(Membership.organization_id) == Organization.id)
    .where(col(Membership.user_id) == bindparam('user_id'), col(Organization.status) != Status.DELETED)
    .order_by(*_ORDER)
)
_LATEST = constant(
    select(Organization.id)
    .join(Membership, col(Membership.organization_id) == Organization.id)
    .where(col(Membership.user_id) == bindparam('user_id'), col(Organization.status) != Status.DELETED)
    .order_by(
        case((col(Organization.id) == bindparam('preferred'), 0), else_=1),
        col(Membership.seen_at).desc().nulls_last(),
        col(Membership.joined_at),
    )
    .limit(1)
)
_OWNERS = constant(
    select(User.name, User.email)
    .join(Membership, col(Membership.user_id) == User.id)
    .where(col(Membership.role) == Role.OWNER)
    .order_by(col(Membership.joined_at), col(User.email_key))
    .limit(OWNERS)
)
_HEAD_COUNT = constant(select(func.count()).select_from(Membership))


def portion(actor: Actor, search: str = '', *, offset: int = 0, limit: int = PORTION) -> Portion[OrganizationCard]:
    """A portion of the actor's organizations by name, those whose name contains `search`.

    Raises Invalid('offset' | 'limit'), SignedOut.
    """
    part, key = bounds(offset, limit), texts.plain_key(search)
    with personal(actor) as tx:
        has_proved = identify(tx, actor).proved_at is not None
        read = part if not key else bounds(0, LAST)  # a person has few
        rows = tx.exec(_CARDS, params={'user_id': actor.user_id, **read}).all()
        total = rows[0][2] if rows else None
        if key:
            alike = [row for row in rows if key in texts.plain_key(row[0].name)]
            rows, total = alike[offset : offset + limit], len(alike)
        ids = [card.id for card, _, _ in rows]
        members = dict(tx.exec(_HEADS, params={'ids': ids}).all())  # not in the query: it would count for every row
    cards = [_card(it, role, members[it.id], has_proved) for it, role, _ in rows]
    return counted(cards, offset, total)


def _card(of: Any, role: Role, members: int, has_proved: bool) -> OrganizationCard:
    kept_out = of.second_factor_since is not None and not has_proved
    return OrganizationCard(of.id, of.name, role, of.status, of.active_at, 0 if kept_out else members, kept_out)


def choices(actor: Actor) -> dict[str, tuple[str, Role]]:
    """By id: the names of all organizations of the actor, and what they are there; by name. Raises SignedOut."""
    with personal(actor) as tx:
        identify(tx, actor)
        return {at: (name, role) for at, name, role in tx.exec(_CHOICES, params={'user_id': actor.user_id})}


def card(actor: Actor) -> OrganizationCard:
    """The card of the actor's organization. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        members = tx.exec(_HEAD_COUNT).one()
    at = member.organization
    return OrganizationCard(at.id, at.name, member.role, at.status, at.active_at, members)


def latest_of(actor: Actor, preferred: str = '') -> str | None:
    """The id of the organization where the actor was last; `preferred` wins where it is still theirs."""
    with personal(actor) as tx:
        known = {'user_id': actor.user_id, 'preferred': preferred if is_id(preferred) else ''}
        return tx.exec(_LATEST, params=known).first()


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
    """The actor as a member who looks at a screen: one that says whom to ask where something is not as usual."""
    member = authorize(tx, actor, permission)
    if member.organization.status is Status.ACTIVE or member.role is Role.OWNER:
        return member
    return replace(member, owners=tuple(called(*row) for row in tx.exec(_OWNERS)))


def overview(actor: Actor) -> Overview:
    """Status, people and the latest acts. Raises SignedOut, NotFound."""
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        latest = audit.latest(tx, 8) if member.may(Permission.AUDIT_VIEW) else None
        begun = first_steps.beginning(tx, member)
        return Overview(member, begun.members, begun.steps, latest)


def rename(actor: Actor, name: object, *, version: int) -> Organization:
    """Give the organization a new display name; its id, and so its address, stays.

    Raises Invalid('name'), Stale when somebody saved after `version`, Forbidden, NotFound, SignedOut.
    """
    clean_name = texts.organization_name(name)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_RENAME)
        organization = member.organization
        organization.expect(version)
        before, organization.name = organization.name, clean_name
        organization.name_key = texts.search_key(clean_name)[:400]
        audit.record(tx, member, Act.ORGANIZATION_RENAME, clean_name, before=before)
    return organization


def change_status(organization_id: str, status: Status, reason: str) -> Organization:
    """Move an organization to another status, as the instance's administrator; every open screen shows it.

    When it is deleted, whoever has no other one gets one before: many of them in transactions of their own, so that
    the one in which it goes, for everybody at once, is short. Where that ends in between, it goes on when tried again.
    Raises NotFound, Invalid('status') when this status can't follow the present one, Invalid('reason').
    """
    why = texts.clean(reason, field='reason', label='The reason', limit=200, required=status is Status.SUSPENDED)
    administrator = System(organization_id)
    with reading(administrator) as tx:
        _may_follow(tx.find(Organization, organization_id), status)
    if status is Status.DELETED:
        founding.house_most(organization_id)
    with transaction(administrator) as tx:
        organization = tx.find(Organization, organization_id)
        _may_follow(organization, status)
        homeless = founding.only_here(tx, organization_id) if status is Status.DELETED else []
        before, organization.status = organization.status, status
        organization.status_since, organization.status_reason = clock.now(), why
        details = {'before': before.value, 'after': status.value, 'reason': why}
        audit.record(tx, administrator, Act.ORGANIZATION_STATUS, **details)
        for user in homeless:
            founding.ensure_one(tx, user)
    return organization


def _may_follow(organization: Organization, status: Status) -> None:
    if status not in NEXT[organization.status]:
        now = organization.status.value
        way = 'already' if status is organization.status else f'and can’t become {status.value} from there'
        raise Invalid(status=f'“{organization.name}” is {now} {way}.')
