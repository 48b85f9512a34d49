"""Members, as they come to have another role and to leave."""

from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from data import clock
from data.database import Actor, TenantSession, transaction
from data.models import Membership, Role, User, is_id
from data.permissions import Member, Permission, authorize, identify, known, recently
from data.problems import Invalid, NotFound, Stale
from data.services import audit, founding, invitations
from data.services.audit import Act
from data.services.mail import outbox
from data.services.members.listing import IS_OWNER, owner_count
from data.services.usage import seats
from data.services.usage.member_limit import member_room

ALWAYS_AN_OWNER = 'There must always be an Owner.'
LAST_OWNER = f'{ALWAYS_AN_OWNER} Make somebody else Owner first.'


def change_role(actor: Actor, user_id: str, role: object, *, expected: Role) -> None:
    """Give a member another role, if it is still the `expected` one.

    Raises Stale, Invalid('role') for the last Owner or what is no role, LimitReached where there is no seat for one,
    Reauthenticate where it is about an Owner, Forbidden, NotFound, SignedOut.
    """
    role = known(role)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_CHANGE_ROLE)
        membership, user = _of(tx, actor, user_id)
        if Role.OWNER in (role, membership.role):
            _may_appoint(tx, actor, Role.OWNER)
            recently(tx, actor)
        if membership.role is not expected:
            raise Stale
        if membership.role is role:
            return
        if membership.role is Role.OWNER and role is not Role.OWNER and owner_count(tx) == 1:
            raise Invalid(role=LAST_OWNER)
        member_room(tx).refuse(role, membership.role)
        membership.role = role
        seats.taken(tx, user_id, role)
        invitations.revoke_of(tx, member, user_id, role)
        before, after = expected.value, role.value
        about: dict[str, Any] = {'users': {user_id}, 'target_name': user.name, 'before': before, 'after': after}
        audit.record(tx, member, Act.MEMBER_CHANGE_ROLE, user.email, **about)
        outbox.write(tx, member, 'role', user.email, before=expected.label, role=role.label)


def remove(actor: Actor, user_id: str) -> None:
    """Take somebody out of the organization; whoever loses their last one gets a fresh one of their own.

    Raises Invalid('user') for the last Owner, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_REMOVE)
        membership, user = _of(tx, actor, user_id)
        if membership.role is Role.OWNER:
            _may_appoint(tx, actor, Role.OWNER)
        _end(tx, member, membership, user, Act.MEMBER_REMOVE)
        outbox.write(tx, member, 'removed', user.email)
        owners = select(User.email).join(Membership, col(Membership.user_id) == User.id).where(IS_OWNER)
        for owner in tx.exec(owners).all():
            outbox.write(tx, member, 'removal', owner, email=user.email, email_name=user.name or '')


def leave(actor: Actor) -> None:
    """Leave the organization. Raises Invalid('user') for the last Owner, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_LEAVE)
        membership, user = _of(tx, actor, member.user_id)
        _end(tx, member, membership, user, Act.MEMBER_LEAVE)


def touch(actor: Actor) -> None:
    """Remember that the actor is here now: where `/` leads next time, and that the session is in use.

    Raises SignedOut.
    """
    with transaction(actor) as tx:
        session = identify(tx, actor)
        session.seen_at = clock.now()
        now = update(Membership).where(col(Membership.user_id) == actor.user_id).values(seen_at=session.seen_at)
        tx.exec(now.execution_options(synchronize_session=False))


def _of(tx: TenantSession, actor: Actor, user_id: str) -> tuple[Membership, User]:
    query = select(Membership, User).join(User, col(Membership.user_id) == User.id).where(Membership.user_id == user_id)
    row = tx.exec(query).first() if is_id(user_id) else None
    if row is None:
        raise NotFound
    return row


def _may_appoint(tx: TenantSession, actor: Actor, role: Role) -> None:
    if role is Role.OWNER:
        authorize(tx, actor, Permission.OWNER_APPOINT)


def _end(tx: TenantSession, member: Member, membership: Membership, user: User, act: Act) -> None:
    if membership.role is Role.OWNER and owner_count(tx) == 1:
        raise Invalid(user=LAST_OWNER)
    audit.record(tx, member, act, user.email, users={user.id}, target_name=user.name)
    invitations.revoke_of(tx, member, user.id, None)
    tx.delete(membership)
    seats.left(tx, user.id)
    founding.ensure_one(tx, user)
