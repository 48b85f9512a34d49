"""Who has forgotten a password: the link that they get, and whether a password lets them in."""

from data.services import accounts
from data.services.accounts import WrongCredentials, recovery
from tests.support.inbox import PostOffice
from tests.support.world import NETWORK

OLGA, NOBODY = 'olga@acme.test', 'nobody@acme.test'
NEW = 'teal harbor under glass'


def token_for(mail: PostOffice, email: str = OLGA) -> str:
    """The secret of the link that somebody asks for."""
    recovery.ask(email, NETWORK)
    return mail.token(email)


def lets_in(password: str, email: str = OLGA) -> bool:
    """Whether somebody signs in with this password."""
    try:
        return bool(accounts.sign_in(email, password, network=NETWORK))
    except WrongCredentials:
        return False
