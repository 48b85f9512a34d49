"""Signing up: an account with its first organization, and perhaps the membership it was invited to."""

from dataclasses import replace

from sqlalchemy.exc import IntegrityError

from data.database import Actor, Scope, TenantSession, faults, lock, transaction
from data.inputs import emails, texts
from data.models import User, new_id
from data.problems import Invalid, Problem, collect
from data.security import passwords
from data.services import founding
from data.services.accounts import policy, sessions, verifying
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.sign_in import WrongCredentials, with_password
from data.services.accounts.throttling import throttled
from data.services.invitations import answering
from data.services.invitations.states import InvitationOutlook

TAKEN = 'You can’t sign up with this address. If it is yours, sign in instead.'


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
    appear together or not at all. Whoever sends the form twice, or has an account with this password already, is signed
    in, and accepts: so it is a try to sign in like any other.
    Raises Invalid('email' | 'password' | 'confirmation'), NoSignUp where the rules of the installation say so, what
    `invitations.accept` raises, SecondStep, and TooMany, which is put on the record.
    """
    policy.needs_passwords()
    with throttled(AccountAct.SIGN_UP, email, network):
        user = new_user(email, password, confirmation)
        offered = answering.find(invitation) if invitation is not None else None
        actor = Actor('', user.id, new_id(), network)
        try:
            with transaction(actor) as tx:
                with tx.within(Scope()):
                    policy.may_sign_up(tx, user.email_key, invited=offered is not None)
                create_account(tx, actor, user, agent=agent)
                if offered:
                    join_invited(tx, actor, user, offered, invitation)
                ask_to_verify(tx, user)
                return sessions.start(tx, user, network, agent)
        except IntegrityError as error:
            if not is_taken(error):
                raise
            return _sign_up_again(user.email, str(password), invitation, network, agent)


def new_user(email: object, password: object, confirmation: object) -> User:
    """A user with this address and password, not stored yet.

    Raises one Invalid with all that is wrong of 'email', 'password' and 'confirmation'.
    """
    with collect() as checks:
        address = checks.of(emails.parse, email)
        secret = checks.of(passwords.check_pair, password, confirmation, email=address.shown if address else '')
    return User(email=address.shown, email_key=address.key, password_hash=passwords.hash(secret))


def create_account(tx: TenantSession, actor: Actor, user: User, *, agent: str = '', way: str = '') -> None:
    """Store the user and their first organization, under the actor's organization id, named after their address.

    Raises IntegrityError for an address that has an account: see `is_taken`.
    """
    tx.add(user)
    tx.flush()
    founding.found(tx, actor, user, texts.name_from_email(user.email))
    note_event(tx, AccountAct.SIGN_UP, 'done', user.email_key, actor.network, user.id, agent=agent, detail=way)


def ask_to_verify(tx: TenantSession, user: User) -> None:
    """Send a new user a link, unless something has proved their address already; nothing without mail."""
    with tx.within(Scope()):
        verifying.begin(tx, user)


def is_taken(error: IntegrityError) -> bool:
    """Whether it is the address that was there already, and nothing else that is wrong."""
    return faults.is_duplicate(error, 'users', 'email_key')


def join_invited(tx: TenantSession, actor: Actor, user: User, at: tuple[str, str], invitation: object) -> None:
    """Accept an `invitation` (its token), which is that of ids `at`, in the transaction that makes the account.

    Raises SomebodyElse, Closed, NotFound.
    """
    organization_id, invitation_id = at
    with tx.within(Scope(organization_id)):
        lock(tx, organization_id)
        answering.admit(tx, replace(actor, organization_id=organization_id), user, invitation_id, invitation)


def _sign_up_again(email: str, password: str, invitation: object, network: str, agent: str) -> str:
    try:
        token = with_password(email, password, network=network, agent=agent)
    except WrongCredentials:
        raise Invalid(email=TAKEN) from None
    actor = sessions.of_token(token, network)
    try:
        if invitation is not None and actor:
            answering.accept(actor, invitation)
    except Problem as problem:
        if (
            not isinstance(problem, answering.Closed) or problem.state is not InvitationOutlook.ACCEPTED
        ):  # by the same form, before
            sessions.end(token, network)
            raise
    return token
