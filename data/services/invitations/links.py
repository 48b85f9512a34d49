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


def mailed_token_of(invitation: Invitation) -> str:
    """The secret in the mail with an invitation, as it is now: nobody else gets to see it. Raises Dead."""
    token = mailed_token_for(invitation.id, invitation.nonce)
    return token if tokens.hashed(token) == invitation.mailed_hash else token_of(invitation)


def is_from_mail(invitation: Invitation, token: object) -> bool:
    """Whether somebody has this secret from the mail: it proves that they read what comes to the address."""
    return isinstance(token, str) and tokens.hashed(token) == invitation.mailed_hash


def keep_secrets(invitation: Invitation) -> None:
    """Let an invitation know its two secrets, by what it keeps of them."""
    invitation.token_hash = tokens.hashed(token_for(invitation.id, invitation.nonce))
    invitation.mailed_hash = tokens.hashed(mailed_token_for(invitation.id, invitation.nonce))


def mailed_token_for(invitation_id: str, nonce: str) -> str:
    """The secret for the mail with it."""
    return tokens.make('mailed invitation', invitation_id, nonce)


def token_for(invitation_id: str, nonce: str) -> str:
    """The secret for an invitation with this nonce."""
    return tokens.make('invitation', invitation_id, nonce)
