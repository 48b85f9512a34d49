"""Turns: how many requests are looked at side by side; the others wait, in the order in which they came.

With thousands at once, each step of each would wait for a step of all the others, and so would the question whether
this process is well.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.runtime.limits import AT_ONCE

Begin = Callable[[], bool]
"""Begins; whether there was still somebody to begin for."""


class Turns:
    """Everybody whose turn it is not yet. A turn is over when the answer begins, so that slow readers hold none."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.free = at_once
        self._waiting = deque[Begin]()

    def take(self, begin: Begin) -> None:
        """Begin now or later."""
        if not self.free:
            self._waiting.append(begin)
        elif begin():
            self.free -= 1

    def end(self) -> None:
        """The turn of one is over: the next one that is still there has it."""
        while self._waiting:
            begin = self._waiting.popleft()
            if begin():
                return
        self.free += 1

    def ending(self, app: ASGIApp) -> ASGIApp:
        """An application whose turn is over when its answer begins, or it ends without one."""

        async def inside(scope: Scope, receive: Receive, send: Send) -> None:
            is_over = False

            def end() -> None:
                nonlocal is_over
                if not is_over:
                    is_over = True
                    asyncio.get_running_loop().call_soon(self.end)

            async def answer(message: Message) -> None:
                end()
                await send(message)

            try:
                await app(scope, receive, answer)
            finally:
                end()

        return inside


turns = Turns()
