"""Links about accounts: a secret that lets whoever reads a mail do one thing with an account, once, for a while.

The secret is made from the installation's key and the id of its row whenever a mail is sent, and kept nowhere: neither
the row nor the mail that waits has it.
"""

from datetime import timedelta

from sqlmodel import col, delete, select

from data import clock
from data.database import TenantSession, accounts
from data.database.portions import in_portions
from data.models import AccountToken, TokenPurpose, User, new_id
from data.problems import NotFound
from data.security import tokens

LIFE = {
    TokenPurpose.VERIFY: timedelta(hours=24),
    TokenPurpose.CHANGE: timedelta(hours=24),
    TokenPurpose.RESET: timedelta(minutes=60),
}
"""How long such a link is good (ASVS 6.4.1)."""

NOT_GOOD = 'It was used, a newer one has taken its place, or its time is over.'


def renew(tx: TenantSession, user: User, purpose: TokenPurpose, email: str = '') -> AccountToken:
    """A new link, in a transaction of `accounts()`; those of before for the same are void.

    `email` is the address that whoever comes by it has proved, '' where it does not go there by mail.
    """
    void(tx, user.id, purpose)
    until, row_id = clock.now() + LIFE[purpose], new_id()
    secret_hash = tokens.hashed(_made(purpose, row_id))
    link = AccountToken(id=row_id, user_id=user.id, purpose=purpose, token_hash=secret_hash, expires_at=until)
    link.email = email
    tx.add(link)
    return link


def token_of(link: AccountToken) -> str:
    """The secret of a link. Raises NotFound where it was made with a secret key that is no longer ours."""
    token = _made(link.purpose, link.id)
    if tokens.hashed(token) != link.token_hash:
        raise NotFound('This link is from before the secret key was changed.')
    return token


def _made(purpose: TokenPurpose, row_id: str) -> str:
    return tokens.make(f'account {purpose.value}', row_id)


def find(tx: TenantSession, token: object, *purposes: TokenPurpose) -> AccountToken:
    """The link with this secret that is still good for one of these, in a transaction of `accounts()`.

    Raises NotFound.
    """
    if not isinstance(token, str) or len(token) != 43:
        raise NotFound(NOT_GOOD)
    known = select(AccountToken).where(AccountToken.token_hash == tokens.hashed(token))
    link = tx.exec(known.where(col(AccountToken.purpose).in_(purposes), AccountToken.expires_at > clock.now())).first()
    if link is None:
        raise NotFound(NOT_GOOD)
    return link


def use(tx: TenantSession, token: object, *purposes: TokenPurpose) -> AccountToken:
    """The same, for the only time: of two who come at once one is too late. Raises NotFound."""
    link = find(tx, token, *purposes)
    if int(tx.exec(delete(AccountToken).where(col(AccountToken.id) == link.id)).rowcount) != 1:
        raise NotFound(NOT_GOOD)
    return link


def void(tx: TenantSession, user_id: str, *purposes: TokenPurpose) -> None:
    """Let no link of this person be good for any of these, in a transaction of `accounts()`."""
    of_person = col(AccountToken.user_id) == user_id, col(AccountToken.purpose).in_(purposes)
    tx.exec(delete(AccountToken).where(*of_person))


def prune() -> int:
    """Delete those whose time is over, in portions, and return how many there were."""
    over = col(AccountToken.expires_at) <= clock.now()

    def portion(limit: int) -> int | None:
        with accounts(writes=False) as tx:
            ids = tx.exec(select(AccountToken.id).where(over).limit(limit)).all()
        if not ids:
            return None
        with accounts() as tx:
            return int(tx.exec(delete(AccountToken).where(col(AccountToken.id).in_(ids))).rowcount)

    return in_portions(portion)
