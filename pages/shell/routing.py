"""Routing inside the dashboard: which screen is built for a path, when NiceGUI comes to it."""

import asyncio
from collections.abc import Iterable
from inspect import Parameter, Signature
from typing import Protocol

from nicegui import ui
from nicegui.page_arguments import RouteMatch

from pages.shell import errors
from pages.shell.frames import Frames
from pages.shell.screens import SCREENS, Screen


def most_exact_first() -> Iterable[Screen]:
    """The screens in the order in which they are tried for a path."""
    return sorted(SCREENS.values(), key=lambda screen: len(screen.parameters))


def screen_at(path: str) -> tuple[Screen | None, dict[str, str]]:
    """The screen that NiceGUI will come to for a path, and the ids in that; None where there is none."""
    bare = path.partition('?')[0].partition('#')[0].rstrip('/')
    for screen in most_exact_first():
        ids = ui.sub_pages._match_path(screen.path, bare)
        if ids is not None:
            return screen, ids
    return None, {}


class Shows(Protocol):
    """What draws the screens."""

    async def show(self, screen: Screen, ids: dict[str, str]) -> None:
        """Build a screen with the ids in its path."""

    def holds_back(self, path: str) -> bool:
        """Whether the screen now shown stays, because leaving it would lose something."""

    def no_such_screen(self) -> None:
        """Say that no screen has this path."""


class Route:
    """What NiceGUI calls for the path of a screen.

    It has exactly the parameters of the path: what a builder takes besides, NiceGUI would fill from the query.
    """

    def __init__(self, shell: Shows, screen: Screen) -> None:
        self._shell, self._screen = shell, screen
        names = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=str) for name in screen.parameters]
        self.__signature__ = Signature(names)

    async def __call__(self, **ids: str) -> None:
        """Show the screen."""
        await self._shell.show(self._screen, ids)


class Screens(ui.sub_pages):
    """The content of the dashboard. Knows when its screen is built, and asks before what was typed is lost."""

    def __init__(self, shell: Shows, frames: Frames) -> None:
        self._shell, self._frames = shell, frames
        super().__init__({screen.path: Route(shell, screen) for screen in most_exact_first()})

    async def settled(self) -> None:
        """Wait for the screen that is being built, so that it is part of the first response."""
        while self._active_tasks:
            await asyncio.wait(set(self._active_tasks))

    def forget(self) -> None:
        """Build anew at the next navigation, even where it leads to the same path."""
        self._reset_match()

    def _show(self) -> None:
        if self._shell.holds_back(self._router.current_path):
            return
        self._frames.hold()
        try:
            super()._show()
            for task in self._active_tasks:
                task.add_done_callback(lambda _: self._send())
        finally:
            self._send()

    def _send(self) -> None:
        """Let the browser have what stands, unless a screen is still being built."""
        if not self._active_tasks:
            self._frames.release()

    def _find_matching_path(self) -> RouteMatch | None:
        """A screen has the whole path: NiceGUI would build that of the beginning, and then say that there is none."""
        match = super()._find_matching_path()
        return None if match and match.remaining_path else match

    def _render_404(self) -> None:
        self._shell.no_such_screen()

    def _render_error(self, exception: Exception) -> None:
        errors.gone_wrong(exception)
