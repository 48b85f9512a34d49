"""WebSocket connections: a message that has begun has to end, and what is sent has to be read."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.events import Ping, Request

from pages.server import waiting
from pages.server.turns import turns
from pages.server.waiting import Owed


class SocketConnection(WSProtocol):
    """A WebSocket connection, once its headers are complete."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.network = ''
        self.is_asked = False
        """Whether the application is asked to accept it; what asks in a wrong way is refused before."""
        self._owed: Owed = ''

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember where it comes from."""
        super().connection_made(transport)
        self.network = waiting.room.network(self.client[0] if self.client else '')

    def data_received(self, data: bytes) -> None:
        """Take it in; a message that has begun has to end."""
        super().data_received(data)
        self._look()

    def handle_connect(self, event: Request) -> None:
        """Ask; this was its turn."""
        self.is_asked, self.app = True, turns.ending(self.app)  # type: ignore[arg-type, assignment]  # one protocol
        super().handle_connect(event)

    def handle_ping(self, event: Ping) -> None:
        """Answer, unless the answers before are not read: only the newest one has to be (RFC 6455, 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping(event)

    def pause_writing(self) -> None:
        """Wait until the client reads."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for."""
        waiting.room.leave(self)
        super().connection_lost(exc)

    def _look(self) -> None:
        is_behind = self.transport.is_closing() or not self.writable.is_set()
        owed: Owed = 'reading' if is_behind else 'frame' if self.buffer.value else ''
        if owed != self._owed:
            self._owed = owed
            waiting.room.wait(self, owed)

    def give_up(self) -> None:
        """Hang up."""
        self.abort()

    def abort(self) -> None:
        """Hang up."""
        self.transport.abort()
