"""The people of an organization as its members see them: a list that can be searched and sorted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Bundle
from sqlmodel import case, col, func, select

from data.database import Actor, reading
from data.inputs import texts
from data.models import Membership, Role, User
from data.permissions import Member, Permission, authorize

PORTION = 50
"""How many people are fetched at a time."""


class Order(StrEnum):
    """What the list can be sorted by."""

    EMAIL = 'email'
    ROLE = 'role'
    JOINED = 'joined'
    SEEN = 'seen'


@dataclass(frozen=True)
class Person:
    """A member as colleagues see them; `seen_at` is None for who has never opened this organization."""

    id: str
    email: str
    role: Role
    joined_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Team:
    """A portion of the people, how many match in all, and how many Owners there are."""

    member: Member
    people: list[Person]
    total: int
    owners: int


_RANK = case({role.value: rank for rank, role in enumerate(Role)}, value=col(Membership.role))
_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.EMAIL: (),
    Order.ROLE: (_RANK,),
    Order.JOINED: (col(Membership.joined_at).desc(),),
    Order.SEEN: (col(Membership.seen_at).desc().nulls_last(),),
}


def page(actor: Actor, search: str = '', order: Order = Order.EMAIL, offset: int = 0, limit: int = PORTION) -> Team:
    """A portion of the members whose address contains `search`. Raises SignedOut, NotFound."""
    said = (User.id, User.email, Membership.role, Membership.joined_at, Membership.seen_at)
    shown: Bundle[Any] = Bundle('person', *(col(it) for it in said))
    query = (
        select(shown, func.count().over())
        .select_from(User)
        .join(Membership, col(Membership.user_id) == User.id)
        .order_by(*_ORDERS[order], col(User.email_key))
        .offset(offset)
        .limit(limit)
    )
    if key := texts.search_key(search):
        query = query.where(col(User.email_key).contains(key, autoescape=True))
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        rows = tx.exec(query).all()
        owners = tx.exec(select(func.count()).select_from(Membership).where(Membership.role == Role.OWNER)).one()
    return Team(member, [Person(*person) for person, _ in rows], rows[0][1] if rows else 0, owners)
