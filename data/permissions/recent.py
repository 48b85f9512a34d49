"""Recent authentication: who could lock somebody out, or hand something over, has shown a moment ago who they are.

Whoever has a second factor has proved it in that session, too: a password that somebody has learned, and a session from
before there was a factor, must not be enough to remove it or to add another one.
"""

from datetime import timedelta

from sqlmodel import col, select

from data import clock
from data.database import Actor, TenantSession
from data.models import User, UserSession
from data.permissions.authorize import identify
from data.problems import Reauthenticate, SignedOut

RECENT = timedelta(minutes=10)
"""How long it counts that somebody has shown who they are (ASVS 7.5.1)."""


def held(tx: TenantSession, actor: Actor) -> User:
    """The actor, held until the end of a writing transaction. Raises SignedOut.

    Whoever ends sessions of theirs holds them, too: a session that is read after this stays until the act is done, and
    nothing is done in one that has ended in the same moment.
    """
    user = tx.exec(select(User).where(col(User.id) == actor.user_id).with_for_update()).first()
    if user is None:  # closed in this very moment
        raise SignedOut
    return user


def recently(tx: TenantSession, actor: Actor) -> UserSession:
    """The actor's session, in which they have shown a moment ago who they are. Raises Reauthenticate, SignedOut."""
    session = proved(tx, actor)
    if not timedelta() <= clock.now() - (session.authenticated_at or session.created_at) < RECENT:
        raise Reauthenticate
    return session


def proved(tx: TenantSession, actor: Actor) -> UserSession:
    """The actor's session, in which they have proved their second factor if they have one.

    Raises Reauthenticate(second=True), SignedOut.
    """
    session = identify(tx, actor)
    if session.proved_at is None:
        has_one = tx.exec(select(User.second_factor_at).where(col(User.id) == actor.user_id)).first() is not None
        if has_one:
            raise Reauthenticate(second=True)
    return session
