"""What runs in the background of the process, each job in a thread of its own."""

from contextlib import suppress

from data.jobs import (
    billing,
    conversation_retention,
    mail_delivery,
    nightly_backup,
    owed_answers,
    project_erasure,
    reading,
    record_words,
    usage_pruning,
    waiting_visitors,
)
from data.jobs.other_processes import EventPoller
from data.jobs.worker import Worker
from data.problems import Unavailable
from data.runtime import memory
from data.runtime.settings import Settings
from data.services.mail import outbox
from data.services.sources import queue

_running: list[Worker] = []


def start(settings: Settings) -> None:
    """Start every job that the settings ask for, once the database is open and this process alone at work on it."""
    with suppress(Unavailable):  # then what a crash left in hand waits until its claim runs out
        outbox.release_claims()
        queue.release_lost(at_start=True)
    free = Worker('free memory', memory.give_back, every=memory.GIVE_BACK_EVERY)
    jobs = (
        mail_delivery.job(settings),
        EventPoller(),
        nightly_backup.job(settings),
        record_words.job(),
        project_erasure.job(),
        usage_pruning.job(),
        billing.job(settings),
        *reading.jobs(),
        owed_answers.job(),
        waiting_visitors.job(),
        conversation_retention.job(),
        free,
    )
    _running[:] = [job for job in jobs if job]
    for job in _running:
        job.start()


def stop() -> None:
    """Stop them all; what is under way gets the moment it needs."""
    for job in _running:
        job.stop()
