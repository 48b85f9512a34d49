"""Words of the record: events that were written by an older version are put into words, while people work."""

from data.jobs.worker import Worker
from data.services.audit import unworded

AGAIN = 3600.0
"""Seconds between two looks for such events: after the first there are none, but where an older copy was restored."""

AFTER_FAILURE = 60.0
"""Seconds until the next try after one that failed."""


def job() -> Worker:
    """What does it."""
    return Worker('words of the record', _fill, every=AGAIN, after_failure=AFTER_FAILURE)


def _fill() -> None:
    unworded.fill()
