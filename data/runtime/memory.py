"""The memory of the process: one heap for all threads, and what is free in it goes back to the system.

Only glibc has these settings. By itself it gives each thread a heap and keeps the free end of it for good: sixteen
threads that have once hashed a password keep 19 MiB each. On one heap Python's lock leaves them little to wait for.
"""

import ctypes
from collections.abc import Callable

GIVE_BACK_EVERY = 20.0
"""Seconds. It takes 1 to 5 ms each time, and 8 ms of the next hash, which has to ask for its pages again."""

_ARENA_MAX = -8
"""`M_ARENA_MAX` of malloc.h."""


def settle() -> None:
    """Let all threads share one heap; before the second thread begins, after which glibc does not look again."""
    if set_option := _of_the_c_library('mallopt'):
        set_option(_ARENA_MAX, 1)


def give_back() -> None:
    """Give the free pages between what is in use back to the system."""
    if trim := _of_the_c_library('malloc_trim'):
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
