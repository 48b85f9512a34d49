"""Passkeys of people: made, named, and removed as long as another way in is left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from data.database import Actor, TenantSession, accounts, faults
from data.inputs import texts
from data.models import Passkey, User
from data.permissions import identify, recently
from data.problems import Invalid, NotFound
from data.runtime.limits import PASSKEYS
from data.security import passkeys as ceremony
from data.security.passkeys import Known, Options, Refused
from data.services.accounts import challenges, second_factor
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.reauthentication import ways_of
from data.services.mail import outbox

ADDING = 'passkey:add'
"""What a browser is asked for."""

GONE = 'There is no such passkey any more.'
LAST_WAY = 'This is your only way to sign in. Set a password or add another passkey first.'


@dataclass(frozen=True)
class OwnPasskey:
    """A passkey as its owner sees it; `used_at` is None for never, `backed_up` whether it is kept elsewhere, too."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None
    backed_up: bool


def passkeys_of(actor: Actor) -> list[OwnPasskey]:
    """The actor's passkeys, the oldest first. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        return [
            OwnPasskey(row.id, row.name, row.created_at, row.used_at, row.backed_up)
            for row in of_user(tx, actor.user_id)
        ]


def make_sure_of_more(actor: Actor) -> None:
    """Make sure that the actor may add a passkey. Raises Invalid('name') for too many, Reauthenticate, SignedOut."""
    with accounts(writes=False) as tx:
        recently(tx, actor)
        _make_sure_of_room(of_user(tx, actor.user_id))


def ask_for_new(actor: Actor) -> Options:
    """What a browser is asked that is to make a passkey for the actor. Raises as `make_sure_of_more` does, Problem."""
    with accounts(writes=False) as tx:
        recently(tx, actor)
        user, rows = tx.find(User, actor.user_id), of_user(tx, actor.user_id)
        _make_sure_of_room(rows)
    challenge = challenges.ask(ADDING, user.id)
    return ceremony.to_register(user.id, user.email, user.name or '', map(known, rows), challenge)


def add(actor: Actor, name: object, said: object) -> None:
    """Keep the passkey that the actor's browser has made, under a name.

    Raises Invalid('name'), Problem for an answer that is not right or comes too late, Reauthenticate, SignedOut.
    """
    called = _name(name)
    answer = ceremony.read(said)
    challenges.make_sure(answer.challenge, ADDING, actor.user_id)
    made = ceremony.registered(answer)
    try:
        with accounts() as tx:
            user, session = second_factor.held(tx, actor)
            _make_sure_of_room(of_user(tx, user.id))
            row = Passkey(user_id=user.id, name=called, credential_id=made.credential_id, public_key=made.public_key)
            row.sign_count, row.aaguid, row.transports = made.sign_count, made.aaguid, made.transports
            row.backed_up = made.backed_up
            tx.add(row)
            tx.flush()
            second_factor.gained(tx, user, session)
            _note(tx, AccountAct.ADD_PASSKEY, user, actor, session.agent, called)
            outbox.write_to_person(tx, user, 'passkey-added', name=called)
    except IntegrityError as error:
        if not faults.is_duplicate(error, 'passkeys', 'credential_id'):
            raise
        raise Refused from None


def rename(actor: Actor, passkey_id: object, name: object) -> None:
    """Call a passkey otherwise. Raises Invalid('name'), NotFound, SignedOut."""
    called = _name(name)
    with accounts() as tx:
        session = identify(tx, actor)
        row, user = _own(tx, actor, passkey_id), tx.find(User, actor.user_id)
        if row.name != called:
            row.name = called
            _note(tx, AccountAct.RENAME_PASSKEY, user, actor, session.agent, called)


def remove(actor: Actor, passkey_id: object) -> None:
    """Take a passkey away from the account.

    Raises Invalid('passkey') for the only way in, NotFound, Reauthenticate, SignedOut.
    """
    with accounts() as tx:
        user, session = second_factor.held(tx, actor)
        row = _own(tx, actor, passkey_id)
        tx.delete(row)
        tx.flush()
        if ways_of(tx, user).number == 0:
            raise Invalid(passkey=LAST_WAY)
        second_factor.lost(tx, user)
        _note(tx, AccountAct.REMOVE_PASSKEY, user, actor, session.agent, row.name)
        outbox.write_to_person(tx, user, 'passkey-removed', name=row.name)


def of_user(tx: TenantSession, user_id: str) -> list[Passkey]:
    """The passkeys of a user, the oldest first, in a transaction of `accounts()`."""
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.created_at), col(Passkey.id))
    return list(tx.exec(query))


def _own(tx: TenantSession, actor: Actor, passkey_id: object) -> Passkey:
    row = tx.find(Passkey, passkey_id, GONE)
    if row.user_id != actor.user_id:
        raise NotFound(GONE)
    return row


def known(row: Passkey) -> Known:
    """A passkey as browsers are told of it."""
    return Known(row.credential_id, row.transports)


def _note(tx: TenantSession, act: AccountAct, user: User, actor: Actor, agent: str, name: str) -> None:
    note_event(tx, act, 'done', user.email_key, actor.network, user.id, agent=agent, detail=name)


def _name(name: object) -> str:
    return texts.clean(name, field='name', label='Name', limit=texts.NAME_LIMIT)


def _make_sure_of_room(rows: list[Passkey]) -> None:
    if len(rows) >= PASSKEYS:
        raise Invalid(name=f'You have {PASSKEYS} passkeys. Remove one first.')
