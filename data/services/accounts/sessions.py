"""Sessions: who is signed in, one row a browser, found by the hash of the token in its cookie."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import bindparam
from sqlmodel import col, delete, select, update

from data import clock
from data.database import Actor, TenantSession, accounts, constant
from data.database.portions import in_portions
from data.database.principals import LONGEST_NETWORK
from data.models import User, UserSession
from data.permissions import identify
from data.problems import SignedOut
from data.runtime import account_rules
from data.security.tokens import hashed
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event


def start(
    tx: TenantSession, user: User, network: str, agent: str, *, method: str = 'password', proved: bool = False
) -> str:
    """Begin a session inside a transaction and return its token of 256 random bits, which is kept nowhere here.

    `method` is the way in that it begins with, `proved` whether a second factor was proved.
    """
    token = secrets.token_urlsafe(32)
    session = UserSession(user_id=user.id, token_hash=hashed(token), network=network[:LONGEST_NETWORK])
    session.agent, session.method, session.authenticated_at = agent[:200], method, clock.now()
    session.proved_at = session.authenticated_at if proved else None
    tx.add(session)
    return token


def renew(tx: TenantSession, session: UserSession, *, proved: bool = False) -> str:
    """Note that whoever has this session has just shown who they are; its new token, the one before is nobody's.

    Inside a transaction. The session stays what it is for every page that uses it (ASVS 7.2.4). Raises SignedOut where
    it has ended in this very moment.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    said = {'token_hash': hashed(token), 'authenticated_at': now, **({'proved_at': now} if proved else {})}
    renewed = tx.exec(update(UserSession).where(col(UserSession.id) == session.id).values(**said))
    if int(renewed.rowcount) != 1:
        raise SignedOut
    return token


_OF_TOKEN = constant(select(UserSession).where(col(UserSession.token_hash) == bindparam('token_hash')))


def of_token(token: object, network: str = '') -> Actor | None:
    """Whoever this token belongs to, None when its session has ended or never was."""
    if not isinstance(token, str):
        return None
    with accounts(writes=False) as tx:
        session = tx.exec(_OF_TOKEN, params={'token_hash': hashed(token)}).first()
    if session is None or not session.is_live(clock.now()):
        return None
    return Actor(session.id, session.user_id, '', network)


@contextmanager
def own_picture(actor: Actor) -> Iterator[None]:
    """Let all that is read of the actor's account inside be one picture of it. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        yield


def end(token: object, network: str = '') -> str | None:
    """Sign out: the session is gone for every page that used it. Returns its id, None when there was none."""
    if not isinstance(token, str):
        return None
    with accounts() as tx:
        row = tx.exec(select(UserSession, User).join(User).where(UserSession.token_hash == hashed(token))).first()
        if row is None:
            return None
        session, user = row
        note_event(tx, AccountAct.SIGN_OUT, 'done', user.email_key, network, user.id, agent=session.agent)
        tx.delete(session)
    return session.id


def ended_of(ids: Collection[str]) -> set[str]:
    """Those of these sessions that are over: ended, or run out."""
    with accounts(writes=False) as tx:
        rows = tx.exec(select(UserSession).where(col(UserSession.id).in_(ids)))
        return set(ids) - {session.id for session in rows if session.is_live(clock.now())}


def prune() -> int:
    """Delete sessions that have run out, in portions, and return how many there were."""
    now, rules = clock.now(), account_rules.current()
    over = (col(UserSession.expires_at) <= now) | (col(UserSession.seen_at) <= now - rules.idle)
    # Whoever was idle for so long has begun before that: the index of the one moment that never changes is enough.
    begun = now + rules.absolute - rules.idle
    aged = select(UserSession.id, UserSession.expires_at).where(UserSession.expires_at <= begun, over)
    aged = aged.order_by(col(UserSession.expires_at))
    reached = None

    def portion(limit: int) -> int | None:
        nonlocal reached
        with accounts(writes=False) as tx:
            further = aged if reached is None else aged.where(UserSession.expires_at >= reached)
            rows = tx.exec(further.limit(limit)).all()
        if not rows:
            return None
        reached = rows[-1][1]
        with accounts() as tx:
            these = col(UserSession.id).in_([session_id for session_id, _ in rows])
            return int(tx.exec(delete(UserSession).where(these, over)).rowcount)

    return in_portions(portion)
