"""The one engine and the few ways to open a transaction on it.

`transaction(actor)` writes in one organization, `reading(actor)` reads there, `personal(actor)` reads across all
organizations of one person, `accounts()` handles users and their sessions. Only this file commits.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from data import changes
from data.models import AuditEvent, Organization, User
from data.problems import Forbidden, Unavailable
from data.tenancy import Scope, TenantSession

LOCK_WAIT = 5000
"""Milliseconds a writer waits for another one on SQLite."""


@dataclass(frozen=True)
class Actor:
    """Whoever asks: a session of a user, standing in one organization ('' where it is about none), and from where."""

    session_id: str
    user_id: str
    organization_id: str
    network: str


class _Database:
    engine: Engine | None = None
    readers: Engine | None = None


def connect(url: str) -> Engine:
    """Open the database for this process; a second call replaces the first."""
    if _Database.engine is not None:
        _Database.engine.dispose()
    _Database.engine = create(url)
    _Database.readers = _Database.engine.execution_options(write=False)
    return _Database.engine


def create(url: str) -> Engine:
    """An engine with the settings that make SQLite durable and its writers wait their turn."""
    if make_url(url).get_backend_name() != 'sqlite':
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    engine = create_engine(url, pool_size=20, max_overflow=20, connect_args={'check_same_thread': False})
    event.listen(engine, 'connect', _prepare)
    event.listen(engine, 'begin', _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver's own transactions lose updates: it reads outside of them
    for pragma in (
        f'busy_timeout={LOCK_WAIT}',
        'journal_mode=WAL',
        'synchronous=FULL',
        'foreign_keys=ON',
        'trusted_schema=OFF',
    ):
        connection.execute(f'PRAGMA {pragma}')


def _begin(connection: Connection) -> None:
    # A writer that starts as a reader can't be upgraded once somebody else has written: take the lock at once.
    writes = connection.get_execution_options().get('write', True)
    connection.exec_driver_sql('BEGIN IMMEDIATE' if writes else 'BEGIN')


@contextmanager
def transaction(actor: Actor) -> Iterator[TenantSession]:
    """Write in the actor's organization: all of it or nothing. Changes are published after the commit.

    Raises Unavailable when the database can't be reached or written. A refusal is recorded before it is passed on.
    """
    with _session(Scope(organization_id=actor.organization_id), actor) as tx:
        yield tx


@contextmanager
def reading(actor: Actor) -> Iterator[TenantSession]:
    """Read in the actor's organization, one consistent picture."""
    with _session(Scope(organization_id=actor.organization_id), actor, writes=False) as tx:
        yield tx


@contextmanager
def personal(actor: Actor) -> Iterator[TenantSession]:
    """Read across all organizations of the actor."""
    with _session(Scope(user_id=actor.user_id), actor, writes=False) as tx:
        yield tx


@contextmanager
def accounts(*, writes: bool = True) -> Iterator[TenantSession]:
    """Handle users and their sessions; nothing of any organization is visible."""
    with _session(Scope(), None, writes=writes) as tx:
        yield tx


@contextmanager
def _session(scope: Scope, actor: Actor | None, *, writes: bool = True) -> Iterator[TenantSession]:
    engine = _Database.engine if writes else _Database.readers
    assert engine is not None, 'connect() comes first'
    try:
        with TenantSession(engine, scope, writes=writes) as tx:
            yield tx
            tx.commit()
    except Forbidden as refusal:
        if actor is not None:
            _record(refusal, actor)
        raise
    except OperationalError as error:
        raise Unavailable from error
    changes.publish(tx.info['changes'])


def _record(refusal: Forbidden, actor: Actor) -> None:
    """Put a refusal on the record, in a transaction of its own: the refused one is gone."""
    with TenantSession(_Database.engine, Scope(actor.organization_id), writes=True) as tx:
        email = tx.exec(select(User.email).where(User.id == actor.user_id)).first() or ''
        event_ = AuditEvent(
            organization_id=actor.organization_id,
            actor_id=actor.user_id,
            actor_email=email,
            action=refusal.action,
            outcome='refused',
            rule=refusal.rule,
            network=actor.network,
        )
        tx.add(event_)
        tx.commit()


def ping() -> None:
    """Make sure the database answers. Raises Unavailable."""
    assert _Database.readers is not None, 'connect() comes first'
    try:
        with _Database.readers.connect() as connection:
            connection.execute(text('SELECT 1'))
    except OperationalError as error:
        raise Unavailable from error


def lock(tx: TenantSession, organization_id: str) -> None:
    """Hold the organization's row until the end of a writing transaction.

    PostgreSQL needs this before anything is read that the act depends on; on SQLite there is one writer anyway.
    """
    if tx.writes and tx.get_bind().dialect.name != 'sqlite':
        tx.exec(select(Organization.id).where(Organization.id == organization_id).with_for_update()).first()
