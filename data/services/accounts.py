"""Accounts: signing up, signing in."""

from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from data import passwords
from data.database import Actor, accounts, lock, transaction
from data.inputs import emails, texts
from data.models import AccountEvent, User, new_id
from data.problems import Invalid, Problem
from data.services import offers, organizations, sessions
from data.services.offer_states import State
from data.tenancy import Scope, TenantSession

TAKEN = 'You can’t sign up with this address. If it is yours, sign in instead.'


class WrongCredentials(Problem):
    """The address or the password is wrong; which of them is never said (ASVS 6.3.8)."""

    def __init__(self) -> None:
        super().__init__('This email address and password don’t belong together.')


def sign_up(
    email: object,
    password: object,
    confirmation: object,
    *,
    invitation: object = None,
    network: str = '',
    agent: str = '',
) -> str:
    """Create an account with its first organization and a session; return the session's token.

    Account, organization and ownership, and the membership where an `invitation` (its token) is accepted with it,
    appear together or not at all. Whoever sends the form twice, or has an account
    with this password already, is signed in, and accepts.
    Raises Invalid('email' | 'password' | 'confirmation'), and what `offers.accept` raises.
    """
    address = emails.parse(email)
    secret = passwords.check_new(password, email=address.shown)
    if confirmation != secret:
        raise Invalid(confirmation='The two passwords are not the same.')
    offered = offers.find(invitation) if invitation is not None else None
    user = User(email=address.shown, email_key=address.key, password_hash=passwords.hash(secret))
    actor = Actor('', user.id, new_id(), network[:64])
    try:
        with transaction(actor) as tx:
            tx.add(user)
            tx.flush()
            organizations.found(tx, actor, user.email, texts.name_from_email(address.shown))
            if offered:
                _join(tx, actor, user, *offered)
            tx.add(_event(user.email_key, 'account:sign_up', user_id=user.id, network=network))
            return sessions.start(tx, user, network, agent)
    except IntegrityError:  # the address is the only thing that can already be there
        return _sign_up_again(address, secret, invitation, network, agent)


def _join(tx: TenantSession, actor: Actor, user: User, organization_id: str, invitation_id: str) -> None:
    with tx.within(Scope(organization_id)):
        lock(tx, organization_id)
        offers.enter(tx, replace(actor, organization_id=organization_id), user, invitation_id)


def _sign_up_again(address: emails.Email, password: str, invitation: object, network: str, agent: str) -> str:
    try:
        token = sign_in(address.shown, password, network=network, agent=agent)
    except WrongCredentials:
        raise Invalid(email=TAKEN) from None
    actor = sessions.of_token(token, network)
    try:
        if invitation is not None and actor:
            offers.accept(actor, invitation)
    except Problem as problem:
        if not isinstance(problem, offers.Closed) or problem.state is not State.ACCEPTED:  # by the same form, before
            sessions.end(token, network)
            raise
    return token


def sign_in(email: object, password: object, *, network: str = '', agent: str = '') -> str:
    """Begin a session and return its token.

    An unknown address costs the same time as a wrong password. Raises WrongCredentials.
    """
    try:
        key = emails.parse(email).key
    except Invalid:
        key = ''
    with accounts(writes=False) as tx:
        user = tx.exec(select(User).where(User.email_key == key)).first()
    right, better_hash = passwords.verify(password, user.password_hash if user else None)
    with accounts() as tx:
        if user is None or not right:
            tx.add(_event(key, 'account:sign_in', outcome='refused', network=network))
        else:
            tx.add(user)
            user.password_hash = better_hash or user.password_hash
            tx.add(_event(key, 'account:sign_in', user_id=user.id, network=network))
            return sessions.start(tx, user, network, agent)
    raise WrongCredentials


def _event(
    key: str, action: str, *, outcome: str = 'done', user_id: str | None = None, network: str = ''
) -> AccountEvent:
    return AccountEvent(user_id=user_id, email_key=key, action=action, outcome=outcome, network=network[:64])
