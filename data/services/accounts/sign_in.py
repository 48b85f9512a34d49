"""Signing in: an address and its password begin a session."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import accounts, constant
from data.inputs import emails
from data.models import User
from data.problems import Invalid, Problem
from data.security import passwords
from data.services.accounts import entering, policy
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.throttling import throttled

_HELD = constant(select(User).where(col(User.id) == bindparam('user_id')).with_for_update())


class WrongCredentials(Problem):
    """The address or the password is wrong; which of them is never said (ASVS 6.3.8)."""

    def __init__(self, sentence: str = 'This email address and password don’t match.') -> None:
        super().__init__(sentence)


def sign_in(email: object, password: object, *, network: str = '', agent: str = '') -> str:
    """Begin a session and return its token.

    An unknown address costs the same time as a wrong password. Raises WrongCredentials, SecondStep where a second
    factor is to be proved, NoSignUp where there are no passwords, and TooMany, which is put on the record.
    """
    policy.needs_passwords()
    with throttled(AccountAct.SIGN_IN, email, network):
        return with_password(email, password, network=network, agent=agent)


def with_password(email: object, password: object, *, network: str, agent: str) -> str:
    """The same for a try that is counted already. Raises WrongCredentials, SecondStep."""
    try:
        key = emails.parse(email).key
    except Invalid:
        key = ''
    with accounts(writes=False) as tx:
        user = tx.exec(select(User).where(User.email_key == key)).first()
    right, better_hash = passwords.verify(password, user.password_hash if user else None)
    with accounts() as tx:
        held = tx.exec(_HELD, params={'user_id': user.id}).first() if user is not None and right else None
        if user is not None and held is not None and held.password_hash == user.password_hash:
            held.password_hash = better_hash or held.password_hash  # else it was changed while it was compared
            entry = entering.enter(tx, held, entering.PASSWORD, network, agent)
        else:
            entry = None
            note_event(tx, AccountAct.SIGN_IN, 'refused', key, network, user.id if user else None, agent=agent)
    if entry is None:
        raise WrongCredentials
    return entry.token
