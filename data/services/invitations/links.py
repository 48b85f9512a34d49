"""Links of invitations: the secret in them."""

from data.models import Invitation
from data.problems import Problem
from data.security import tokens


class Dead(Problem):
    """The link was made with a secret key that is no longer ours."""

    def __init__(self) -> None:
        super().__init__('This link is from before the secret key was changed. Send the invitation again.')


def token_of(invitation: Invitation) -> str:
    """The secret in the link of an invitation, as it is now. Raises Dead."""
    token = token_for(invitation.id, invitation.nonce)
    if tokens.hashed(token) != invitation.token_hash:
        raise Dead
    return token


def token_for(invitation_id: str, nonce: str) -> str:
    """The secret for an invitation with this nonce."""
    return tokens.make('invitation', invitation_id, nonce)
