"""Waiting: a call that is held back, and dashboards that have taken in what has changed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from data.problems import Problem
from tests.support.visitors import until


class Held:
    """A call that waits until it is let go."""

    def __init__(self) -> None:
        self.reached, self.goes_on = threading.Event(), threading.Event()


@contextmanager
def held(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, problem: Problem | None = None
) -> Iterator[Held]:
    """Hold the first call that a screen makes of a service's function back until the end of this block.

    It ends with `problem` where there is one.
    """
    function, first = getattr(module, name), Held()

    def wait(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread() and not first.reached.is_set():
            first.reached.set()
            assert first.goes_on.wait(10)
            if problem:
                raise problem
        return function(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, wait)
        try:
            yield first
        finally:
            first.goes_on.set()


async def at_rest() -> None:
    """Wait until every dashboard has taken in what has changed."""
    from pages.shell import live

    await until(lambda: not any(viewer._working for viewer in live.viewers.values()))
