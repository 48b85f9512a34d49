"""How an invitation stands: what happened to it first, then whether it could be accepted now."""

from enum import StrEnum

from sqlmodel import col

from data import clock
from data.database import TenantSession
from data.models import Invitation, InvitationState, Membership, Organization, Role, Status
from data.permissions import Member, Permission, refusal
from data.services import naming


class InvitationOutlook(StrEnum):
    """How an offer stands; `FULL` is one that could be accepted if there were room for another member."""

    OPEN = 'open'
    EXPIRED = 'expired'
    REVOKED = 'revoked'
    ACCEPTED = 'accepted'
    DECLINED = 'declined'
    GONE = 'gone'
    CLOSED = 'closed'
    INVITER_LOST = 'inviter_lost'
    FULL = 'full'


OUTLOOK_SENTENCES = {
    InvitationOutlook.OPEN: '',
    InvitationOutlook.EXPIRED: 'This invitation has expired. Ask for a new one.',
    InvitationOutlook.REVOKED: 'This invitation has been withdrawn.',
    InvitationOutlook.ACCEPTED: 'This invitation has been accepted already.',
    InvitationOutlook.DECLINED: 'This invitation has been declined. Ask for a new one if you have changed your mind.',
    InvitationOutlook.GONE: 'The organization of this invitation does not exist any more.',
    InvitationOutlook.CLOSED: 'Nobody can join this organization at the moment. Try again later.',
    InvitationOutlook.INVITER_LOST: 'Whoever invited you can’t invite people any more. Ask for a new invitation.',
    InvitationOutlook.FULL: 'This organization has as many members as it may have. Your invitation stays as it is.',
}
"""What is said to whoever holds the link."""

NOT_MAILED = {
    InvitationOutlook.EXPIRED: 'The invitation had expired.',
    InvitationOutlook.REVOKED: 'The invitation had been withdrawn.',
    InvitationOutlook.ACCEPTED: 'The invitation had been accepted.',
    InvitationOutlook.DECLINED: 'The invitation had been declined.',
    InvitationOutlook.GONE: 'The organization does not exist any more.',
    InvitationOutlook.CLOSED: 'Nobody can join this organization at the moment.',
    InvitationOutlook.INVITER_LOST: 'Whoever sent the invitation can’t invite people any more.',
}
"""Why no mail is sent about it, to those who invite."""


def needed(role: Role) -> Permission:
    """What it takes to offer this role."""
    return Permission.OWNER_APPOINT if role is Role.OWNER else Permission.MEMBER_INVITE


def outlook(invitation: Invitation, organization: Organization, inviter: Role | None) -> InvitationOutlook:
    """How an invitation stands now, for its list as for its link; `inviter` is what its inviter is there, None if gone.

    Whoever offered the role last is the inviter: they vouch for it.
    """
    if invitation.state is not InvitationState.PENDING:
        return InvitationOutlook(invitation.state.value)
    if organization.status is Status.DELETED:
        return InvitationOutlook.GONE
    if invitation.expires_at <= clock.now():
        return InvitationOutlook.EXPIRED
    refused = refusal(inviter, organization.status, needed(invitation.role)) if inviter else None
    if inviter is None or (refused and refused.rule.startswith('role:')):
        return InvitationOutlook.INVITER_LOST
    return InvitationOutlook.CLOSED if refused else InvitationOutlook.OPEN


def state_of(tx: TenantSession, invitation: Invitation, organization: Organization) -> InvitationOutlook:
    """The same, with the inviter read now."""
    inviter = tx.get(Membership, (organization.id, invitation.invited_by))
    return outlook(invitation, organization, inviter.role if inviter else None)


IS_INVITER = (col(Membership.user_id) == Invitation.invited_by) & (
    col(Membership.organization_id) == Invitation.organization_id
)
"""What joins an invitation with what its inviter is there now; outer, for they may be gone."""


def vouch(tx: TenantSession, invitation: Invitation, member: Member) -> dict[str, str]:
    """From now on this member stands for the invitation; for the record, who did before, where that was another."""
    before = {}
    if invitation.invited_by != member.user_id:
        before['inviter'] = invitation.invited_by_email
        if name := naming.name_of(tx, invitation.invited_by):
            before['inviter_name'] = name
    invitation.invited_by, invitation.invited_by_email = member.user_id, member.email
    return before


def close(invitation: Invitation, state: InvitationState) -> None:
    """Nobody can answer it any more."""
    invitation.state, invitation.answered_at = state, clock.now()
