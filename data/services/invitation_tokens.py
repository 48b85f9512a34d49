"""The secret in the link of an invitation."""

from data import tokens
from data.models import Invitation


def token_of(invitation: Invitation) -> str:
    """The secret in the link of an invitation, as it is now."""
    return make(invitation.id, invitation.nonce)


def make(invitation_id: str, nonce: str) -> str:
    """The secret for an invitation with this nonce."""
    return tokens.make('invitation', invitation_id, nonce)
