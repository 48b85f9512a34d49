"""The nightly backup: made by the running process, once a day after a set hour."""

from datetime import datetime, timedelta
from functools import partial

from data import clock
from data.jobs.worker import Worker
from data.operations import backups
from data.operations.sqlite_backup import BackupError
from data.runtime.logs import log
from data.runtime.settings import Settings

LOOK_AT_CLOCK = 30.0
"""Seconds between two looks at the clock."""

AFTER_FAILED_BACKUP = 3600.0
"""Seconds until the next try after a backup that failed."""


def job(settings: Settings) -> Worker | None:
    """What makes the backups, None where no hour is set."""
    if settings.backup_hour is None:
        return None
    return Worker('nightly backup', partial(back_up_if_due, settings, settings.backup_hour), every=LOOK_AT_CLOCK)


def is_due(hour: int, last: datetime | None) -> bool:
    """Whether that hour has struck since the last backup: one that was slept through is made up for."""
    now = clock.now().astimezone()
    struck = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if struck > now:
        struck -= timedelta(days=1)
    return last is None or last < struck


def back_up_if_due(settings: Settings, hour: int) -> float | None:
    """Make a backup where one is due; the seconds until the next look, None for the usual ones."""
    is_made = not is_due(hour, backups.last_made(settings)) or back_up(settings)
    return None if is_made else AFTER_FAILED_BACKUP


def back_up(settings: Settings) -> bool:
    """Make a backup and say in the log how it went."""
    try:
        path = backups.make(settings)
    except Exception as error:  # what was expected has a sentence and needs no traceback
        expected = isinstance(error, BackupError)
        log.error('backup failed', **({'reason': str(error)} if expected else {'exc_info': error}))
        return False
    log.info('backup made', file=path.name, bytes=path.stat().st_size)
    return True
