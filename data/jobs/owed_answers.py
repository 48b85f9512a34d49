"""Owed answers: what a crash has left between a visitor's message and the agent's answer is answered, once."""

from data.jobs.worker import Worker
from data.problems import Unavailable
from data.runtime.logs import log
from data.services.conversations import turns

AGAIN = 5.0
"""Seconds between two looks: somebody waits for it."""

AFTER_FAILURE = 15.0
"""Seconds until the next try after one that failed."""


def job() -> Worker:
    """What does it."""
    return Worker('owed answers', answer, every=AGAIN, after_failure=AFTER_FAILURE)


def answer() -> None:
    """Answer what is owed; a question that can't be answered waits for a person, and no other one behind it.

    Raises Unavailable.
    """
    for owed in turns.owed():
        try:
            turns.answer(*owed)
        except Unavailable:
            raise
        except Exception as error:  # a defect: it would be the first of the next round, too
            log.exception('a visitor cannot be answered', conversation=owed[1], error=type(error).__name__)
            turns.interrupt(*owed)
