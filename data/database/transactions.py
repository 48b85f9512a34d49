"""Transactions: the one engine, and the few ways to open a session on it.

`transaction(principal)` writes in one organization, `reading(principal)` reads there, `personal(actor)` reads across
all organizations of one person, `accounts()` handles users and their sessions, `administrator()` reads everything for
the command line. Only this file commits.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import local

from sqlalchemy import Engine, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, func, select

from data import changes
from data.changes import AUDIT, Change
from data.database import audit_chain, faults
from data.database.engine import create, make_sure_of_room
from data.database.principals import Actor, Principal, System
from data.database.scoping import Scope, constant
from data.database.tenancy import TenantSession
from data.models import Organization, User, is_id
from data.problems import Forbidden, NeedsSecondFactor, NotFound, Unavailable
from data.runtime import limits, rate_limiter

_HELD = constant(select(Organization).where(Organization.id == bindparam('held')).with_for_update())
_HELD_ID = constant(select(Organization.id).where(Organization.id == bindparam('held')).with_for_update())


class _Database:
    engine: Engine | None = None
    readers: Engine | None = None


class _OpenReading(local):
    """The reading that is open in this thread, and who reads where; and that of accounts."""

    tx: TenantSession | None = None
    who: tuple[str | None, str] | None = None
    accounts: TenantSession | None = None


_open = _OpenReading()


def connect(url: str) -> Engine:
    """Open the database for this process; a second call replaces the first."""
    close()
    _Database.engine = create(url)
    _Database.readers = _Database.engine.execution_options(write=False)
    if _Database.engine.dialect.name != 'sqlite':  # where it is so anyway: one consistent picture per transaction
        _Database.readers = _Database.readers.execution_options(isolation_level='REPEATABLE READ')
    return _Database.engine


def close() -> None:
    """Close what was opened; the last connection to a SQLite file clears away what lies beside it."""
    if _Database.engine is not None:
        _Database.engine.dispose()
    _Database.engine = _Database.readers = None


@contextmanager
def transaction(principal: Principal) -> Iterator[TenantSession]:
    """Write in the principal's organization: all of it or nothing. Changes are published after the commit.

    The system holds the organization's row from the beginning; for everybody else `authorize` does that.
    Raises Unavailable when the database can't be reached or written, NotFound where the principal stands in what can't
    be an organization. A refusal is recorded before it is passed on, unless it is one of many (`limits.REFUSALS`).
    """
    with _session(_around(principal), principal) as tx:
        if isinstance(principal, System):
            lock(tx, principal.organization_id)
        yield tx


@contextmanager
def reading(principal: Principal) -> Iterator[TenantSession]:
    """Read in the principal's organization, one consistent picture. Raises as `transaction` does.

    Inside of another reading of the same person in the same organization, in the same thread, it is that one: what is
    read for one screen is one picture, whichever services read it.
    """
    who = getattr(principal, 'session_id', None), principal.organization_id
    if _open.tx is not None and _open.who == who:
        yield _open.tx
        return
    before = _open.tx, _open.who
    with _session(_around(principal), principal, writes=False) as tx:
        _open.tx, _open.who = tx, who
        try:
            yield tx
        finally:
            _open.tx, _open.who = before


@contextmanager
def personal(actor: Actor) -> Iterator[TenantSession]:
    """Read across all organizations of the actor."""
    with _session(Scope(user_id=actor.user_id), actor, writes=False) as tx:
        yield tx


@contextmanager
def accounts(*, writes: bool = True) -> Iterator[TenantSession]:
    """Handle users and their sessions; nothing of any organization is visible.

    A reading inside of another one, in the same thread, is that one, as it is with `reading`.
    """
    if not writes and _open.accounts is not None:
        yield _open.accounts
        return
    with _session(Scope(), None, writes=writes) as tx:
        _open.accounts = None if writes else tx
        try:
            yield tx
        finally:
            _open.accounts = None


@contextmanager
def administrator() -> Iterator[TenantSession]:
    """Read across all organizations, one consistent picture; for whoever runs the installation, never for a screen."""
    with _session(Scope(everything=True), None, writes=False) as tx:
        yield tx


def _around(principal: Principal) -> Scope:
    if not is_id(principal.organization_id):
        raise NotFound
    return Scope(organization_id=principal.organization_id)


@contextmanager
def _session(scope: Scope, principal: Principal | None, *, writes: bool = True) -> Iterator[TenantSession]:
    with _reachable():
        try:
            with TenantSession(_engine(writes=writes), scope, writes=writes) as tx:
                yield tx
                _commit(tx)
        except Forbidden as refusal:
            is_a_look = isinstance(refusal, NeedsSecondFactor) and not writes
            if isinstance(principal, Actor) and not (is_a_look or _is_one_of_many(refusal, principal)):
                with suppress(Unavailable), _reachable():  # it stays a refusal where it can't be recorded
                    _record(refusal, principal)
            raise
    changes.publish_noted(tx)


def _engine(*, writes: bool) -> Engine:
    engine = _Database.engine if writes else _Database.readers
    if engine is None:
        raise RuntimeError('connect() comes first')
    return engine


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if problem := faults.explain(error):
            raise problem from error
        raise


def _commit(tx: TenantSession) -> None:
    try:
        tx.commit()
    except DBAPIError as error:
        if tx.writes and error.connection_invalidated and tx.get_bind().dialect.name != 'sqlite':
            raise Unavailable(faults.UNCERTAIN) from error  # the server may have heard it before it went away
        raise


def _is_one_of_many(refusal: Forbidden, actor: Actor) -> bool:
    """Whether the record says often enough that this is tried: it is kept for good and written one at a time."""
    return rate_limiter.wait(limits.REFUSALS, actor.user_id, actor.organization_id, refusal.action, refusal.rule) > 0


def _record(refusal: Forbidden, actor: Actor) -> None:
    """Put a refusal on the record, in a transaction of its own: the refused one is gone."""
    with TenantSession(_engine(writes=True), Scope(actor.organization_id), writes=True) as tx:
        organization = tx.exec(_HELD, params={'held': actor.organization_id}).first()
        if organization is None:
            return  # gone since the refusal, and its record with it
        email, name = tx.exec(select(User.email, User.name).where(User.id == actor.user_id)).first() or ('', None)
        audit_chain.append(
            tx,
            organization,
            refusal.action,
            actor_id=actor.user_id,
            actor_email=email,
            actor_name=name,
            network=actor.network,
            outcome='refused',
            rule=refusal.rule,
        )
        changes.note(tx, Change(organization.id, AUDIT, email, by_name=name))
        tx.commit()
    changes.publish_noted(tx)


def ping() -> None:
    """Make sure the database answers and, where it is a file of ours, has room to write. Raises Unavailable."""
    with _reachable(), _engine(writes=False).connect() as connection:
        connection.execute(text('SELECT version_num FROM alembic_version'))
        make_sure_of_room(connection)


def newest_event() -> int:
    """The id of the newest event on any record, 0 before the first; cheap enough to ask all the time."""
    with closing(_engine(writes=False).raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute('SELECT coalesce(max(id), 0) FROM audit_events')
        [newest] = cursor.fetchone() or [0]
        return int(newest)


def lock(tx: TenantSession, organization_id: str) -> None:
    """Hold the organization's row until the end of a writing transaction.

    PostgreSQL needs this before anything is read that the act depends on; on SQLite there is one writer anyway.
    """
    if tx.writes and tx.get_bind().dialect.name != 'sqlite':
        tx.exec(_HELD_ID, params={'held': organization_id}).first()


def lock_first(tx: TenantSession) -> None:
    """Hold the place of the very first account until the end of a writing transaction, where there is no row to hold.

    What was read before may be over by then. On SQLite there is one writer anyway.
    """
    if tx.writes and tx.get_bind().dialect.name != 'sqlite':
        place = func.hashtext('botcadence first account')
        tx.exec(select(func.pg_advisory_xact_lock(place), func.count(col(User.id)))).first()
