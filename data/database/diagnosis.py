"""What keeps a database from being opened, in words for whoever runs Botcadence.

They are made here, not handed on: what a driver says names pieces of the address, and may hold a piece of the password.
"""

import re
import sqlite3
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from data.database import faults
from data.runtime.service_urls import CURE

UNREACHABLE = 'PostgreSQL cannot be reached at {place}.'


class Passing(str):
    """Words for what may be another in a moment, without that anything else is set."""


POSTGRESQL = {
    'invalid connection option|invalid .* value': 'What follows the ? in the address is nothing that PostgreSQL knows.',
    'invalid port number': 'No port has the number in {place}: there are those from 1 to 65535.',
    'password authentication failed|no password supplied|PAM authentication|LDAP authentication': (
        f'PostgreSQL does not accept the user name or the password. {CURE}.'
    ),
    'no pg_hba.conf entry|pg_hba.conf rejects': (
        'PostgreSQL does not let this user in from here, or not without TLS: see its file pg_hba.conf.'
    ),
    'role ".*" does not exist': 'PostgreSQL does not know this user.',
    'role ".*" is not permitted to log in': 'PostgreSQL does not let this user sign in.',
    'database ".*" does not exist': 'PostgreSQL has no database of this name. Make an empty one: createdb NAME.',
    'permission denied': 'This user may not do that in PostgreSQL. It must own the database.',
    'too many clients|too many connections|remaining connection slots': Passing('PostgreSQL has no connection left.'),
    'starting up|shutting down|recovery mode': Passing('PostgreSQL is just starting or ending. Try again in a moment.'),
    'does not support SSL': 'PostgreSQL speaks no TLS at {place}, and the address asks for it (sslmode).',
    'root certificate|certificate verify failed|self-signed|sslrootcert': (
        'The certificate of PostgreSQL is signed by somebody unknown here. '
        'Name the file of the one who signed it: ?sslrootcert=FILE in the address.'
    ),
    'certificate .* does not match host name|server certificate for': (
        'The certificate of PostgreSQL is for another name than that of {place}.'
    ),
    'closed the connection|invalid response|received invalid': 'What answers at {place} is no PostgreSQL.',
    'SSL|certificate': 'PostgreSQL and Botcadence do not agree on TLS at {place}.',
    'resolve host|translate host name|name resolution|Name or service': Passing(
        'The host name in {place} cannot be found.'
    ),
    'Connection refused': Passing('Nothing listens at {place}: is PostgreSQL running, and is this its port?'),
    'No such file or directory': Passing('There is no socket of PostgreSQL at {place}: is it running?'),
    'timeout|timed out': Passing('PostgreSQL does not answer in time at {place}.'),
    'unreachable|No route': Passing('There is no route to {place}.'),
}
"""By what libpq says, in the order in which it is looked for."""

SQLITE = {
    faults.BUSY: 'Another program holds the database {path}. Close it, or try again in a moment.',
    faults.FULL: 'The disk with the database {path} is full. Make room.',
    faults.READ_ONLY: 'The database {path} may not be written: it and its folder must belong to who runs Botcadence.',
    faults.BROKEN_DISK: 'The disk with the database {path} reports an error.',
    faults.DAMAGED: 'The database {path} is damaged. Restore a backup: python -m data restore FILE',
    faults.GONE: 'The database {path} cannot be opened: it and its folder must belong to who runs Botcadence.',
}
"""By what people are told of the same failure."""

NO_DATABASE = '{path} is no SQLite database.'


def reason(error: Exception, place: URL) -> str:
    """Why the database at `place` can't be used, as a sentence without a part of a secret."""
    cause: Any = getattr(error, 'orig', None) or error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(error).format(path=place.database) or _words(cause)
    if getattr(cause, 'sqlstate', None) is None and isinstance(error, DBAPIError):  # libpq has no connection
        return _of_postgresql(str(cause)).format(place=_named(place))
    return _words(cause)


def is_away(error: Exception) -> bool:
    """Whether the database may be there in a moment, without that anything else is set."""
    return isinstance(error, DBAPIError) and isinstance(_of_postgresql(str(error.orig)), Passing)


def _of_sqlite(error: Exception) -> str:
    if getattr(getattr(error, 'orig', None), 'sqlite_errorcode', 0) == sqlite3.SQLITE_NOTADB:
        return NO_DATABASE
    return SQLITE.get(faults.told(error) or '', '') if isinstance(error, DBAPIError) else ''


def _of_postgresql(words: str) -> str:
    found = (sentence for pattern, sentence in POSTGRESQL.items() if re.search(pattern, words, re.IGNORECASE))
    return next(found, UNREACHABLE)


def _named(place: URL) -> str:
    host = place.host or place.query.get('host') or 'localhost'
    return f'{host}:{place.port}' if place.port else str(host)


def _words(cause: Exception) -> str:
    return ' '.join(str(cause).split())
