"""The database engine: SQLite made durable, its writers waiting their turn, its failures known as what they are."""

import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from data.database import faults

LOCK_WAIT = 5000
"""Milliseconds a writer waits for another one on SQLite."""

ROOM = 1 << 20
"""Bytes that must be free on SQLite's disk for the database to count as well."""

POOL: dict[str, Any] = {'pool_size': 20, 'max_overflow': 20, 'pool_timeout': 10, 'hide_parameters': True}
"""Connections are for threads: more of them than threads. What statements carry is never in an error's text."""

NETWORK = {'connect_timeout': 5, 'keepalives_idle': 20, 'keepalives_interval': 5, 'tcp_user_timeout': 20_000}
"""How soon a PostgreSQL server that has vanished is given up; seconds, the last one milliseconds."""


def create(url: str) -> Engine:
    """An engine for this database. SQLite's file must exist: a deleted one never comes back as an empty one."""
    place = make_url(url)
    if place.get_backend_name() != 'sqlite':
        return create_engine(url, pool_pre_ping=True, connect_args=NETWORK, **POOL)
    path = str(place.database)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f'file:{quote(path)}?mode=rw', uri=True, check_same_thread=False)

    engine = create_engine(url, creator=connect, **POOL)
    event.listen(engine, 'connect', _prepare)
    event.listen(engine, 'connect', lambda _, entry: entry.info.update(_seen(path)))
    event.listen(engine, 'checkout', _renew)
    event.listen(engine, 'begin', _begin)
    event.listen(engine, 'checkin', _let_go)
    event.listen(engine, 'handle_error', _forget)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own transactions lose updates: it reads outside of them
    connection.execute(f'PRAGMA busy_timeout={LOCK_WAIT}')
    _write_ahead(connection)
    for pragma in ('synchronous=FULL', 'foreign_keys=ON', 'trusted_schema=OFF'):
        connection.execute(f'PRAGMA {pragma}')


def _write_ahead(connection: sqlite3.Connection) -> None:
    # The one statement that busy_timeout does not reach: of two that open a new file at once, one is sent away.
    end = time.monotonic() + LOCK_WAIT / 1000
    while True:
        try:
            connection.execute('PRAGMA journal_mode=WAL')
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)  # nothing tells when the other one is done


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get('write', True)
    _still_there(connection, writes)
    # A writer that starts as a reader can't be upgraded once somebody else has written: take the lock at once.
    connection.exec_driver_sql('BEGIN IMMEDIATE' if writes else 'BEGIN')


def _still_there(connection: Connection, writes: bool) -> None:
    """Refuse to work on a file that is gone or replaced: what is written to it would vanish without an error."""
    path = connection.info['path']
    if connection.info['file'] != _identity(path):
        connection.invalidate()
        raise faults.unavailable(faults.GONE, f'{path} is gone or another file')
    if writes and not os.access(path, os.W_OK):
        raise faults.unavailable(faults.READ_ONLY, f'{path} may not be written')


def make_sure_of_room(connection: Connection) -> None:
    """Raise Unavailable where a SQLite file could not be written now; PostgreSQL looks after its own disk."""
    if path := connection.info.get('path'):
        _still_there(connection, writes=True)
        if shutil.disk_usage(Path(path).parent).free < ROOM:
            raise faults.unavailable(faults.FULL, f'{path} has no room left on its disk')


def _seen(path: str) -> dict[str, Any]:
    return {'path': path, 'file': _identity(path), 'writable': os.access(path, os.W_OK)}


def _renew(_: sqlite3.Connection, entry: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
    # What was opened while nothing could be written only reads for good: where it can be, it is opened anew.
    if not entry.info['writable'] and os.access(entry.info['path'], os.W_OK):
        raise DisconnectionError


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _let_go(connection: sqlite3.Connection | None, _: ConnectionPoolEntry) -> None:
    # A COMMIT that fails leaves SQLite's transaction open; back in the pool it would keep the lock for good.
    if connection is not None and connection.in_transaction:
        connection.rollback()


def _forget(context: ExceptionContext) -> None:
    # What such a connection has open stays as it is, even when the file is well again: the next act opens it anew.
    if faults.sticks(context.original_exception):
        context.is_disconnect = True
