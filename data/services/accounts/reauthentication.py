"""Confirming that it is still the same person: by any way in that they have."""

from dataclasses import dataclass

from sqlmodel import col, select

from data.database import Actor, TenantSession, accounts
from data.models import Identity, Passkey, User, UserSession
from data.permissions import held, identify
from data.runtime import account_rules
from data.runtime.providers import at
from data.security import passkey_site, passwords
from data.services.accounts import entering, sessions
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.sign_in import WrongCredentials
from data.services.accounts.throttling import throttled


@dataclass(frozen=True)
class WaysIn:
    """What somebody can show who they are with, as things are set: providers by name, passkeys where they work."""

    email: str
    password: bool
    passkeys: int
    providers: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many ways in there are."""
        return self.password + self.passkeys + len(self.providers)


def ways_in(actor: Actor) -> WaysIn:
    """The ways in that the actor has. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        return ways_of(tx, tx.find(User, actor.user_id))


def ways_of(tx: TenantSession, user: User) -> WaysIn:
    """The ways into an account, in a transaction of `accounts()`."""
    passkeys = tx.exec(select(Passkey.id).where(Passkey.user_id == user.id)).all() if passkey_site.site() else ()
    issuers = select(Identity.issuer).where(Identity.user_id == user.id).order_by(col(Identity.provider))
    usable = [provider.name for issuer in tx.exec(issuers).all() if (provider := at(issuer))]
    has_password = user.password_hash is not None and account_rules.current().passwords
    return WaysIn(user.email, has_password, len(passkeys), tuple(usable))


def confirm_with_password(actor: Actor, password: object) -> str:
    """Confirm that it is the actor by their password; the new token of their session.

    Raises WrongCredentials, SignedOut, and TooMany, which is put on the record.
    """
    with accounts(writes=False) as tx:
        identify(tx, actor)
        user = tx.find(User, actor.user_id)
    with throttled(AccountAct.CONFIRM, user.email, actor.network):
        known = user.password_hash if account_rules.current().passwords else None
        is_right, _ = passwords.verify(password, known)
        with accounts() as tx:
            user, session = held(tx, actor), identify(tx, actor)
            token = confirmed(tx, session, user, entering.PASSWORD, actor.network) if is_right else ''
            if not is_right:
                note_event(
                    tx, AccountAct.CONFIRM, 'refused', user.email_key, actor.network, user.id, agent=session.agent
                )
        if not token:
            raise WrongCredentials('This is not your password.')
    return token


def confirmed(
    tx: TenantSession, session: UserSession, user: User, method: str, network: str, *, proved: bool = False
) -> str:
    """Note that it was confirmed, and by which way, in a transaction of `accounts()`; the new token of the session."""
    of_event = {'agent': session.agent, 'detail': method}
    note_event(tx, AccountAct.CONFIRM, 'done', user.email_key, network, user.id, **of_event)
    return sessions.renew(tx, session, proved=proved)
