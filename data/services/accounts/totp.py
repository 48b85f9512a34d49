"""Authenticator apps: set up by a secret that is shown once, confirmed by a code, and asked for codes from then on."""

from dataclasses import dataclass

from sqlmodel import col, delete, select

from data import clock
from data.database import Actor, TenantSession, accounts
from data.models import Authenticator, User
from data.problems import Invalid
from data.security import seal, totp
from data.services.accounts import recovery_codes, second_factor
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.throttling import codes_counted
from data.services.mail import outbox

SEALED_AS = 'authenticator'
HAS_ONE = 'You have an authenticator app already. Remove it first.'


@dataclass(frozen=True)
class NewApp:
    """What an app is told, as text to type and as what stands in the QR code; nobody sees it again."""

    secret: str
    uri: str


def begin(actor: Actor) -> NewApp:
    """A new secret for an app, which counts once it is confirmed; one that never was is forgotten.

    Raises Invalid('code') for whoever has an app, Reauthenticate, SignedOut.
    """
    secret = totp.new_secret()
    with accounts() as tx:
        user, _ = second_factor.held(tx, actor)
        if second_factor.of_user(tx, user.id).app_at:
            raise Invalid(code=HAS_ONE)
        tx.exec(delete(Authenticator).where(col(Authenticator.user_id) == user.id))
        tx.add(Authenticator(user_id=user.id, sealed=seal.seal(secret, SEALED_AS, user.id)))
        return NewApp(secret, totp.uri(secret, user.email))


def confirm(actor: Actor, code: object) -> list[str]:
    """Let the app count whose code this is; the ten recovery codes, where the user has none yet, else an empty list.

    Raises Invalid('code') for a wrong code and for an app that somebody begins to set up elsewhere, Reauthenticate,
    SignedOut, TooMany.
    """
    with codes_counted(actor.user_id), accounts() as tx:
        user, session = second_factor.held(tx, actor)
        app = tx.exec(select(Authenticator).where(Authenticator.user_id == user.id)).first()
        if app is None or app.confirmed_at:
            raise Invalid(code=HAS_ONE if app else 'Begin anew: this was closed, or begun elsewhere.')
        _take(app, user, code)
        app.confirmed_at = app.used_at
        second_factor.gained(tx, user, session)
        tx.flush()
        note_event(tx, AccountAct.ADD_APP, 'done', user.email_key, actor.network, user.id, agent=session.agent)
        outbox.write_to_person(tx, user, 'app-added')
        return [] if second_factor.of_user(tx, user.id).codes else recovery_codes.made(tx, user)


def remove(actor: Actor) -> None:
    """Take the app away from the account. Raises Invalid('app') where there is none, Reauthenticate, SignedOut."""
    with accounts() as tx:
        user, session = second_factor.held(tx, actor)
        if second_factor.of_user(tx, user.id).app_at is None:
            raise Invalid(app='There is no authenticator app any more.')
        tx.exec(delete(Authenticator).where(col(Authenticator.user_id) == user.id))
        second_factor.lost(tx, user)
        note_event(tx, AccountAct.REMOVE_APP, 'done', user.email_key, actor.network, user.id, agent=session.agent)
        outbox.write_to_person(tx, user, 'app-removed')


def use(tx: TenantSession, user: User, code: object) -> None:
    """Take a code of the user's app, in a transaction that holds the user.

    Raises Invalid('code') where it is wrong, was taken before, or there is no app, and seal.Unreadable.
    """
    app = tx.exec(select(Authenticator).where(Authenticator.user_id == user.id)).first()
    if app is None or app.confirmed_at is None:
        raise Invalid(code='You have no authenticator app.')
    _take(app, user, code)


def _take(app: Authenticator, user: User, code: object) -> None:
    now = clock.now()
    app.last_step = totp.step_of(seal.unseal(app.sealed, SEALED_AS, user.id), code, now, app.last_step)
    app.used_at = now
