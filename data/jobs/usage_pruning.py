"""Pruning of usage: what was counted more than 13 months ago goes every day, while people work; the sums stay."""

from data.jobs.worker import Worker
from data.runtime.logs import log
from data.services.usage import pruning

DAILY = 24 * 3600.0
"""Seconds between two looks; the first is at the start."""

AFTER_FAILURE = 3600.0
"""Seconds until the next try after one that failed: what is gone by then is gone."""


def job() -> Worker:
    """What does it."""
    return Worker('usage pruning', _prune, every=DAILY, after_failure=AFTER_FAILURE)


def _prune() -> None:
    if number := pruning.prune():
        log.info('old usage events deleted', events=number)
