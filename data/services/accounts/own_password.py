"""The password of whoever is signed in: changed, set for the first time, or removed."""

from dataclasses import dataclass

from data.database import Actor, TenantSession, accounts
from data.models import User, UserSession
from data.permissions import held, identify, proved, recently
from data.problems import Invalid, Problem
from data.security import passwords
from data.services.accounts import policy, sessions
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.reauthentication import ways_of
from data.services.accounts.resetting import put_password
from data.services.accounts.throttling import throttled
from data.services.mail import outbox

NOT_YOURS = 'This is not your password.'


class LastWay(Problem):
    """Nothing else would let the person in."""

    def __init__(self) -> None:
        super().__init__('Your password is your only way to sign in. Add a passkey first.')


@dataclass(frozen=True)
class Renewed:
    """The new token of the session in which it was done, and the ids of the sessions that have ended."""

    token: str
    ended: list[str]


def change(actor: Actor, current: object, password: object, confirmation: object) -> Renewed:
    """Give the actor another password; who has none sets the first one, after they have shown who they are.

    Raises Invalid('current' | 'password' | 'confirmation'), NoSignUp where there are no passwords, SignedOut,
    Reauthenticate, and TooMany, which is put on the record.
    """
    policy.needs_passwords()
    with accounts(writes=False) as tx:
        proved(tx, actor)
        user = tx.find(User, actor.user_id)
    if user.password_hash is None:
        ready(actor)
    secret = passwords.check_pair(password, confirmation, email=user.email)
    if user.password_hash is None:
        return _put(actor, None, passwords.hash(secret))
    with throttled(AccountAct.CONFIRM, user.email, actor.network):
        is_right, _ = passwords.verify(current, user.password_hash)
        if not is_right:
            with accounts() as tx:
                session = identify(tx, actor)
                of_event = {'agent': session.agent}
                note_event(tx, AccountAct.CONFIRM, 'refused', user.email_key, actor.network, user.id, **of_event)
            raise Invalid(current=NOT_YOURS)
    return _put(actor, user.password_hash, passwords.hash(secret))


def ready(actor: Actor) -> None:
    """Make sure that it is still the actor, before they type. Raises Reauthenticate, SignedOut."""
    with accounts(writes=False) as tx:
        recently(tx, actor)


def remove(actor: Actor) -> list[str]:
    """Have no password any more; the ids of the sessions that have ended. Raises LastWay, Reauthenticate, SignedOut."""
    with accounts() as tx:
        user, session = held(tx, actor), recently(tx, actor)
        if user.password_hash is None:
            return []
        if ways_of(tx, user).number - 1 < 1:
            raise LastWay
        ended = put_password(tx, user, None, but=session.id)
        _tell(tx, AccountAct.REMOVE_PASSWORD, user, session, 'password-removed')
    return ended


def _put(actor: Actor, before: str | None, hashed: str) -> Renewed:
    """Keep the hash, where the one of `before` is still what was compared with."""
    with accounts() as tx:
        user, session = held(tx, actor), proved(tx, actor) if before else recently(tx, actor)
        if user.password_hash != before:  # another browser of theirs was first
            raise Invalid(current=NOT_YOURS)
        ended = put_password(tx, user, hashed, but=session.id)
        act = AccountAct.CHANGE_PASSWORD if before else AccountAct.ADD_PASSWORD
        _tell(tx, act, user, session, 'password-changed' if before else 'password-added')
        return Renewed(sessions.renew(tx, session), ended)


def _tell(tx: TenantSession, act: AccountAct, user: User, session: UserSession, kind: str) -> None:
    note_event(tx, act, 'done', user.email_key, session.network, user.id, agent=session.agent)
    outbox.write_to_person(tx, user, kind)
