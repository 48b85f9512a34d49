"""Memberships: who belongs to an organization, and as what. The database itself keeps an Owner in each."""

from sqlmodel import col, func, select, update

from data import changes, clock
from data.changes import Change, Topic
from data.database import Actor, accounts, transaction
from data.inputs.emails import parse
from data.models import Membership, Role, User, is_id
from data.permissions import Member, Permission, authorize, identify, known
from data.problems import Invalid, NotFound, Stale
from data.services import audit, invitations, organizations, outbox
from data.tenancy import TenantSession

LAST_OWNER = 'There must always be an Owner. Make somebody else Owner first.'


def add(actor: Actor, email: object, role: object) -> None:
    """Put somebody who has an account into the organization.

    Raises Invalid('email' | 'role'), Forbidden, NotFound, SignedOut.
    """
    key, role = parse(email).key, known(role)
    with accounts(writes=False) as people:
        user = people.exec(select(User).where(User.email_key == key)).first()
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_INVITE)
        _may_appoint(tx, actor, role)
        if user is None:
            raise Invalid(email='Nobody has an account with this address.')
        if tx.get(Membership, (actor.organization_id, user.id)):
            raise Invalid(email='This person is already a member.')
        tx.add(Membership(organization_id=actor.organization_id, user_id=user.id, role=role))
        audit.record(tx, member, 'member:add', user.email, role=role.value)
        _note(tx, member, user.id)


def change_role(actor: Actor, user_id: str, role: object, *, expected: Role) -> None:
    """Give a member another role, if it is still the `expected` one.

    Raises Stale, Invalid('role') for the last Owner or what is no role, Forbidden, NotFound, SignedOut.
    """
    role = known(role)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_CHANGE_ROLE)
        membership, user = _of(tx, actor, user_id)
        if Role.OWNER in (role, membership.role):
            _may_appoint(tx, actor, Role.OWNER)
        if membership.role is not expected:
            raise Stale
        if membership.role is role:
            return
        if membership.role is Role.OWNER and role is not Role.OWNER and _owners(tx) == 1:
            raise Invalid(role=LAST_OWNER)
        membership.role = role
        invitations.revoke_of(tx, member, user_id, role)
        audit.record(tx, member, 'member:change_role', user.email, before=expected.value, after=role.value)
        outbox.write(tx, member, 'role', user.email, before=expected.label, role=role.label)
        _note(tx, member, user_id)


def remove(actor: Actor, user_id: str) -> None:
    """Take somebody out of the organization; whoever loses their last one gets a fresh one of their own.

    Raises Invalid('user') for the last Owner, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_REMOVE)
        membership, user = _of(tx, actor, user_id)
        if membership.role is Role.OWNER:
            _may_appoint(tx, actor, Role.OWNER)
        _end(tx, member, membership, user, 'member:remove')
        outbox.write(tx, member, 'removed', user.email)
        owners = select(User.email).join(Membership).where(Membership.role == Role.OWNER)
        for owner in tx.exec(owners).all():
            outbox.write(tx, member, 'removal', owner, email=user.email)


def leave(actor: Actor) -> None:
    """Leave the organization. Raises Invalid('user') for the last Owner, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_LEAVE)
        membership, user = _of(tx, actor, actor.user_id)
        _end(tx, member, membership, user, 'member:leave')


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
    query = select(Membership, User).join(User).where(Membership.user_id == user_id)
    found = tx.exec(query).first() if is_id(user_id) else None
    if found is None:
        raise NotFound
    return found


def _owners(tx: TenantSession) -> int:
    return tx.exec(select(func.count()).select_from(Membership).where(Membership.role == Role.OWNER)).one()


def _may_appoint(tx: TenantSession, actor: Actor, role: Role) -> None:
    if role is Role.OWNER:
        authorize(tx, actor, Permission.OWNER_APPOINT)


def _end(tx: TenantSession, member: Member, membership: Membership, user: User, action: str) -> None:
    if membership.role is Role.OWNER and _owners(tx) == 1:
        raise Invalid(user=LAST_OWNER)
    audit.record(tx, member, action, user.email)
    _note(tx, member, user.id)
    invitations.revoke_of(tx, member, user.id, None)
    tx.delete(membership)
    organizations.ensure_one(tx, user)


def _note(tx: TenantSession, member: Member, user_id: str) -> None:
    changes.note(tx, Change(member.organization_id, Topic.MEMBERS, member.email, frozenset({user_id})))
