"""Another password for somebody, set by whoever runs the installation."""

from sqlmodel import col, delete, select

from data.database import accounts
from data.inputs import emails
from data.models import User, UserSession
from data.problems import Invalid, NotFound
from data.security import passwords
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.mail import outbox


def set_password(email: object, password: object, confirmation: object) -> int:
    """Give the account with this address another password, end its sessions, and return how many there were.

    It is on the record of the account, and the person is told by mail where mail is set up.
    Raises Invalid('email' | 'password' | 'confirmation'), NotFound.
    """
    address = emails.parse(email)
    secret = passwords.check_new(password, email=address.shown)
    if confirmation != secret:
        raise Invalid(confirmation='The two passwords are not the same.')
    hashed = passwords.hash(secret)
    with accounts() as tx:
        user = tx.exec(select(User).where(User.email_key == address.key).with_for_update()).first()
        if user is None:
            raise NotFound(f'Nobody has an account with the address {address.shown}.')
        user.password_hash = hashed
        ended = tx.exec(delete(UserSession).where(col(UserSession.user_id) == user.id))
        note_event(tx, AccountAct.SET_PASSWORD, 'done', user.email_key, '', user.id)
        outbox.write_to_person(tx, user, 'password')
    return int(ended.rowcount)
