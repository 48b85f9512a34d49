"""Reading of files: background threads that have each read in a process of its own."""

import time
from collections.abc import Callable
from contextlib import suppress

from data.integrations import reader
from data.integrations.reader import Crashed, Media, NotStarted, Reading, Reason, Stopped, Unreadable
from data.jobs.worker import Worker
from data.problems import NotFound, Unavailable
from data.runtime.logs import log
from data.services.sources import claims, queue
from data.services.sources.claims import Claim

AT_ONCE = 2
"""Files that are read at the same time: one that takes its minute of processor time keeps no other waiting."""

IDLE = 30.0
"""Seconds between two looks when nothing has happened."""

AFTER_FAILURE = 10.0
"""Seconds until the next look after one in which the database was away, or no reader could be started."""

BEAT = 5.0
"""Seconds between two signs of life of what is being read."""

FINISH = 3.0
"""Seconds in which what is being read is given back when the process ends."""


class FileReading(Worker):
    """Reads what waits, of all organizations in turn; what is added while it runs is noticed at once.

    Those that read at the same time share what they know of whose turn it is.
    """

    def __init__(self, served: dict[str, int] | None = None) -> None:
        super().__init__('reading of files', self.read, every=IDLE, after_failure=AFTER_FAILURE, finish=FINISH)
        self._in_hand: Claim | None = None
        self._served = {} if served is None else served

    def start(self) -> None:
        """Read until `stop`. Harmless when it is running."""
        queue.subscribe(self.wake)
        super().start()

    def stop(self) -> None:
        """Read no more; the file under way is given back."""
        queue.unsubscribe(self.wake)
        super().stop()

    def read(self) -> float | None:
        """Read what is due; seconds until the next look, None for the usual ones. Raises Unavailable, NotStarted."""
        if self._in_hand:  # the database went away before it could be noted what came out, or no reader was to be had
            self._leave(queue.release, self._in_hand)
        queue.release_lost()
        while not self.is_stopping and (claim := queue.take(self._served)):
            self._in_hand = claim
            self._served[claim.organization_id] = max(self._served.values(), default=0) + 1
            self._leave(self._tried, claim)
        soon = queue.due_in()
        if soon is None:
            self._served.clear()
        return None if soon is None else min(soon, IDLE)

    def _leave(self, end: Callable[[Claim], None], claim: Claim) -> None:
        """Do this as the last thing with a file."""
        with suppress(NotFound):  # the organization is gone, and all of it
            end(claim)
        self._in_hand = None

    def _tried(self, claim: Claim) -> None:
        """Read it; a failure that nobody has thought of counts as a try, so that no file is in the way for ever."""
        try:
            self._read(claim)
        except (Unavailable, NotFound, NotStarted):
            raise
        except Exception as error:  # whatever it is, the next file has nothing to do with it
            log.warning('a file could not be kept', source=claim.source_id, error=type(error).__name__)
            queue.put_off(claim)

    def _read(self, claim: Claim) -> None:
        began = time.monotonic()
        try:
            read = self._outcome(claim)
        except Unreadable as problem:
            log.info('a file can’t be read', source=claim.source_id, reason=problem.reason.value, error=problem.error)
            claims.fail(claim, problem.reason)
        except Crashed as problem:
            log.warning('the reader of a file has ended', source=claim.source_id, reason=str(problem))
            queue.put_off(claim)
        except Stopped:
            queue.release(claim)  # where it is still in hand: the process ends
        else:
            claims.finish(claim, read)
            seconds = round(time.monotonic() - began, 1)
            log.info('a file was read', source=claim.source_id, passages=len(read.parts), seconds=seconds)

    def _outcome(self, claim: Claim) -> Reading:
        if claim.media not in list(Media):
            raise Unreadable(Reason.KIND)
        content = queue.content(claim)
        if content is None:
            raise Unreadable(Reason.EMPTY)
        last = time.monotonic()

        def goes_on() -> bool:
            nonlocal last
            if not self.is_stopping and time.monotonic() > last + BEAT:
                last = time.monotonic()
                return queue.alive(claim)
            return not self.is_stopping

        return reader.read(content, Media(claim.media), goes_on)


def jobs() -> list[Worker]:
    """What does it."""
    served: dict[str, int] = {}
    return [FileReading(served) for _ in range(AT_ONCE)]
