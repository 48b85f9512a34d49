"""The browsers in which somebody is signed in: they see them, and sign out those that are not this one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, delete, select

from data import clock
from data.database import Actor, TenantSession, accounts, constant
from data.inputs import devices
from data.models import User, UserSession, is_id
from data.permissions import held, identify, recently
from data.problems import Invalid, NotFound
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.words import way_in_words

LISTED = 50
"""How many are listed at most; of others it is said how many they are."""

GONE = 'That browser is signed out already.'
HERE = 'This is the browser you are in. Use “Sign out” in the menu with your address.'


@dataclass(frozen=True)
class OpenSession:
    """A browser in which somebody is signed in; `way` is '' where it was not written down how."""

    id: str
    device: str
    network: str
    way: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class OpenSessions:
    """Those that are listed, this one first and then by when they were seen, and how many others there are."""

    rows: list[OpenSession]
    others: int


_OF_PERSON = constant(
    select(UserSession).where(col(UserSession.user_id) == bindparam('whose')).order_by(col(UserSession.seen_at).desc())
)


def sessions_of(actor: Actor) -> OpenSessions:
    """Where the actor is signed in. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        found = _living(tx, actor.user_id)
    found.sort(key=lambda session: session.id != actor.session_id)  # stable: the others stay as they are
    rows = [
        OpenSession(
            id=it.id,
            device=devices.in_words(it.agent),
            network=it.network,
            way=way_in_words(it.method),
            began_at=it.created_at,
            seen_at=it.seen_at,
            is_this=it.id == actor.session_id,
        )
        for it in found[:LISTED]
    ]
    return OpenSessions(rows, len(found[LISTED:]))


def end_session_of(actor: Actor, session_id: object) -> str:
    """Sign the actor out in another browser; the words for that browser.

    Raises NotFound for what is no session of theirs, Invalid('session') for this one, Reauthenticate (ASVS 7.5.2),
    SignedOut.
    """
    with accounts() as tx:
        _, this = held(tx, actor), recently(tx, actor)
        session = tx.get(UserSession, session_id) if is_id(session_id) else None
        if session is None or session.user_id != actor.user_id:
            raise NotFound(GONE)
        if session.id == this.id:
            raise Invalid(session=HERE)
        device = devices.in_words(session.agent)
        _end(tx, actor, AccountAct.END_SESSION, [session], device)
    return device


def end_other_sessions(actor: Actor) -> list[str]:
    """Sign the actor out in all browsers but this one; the ids of those sessions.

    Raises Reauthenticate (ASVS 7.5.2), SignedOut.
    """
    with accounts() as tx:
        _, this = held(tx, actor), recently(tx, actor)
        others = [session for session in _living(tx, actor.user_id) if session.id != this.id]
        if others:
            _end(tx, actor, AccountAct.END_SESSIONS, others, '')
    return [session.id for session in others]


def _living(tx: TenantSession, user_id: str) -> list[UserSession]:
    rows = tx.exec(_OF_PERSON, params={'whose': user_id})
    return [session for session in rows if session.is_live(clock.now())]


def _end(tx: TenantSession, actor: Actor, act: AccountAct, sessions: list[UserSession], detail: str) -> None:
    user = tx.find(User, actor.user_id)
    note_event(tx, act, 'done', user.email_key, actor.network, user.id, detail=detail)
    ids = [session.id for session in sessions]
    tx.exec(delete(UserSession).where(col(UserSession.id).in_(ids), col(UserSession.user_id) == user.id))
