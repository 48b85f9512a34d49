"""A background thread is started, woken and stopped in one way, and goes on after a failure."""

import queue
import threading
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from data.jobs.worker import Worker

PATIENCE = 10.0
"""Seconds within which a thread does what it should."""

NEVER = 3600.0
"""Seconds that no test takes."""


class Job:
    """Work that tells when it is done, and ends as a test has ordered."""

    def __init__(self) -> None:
        self.done = queue.SimpleQueue[str]()
        self.orders: list[float | Exception | None] = []

    def work(self) -> float | None:
        order = self.orders.pop(0) if self.orders else None
        self.done.put(threading.current_thread().name)
        if isinstance(order, Exception):
            raise order
        return order

    def wait(self) -> str:
        return self.done.get(timeout=PATIENCE)


@pytest.fixture
def job() -> Job:
    return Job()


@pytest.fixture
def worker(job: Job) -> Iterator[Worker]:
    found = Worker('odd jobs', job.work, every=NEVER, finish=PATIENCE)
    yield found
    found.stop()


def test_it_works_at_once_and_when_it_is_woken(job: Job, worker: Worker) -> None:
    worker.start()
    assert job.wait() == 'odd jobs'
    worker.wake()
    job.wait()
    assert job.done.empty()


def test_the_work_says_when_the_next_is_due(job: Job, worker: Worker) -> None:
    job.orders = [0.0, 0.01]
    worker.start()
    for _ in range(3):
        job.wait()


def test_a_failure_is_one_line_and_not_the_end(job: Job) -> None:
    job.orders = [OSError('gone\nfor now'), ValueError('odd')]
    worker = Worker('odd jobs', job.work, every=NEVER, after_failure=0.01, finish=PATIENCE)
    with capture_logs() as lines:
        worker.start()
        for _ in range(3):
            job.wait()
        worker.stop()
    assert [(line['error'], line['reason']) for line in lines] == [('OSError', 'gone for now'), ('ValueError', 'odd')]
    assert {line['event'] for line in lines} == {'a background job has failed'}


def test_started_and_stopped_twice_it_runs_once_and_starts_again(job: Job, worker: Worker) -> None:
    worker.stop()
    before = threading.active_count()
    worker.start()
    worker.start()
    job.wait()
    assert threading.active_count() == before + 1
    worker.stop()
    worker.stop()
    assert threading.active_count() == before
    worker.start()
    job.wait()


def test_whoever_stops_it_waits_for_the_work_under_way() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        if worker._stopping.wait(PATIENCE):
            ended.set()

    worker = Worker('long work', work, every=NEVER, finish=PATIENCE)
    worker.start()
    assert begun.wait(PATIENCE)
    worker.stop()
    assert ended.is_set()


def test_started_again_while_the_work_before_still_runs_it_works_again() -> None:
    goes_on, begun = threading.Event(), queue.SimpleQueue[str]()

    def work() -> None:
        begun.put('begun')
        assert goes_on.wait(PATIENCE)

    worker = Worker('slow job', work, every=NEVER, finish=0.0)
    worker.start()
    begun.get(timeout=PATIENCE)
    worker.stop()
    worker.start()
    goes_on.set()
    begun.get(timeout=PATIENCE)
    worker.stop()
