"""The profile of a person: what they are called."""

from sqlmodel import select

from data.database import Actor, TenantSession, accounts
from data.inputs.names import name_key, person_name
from data.models import User
from data.permissions import identify
from data.problems import NotFound, Stale
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.everywhere import note_everywhere


def rename(actor: Actor, name: object, *, expected: str | None) -> str | None:
    """Give the actor another name, None for none, if they are still called as `expected`; returns what was kept.

    Every open screen of all their organizations shows it. The record goes on saying what they were called before.
    Raises Invalid('name'), Stale, SignedOut.
    """
    kept = person_name(name)
    with accounts() as tx:
        user = _signed_in(tx, actor)
        if user.name != expected and user.name != kept:
            raise Stale
        if user.name != kept:
            user.name, user.name_key = kept, name_key(kept)
            note_event(tx, AccountAct.RENAME, 'done', user.email_key, actor.network, user.id)
            note_everywhere(tx, user)
    return kept


def _signed_in(tx: TenantSession, actor: Actor) -> User:
    """Whoever acts, held until the end of the transaction. Raises SignedOut."""
    identify(tx, actor)
    user = tx.exec(select(User).where(User.id == actor.user_id).with_for_update()).first()
    if user is None:
        raise NotFound
    return user
