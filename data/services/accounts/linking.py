"""Linking: which providers an account can be entered through, added and removed by whoever is signed in to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from data.database import Actor, TenantSession, accounts
from data.integrations.oidc import Claims
from data.models import Identity, User
from data.permissions import held, identify, recently
from data.problems import NotFound, Problem
from data.runtime import providers
from data.runtime.providers import Provider
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.identities import NotLetIn, identity_of, new_identity, require_domain, use
from data.services.accounts.reauthentication import ways_of
from data.services.accounts.ways import label_of, method_of
from data.services.mail import outbox

GONE = 'This way in is not one of yours any more.'


class LastWayIn(Problem):
    """Without it, nobody could come into the account again."""

    def __init__(self) -> None:
        super().__init__('This is the only way into your account. Set a password, or add another way, then remove it.')


@dataclass(frozen=True)
class LinkedIdentity:
    """An identity, as its person sees it; `is_usable` is whether the provider is one that people can sign in with."""

    id: str
    provider: str
    label: str
    email: str
    created_at: datetime
    used_at: datetime | None
    is_usable: bool


def of_actor(actor: Actor) -> list[LinkedIdentity]:
    """What the actor has linked, the oldest first. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        rows = tx.exec(select(Identity).where(Identity.user_id == actor.user_id).order_by(col(Identity.created_at)))
        return [_shown(identity) for identity in rows]


def require_recent(actor: Actor) -> None:
    """Make sure that somebody may link or unlink now. Raises Reauthenticate, SignedOut."""
    with accounts(writes=False) as tx:
        recently(tx, actor)


def link(actor: Actor, provider: Provider, claims: Claims) -> None:
    """Let the actor sign in as who they are at a provider from now on; they are told by mail.

    Raises Reauthenticate, SignedOut, NotLetIn where that is somebody else's way in.
    """
    require_domain(provider, claims)
    try:
        with accounts() as tx:
            user, session = held(tx, actor), recently(tx, actor)
            identity = identity_of(tx, claims)
            if identity is None:
                tx.add(new_identity(user, provider, claims))
                _noted(tx, AccountAct.LINK, user, actor, provider.name, agent=session.agent)
                outbox.write_to_person(tx, user, 'linked', way=provider.label)
                tx.flush()
            elif identity.user_id == user.id:
                use(identity, provider, claims)
            is_theirs = identity is None or identity.user_id == user.id
    except IntegrityError:  # somebody else, a moment before
        is_theirs = False
    if not is_theirs:
        raise NotLetIn(f'This account at {provider.label} is a way into another account here.')


def unlink(actor: Actor, identity_id: str) -> None:
    """Sign in with this identity no more; the actor is told by mail.

    Raises Reauthenticate, SignedOut, NotFound, LastWayIn.
    """
    with accounts() as tx:
        user, session = held(tx, actor), recently(tx, actor)  # of two that are each the last one stays
        identity = tx.find(Identity, identity_id, GONE)
        if identity.user_id != user.id:
            raise NotFound(GONE)
        tx.delete(identity)
        tx.flush()
        if ways_of(tx, user).number == 0:
            raise LastWayIn
        _noted(tx, AccountAct.UNLINK, user, actor, identity.provider, agent=session.agent)
        outbox.write_to_person(tx, user, 'unlinked', way=label_of(identity.provider))


def _noted(tx: TenantSession, act: AccountAct, user: User, actor: Actor, name: str, *, agent: str) -> None:
    note_event(tx, act, 'done', user.email_key, actor.network, user.id, agent=agent, detail=method_of(name))


def _shown(identity: Identity) -> LinkedIdentity:
    provider = providers.at(identity.issuer)
    return LinkedIdentity(
        id=identity.id,
        provider=provider.name if provider else identity.provider,
        label=provider.label if provider else label_of(identity.provider),
        email=identity.email,
        created_at=identity.created_at,
        used_at=identity.used_at,
        is_usable=provider is not None,
    )
