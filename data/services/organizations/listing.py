"""The organizations of a person: as cards, in portions, as choices, and where they were last."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Bundle
from sqlmodel import case, col, exists, func, select

from data.database import Actor, constant, personal, reading
from data.inputs import texts
from data.models import Membership, Organization, Role, Status, Subscription, UsageLimit, is_id
from data.permissions import NearLimit, Permission, Trial, authorize, identify
from data.services import usage
from data.services.portions import LAST, Portion, bounds, counted
from data.services.subscriptions import trials

PORTION = 30
"""How many cards are fetched at a time."""


@dataclass(frozen=True)
class OrganizationCard:
    """An organization as its member sees it in the list; nothing but its name where they are `kept_out` of it.

    `limits` are those that are reached, and for whoever may see the usage also those that are near; the worst first.
    `trial` is for those who may see billing.
    """

    id: str
    name: str
    role: Role
    status: Status
    active_at: datetime
    members: int
    kept_out: bool = False
    limits: tuple[NearLimit, ...] = ()
    trial: Trial | None = None


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
_IS_LIMITED = exists(select(UsageLimit.metric).where(UsageLimit.organization_id == Membership.organization_id))
_HEAD: tuple[Any, ...] = (
    col(Membership.organization_id),
    func.count(),
    _IS_LIMITED,
    trials.of_each(Subscription.trial_ends_on),
    trials.of_each(Subscription.cancel_at_end),
)
_HEADS = constant(
    select(*_HEAD)
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
        heads = tx.exec(_HEADS, params={'ids': ids}).all()  # not in the query: it would count for every row
        members = {at: count for at, count, *_ in heads}
        limited = {at for at, _, is_limited, *_ in heads if is_limited}
        tried = {at: trials.trial(*of_trial) for at, _, _, *of_trial in heads}
        cards = [_card(it, role, members[it.id], has_proved) for it, role, _ in rows]
        known = usage.standings_by(tx, [it.id for it in cards if it.id in limited and not it.kept_out])
    cards = [replace(it, limits=usage.near_of(known[it.id], it.role)) if it.id in known else it for it in cards]
    cards = [replace(it, trial=tried[it.id]) if trials.concerns(it.role) and not it.kept_out else it for it in cards]
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
        limits = usage.near(tx, member) if member.is_limited else ()
        trial = trials.running(tx) if member.is_billed and trials.concerns(member.role) else None
    at = member.organization
    return OrganizationCard(at.id, at.name, member.role, at.status, at.active_at, members, limits=limits, trial=trial)


def latest_of(actor: Actor, preferred: str = '') -> str | None:
    """The id of the organization where the actor was last; `preferred` wins where it is still theirs."""
    with personal(actor) as tx:
        known = {'user_id': actor.user_id, 'preferred': preferred if is_id(preferred) else ''}
        return tx.exec(_LATEST, params=known).first()
