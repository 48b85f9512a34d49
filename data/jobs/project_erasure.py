"""Erasure of projects: what was deleted long enough ago goes for good, while people work."""

from data.jobs.worker import Worker
from data.runtime.logs import log
from data.services import projects

AGAIN = 600.0
"""Seconds between two looks for what is due: nobody waits for it, and nobody is promised more than the days."""

AFTER_FAILURE = 60.0
"""Seconds until the next try after one that failed."""


def job() -> Worker:
    """What does it."""
    return Worker('erasure of projects', erase, every=AGAIN, after_failure=AFTER_FAILURE)


def erase() -> None:
    """Erase what is due and say in the log how many those were."""
    if number := projects.erase_due():
        log.info('projects erased', projects=number)
