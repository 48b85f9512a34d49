"""Backups of a SQLite database: a file of its own, without what lies beside a database that is in use."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from data.database import schema, schema_objects

Progress = Callable[[str], None]
"""Told what is being done, many times."""

OFTEN = 50_000
"""SQLite's own instructions between two words about the progress: some 5 ms."""

NO_ROOM = sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE
"""What SQLite says of a file that can't become larger."""


class BackupError(Exception):
    """A copy could not be made, checked or put back; the text is one line for the terminal."""


class DatabaseBackup(Protocol):
    """How copies of one kind of database are made, checked and put back."""

    suffix: str

    def copy(self, target: Path, progress: Progress) -> None:
        """Write a copy of the database, as it is at one moment, into an empty file. Raises BackupError."""

    def check(self, copy: Path, progress: Progress) -> None:
        """Make sure that a copy is whole and can be used by this version. Raises BackupError."""

    def replace(self, source: Path, aside: Path, progress: Progress) -> bool:
        """Put a copy in the place of the database and that one aside; False when there was none. Raises BackupError."""


class SqliteBackup:
    """SQLite."""

    suffix = '.db'

    def __init__(self, path: Path) -> None:
        self.path = path

    def copy(self, target: Path, progress: Progress) -> None:
        """See `DatabaseBackup`; others go on writing meanwhile."""
        total = max(1, _size(self.path))
        with _opened(self.path, 'rw') as connection:
            connection.set_progress_handler(
                lambda: progress(f'Copying {min(99, 100 * _size(target) // total)} %'), OFTEN
            )
            try:
                connection.execute('VACUUM INTO ?', (str(target),))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode in NO_ROOM:
                    raise BackupError(f'There is no room for a copy in {target.parent}.') from error
                raise

    def check(self, copy: Path, progress: Progress) -> None:
        """See `DatabaseBackup`."""
        _refuse_unfinished(copy)
        progress('Checking the copy')
        with _opened(copy, 'ro&immutable=1') as connection:
            _revision(connection, copy)
            _refuse_damaged(connection, copy)

    def replace(self, source: Path, aside: Path, progress: Progress) -> bool:
        """See `DatabaseBackup`; a crash in the middle leaves the database, or both files."""
        partial = _beside(self.path, '.restoring')
        _refuse_unfinished(source)
        try:
            _copy_file(source, partial)
            progress('Checking the copy')  # this one: the source may be another file by now
            with _opened(partial, 'ro&immutable=1', called=source) as connection:
                _refuse_foreign(connection, source)  # before anything in it can be run
                _refuse_damaged(connection, source)
            with _opened(partial, 'rw') as connection:  # who has signed out or changed a password since stays out
                connection.execute('DELETE FROM sessions')
            sync(partial)
            existed = self._put_aside(aside)
            partial.replace(self.path)
            sync(self.path.parent)
        finally:
            partial.unlink(missing_ok=True)
        return existed

    def _put_aside(self, aside: Path) -> bool:
        if not self.path.exists():
            return False
        with suppress(BackupError), _opened(self.path, 'rw') as connection:  # it may be what has to be replaced
            connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        _link(self.path, aside)
        wal = _beside(self.path, '-wal')
        if _size(wal):
            _link(wal, _beside(aside, '-wal'))
        wal.unlink(missing_ok=True)  # SQLite would put what is in it into the restored database
        _beside(self.path, '-shm').unlink(missing_ok=True)
        return True


def damage(connection: sqlite3.Connection) -> str:
    """What is wrong inside a SQLite database, '' where nothing is."""
    [result] = connection.execute('PRAGMA integrity_check(1)').fetchone()
    if result != 'ok':
        return f'It is damaged: {" ".join(result.split())}.'
    orphans = connection.execute('PRAGMA foreign_key_check').fetchall()
    return f'{len(orphans)} rows lack what they refer to.' if orphans else ''


def _refuse_unfinished(copy: Path) -> None:
    if _size(_beside(copy, '-wal')):
        raise BackupError(f'{copy} is no finished copy: a part of it is in the file beside it.')


def _copy_file(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
        target.chmod(0o600)
    except OSError as error:
        raise BackupError(f'{source} cannot be copied to {target}: {error.strerror}.') from error


def _revision(connection: sqlite3.Connection, copy: Path) -> str:
    """The schema of a copy. Raises BackupError for what is not ours, or newer than this version."""
    [application] = connection.execute('PRAGMA application_id').fetchone()
    is_ours = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'"
    ).fetchone()
    row = connection.execute('SELECT version_num FROM alembic_version').fetchone() if is_ours else None
    if application or not row or not schema.REVISION.fullmatch(str(row[0])):
        raise BackupError(f'{copy} is no database of Botcadence.')
    try:
        schema.refuse_newer(row[0])
    except schema.SchemaError as error:
        raise BackupError(str(error)) from error
    return str(row[0])


def _refuse_foreign(connection: sqlite3.Connection, copy: Path) -> None:
    revision = _revision(connection, copy)
    made = schema.wanted('sqlite://', revision)
    if wrong := schema_objects.differences(schema_objects.of_sqlite(connection), made):
        raise BackupError(f'{copy} is not as schema {revision} is made: {schema_objects.listed(wrong)}.')


def _refuse_damaged(connection: sqlite3.Connection, copy: Path) -> None:
    if problem := damage(connection):
        raise BackupError(f'{copy}: {problem}')


def sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path, mode: str, called: Path | None = None) -> Iterator[sqlite3.Connection]:
    try:
        address = f'file:{quote(str(path.resolve()))}?mode={mode}'
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)) as connection:
            connection.execute('PRAGMA trusted_schema=OFF')  # what somebody else has put into it calls no function
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f'{called or path}: {error}.') from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        try:
            shutil.copyfile(source, target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
    target.chmod(0o600)
    sync(target)
