"""Retention of conversations: what agents keep no longer goes, while people work."""

from data.jobs.worker import Worker
from data.runtime.logs import log
from data.services.conversations import retention

AGAIN = 3600.0
"""Seconds between two looks: people are promised days."""

AFTER_FAILURE = 600.0
"""Seconds until the next try after one that failed."""


def job() -> Worker:
    """What does it."""
    return Worker('retention of conversations', expire, every=AGAIN, after_failure=AFTER_FAILURE)


def expire() -> None:
    """Delete what is kept no longer and say in the log how many conversations that were."""
    if number := retention.expire():
        log.info('old conversations deleted', conversations=number)
