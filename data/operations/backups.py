"""Backups of the database: made while people work, checked before they count, and put back.

On SQLite a copy is a database of its own; on PostgreSQL it is an archive of `pg_dump`, which must be installed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from data import clock
from data.operations.postgres_backup import PostgresBackup
from data.operations.sqlite_backup import BackupError, DatabaseBackup, Progress, SqliteBackup, sync
from data.runtime import instance_lock
from data.runtime.settings import Settings

STAMP = '%Y%m%d-%H%M%S-%f'
"""The moment in the name of a copy, in UTC."""


def silent(_: str) -> None:
    """Tell nobody."""


def folder(settings: Settings) -> Path:
    """Where copies are kept."""
    return settings.data_dir / 'backups'


def kept(settings: Settings) -> list[Path]:
    """The backups, oldest first: what has exactly such a name as `make` gives, and nothing else in the folder."""
    return [path for _, path in _dated(settings)]


def ahead(settings: Settings) -> list[Path]:
    """The backups of a clock that was wrong, dated in the future: rotation leaves them alone."""
    return [path for moment, path in _dated(settings) if moment > clock.now()]


def make(settings: Settings, progress: Progress = silent) -> Path:
    """Copy the database, check the copy, let the oldest backups go; the copy appears whole or not at all.

    Raises BackupError.
    """
    kind = _kind(settings)
    with _new(settings, 'botcadence') as path:
        partial = path.with_name(path.name + '.partial')
        try:
            partial.touch(mode=0o600)
            kind.copy(partial, progress)
            kind.check(partial, progress)
            sync(partial)
            partial.rename(path)
            sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    rotate(settings, path)
    return path


def rotate(settings: Settings, made: Path | None = None) -> int:
    """Delete the oldest backups beyond those to be kept, never the one just made; return how many there were.

    What a crash left unfinished goes, too, a day later: until then it may be in the making.
    """
    old = [path for _, path in _past(settings)[: -settings.backup_keep] if path != made]
    before = time.time() - 24 * 3600
    old += [path for path in folder(settings).glob('*.partial') if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def restore(settings: Settings, source: Path, progress: Progress = silent) -> Path | None:
    """Put a copy in the place of the database, which is kept aside; return where, None when there was none.

    Everybody has to sign in again. Raises Busy while Botcadence runs, BackupError; then everything is as it was.
    """
    instance_lock.acquire(settings.data_dir, settings.database_url.get_secret_value())
    if not source.is_file():
        raise BackupError(f'There is no file {source}.')
    with _new(settings, 'replaced') as aside:
        return aside if _kind(settings).replace(source, aside, progress) else None


def last_made(settings: Settings) -> datetime | None:
    """When the newest backup was begun, None before the first; what is dated in the future does not count."""
    past = _past(settings)
    return past[-1][0] if past else None


def _dated(settings: Settings) -> list[tuple[datetime, Path]]:
    # The time in the name, not that of the file: a copy of a copy has a new one.
    pattern, dated = f'botcadence-{STAMP}{_kind(settings).suffix}', []
    for path in folder(settings).glob('botcadence-*'):
        with suppress(ValueError):
            moment = datetime.strptime(path.name, pattern).replace(tzinfo=UTC)
            if f'{moment:{pattern}}' == path.name:  # strptime takes shorter numbers, too
                dated.append((moment, path))
    return sorted(dated)


def _past(settings: Settings) -> list[tuple[datetime, Path]]:
    return [(moment, path) for moment, path in _dated(settings) if moment <= clock.now()]


def _kind(settings: Settings) -> DatabaseBackup:
    if settings.database_path:
        return SqliteBackup(settings.database_path)
    return PostgresBackup(settings.database)


@contextmanager
def _new(settings: Settings, name: str) -> Iterator[Path]:
    """Where a new copy goes."""
    try:
        folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
        yield folder(settings) / f'{name}-{clock.now():{STAMP}}{_kind(settings).suffix}'
    except OSError as error:
        raise BackupError(f'{folder(settings)}: {error.strerror}.') from error
