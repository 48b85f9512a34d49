"""Changing much, in portions: no transaction holds the lock of the writers for longer than a moment."""

import time
from collections.abc import Callable

ROWS = 100
"""How many rows one transaction changes at most: a row takes up to four pages, which COMMIT brings to the disk."""

FIRST = 10
"""How many the first one changes at most: nobody knows yet how long that takes."""

HELD = 0.02
"""Seconds that one should take: after a slower one the next is smaller."""

PAUSE = 0.02
"""Seconds at least until the next: whoever waits for SQLite's lock looks for it only every now and then."""


def in_portions(change: Callable[[int], int | None], most: int = ROWS) -> int:
    """Change, or delete, by calling `change(limit)` until it returns None; how many rows that were.

    Each call is one transaction of at most `limit` rows, few at first and never more than `most`, and returns how many
    those were. One statement, put together before, is best: then the lock is held for the database's work, not for
    Python's. Where it ends in between, the next call goes on from there. Between two portions the others have the lock
    for as long.
    """
    number, limit = 0, min(FIRST, most)
    while True:
        began = time.monotonic()
        changed = change(limit)
        if changed is None:
            return number
        number += changed
        taken = time.monotonic() - began
        limit = max(1, min(most, int(limit * HELD / taken) if taken > HELD else 2 * limit))
        time.sleep(max(PAUSE, taken))  # SQLite gives the lock to whoever asks at the right moment
