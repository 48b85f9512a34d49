"""Instance lock: one process at a time, as two on the same data would each believe to know everything that happens."""

import atexit
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    import psycopg

LINGERING = 5
"""Seconds that PostgreSQL may take to notice that a killed process is gone."""

_held: list[Any] = []


class Busy(Exception):
    """Somebody else is at work here; the text is one line for the terminal."""


def acquire(folder: Path, database_url: str) -> None:
    """Be the only one on this data folder and this database until this process ends, however it ends. Raises Busy.

    A second call lets go of what the first one claimed.
    """
    release()
    place = make_url(database_url)
    try:
        _acquire_file(folder / 'lock', folder)
        if place.get_backend_name() == 'sqlite':
            database = Path(os.path.realpath(place.database or ''))  # a link, or another data folder, leads to it, too
            _acquire_file(database.with_name(f'{database.name}.lock'), database)
        else:
            _acquire_database(place)
    except Busy:
        release()
        raise


def release() -> None:
    """Let others in before this process ends."""
    while _held:
        _held.pop().close()


atexit.register(release)


def _acquire_file(lock: Path, what: Path) -> None:
    try:
        file = open(lock, 'a+', encoding='utf-8')  # noqa: SIM115  # it stays open, that is the lock
    except OSError as error:
        raise Busy(f'{lock} cannot be opened ({error.strerror}).') from None
    try:
        _lock(file.fileno())
    except OSError:
        file.seek(0)
        owner = file.read().strip()
        file.close()
        raise Busy(f'Botcadence is already at work on {what}' + (f' (process {owner}).' if owner else '.')) from None
    with suppress(OSError):  # a full disk: the lock holds without the number
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), f'{os.getpid()}\n'.encode())
    _held.append(file)


def _lock(descriptor: int) -> None:
    # The kernel itself takes these locks away from a process that dies, even by kill -9.
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # only Windows has it
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _acquire_database(place: URL) -> None:
    import psycopg  # whoever uses SQLite does not pay for this import

    try:
        connection = psycopg.connect(connection_string(place), autocommit=True, connect_timeout=5)
    except psycopg.Error:
        return  # whoever wants to work with it next says so
    end = time.monotonic() + LINGERING
    while not _advised(connection):
        if time.monotonic() > end:
            connection.close()
            raise Busy(f'Botcadence is already at work on the database {place.database}.')
        time.sleep(0.1)  # the lock of a process that is just ending goes with its connection, and nothing tells
    _held.append(connection)


def _advised(connection: 'psycopg.Connection[Any]') -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtext('botcadence process'))").fetchone()
    return bool(row and row[0])


def connection_string(place: URL, *, password: bool = True) -> str:
    """A database's address as PostgreSQL's own programs and libraries take it."""
    from psycopg.conninfo import make_conninfo

    parts: dict[str, Any] = {
        'host': place.host,
        'port': place.port,
        'user': place.username,
        'password': place.password if password else None,
        'dbname': place.database,
    }
    parts.update({name: ','.join(value) if isinstance(value, tuple) else value for name, value in place.query.items()})
    return make_conninfo('', **{name: value for name, value in parts.items() if value is not None})
