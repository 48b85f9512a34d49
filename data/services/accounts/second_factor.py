"""Second factors: what somebody has to prove who they are besides a password or a provider, and what follows from it.

A passkey and an authenticator app are second factors. While somebody has one, `User.second_factor_at` says since when,
and the step to it follows every other way in; recovery codes stand in for it, and go with the last one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, delete, func, select, update

from data import clock
from data.database import Actor, TenantSession, accounts
from data.models import AccountToken, Authenticator, Passkey, RecoveryCode, TokenPurpose, User, UserSession
from data.permissions import held as person_held
from data.permissions import identify, recently
from data.services.accounts.everywhere import note_everywhere


@dataclass(frozen=True)
class SecondFactors:
    """What somebody has; `app_at` is since when they have an authenticator app, `codes` how many are left.

    `proved` is whether one was proved in the session that asks, where one asks.
    """

    app_at: datetime | None
    passkeys: int
    codes: int
    proved: bool = False

    @property
    def any(self) -> bool:
        """Whether they have one at all."""
        return self.app_at is not None or self.passkeys > 0


def factors_of(actor: Actor) -> SecondFactors:
    """The second factors that the actor has. Raises SignedOut."""
    with accounts(writes=False) as tx:
        session = identify(tx, actor)
        return replace(of_user(tx, actor.user_id), proved=session.proved_at is not None)


def of_user(tx: TenantSession, user_id: str) -> SecondFactors:
    """The second factors of a user, in a transaction of `accounts()`."""
    app = select(Authenticator.confirmed_at).where(Authenticator.user_id == user_id)
    passkeys = select(func.count()).select_from(Passkey).where(col(Passkey.user_id) == user_id)
    left = col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None)
    codes = select(func.count()).select_from(RecoveryCode).where(*left)
    return SecondFactors(tx.exec(app).first(), tx.exec(passkeys).one(), tx.exec(codes).one())


def held(tx: TenantSession, actor: Actor) -> tuple[User, UserSession]:
    """The actor, held until the end of the transaction, and their session, in which they have just shown who they are.

    So two acts about what somebody has follow each other. Raises Reauthenticate, SignedOut.
    """
    return person_held(tx, actor), recently(tx, actor)


def gained(tx: TenantSession, user: User, session: UserSession) -> None:
    """Note that a user has a second factor more, which was proved in this session by setting it up."""
    session.proved_at = clock.now()
    user.second_factor_at = user.second_factor_at or session.proved_at
    note_everywhere(tx, user)


def lost(tx: TenantSession, user: User) -> None:
    """Note that a user has one less: without any, nothing is proved in any session, and no code stands in for it.

    Whoever is at the second step signs in again: there is nothing that it could be gone with.
    """
    tx.flush()
    if of_user(tx, user.id).any:
        return
    user.second_factor_at = None
    tx.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    step = col(AccountToken.user_id) == user.id, col(AccountToken.purpose) == TokenPurpose.SECOND
    tx.exec(delete(AccountToken).where(*step))
    tx.exec(update(UserSession).where(col(UserSession.user_id) == user.id).values(proved_at=None))
    note_everywhere(tx, user)
