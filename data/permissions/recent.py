"""Recent authentication: who could lock somebody out, or hand something over, has shown a moment ago who they are."""

from datetime import timedelta

from data import clock
from data.database import Actor, TenantSession
from data.models import UserSession
from data.permissions.authorize import identify
from data.problems import Reauthenticate

RECENT = timedelta(minutes=10)
"""How long it counts that somebody has shown who they are (ASVS 7.5.1)."""


def recently(tx: TenantSession, actor: Actor) -> UserSession:
    """The actor's session, in which they have shown a moment ago who they are. Raises Reauthenticate, SignedOut."""
    session = identify(tx, actor)
    if not timedelta() <= clock.now() - (session.authenticated_at or session.created_at) < RECENT:
        raise Reauthenticate
    return session
