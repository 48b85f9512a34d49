"""Tables, columns and constraints. Rules that must hold whatever the code does stand here or in the migrations."""

from data.models.accounts import ABSOLUTE, IDLE, AccountEvent, User, UserSession
from data.models.audit import AuditEvent
from data.models.base import OrganizationOwned, is_id, new_id
from data.models.invitations import Invitation, InvitationState
from data.models.mails import Mail, MailState
from data.models.organizations import (
    BillingAddress,
    Membership,
    Organization,
    PhoneNumber,
    Purpose,
    Role,
    Status,
)

__all__ = [
    'ABSOLUTE',
    'IDLE',
    'AccountEvent',
    'AuditEvent',
    'BillingAddress',
    'Invitation',
    'InvitationState',
    'Mail',
    'MailState',
    'Membership',
    'Organization',
    'OrganizationOwned',
    'PhoneNumber',
    'Purpose',
    'Role',
    'Status',
    'User',
    'UserSession',
    'is_id',
    'new_id',
]
