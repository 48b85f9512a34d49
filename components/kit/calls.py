"""Calls of services: in a thread, so that the event loop never waits, and only for a screen that is still there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from nicegui import app, run, ui
from nicegui.element import Element
from nicegui.elements.mixins.disableable_element import DisableableElement
from nicegui.slot import Slot, get_task_id

from data.problems import Problem, Reauthenticate, Unavailable

P = ParamSpec('P')
R = TypeVar('R')


_Ask = Callable[[bool], Awaitable[bool]]

_ask: list[_Ask] = []


def on_reauthenticate(ask: _Ask) -> None:
    """Let `ask` find out whether it is still the same person, where a service wants to know; it may take a while.

    It is told whether only a second factor shows that.
    """
    _ask[:] = [ask]


class ScreenGone(asyncio.CancelledError):
    """The screen that asked has gone before the answer came: whoever wanted to draw it ends as if cancelled."""


async def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a service function in a thread; where it needs that somebody confirms who they are, they are asked first.

    Raises what it raises, Unavailable while the application stops, and ScreenGone where there is nothing left to draw
    the answer on: before the function is called, or after it, when what it has done stays done.
    """
    place = _place()
    try:
        result = await run.io_bound(function, *args, **kwargs)
    except Reauthenticate as asked:
        _must_be_there(place)
        if place is None or not _ask or not await _ask[0](asked.second):
            raise
        _must_be_there(place)
        return await call(function, *args, **kwargs)
    except Problem:
        _must_be_there(place)  # else there is nobody left to tell
        raise
    if result is None:  # NiceGUI's answer also to being cancelled and to stopping: neither is an answer of ours
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError
        if app.is_stopping:
            raise Unavailable('Botcadence is shutting down. Nothing was changed.')
    _must_be_there(place)
    return result  # type: ignore[return-value]  # None is one of R here


def _place() -> Element | None:
    """What is being drawn into right now, None outside of pages; NiceGUI's `ui.context` would make a page there."""
    slots = Slot.stacks.get(get_task_id())
    try:
        place = slots[-1].parent if slots else None
    except RuntimeError:  # it has gone, and nothing remembers it
        raise ScreenGone from None
    _must_be_there(place)
    return place


def _must_be_there(place: Element | None) -> None:
    if place is not None and place.is_deleted:
        raise ScreenGone


def told(handler: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
    """The handler, ended with a sentence in the corner where something is not possible: that is no defect of ours."""

    @wraps(handler)
    async def attempt(*args: P.args, **kwargs: P.kwargs) -> None:
        client = ui.context.client
        try:
            await handler(*args, **kwargs)
        except ScreenGone:
            pass
        except Problem as problem:
            with client:  # that is still there when the screen is not
                ui.notify(str(problem))

    return attempt


@contextmanager
def busy(button: DisableableElement) -> Iterator[None]:
    """Keep a button from being pressed while its handler is at work."""
    button.disable()
    try:
        yield
    finally:
        if not button.is_deleted:  # it is when ScreenGone passes through here
            button.enable()
