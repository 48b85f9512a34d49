"""The parts of a screen that are live: what each shows, and how it is drawn anew."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ParamSpec

from nicegui.element import Element

from components.kit.calls import ScreenGone
from data.changes import Change
from data.permissions import Member
from pages.shell.pictures import Read

_P = ParamSpec('_P')
Refresh = Callable[..., Awaitable[None] | None]
"""Draws a part anew: `refresh(member, change)`, or `refresh(member, change, data)` where there is something to read."""


@dataclass(frozen=True)
class Watch:
    """A live part: where it is on the screen, and the id of the row that it shows, '' for all of a topic.

    `read(member)` is called in a thread, together with those of other parts and in one transaction with them.
    """

    place: Element
    subject: str
    refresh: Refresh
    read: Read | None

    async def draw(self, member: Member, change: Change, data: Any) -> None:
        """Draw it anew, with what was read for it."""
        await drawn(self.place, self.refresh, member, change, *([data] if self.read else []))

    def concerns(self, change: Change) -> bool:
        """Whether this part shows what changed."""
        return not self.subject or change.subject in ('', self.subject)


async def drawn(
    place: Element, refresh: Callable[_P, Awaitable[None] | None], *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """Refresh a part of a screen, as long as that is there."""
    if not place.is_deleted:
        with place, suppress(ScreenGone):
            result = refresh(*args, **kwargs)
            if result is not None:
                await result
