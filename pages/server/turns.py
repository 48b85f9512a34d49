"""Turns: how many requests are looked at side by side; the others wait, in the order in which they came.

With thousands at once, each step of each would wait for a step of all the others, and so would the question whether
this process is well.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.runtime.limits import AT_ONCE, SOCKETS_AT_ONCE, SOCKETS_IN_LINE

Begin = Callable[[], bool]
"""Begins; whether there was still somebody to begin for."""


class Turns:
    """Everybody whose turn it is not yet. A turn is over when the answer begins, so that slow readers hold none."""

    def __init__(self, at_once: int, in_line: float = inf) -> None:
        self.free = at_once
        self._in_line = in_line
        self._waiting = deque[Begin]()

    def __len__(self) -> int:
        """How many wait, some of whom may be gone."""
        return len(self._waiting)

    def take(self, begin: Begin) -> bool:
        """Begin now or later; False where the line is too long for that."""
        if self.free:
            self.free -= begin()
        elif len(self) < self._in_line:
            self._waiting.append(begin)
        else:
            return False
        return True

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


requests = Turns(AT_ONCE)
sockets = Turns(SOCKETS_AT_ONCE, SOCKETS_IN_LINE)
"""The handshakes of sockets, each until it is accepted or refused."""
