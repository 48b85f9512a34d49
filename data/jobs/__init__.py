"""What runs in the background of the process, each job in a thread of its own."""

from data.jobs import mail_delivery, nightly_backup
from data.jobs.other_processes import EventPoller
from data.jobs.worker import Worker
from data.runtime.settings import Settings

_running: list[Worker] = []


def start(settings: Settings) -> None:
    """Start every job that the settings ask for, once the database is open."""
    jobs = (mail_delivery.job(settings), EventPoller(), nightly_backup.job(settings))
    _running[:] = [job for job in jobs if job]
    for job in _running:
        job.start()


def stop() -> None:
    """Stop them all; what is under way gets the moment it needs."""
    for job in _running:
        job.stop()
