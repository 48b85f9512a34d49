"""Identities: who people are at providers, and what that opens here.

An identity is `(issuer, subject)`, never an address (OpenID Connect Core 5.7). Somebody who has an account already is
never let into it because a provider names its address: they link the two where they are signed in.
"""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from data import clock
from data.database import Actor, Scope, TenantSession, accounts, transaction
from data.inputs import emails
from data.inputs.names import name_key, person_name
from data.integrations.oidc import Claims
from data.models import Identity, User, new_id
from data.permissions import identify
from data.problems import Invalid, Problem
from data.runtime.providers import Provider
from data.services.accounts import entering, policy, sessions
from data.services.accounts.acts import AccountAct
from data.services.accounts.entering import Entry
from data.services.accounts.events import note_event
from data.services.accounts.reauthentication import confirmed
from data.services.accounts.sign_up import create_account, join_invited
from data.services.accounts.throttling import throttled
from data.services.accounts.ways import method_of
from data.services.invitations import answering


class NotLetIn(Problem):
    """What a provider says of somebody opens nothing here; the text is what they can do."""


@dataclass(frozen=True)
class Arrival:
    """Somebody who has come through a provider; `is_new` is whether their account was made for that just now."""

    entry: Entry
    is_new: bool


def come_in(provider: Provider, claims: Claims, *, invitation: object = None, network: str, agent: str) -> Arrival:
    """Let somebody in who has come through a provider, or make an account for them, named after their address there.

    A new account accepts the `invitation` (its token) that comes with it, or is not made.
    Raises NotLetIn, NoSignUp and Invalid('email') where the rules of the installation say so, what `invitations.accept`
    raises, and TooMany, which is put on the record.
    """
    require_domain(provider, claims)
    if entry := _sign_in(provider, claims, network, agent):
        return Arrival(entry, is_new=False)
    if not claims.email:
        raise NotLetIn(
            f'{provider.label} gives no email address of yours, and an account needs one. Allow it there, then try '
            'again, or sign up in another way.'
        )
    if not claims.email_verified:
        raise NotLetIn(
            f'{provider.label} does not say that {claims.email} is verified, so it may not be yours. Verify it there, '
            'then try again, or sign up in another way.'
        )
    with throttled(AccountAct.SIGN_UP, claims.email, network):
        _require_untaken(provider, claims, network, agent)
        try:
            return Arrival(Entry(_sign_up(provider, claims, invitation, network, agent)), is_new=True)
        except IntegrityError:
            _require_untaken(provider, claims, network, agent)
            if entry := _sign_in(provider, claims, network, agent):  # the same person a moment before, in another tab
                return Arrival(entry, is_new=False)
            raise


def is_of(actor: Actor, claims: Claims) -> bool:
    """Whether these claims are about the actor. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        identity = identity_of(tx, claims)
        return identity is not None and identity.user_id == actor.user_id


def confirm(actor: Actor, provider: Provider, claims: Claims) -> str:
    """Confirm by what a provider says that it is the actor; the session's new token. Raises NotLetIn, SignedOut."""
    with accounts() as tx:
        session = identify(tx, actor)
        user = tx.find(User, actor.user_id)
        identity = identity_of(tx, claims)
        is_theirs = identity is not None and identity.user_id == user.id
        token = confirmed(tx, session, user, method_of(provider.name), actor.network) if is_theirs else ''
        if not is_theirs:
            note_event(tx, AccountAct.CONFIRM, 'refused', user.email_key, actor.network, user.id, agent=session.agent)
    if not token:
        raise NotLetIn(f'This is not the account at {provider.label} that you sign in with here.')
    return token


def _sign_in(provider: Provider, claims: Claims, network: str, agent: str) -> Entry | None:
    """Let somebody in whose identity is known, None where it is not."""
    with accounts() as tx:
        identity = identity_of(tx, claims)
        if identity is None:
            return None
        use(identity, provider, claims)
        user = tx.find(User, identity.user_id)
        return entering.enter(tx, user, method_of(provider.name), network, agent)


def _sign_up(provider: Provider, claims: Claims, invitation: object, network: str, agent: str) -> str:
    address = emails.parse(claims.email)
    user = User(email=address.shown, email_key=address.key, verified_at=clock.now())
    with suppress(Invalid):  # what a provider calls somebody need not be a name here
        user.name = person_name(claims.name)
        user.name_key = name_key(user.name)
    offered = answering.find(invitation) if invitation is not None else None
    actor = Actor('', user.id, new_id(), network)
    with transaction(actor) as tx:
        with tx.within(Scope()):
            policy.may_sign_up(tx, user.email_key, invited=offered is not None)
        create_account(tx, actor, user, agent=agent, way=method_of(provider.name))
        if offered:
            try:
                join_invited(tx, actor, user, offered, invitation)
            except answering.SomebodyElse as problem:
                raise NotLetIn(f'{problem.offered} {provider.label} says that you are {user.email}.') from None
        with tx.within(Scope()):
            tx.add(new_identity(user, provider, claims))
        return sessions.start(tx, user, network, agent, method=method_of(provider.name))


def require_domain(provider: Provider, claims: Claims) -> None:
    """Where a provider is for some domains only, raise NotLetIn for others, and for addresses it has not verified."""
    if provider.allowed_domains and not (claims.email_verified and provider.takes(emails.parse(claims.email).key)):
        domains = ' or '.join(provider.allowed_domains)
        raise NotLetIn(f'With {provider.label}, only people with a verified address in {domains} come in here.')


def _require_untaken(provider: Provider, claims: Claims, network: str, agent: str) -> None:
    """Where the address has an account: whoever has the address proves nothing about the account (ASVS 6.8.1)."""
    key = emails.parse(claims.email).key
    with accounts() as tx:
        user = tx.exec(select(User).where(User.email_key == key)).first()
        is_taken = user is not None and identity_of(tx, claims) is None  # else it was made by another tab, just now
        if user is not None and is_taken:
            way = method_of(provider.name)
            note_event(tx, AccountAct.SIGN_IN, 'refused', key, network, user.id, agent=agent, detail=way)
    if is_taken:
        raise NotLetIn(
            f'There is an account with {claims.email} already. Sign in the way you always do; in your account you can '
            f'then add {provider.label}.'
        )


def identity_of(tx: TenantSession, claims: Claims) -> Identity | None:
    """Whoever these claims are about, as far as we know them, in a transaction of `accounts()`."""
    known = select(Identity).where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    return tx.exec(known).first()


def new_identity(user: User, provider: Provider, claims: Claims) -> Identity:
    """The identity that makes this provider a way in for a user, not stored yet."""
    identity = Identity(user_id=user.id, provider=provider.name, issuer=claims.issuer, subject=claims.subject)
    use(identity, provider, claims)
    return identity


def use(identity: Identity, provider: Provider, claims: Claims) -> None:
    """Remember what the provider says now; the address here stays what it is."""
    identity.provider, identity.email, identity.used_at = provider.name, claims.email, clock.now()
