"""Permissions, and which role grants which: the one table behind every check, control and sentence."""

from enum import StrEnum

from data.models import Role
from data.problems import Invalid


class Permission(StrEnum):
    """What a role can grant, named `scope:action`, with the phrase that completes "you may …", "only Owners can …"."""

    phrase: str

    def __new__(cls, name: str, phrase: str = '') -> 'Permission':
        """A member whose value is its name; `phrase` says on screens what it permits."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.phrase = phrase
        return member

    ORGANIZATION_VIEW = 'organization:view', 'see the organization, its people and projects'
    PROJECT_EDIT = 'project:edit', 'create, change or delete projects and what is in them'
    CONVERSATION_VIEW = 'conversation:view', 'read conversations'
    CONVERSATION_ANSWER = 'conversation:answer', 'answer visitors'
    CONVERSATION_DELETE = 'conversation:delete', 'delete conversations'
    LEAD_EXPORT = 'lead:export', 'export leads'
    ORGANIZATION_RENAME = 'organization:rename', 'rename the organization'
    PHONE_MANAGE = 'phone:manage', 'manage phone numbers'
    INVITATION_VIEW = 'invitation:view', 'see who is invited'
    MEMBER_INVITE = 'member:invite', 'invite people'
    MEMBER_CHANGE_ROLE = 'member:change_role', 'change roles'
    MEMBER_REMOVE = 'member:remove', 'remove people'
    AUDIT_VIEW = 'audit:view', 'see the activity log'
    USAGE_VIEW = 'usage:view', 'see the usage'
    BILLING_VIEW = 'billing:view', 'see billing'
    BILLING_MANAGE = 'billing:manage', 'manage billing'
    ORGANIZATION_DELETE = 'organization:delete', 'delete, restore or transfer the organization'
    OWNER_APPOINT = 'owner:appoint', 'appoint or remove Owners'
    ORGANIZATION_SECURE = 'organization:secure', 'decide whether a second factor is required'
    ORGANIZATION_LEAVE = 'organization:leave', 'leave the organization'


_VIEWER = frozenset({Permission.ORGANIZATION_VIEW, Permission.CONVERSATION_VIEW, Permission.ORGANIZATION_LEAVE})
_MEMBER = _VIEWER | {Permission.PROJECT_EDIT, Permission.CONVERSATION_ANSWER}
_ADMIN = _MEMBER | {
    Permission.CONVERSATION_DELETE,
    Permission.LEAD_EXPORT,
    Permission.ORGANIZATION_RENAME,
    Permission.PHONE_MANAGE,
    Permission.INVITATION_VIEW,
    Permission.MEMBER_INVITE,
    Permission.MEMBER_CHANGE_ROLE,
    Permission.MEMBER_REMOVE,
    Permission.AUDIT_VIEW,
    Permission.USAGE_VIEW,
    Permission.BILLING_VIEW,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _MEMBER,
    Role.VIEWER: _VIEWER,
}

_P = Permission
IN_USE: tuple[tuple[Permission, ...], ...] = (
    (_P.ORGANIZATION_VIEW, _P.CONVERSATION_VIEW),
    (_P.PROJECT_EDIT, _P.CONVERSATION_ANSWER),
    (_P.CONVERSATION_DELETE, _P.LEAD_EXPORT),
    (_P.ORGANIZATION_RENAME, _P.PHONE_MANAGE),
    (_P.MEMBER_INVITE, _P.MEMBER_CHANGE_ROLE, _P.MEMBER_REMOVE),
    (_P.INVITATION_VIEW, _P.AUDIT_VIEW, _P.USAGE_VIEW, _P.BILLING_VIEW),
    (_P.BILLING_MANAGE, _P.OWNER_APPOINT, _P.ORGANIZATION_SECURE),
    (_P.ORGANIZATION_LEAVE,),
)
"""The permissions that something asks for, as people read them: in groups that are granted together."""


def known(role: object) -> Role:
    """The role itself: a text that only equals one would slip past the questions of who may appoint it.

    Raises Invalid('role').
    """
    try:
        return Role(role)  # type: ignore[arg-type]  # it comes from a browser and may be anything
    except ValueError:
        raise Invalid(role='Choose a role.') from None
