"""The way from a handler to the application: in a thread, so that the event loop never waits."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from nicegui import app, run, ui

from data.problems import Problem, Unavailable

P = ParamSpec('P')
R = TypeVar('R')


async def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a service function in a thread. Raises what it raises, and Unavailable while the application stops."""
    result = await run.io_bound(function, *args, **kwargs)
    if result is None:  # NiceGUI's answer also to being cancelled and to stopping: neither is an answer of ours
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError
        if app.is_stopping:
            raise Unavailable('Botcadence is stopping. Nothing was changed.')
    return result  # type: ignore[return-value]  # None is one of R here


def told(handler: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
    """The handler, ended with a sentence in the corner where something is not possible: that is no defect of ours."""

    @wraps(handler)
    async def attempt(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await handler(*args, **kwargs)
        except Problem as problem:
            ui.notify(str(problem))

    return attempt
