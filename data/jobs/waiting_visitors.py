"""Waiting visitors: those who may answer are mailed that somebody waits, where nobody has come for them."""

from data.jobs.worker import Worker
from data.services.conversations import waiting

AGAIN = 30.0
"""Seconds between two looks."""


def job() -> Worker:
    """What does it."""
    return Worker('waiting visitors', tell, every=AGAIN)


def tell() -> None:
    """Mail who is to know."""
    waiting.tell_where_nobody_is()
