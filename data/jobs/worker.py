"""Background threads: one way to start, wake and stop them, and to go on after a failure."""

import threading
from collections.abc import Callable

from data.runtime.logs import log


class Worker:
    """Does `work` again and again in a thread of its own.

    `work` returns the seconds until it is done again, None for `every`; a failure is one line in the log, and it is
    done again `after_failure` seconds later. No Exception ends the thread, only `stop`; work under way then has
    `finish` seconds to get through.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], float | None],
        *,
        every: float,
        after_failure: float | None = None,
        finish: float = 0.0,
    ) -> None:
        self.name, self.every, self.finish = name, every, finish
        self.after_failure = every if after_failure is None else after_failure
        self._work = work
        self._awake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether work that takes long should come to an end."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin, with the first work at once; harmless when it is running."""
        if self._thread is None or not self._thread.is_alive() or self.is_stopping:
            self._stopping = threading.Event()  # its own: one that has been told to stop may still be at work
            self._thread = threading.Thread(target=self._run, args=(self._stopping,), name=self.name, daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Work now instead of later; from any thread, also while it works."""
        self._awake.set()

    def stop(self) -> None:
        """Work no more; harmless when nothing runs."""
        self._stopping.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(self.finish)

    def _run(self, stopping: threading.Event) -> None:
        while True:
            self._awake.clear()  # before the question: whoever stops it between the two wakes it, too
            if stopping.is_set():
                return
            self._awake.wait(self._pause())

    def _pause(self) -> float:
        """Work once; the seconds until the next time."""
        try:
            pause = self._work()
        except Exception as error:  # what is away, such as a database, comes back
            reason = ' '.join(str(error).split())
            log.warning('a background job has failed', job=self.name, error=type(error).__name__, reason=reason)
            return self.after_failure
        return self.every if pause is None else pause
