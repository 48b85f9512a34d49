"""Verified addresses: what is closed to people as long as nobody knows that their address is theirs."""

from sqlmodel import col, select

from data.database import Actor, TenantSession
from data.models import User
from data.permissions.roles import Permission
from data.problems import Forbidden
from data.runtime import mail_server

NOT_VERIFIED = 'Confirm your email address before you invite people.'
"""What is said wherever it is closed; it is the one thing, since mails of this installation go to whoever they name."""


def is_unverified(user: User) -> bool:
    """Whether somebody has still to prove their address; nobody has without a mail server, which could not ask."""
    return user.verified_at is None and mail_server.is_configured()


def verified(tx: TenantSession, actor: Actor, permission: Permission) -> None:
    """Make sure that the actor's address is proved, in the transaction of what needs it. Raises Forbidden."""
    if not mail_server.is_configured():
        return
    if tx.exec(select(User.verified_at).where(col(User.id) == actor.user_id)).first() is None:
        raise Forbidden(NOT_VERIFIED, action=permission.value, rule='unverified')
