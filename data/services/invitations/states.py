"""How an invitation stands: what happened to it first, then whether it could be accepted now."""

from enum import StrEnum

from data import clock
from data.database import TenantSession
from data.models import Invitation, InvitationState, Membership, Organization, Role, Status
from data.permissions import Permission, refusal


class State(StrEnum):
    """How an offer stands."""

    OPEN = 'open'
    EXPIRED = 'expired'
    REVOKED = 'revoked'
    ACCEPTED = 'accepted'
    DECLINED = 'declined'
    GONE = 'gone'
    CLOSED = 'closed'
    INVITER_LOST = 'inviter_lost'


SENTENCES = {
    State.OPEN: '',
    State.EXPIRED: 'This invitation has expired. Ask for a new one.',
    State.REVOKED: 'This invitation has been taken back.',
    State.ACCEPTED: 'This invitation has been accepted already.',
    State.DECLINED: 'This invitation has been declined. Ask for a new one if you have changed your mind.',
    State.GONE: 'The organization of this invitation does not exist any more.',
    State.CLOSED: 'This organization takes nobody in at the moment. Try again later.',
    State.INVITER_LOST: 'Whoever invited you may not invite people any more. Ask for a new invitation.',
}
"""What is said to whoever holds the link."""

NOT_MAILED = {
    State.EXPIRED: 'The invitation expired before.',
    State.REVOKED: 'The invitation was taken back before.',
    State.ACCEPTED: 'The invitation was accepted before.',
    State.DECLINED: 'The invitation was declined before.',
    State.GONE: 'The organization does not exist any more.',
    State.CLOSED: 'This organization takes nobody in at the moment.',
    State.INVITER_LOST: 'Whoever sent the invitation may not invite people any more.',
}
"""Why no mail is sent about it, to those who invite."""


def needed(role: Role) -> Permission:
    """What it takes to offer this role."""
    return Permission.OWNER_APPOINT if role is Role.OWNER else Permission.MEMBER_INVITE


def state_of(tx: TenantSession, invitation: Invitation, organization: Organization) -> State:
    """How it stands now."""
    if invitation.state is not InvitationState.PENDING:
        return State(invitation.state.value)
    if organization.status is Status.DELETED:
        return State.GONE
    if invitation.expires_at <= clock.now():
        return State.EXPIRED
    inviter = tx.get(Membership, (organization.id, invitation.invited_by))
    no = refusal(inviter.role, organization.status, needed(invitation.role)) if inviter else None
    if inviter is None or (no and no.rule.startswith('role:')):
        return State.INVITER_LOST
    return State.CLOSED if no else State.OPEN


def end(invitation: Invitation, state: InvitationState) -> None:
    """Nobody can answer it any more."""
    invitation.state, invitation.answered_at = state, clock.now()
