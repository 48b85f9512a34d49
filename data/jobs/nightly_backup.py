"""The backup that nobody has to think of: made by the running process, once a day."""

import threading
from datetime import datetime, timedelta

import structlog

from data import clock
from data.operations import backups
from data.operations.sqlite_backup import BackupError
from data.runtime.settings import Settings

LOOK = 30
"""Seconds between two looks at the clock."""

AGAIN = 3600
"""Seconds until the next try after one that failed."""

log = structlog.get_logger('botcadence')
_stopped = threading.Event()


def begin(settings: Settings) -> None:
    """Start looking at the clock, if an hour is set."""
    _stopped.clear()
    if settings.backup_hour is not None:
        threading.Thread(target=_run, args=(settings, settings.backup_hour), name='nightly', daemon=True).start()


def end() -> None:
    """Stop looking."""
    _stopped.set()


def is_due(hour: int, last: datetime | None) -> bool:
    """Whether that hour has struck since the last backup: one that was slept through is made up for."""
    now = clock.now().astimezone()
    struck = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if struck > now:
        struck -= timedelta(days=1)
    return last is None or last < struck


def _run(settings: Settings, hour: int) -> None:
    while not _stopped.wait(LOOK):
        if is_due(hour, backups.last_made(settings)) and not back_up(settings):
            _stopped.wait(AGAIN)


def back_up(settings: Settings) -> bool:
    """Make a backup and say in the log how it went."""
    try:
        path = backups.make(settings)
    except Exception as error:  # nothing may end this thread; what was expected has a sentence and needs no traceback
        expected = isinstance(error, BackupError)
        log.error('backup failed', **({'reason': str(error)} if expected else {'exc_info': error}))
        return False
    log.info('backup made', file=path.name, bytes=path.stat().st_size)
    return True
