"""Recovery codes: ten on paper, each for one use in place of a second factor that is lost."""

from sqlmodel import col, delete, func, select

from data import clock
from data.database import Actor, TenantSession, accounts
from data.models import RecoveryCode, User
from data.problems import Invalid
from data.security import recovery
from data.services.accounts import second_factor
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.mail import outbox


def make_anew(actor: Actor) -> list[str]:
    """Ten new codes; those before are worth nothing any more. Nobody sees these again.

    Raises Invalid('codes') for whoever has no second factor, Reauthenticate, SignedOut.
    """
    with accounts() as tx:
        user, session = second_factor.held(tx, actor)
        if user.second_factor_at is None:
            raise Invalid(codes='Set up an authenticator app or a passkey first.')
        codes = made(tx, user)
        note_event(tx, AccountAct.NEW_CODES, 'done', user.email_key, actor.network, user.id, agent=session.agent)
        outbox.write_to_person(tx, user, 'codes-made')
    return codes


def made(tx: TenantSession, user: User) -> list[str]:
    """Ten new codes, in a transaction of `accounts()`."""
    tx.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    codes = recovery.new_codes()
    tx.add_all(RecoveryCode(user_id=user.id, code_hash=recovery.hash_of(code)) for code in codes)
    return codes


def use(tx: TenantSession, user: User, code: object, network: str, agent: str) -> bool:
    """Whether this was one of the codes that are left, in a transaction that holds the user; now it is used."""
    kept = recovery.hash_of(code)
    mine = col(RecoveryCode.user_id) == user.id, col(RecoveryCode.used_at).is_(None)
    row = tx.exec(select(RecoveryCode).where(RecoveryCode.code_hash == kept, *mine)).first() if kept else None
    if row is None:
        return False
    row.used_at = clock.now()
    tx.flush()
    left = tx.exec(select(func.count()).select_from(RecoveryCode).where(*mine)).one()
    note_event(tx, AccountAct.USE_CODE, 'done', user.email_key, network, user.id, agent=agent, detail=f'{left} left')
    outbox.write_to_person(tx, user, 'code-used', left=str(left))
    return True
