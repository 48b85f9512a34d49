"""Verified addresses: somebody proves that theirs is theirs by a link that goes there.

The link works for whoever is signed in to the account it is about: who gets one without having asked for it can't be
made to prove somebody else's account.
"""

from dataclasses import dataclass

from data import changes, clock
from data.database import Actor, TenantSession, accounts
from data.inputs import emails
from data.models import AccountToken, TokenPurpose, User
from data.permissions import held, identify, is_unverified
from data.problems import Problem, TooMany
from data.runtime import limits, rate_limiter
from data.services.accounts import links, moving
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.mail import outbox

PROVING = TokenPurpose.VERIFY, TokenPurpose.CHANGE


class OtherAccount(Problem):
    """The link is for another account than the one that is signed in."""

    def __init__(self, signed_in: str) -> None:
        super().__init__(f'This link is for another account. You are signed in as {signed_in}.')


@dataclass(frozen=True)
class Claim:
    """What a link would prove: the `email`, that of an account now or, with a `change`, to be.

    `viewer` is the address of whoever is signed in, '' for nobody; `is_right` whether it is their account.
    """

    email: str
    change: bool
    viewer: str
    is_right: bool


def begin(tx: TenantSession, user: User) -> None:
    """Send a link to somebody whose address is not proved, in a transaction of `accounts()`; nothing without mail."""
    if is_unverified(user):
        link = links.renew(tx, user, TokenPurpose.VERIFY, user.email)
        outbox.write_to_person(tx, user, 'verify', email=user.email, row=link.id)
        changes.note_own(tx, user.id)


def resend(actor: Actor) -> None:
    """Send the actor another link; the one before no longer works. Raises TooMany, SignedOut."""
    with accounts() as tx:
        identify(tx, actor)
        user = tx.find(User, actor.user_id)
        if is_unverified(user):
            count(user)
            begin(tx, user)


def count(user: User) -> None:
    """Count a link that somebody has sent to an address. Raises TooMany."""
    if seconds := rate_limiter.wait(limits.ADDRESS_LINKS, user.id):
        raise TooMany('You had many links sent in the last hour. Look for them in your mail, spam included.', seconds)


def look(token: object, actor: Actor | None) -> Claim:
    """What a link would prove; changes nothing, however often. Raises NotFound."""
    with accounts(writes=False) as tx:
        link = links.find(tx, token, *PROVING)
        viewer = tx.get(User, actor.user_id) if actor else None
    is_right = viewer is not None and viewer.id == link.user_id
    return Claim(link.email, link.purpose == TokenPurpose.CHANGE, viewer.email if viewer else '', is_right)


def confirm(actor: Actor, token: object) -> Claim:
    """Prove an address, and let it be that of the account where it is another one.

    Raises OtherAccount, NotFound, SignedOut, `moving.Taken`.
    """
    with moving.unless_taken(), accounts() as tx:
        user, session = held(tx, actor), identify(tx, actor)
        if links.find(tx, token, *PROVING).user_id != user.id:
            raise OtherAccount(user.email)
        link = links.use(tx, token, *PROVING)
        claim = _claim(link, user)
        if claim.change:
            moving.move(tx, user, emails.parse(link.email), session)
        else:
            note_event(tx, AccountAct.VERIFY, 'done', user.email_key, actor.network, user.id, agent=session.agent)
        user.verified_at = clock.now()
    return claim


def _claim(link: AccountToken, user: User) -> Claim:
    return Claim(link.email, link.purpose == TokenPurpose.CHANGE, user.email, True)
