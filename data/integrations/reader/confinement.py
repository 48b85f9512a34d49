"""What the process that reads a document may do: little, for a while, and nothing once nobody waits for it.

The limits are those of POSIX (setrlimit). With no file descriptor left to open there are no files and no network.
"""

import os
import resource
import sys
import threading
from contextlib import suppress

MEMORY = 512 * 1024 * 1024
"""Bytes of its address space."""

SECONDS = 60
"""Of processor time."""


def confine() -> None:
    """Bound memory and time, write no files, and give way to everybody else."""
    os.nice(10)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, 0)
    _bound(resource.RLIMIT_CPU, SECONDS, SECONDS + 5)
    _bound(resource.RLIMIT_AS, MEMORY)


def close_off() -> None:
    """Open nothing any more, from now on: no file, no socket; and start no process."""
    _bound(resource.RLIMIT_NOFILE, 0)
    _bound(resource.RLIMIT_NPROC, 0)


def end_with_the_server() -> None:
    """End as soon as standard input does: whoever waits for the document is gone then."""
    threading.stack_size(256 * 1024)
    threading.Thread(target=_end_with_input, daemon=True).start()


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def _bound(what: int, most: int, at_all: int | None = None) -> None:
    with suppress(ValueError, OSError):  # macOS does not know each of them
        resource.setrlimit(what, (most, most if at_all is None else at_all))
