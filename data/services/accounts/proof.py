"""What is still to be done until somebody's address is known to be theirs."""

from dataclasses import dataclass

from sqlmodel import select

from data import clock
from data.database import Actor, TenantSession, accounts
from data.models import AccountToken, TokenPurpose, User
from data.permissions import identify, is_unverified
from data.runtime import mail_server


@dataclass(frozen=True)
class MissingProof:
    """The address of an account that is to be proved, and whether a link that does it is on its way, or there."""

    email: str
    is_sent: bool


def missing_proof(actor: Actor) -> MissingProof | None:
    """What is missing of the actor's address, None for nothing. Raises SignedOut."""
    if not mail_server.is_configured():
        return None
    with accounts(writes=False) as tx:
        identify(tx, actor)
        return missing_of(tx, tx.find(User, actor.user_id))


def missing_of(tx: TenantSession, user: User) -> MissingProof | None:
    """The same for a user, in a transaction of `accounts()`."""
    if not is_unverified(user):
        return None
    of_user = AccountToken.user_id == user.id, AccountToken.purpose == TokenPurpose.VERIFY
    sent = tx.exec(select(AccountToken.id).where(*of_user, AccountToken.expires_at > clock.now())).first()
    return MissingProof(user.email, sent is not None)
