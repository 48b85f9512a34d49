"""Failures of the database: which of them a person can be told about, and in which words.

Everything else that a database raises (a violated constraint, a wrong statement) is for our own code, or a defect.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data.problems import Unavailable
from data.runtime.logs import log

BUSY = 'The database is busy. Nothing was changed. Try again in a moment.'
FULL = 'The disk is full. Nothing was changed. It works again when whoever runs Botcadence has made room.'
READ_ONLY = 'The database is read-only at the moment. Nothing was changed.'
BROKEN_DISK = 'The disk reports an error. Nothing was changed. Whoever runs Botcadence has to look at it.'
DAMAGED = 'The database is damaged. Nothing was changed. Whoever runs Botcadence has to restore a backup.'
GONE = 'The database is not where it was. Nothing was changed. Whoever runs Botcadence has to look for it.'
CROWDED = 'Too many people are busy here right now. Nothing was changed. Try again in a moment.'
COLLIDED = 'Somebody else changed the same thing in the same moment. Nothing was changed. Try again.'
UNCERTAIN = 'The database went away while this was being saved. Look whether it was, once it is back.'

SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: BROKEN_DISK,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: GONE,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
}
"""By the lower byte of SQLite's result code."""

FULL_TOO = {sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_TRUNCATE}
"""Disk errors of SQLite that mean there was no room for the file beside the database."""

POSTGRESQL = {
    '25006': READ_ONLY,
    '40001': COLLIDED,
    '40P01': COLLIDED,
    '53100': FULL,
    '53300': CROWDED,
    '55P03': BUSY,
    '58030': BROKEN_DISK,
    'XX001': DAMAGED,
    'XX002': DAMAGED,
}
"""By SQLSTATE."""


def explain(error: DBAPIError | PoolTimeout) -> Unavailable | None:
    """The failure as a sentence, and a line in the log; None where it is not one of the database's own."""
    sentence = told(error)
    if sentence is None:
        return None
    reason = error.orig if isinstance(error, DBAPIError) else error
    return unavailable(sentence, ' '.join(str(reason).split()))


def unavailable(sentence: str, reason: str) -> Unavailable:
    """The failure as a sentence for people, and the reason in the log."""
    log.warning('database unavailable', reason=reason)
    return Unavailable(sentence)


def told(error: DBAPIError | PoolTimeout) -> str | None:
    """What people are told of a failure; None where it is not one of the database's own."""
    if isinstance(error, PoolTimeout):
        return CROWDED
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, 'sqlite_errorcode', 0)
        return FULL if code in FULL_TOO else SQLITE.get(code & 0xFF)
    known = POSTGRESQL.get(getattr(error.orig, 'sqlstate', None) or '')
    unreachable = str(Unavailable()) if isinstance(error, OperationalError | InterfaceError) else None
    return known or unreachable


def sticks(error: BaseException) -> bool:
    """Whether a connection to SQLite that failed like this will go on failing when the cause is gone."""
    code = getattr(error, 'sqlite_errorcode', 0) & 0xFF
    lasting = sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM
    return code in (*lasting, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_duplicate(error: IntegrityError, table: str, column: str) -> bool:
    """Whether a statement failed because another row has the same value in this column, which is UNIQUE."""
    if isinstance(error.orig, sqlite3.Error):
        return str(error.orig) == f'UNIQUE constraint failed: {table}.{column}'
    constraint = getattr(getattr(error.orig, 'diag', None), 'constraint_name', None)
    return constraint == f'uq_{table}_{column}'
