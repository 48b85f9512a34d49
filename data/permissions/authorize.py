"""Who may do what: the one table behind every check, every enabled control and every sentence of refusal.

A role grants permissions (GRANTS); an organization's status narrows them (STANDINGS); `refusal()` joins the two and
says why not, in words. `authorize()` asks it again in the transaction of every act, with what the database says then.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import Actor, lock
from data.models import Membership, Organization, Role, Status, User, UserSession
from data.problems import Forbidden, Invalid, NotFound, SignedOut
from data.tenancy import TenantSession


class Permission(StrEnum):
    """What a role can grant, named `scope:action`."""

    ORGANIZATION_VIEW = 'organization:view'
    ORGANIZATION_RENAME = 'organization:rename'
    ORGANIZATION_DELETE = 'organization:delete'
    ORGANIZATION_LEAVE = 'organization:leave'
    PHONE_MANAGE = 'phone:manage'
    BILLING_VIEW = 'billing:view'
    BILLING_MANAGE = 'billing:manage'
    PROJECT_EDIT = 'project:edit'
    MEMBER_INVITE = 'member:invite'
    MEMBER_CHANGE_ROLE = 'member:change_role'
    MEMBER_REMOVE = 'member:remove'
    OWNER_APPOINT = 'owner:appoint'
    AUDIT_VIEW = 'audit:view'


ACTS: dict[Permission, str] = {
    Permission.ORGANIZATION_VIEW: 'see the organization, its members and projects',
    Permission.PROJECT_EDIT: 'create, change and delete projects',
    Permission.ORGANIZATION_RENAME: 'rename the organization',
    Permission.PHONE_MANAGE: 'manage phone numbers',
    Permission.MEMBER_INVITE: 'invite people',
    Permission.MEMBER_CHANGE_ROLE: 'change roles',
    Permission.MEMBER_REMOVE: 'remove people',
    Permission.AUDIT_VIEW: 'see the audit log',
    Permission.BILLING_VIEW: 'see billing',
    Permission.BILLING_MANAGE: 'change the billing address, plan and payment',
    Permission.ORGANIZATION_DELETE: 'delete, restore or transfer the organization',
    Permission.OWNER_APPOINT: 'appoint Owners or change what an Owner is',
    Permission.ORGANIZATION_LEAVE: 'leave the organization',
}

_VIEWER = frozenset({Permission.ORGANIZATION_VIEW, Permission.ORGANIZATION_LEAVE})
_MEMBER = _VIEWER | {Permission.PROJECT_EDIT}
_ADMIN = _MEMBER | {
    Permission.ORGANIZATION_RENAME,
    Permission.PHONE_MANAGE,
    Permission.MEMBER_INVITE,
    Permission.MEMBER_CHANGE_ROLE,
    Permission.MEMBER_REMOVE,
    Permission.AUDIT_VIEW,
    Permission.BILLING_VIEW,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _MEMBER,
    Role.VIEWER: _VIEWER,
}


def known(role: object) -> Role:
    """The role itself: a text that only equals one would slip past the questions of who may appoint it.

    Raises Invalid('role').
    """
    found = next((each for each in Role if each == role), None)
    if found is None:
        raise Invalid(role='Choose a role.')
    return found


@dataclass(frozen=True)
class Standing:
    """What a status is called, what it means, and which permissions it leaves to Owners and to everybody else."""

    word: str
    tone: str
    meaning: str
    owners: frozenset[Permission]
    others: frozenset[Permission]


_EVERYTHING = frozenset(Permission)
_READING = frozenset(
    {
        Permission.ORGANIZATION_VIEW,
        Permission.ORGANIZATION_LEAVE,
        Permission.AUDIT_VIEW,
        Permission.BILLING_VIEW,
    }
)
_KEEPING = _READING | {
    Permission.ORGANIZATION_RENAME,
    Permission.PHONE_MANAGE,
    Permission.BILLING_MANAGE,
    Permission.ORGANIZATION_DELETE,
}
STANDINGS: dict[Status, Standing] = {
    Status.ACTIVE: Standing('Active', 'ok', 'Everything works.', _EVERYTHING, _EVERYTHING),
    Status.PAST_DUE: Standing(
        'Past due', 'warn', 'A payment is overdue. Everything works for now.', _EVERYTHING, _EVERYTHING
    ),
    Status.RESTRICTED: Standing(
        'Restricted', 'warn', 'Read-only. Settings, billing and deletion stay open to Owners.', _KEEPING, _READING
    ),
    Status.SUSPENDED: Standing(
        'Suspended', 'danger', 'Read-only for everyone until the administrator lifts it.', _READING, _READING
    ),
    Status.DELETING: Standing(
        'Being deleted', 'danger', 'Read-only. An Owner can still restore it.', _KEEPING, _READING
    ),
    Status.DELETED: Standing('Deleted', 'danger', 'It is gone.', frozenset(), frozenset()),
}


def refusal(role: Role, status: Status, permission: Permission) -> Forbidden | None:
    """Why this role may not do this in this status, worded for the person; None when it may."""
    act = ACTS[permission]
    if permission not in GRANTS[role]:
        sentence = f'Only {_those_who(permission)} can {act}. You are {_a(role)}.'
        return Forbidden(sentence, action=permission.value, rule=f'role:{role.value}')
    standing = STANDINGS[status]
    if permission in (standing.owners if role is Role.OWNER else standing.others):
        return None
    able = 'Only Owners' if permission in standing.owners else 'Nobody'
    sentence = f'This organization is {standing.word.lower()}. {able} can {act} now.'
    return Forbidden(sentence, action=permission.value, rule=f'status:{status.value}')


def _those_who(permission: Permission) -> str:
    words = [f'{role.label}s' for role in Role if permission in GRANTS[role]]
    return ' and '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _a(role: Role) -> str:
    return f'{"an" if role.label[0] in "AO" else "a"} {role.label}'


@dataclass(frozen=True)
class Member(Actor):
    """A person as a member of one organization, as the database had it a moment ago; for drawing, never to decide."""

    email: str
    role: Role
    organization: Organization

    def refused(self, permission: Permission) -> str | None:
        """The sentence that explains why a control is out of reach, None when it is not."""
        no = refusal(self.role, self.organization.status, permission)
        return str(no) if no else None

    def refused_about(self, permission: Permission, role: Role) -> str | None:
        """The same for an act about somebody who has this role, or is to get it: Owners are a matter of Owners."""
        no = self.refused(permission)
        return no or (self.refused(Permission.OWNER_APPOINT) if role is Role.OWNER else None)

    def may(self, permission: Permission) -> bool:
        """Whether a control is worth enabling."""
        return self.refused(permission) is None


def identify(tx: TenantSession, actor: Actor) -> UserSession:
    """The actor's session, if it still counts. Raises SignedOut."""
    session = tx.get(UserSession, actor.session_id)
    if session is None or not session.is_live(clock.now()):
        raise SignedOut
    return session


_ASKING = (
    select(UserSession, User.email, Membership, Organization)
    .select_from(UserSession)
    .join(User, col(User.id) == UserSession.user_id, isouter=True)
    .join(
        Membership,
        (col(Membership.user_id) == UserSession.user_id) & (col(Membership.organization_id) == bindparam('at')),
        isouter=True,
    )
    .join(Organization, col(Organization.id) == Membership.organization_id, isouter=True)
    .where(col(UserSession.id) == bindparam('session_id'))
)
"""Whoever asks, and where; put together once, because every act asks."""


def authorize(tx: TenantSession, actor: Actor, permission: Permission) -> Member:
    """The actor as a member who has this permission, read in this very transaction.

    Writers hold the organization's row from here on, so nobody is demoted between the check and the act.
    Raises SignedOut, NotFound (no such organization, or not theirs) or Forbidden.
    """
    lock(tx, actor.organization_id)
    found = tx.exec(_ASKING, params={'session_id': actor.session_id, 'at': actor.organization_id}).first()
    if found is None or not found[0].is_live(clock.now()):
        raise SignedOut
    session, email, membership, organization = found
    if membership is None or organization is None or organization.status is Status.DELETED:
        raise NotFound
    if no := refusal(membership.role, organization.status, permission):
        raise no
    return Member(session.id, session.user_id, organization.id, actor.network, email, membership.role, organization)
