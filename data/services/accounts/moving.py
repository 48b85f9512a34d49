"""Another address for an account: asked for by who has shown who they are, confirmed by a link that goes there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from data import clock
from data.database import Actor, TenantSession, accounts, faults
from data.inputs import emails
from data.inputs.emails import Email
from data.models import AccountToken, TokenPurpose, User, UserSession
from data.permissions import held, identify, recently
from data.problems import Invalid, Problem, TooMany
from data.runtime import limits, mail_server, rate_limiter
from data.services.accounts import links, policy
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.everywhere import note_everywhere
from data.services.accounts.proof import MissingProof, missing_of
from data.services.mail import outbox


class Taken(Problem):
    """Somebody has an account with the address meanwhile. Who reads its mail may know: it is theirs."""

    def __init__(self) -> None:
        super().__init__('There is another account with this address. Close that one first, or use another address.')


@dataclass(frozen=True)
class Move:
    """An address that waits to be confirmed, and until when it can be."""

    email: str
    expires_at: datetime


@dataclass(frozen=True)
class Address:
    """The address of an account; `missing` is what is to be done about it, `by_mail` whether a new one is confirmed.

    `move` is the one that it is to become.
    """

    email: str
    missing: MissingProof | None
    by_mail: bool
    move: Move | None


def address_of(actor: Actor) -> Address:
    """The address of the actor, and what waits to be confirmed. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        user = tx.find(User, actor.user_id)
        link, missing = tx.exec(_pending(actor)).first(), missing_of(tx, user)
    move = Move(link.email, link.expires_at) if link and link.expires_at > clock.now() else None
    return Address(user.email, missing, mail_server.is_configured(), move)


def change(actor: Actor, email: object) -> bool:
    """Send a link to an address that is to be that of the account, and tell the one it has now; whether it has changed.

    It has at once where there is no mail. Whether somebody has an account with it is said to nobody before they have
    shown that they read its mail. Raises Invalid('email'), TooMany, Reauthenticate, SignedOut.
    """
    address = emails.parse(email)
    policy.in_domains(address.key)
    with _taken_at_field(), unless_taken(), accounts() as tx:
        user, session = held(tx, actor), recently(tx, actor)
        if address.shown == user.email:
            raise Invalid(email='This is your address already.')
        _count(user, address)
        if not mail_server.is_configured() or address.key == user.email_key:  # nothing to prove, or nothing new
            move(tx, user, address, session)
            return True
        link = links.renew(tx, user, TokenPurpose.CHANGE, address.shown)
        of_event = {'agent': session.agent, 'detail': address.shown}
        note_event(tx, AccountAct.ASK_MOVE, 'done', user.email_key, actor.network, user.id, **of_event)
        outbox.write_to_person(tx, user, 'move', to=address.shown, email=user.email, new=address.shown, row=link.id)
        outbox.write_to_person(tx, user, 'move-asked', new=address.shown)
    return False


def withdraw(actor: Actor) -> None:
    """Keep the address; the link that was sent no longer works. Raises SignedOut."""
    with accounts() as tx:
        session = identify(tx, actor)
        link = tx.exec(_pending(actor)).first()
        if link is None:
            return
        user = tx.find(User, actor.user_id)
        of_event = {'agent': session.agent, 'detail': link.email}
        note_event(tx, AccountAct.WITHDRAW_MOVE, 'done', user.email_key, actor.network, user.id, **of_event)
        links.void(tx, user.id, TokenPurpose.CHANGE)


def move(tx: TenantSession, user: User, address: Email, session: UserSession) -> None:
    """Let this be the user's address, in a transaction of `accounts()`: memberships follow by their reference.

    All links of before are void, the address of before is told, and every open screen shows it.
    """
    before = user.email
    links.void(tx, user.id, *TokenPurpose)
    outbox.write_to_person(tx, user, 'moved', new=address.shown)
    if address.key != user.email_key:
        user.verified_at = None  # what was proved was the address of before
    user.email, user.email_key = address.shown, address.key
    of_event = {'agent': session.agent, 'detail': before}
    note_event(tx, AccountAct.MOVE, 'done', user.email_key, session.network, user.id, **of_event)
    note_everywhere(tx, user)


@contextmanager
def unless_taken() -> Iterator[None]:
    """Say so where another account has the address. Raises Taken."""
    try:
        yield
    except IntegrityError as error:
        if faults.is_duplicate(error, 'users', 'email_key'):
            raise Taken from None
        raise


@contextmanager
def _taken_at_field() -> Iterator[None]:
    try:
        yield
    except Taken as taken:
        raise Invalid(email=str(taken)) from None


def _pending(actor: Actor) -> SelectOfScalar[AccountToken]:
    return select(AccountToken).where(
        AccountToken.user_id == actor.user_id, AccountToken.purpose == TokenPurpose.CHANGE
    )


def _count(user: User, address: Email) -> None:
    """Who could have mails sent to anybody has a few of them sent."""
    if seconds := rate_limiter.wait(limits.ADDRESS_LINKS, user.id):
        raise TooMany('You changed your address often in the last hour.', seconds)
    if seconds := rate_limiter.wait(limits.ADDRESS_MAILS, address.key):
        raise TooMany('Many links were sent to this address.', seconds)
