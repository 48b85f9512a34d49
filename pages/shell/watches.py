"""The parts of a screen that are live: what each shows, and how it is drawn anew."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ParamSpec

from nicegui.element import Element

from components.kit.calls import ScreenGone
from data.changes import Change
from data.permissions import Member

_P = ParamSpec('_P')
Refresh = Callable[[Member, Change], Awaitable[None] | None]


@dataclass(frozen=True)
class Watch:
    """A live part: where it is on the screen, and the id of the row that it shows, '' for all of a topic."""

    place: Element
    subject: str
    refresh: Refresh

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
