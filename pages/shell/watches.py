"""The parts of a screen that are live: what each shows, and how it is drawn anew."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ParamSpec

from nicegui.element import Element

from components.kit.calls import ScreenGone, call
from data.changes import Change
from data.database import Actor
from data.permissions import Member
from pages.shell.pictures import Read

_P = ParamSpec('_P')
Subject = str | Callable[[], str]
"""The id of the row that a part shows, '' for all of a topic; what says it, where that is another one at times."""

Refresh = Callable[..., Awaitable[None] | None]
"""Draws a part anew: `refresh(member, change)`, or `refresh(member, change, data)` where there is something to read."""


@dataclass(frozen=True)
class Watch:
    """A live part: where it is on the screen, and the row that it shows.

    `read(member)` is called in a thread, together with those of other parts and in one transaction with them.
    """

    place: Element
    subject: Subject
    refresh: Refresh
    read: Read | None

    async def draw(self, member: Member, change: Change, data: Any) -> None:
        """Draw it anew, with what was read for it."""
        await drawn(self.place, self.refresh, member, change, *([data] if self.read else []))

    def concerns(self, change: Change) -> bool:
        """Whether this part shows what changed."""
        shown = self.subject() if callable(self.subject) else self.subject
        return self.subject == '' or change.subject in ('', shown)


@dataclass(frozen=True)
class OwnWatch:
    """A live part of a screen about the person: `read(actor)` is called in a thread, `refresh` draws what it reads."""

    place: Element
    refresh: Callable[[Any], Awaitable[None] | None]
    read: Callable[[Actor], Any]

    async def draw(self, actor: Actor) -> None:
        """Read and draw it anew."""
        if not self.place.is_deleted:
            await drawn(self.place, self.refresh, await call(self.read, actor))


async def drawn(
    place: Element, refresh: Callable[_P, Awaitable[None] | None], *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """Refresh a part of a screen, as long as that is there."""
    if not place.is_deleted:
        with place, suppress(ScreenGone):
            result = refresh(*args, **kwargs)
            if result is not None:
                await result
