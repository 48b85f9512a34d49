"""Founding organizations: when somebody asks for one, and when somebody would be left without any."""

from functools import partial

from sqlalchemy import literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from data.database import Actor, Scope, System, TenantSession, administrator, transaction
from data.database.portions import in_portions
from data.inputs import texts
from data.models import Membership, Organization, Role, Status, User, new_id
from data.permissions import as_member
from data.services import audit, plans, subscriptions
from data.services.audit import Act
from data.services.usage import seats

HOUSED = 5
"""How many people get an organization in one transaction, when theirs is deleted: each takes seven statements."""


def found(tx: TenantSession, actor: Actor, user: User, name: str) -> Organization:
    """Write a new organization under the actor's organization id, with the actor, who is `user`, as its Owner."""
    organization = Organization(id=actor.organization_id, name=name, name_key=texts.search_key(name)[:400])
    tx.add(Membership.of(organization.id, user, Role.OWNER))
    tx.flush()  # the Owner first: the database refuses an organization without one
    tx.add(organization)
    member = as_member(actor, organization, user, Role.OWNER)
    audit.record(tx, member, Act.ORGANIZATION_CREATE, name, users={actor.user_id})
    tx.flush()  # whatever is added to it now comes after it
    seats.taken(tx, user.id, Role.OWNER)
    if plans.current(tx) is not None:
        subscriptions.begin(tx)
    return organization


def ensure_one(tx: TenantSession, user: User, besides: str = '') -> None:
    """Give a user a fresh organization, where they have none, or none `besides` one that they are about to lose."""
    with tx.within(Scope()):  # not the organization's: the person is no longer in there, and nothing would be locked
        held = select(User.id).where(User.id == user.id).with_for_update()  # two removals must not both see one left
        tx.exec(held)
    with tx.within(Scope(user_id=user.id)):
        belongs = tx.exec(
            select(Membership.organization_id)
            .join(Organization, col(Organization.id) == Membership.organization_id)
            .where(Membership.user_id == user.id, Organization.status != Status.DELETED, Organization.id != besides)
            .limit(1)
        ).first()
    if belongs is None:
        own = Actor('', user.id, new_id(), '')
        with tx.within(Scope(own.organization_id)):
            found(tx, own, user, texts.name_from_email(user.email))


def only_here(tx: TenantSession, organization_id: str) -> list[User]:
    """The people who have no organization besides this one; until the transaction ends, nobody in it loses another."""
    tx.exec(select(User.id).order_by(User.id).with_for_update()).all()
    return _only_here(organization_id)


def house_most(organization_id: str) -> None:
    """Give the people who have no organization besides this one a fresh one, in portions, until HOUSED are left."""
    in_portions(partial(_house_some, organization_id), HOUSED)


def _house_some(organization_id: str, limit: int) -> int | None:
    people = _only_here(organization_id, HOUSED + 1)
    if len(people) <= HOUSED:
        return None
    with transaction(System(organization_id)) as tx:
        for user in people[:limit]:
            ensure_one(tx, user, besides=organization_id)
    return len(people[:limit])


def _only_here(organization_id: str, limit: int | None = None) -> list[User]:
    other, living = aliased(Membership), aliased(Organization)
    elsewhere = select(literal(1)).where(
        col(other.user_id) == User.id,
        col(other.organization_id) == living.id,
        col(living.id) != organization_id,
        col(living.status) != Status.DELETED,
    )
    here = (
        select(User)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(Membership.organization_id == organization_id, ~elsewhere.exists())
    )
    with administrator() as tx:  # it sees the other organizations, as they are now
        return list(tx.exec(here.order_by(User.id).limit(limit)).all())
