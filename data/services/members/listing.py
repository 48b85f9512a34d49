"""Members, as colleagues see them: who belongs to an organization, sorted, searched, in portions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal
from sqlmodel import case, col, func, or_, select

from data.database import Actor, TenantSession, constant, reading
from data.inputs import emails
from data.models import Membership, Role, User
from data.permissions import GRANTS, Member, Permission, authorize
from data.problems import Invalid
from data.services.portions import Portion, bounds, counted

PORTION = 25
"""How many people are fetched at first: a screen and more, so that a large team opens as soon as a small one."""


class Order(StrEnum):
    """What the list can be sorted by."""

    EMAIL = 'email'
    NAME = 'name'
    ROLE = 'role'
    JOINED = 'joined'
    SEEN = 'seen'


@dataclass(frozen=True)
class Person:
    """A member as colleagues see them.

    `name` is None for who has not said what they are called, `seen_at` for who has never opened this organization;
    `second_factor_at` is since when they have a second factor, which only those are told who may invite.
    """

    id: str
    email: str
    name: str | None
    role: Role
    joined_at: datetime
    seen_at: datetime | None
    second_factor_at: datetime | None


@dataclass(frozen=True)
class People(Portion[Person]):
    """A portion of the people, whoever reads it, and how many Owners there are.

    `factors` is whether this reader is told who has a second factor.
    """

    member: Member
    owners: int
    factors: bool


_RANKS = {role.value: rank for rank, role in enumerate(Role)}
_ORDERS: dict[Order, Callable[[Any], tuple[Any, ...]]] = {
    Order.EMAIL: lambda row: (),
    Order.NAME: lambda row: (func.coalesce(col(User.name_key), row.email_key),),
    Order.ROLE: lambda row: (case(_RANKS, value=row.role),),
    Order.JOINED: lambda row: (row.joined_at.desc(),),
    Order.SEEN: lambda row: (row.seen_at.desc().nulls_last(),),
}

IS_OWNER = col(Membership.role) == literal(Role.OWNER.value, literal_execute=True)
"""As the index says it that knows the Owners."""


_IS_MEMBER = col(User.id) == Membership.user_id


def _people(order: Order, *conditions: ColumnElement[bool]) -> Any:
    """The portion is chosen among the memberships, most of them by their index: only its people are looked up."""

    def sort(row: Any) -> tuple[Any, ...]:
        return *_ORDERS[order](row), row.email_key

    columns = (getattr(Membership, name) for name in ('user_id', 'email_key', 'role', 'joined_at', 'seen_at'))
    chosen = select(*columns).where(*conditions).order_by(*sort(Membership))
    if order is Order.NAME or conditions:
        chosen = chosen.join(User, _IS_MEMBER)
    row = chosen.offset(bindparam('offset')).limit(bindparam('limit')).subquery('chosen').c
    who = User.id, User.email, User.name
    person: tuple[Any, ...] = (*who, row.role, row.joined_at, row.seen_at, User.second_factor_at)
    return select(*person).join(row.user_id.table, row.user_id == User.id).order_by(*sort(row))


def _count(*conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(Membership).where(*conditions).scalar_subquery()


def _count_of(likes: list[ColumnElement[bool]]) -> Any:
    """How many are found by their names and addresses: each person is looked up once, however many words there are."""
    return select(func.count()).select_from(Membership).join(User, _IS_MEMBER).where(*likes).scalar_subquery()


_PEOPLE = {order: constant(_people(order)) for order in Order}
_OWNERS = constant(select(func.count()).select_from(Membership).where(IS_OWNER))
_COUNTS = constant(select(_count(), _count(IS_OWNER)))
_IN_OTHER_LETTERS = constant(select(Membership.email_key).where(col(Membership.email_key).contains('xn--')))


def portion(
    actor: Actor, search: str = '', order: object = Order.EMAIL, *, offset: int = 0, limit: int = PORTION
) -> People:
    """A portion of the members of whom every word of `search` says something, sorted by an Order.

    A word is a part of the name or of the address, as it is shown or as it is written in ASCII, or a whole role.
    Raises Invalid('order' | 'offset' | 'limit'), SignedOut, NotFound.
    """
    part, query, counts = bounds(offset, limit), _PEOPLE[_order(order)], _COUNTS
    words = emails.search_words(search)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        if words:
            keys = tx.exec(_IN_OTHER_LETTERS).all()
            likes = [_says(word, emails.reading_like(word, keys)) for word in words]
            query, counts = _people(_order(order), *likes), select(_count_of(likes), _count(IS_OWNER))
        factors = Permission.MEMBER_INVITE in GRANTS[member.role]
        rows = [Person(*row) for row in tx.exec(query, params=part)]
        number, owners = tx.exec(counts).one()
    if not factors:
        rows = [replace(person, second_factor_at=None) for person in rows]
    people = counted(rows, offset, number)
    return People(people.rows, people.total, people.more, member=member, owners=owners, factors=factors)


def _says(word: str, read: list[str]) -> ColumnElement[bool]:
    roles = [role for role in Role if role.label.casefold() == word]
    key = col(Membership.email_key)
    named = col(User.name_key).contains(word, autoescape=True)
    return or_(col(Membership.role).in_(roles), key.contains(word, autoescape=True), key.in_(read), named)


def _order(order: object) -> Order:
    if isinstance(order, str) and order in set(Order):
        return Order(order)
    raise Invalid(order=f'People can be sorted by {", ".join(Order)}.')


def owners(actor: Actor) -> int:
    """How many Owners there are. Raises SignedOut, NotFound."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        return owner_count(tx)


def owner_count(tx: TenantSession) -> int:
    """How many Owners the organization of this session has."""
    return tx.exec(_OWNERS).one()
