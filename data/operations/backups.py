"""Copies of the database: made while people work, checked before they count, and put back.

On SQLite a copy is a database of its own; on PostgreSQL it is an archive of `pg_dump`, which must be installed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from data import clock
from data.config import Settings
from data.operations import process
from data.operations.archives import Archives
from data.operations.copies import BackupError, Copies, Files, Progress, sync


def silent(_: str) -> None:
    """Tell nobody."""


def folder(settings: Settings) -> Path:
    """Where copies are kept."""
    return settings.data_dir / 'backups'


def kept(settings: Settings) -> list[Path]:
    """The backups, oldest first; copies from before a migration or a restore are not among them."""
    return sorted(folder(settings).glob(f'botcadence-*{_of(settings).suffix}'))


def make(settings: Settings, progress: Progress = silent) -> Path:
    """Copy the database, check the copy, let the oldest backups go; the copy appears whole or not at all.

    Raises BackupError.
    """
    copies = _of(settings)
    with _new(settings, 'botcadence') as path:
        partial = path.with_name(path.name + '.partial')
        try:
            partial.touch(mode=0o600)
            copies.copy(partial, progress)
            copies.check(partial, progress)
            sync(partial)
            partial.rename(path)
            sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    rotate(settings)
    return path


def rotate(settings: Settings) -> int:
    """Delete the oldest backups beyond those to be kept, and return how many there were.

    What a crash left unfinished goes, too, a day later: until then it may be in the making.
    """
    old = kept(settings)[: -settings.backup_keep]
    before = time.time() - 24 * 3600
    old += [path for path in folder(settings).glob('*.partial') if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def restore(settings: Settings, source: Path, progress: Progress = silent) -> Path | None:
    """Put a copy in the place of the database, which is kept aside; return where, None when there was none.

    Everybody has to sign in again. Raises Busy while Botcadence runs, BackupError; then everything is as it was.
    """
    process.claim(settings.data_dir, settings.database_url.get_secret_value())
    if not source.is_file():
        raise BackupError(f'There is no file {source}.')
    with _new(settings, 'replaced') as aside:
        return aside if _of(settings).replace(source, aside, progress) else None


def last_made(settings: Settings) -> datetime | None:
    """When the newest backup was made, None before the first."""
    found = kept(settings)
    return datetime.fromtimestamp(found[-1].stat().st_mtime).astimezone() if found else None


def _of(settings: Settings) -> Copies:
    return Files(settings.database_path) if settings.database_path else Archives(settings.database)


@contextmanager
def _new(settings: Settings, name: str) -> Iterator[Path]:
    """Where a new copy goes."""
    try:
        folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)
        yield folder(settings) / f'{name}-{clock.now():%Y%m%d-%H%M%S-%f}{_of(settings).suffix}'
    except OSError as error:
        raise BackupError(f'{folder(settings)}: {error.strerror}.') from error
