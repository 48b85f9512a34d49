"""Signing in with a passkey, without an address; and what any other use of one has in common with that."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import col, select

from data import clock
from data.database import TenantSession, accounts
from data.models import Passkey, User, is_id
from data.problems import Problem
from data.security import passkeys as ceremony
from data.security.passkeys import Answer, Copied, Options
from data.services.accounts import challenges, entering, passkeys
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.throttling import count_network
from data.services.mail import outbox

_R = TypeVar('_R')

SIGNING_IN = 'passkey:in'
"""What a browser is asked for whose person is not known; a second step and a confirmation have their own."""

UNKNOWN = 'Nobody here has this passkey any more. Sign in another way.'


def ask() -> Options:
    """What a browser is asked of whom nobody knows yet who they are. Raises Problem."""
    return ceremony.to_authenticate(challenges.ask(SIGNING_IN))


def sign_in(said: object, *, network: str = '', agent: str = '') -> str:
    """Begin a session for whoever has this passkey, which is two factors at once; return the session's token.

    Raises Problem for an answer that is not right or comes too late, and TooMany.
    """
    count_network(network)
    answer = ceremony.read(said)
    challenges.make_sure(answer.challenge, SIGNING_IN)
    return used(
        answer,
        answer.user_id,
        network,
        agent,
        lambda tx, user: entering.enter(tx, user, entering.PASSKEY, network, agent, proved=True),
    ).token


def ask_one(user_id: str, purpose: str) -> Options:
    """What a browser is asked of somebody who is known, for this purpose; any of their passkeys will do."""
    with accounts(writes=False) as tx:
        rows = passkeys.of_user(tx, user_id)
    return ceremony.to_authenticate(challenges.ask(purpose, user_id), map(passkeys.known, rows))


def answer_of(said: object, purpose: str, user_id: str) -> Answer:
    """What was answered to `ask_one`. Raises Problem."""
    answer = ceremony.read(said)
    challenges.make_sure(answer.challenge, purpose, user_id)
    return answer


def used(answer: Answer, user_id: str, network: str, agent: str, then: Callable[[TenantSession, User], _R]) -> _R:
    """Check an answer that was asked for, and in the same transaction do what follows; what that returns.

    Raises Problem; that the answer is not right is on the record of the account.
    """
    problem: Problem | None = None
    with accounts() as tx:
        user, row = _whose(tx, answer, user_id)
        try:
            said = ceremony.authenticated(answer, row.public_key, row.sign_count)
        except Problem as refused:
            problem = refused
            note_event(
                tx, AccountAct.USE_PASSKEY, 'refused', user.email_key, network, user.id, agent=agent, detail=row.name
            )
            if isinstance(refused, Copied):
                outbox.write_to_person(tx, user, 'passkey-copied', name=row.name)
        else:
            row.sign_count, row.backed_up, row.used_at = said.sign_count, said.backed_up, clock.now()
            return then(tx, user)
    raise problem


def _whose(tx: TenantSession, answer: Answer, user_id: str) -> tuple[User, Passkey]:
    """The person whose passkey this is, held, and the passkey; the handle in it must be theirs (7.2, step 6)."""
    mine = col(Passkey.credential_id) == answer.credential_id, col(Passkey.user_id) == user_id
    query = select(User, Passkey).join(Passkey, col(Passkey.user_id) == User.id).where(*mine).with_for_update()
    found = tx.exec(query).first() if is_id(user_id) and answer.user_id in ('', user_id) else None
    if found is None:
        raise Problem(UNKNOWN)
    return found
