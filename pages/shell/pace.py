"""The pace of what changes often: usage arrives thousands of times a second, and nobody can look that often.

Such a change of an organization goes through at once when there was none for a while. Those that follow within
`REST` are one, which goes through at the end of it: the last one always does.
"""

import asyncio
from collections.abc import Callable
from threading import Lock

from data.changes import Change
from data.services.audit import Topic

REST = 0.3
"""Seconds from one such change of an organization to the next: never five in a second, however late one is drawn."""

OFTEN = {Topic.USAGE}
"""The topics that change so often; no other one ever waits."""


class Pace:
    """Hands changes on from any thread to an event loop, those of one organization with a rest between them."""

    def __init__(self, hand_on: Callable[[Change], None]) -> None:
        self._hand_on = hand_on
        self._lock = Lock()
        self._begin(None)

    def take(self, change: Change, loop: asyncio.AbstractEventLoop) -> None:
        """Take in a change, in the thread that committed it; where one waits already, the loop is not bothered."""
        with self._lock:
            if loop is not self._loop:
                self._begin(loop)
            key = change.organization_id, change.topic
            before = self._waiting.get(key)
            self._waiting[key] = before.joined(change) if before else change
            is_due = before is None and key not in self._resting
        if is_due:
            loop.call_soon_threadsafe(self._next, loop, key)

    def _begin(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self._loop = loop
        self._waiting: dict[tuple[str, str], Change] = {}
        self._resting: set[tuple[str, str]] = set()

    def _next(self, loop: asyncio.AbstractEventLoop, key: tuple[str, str]) -> None:
        """Hand on what waits, and rest; where nothing has come during a rest, that is over."""
        with self._lock:
            if loop is not self._loop:
                return
            change = self._waiting.pop(key, None)
            if change is None:
                self._resting.discard(key)
                return
            self._resting.add(key)
        loop.call_later(REST, self._next, loop, key)
        self._hand_on(change)
