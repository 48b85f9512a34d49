"""WebSocket connections: a message that has begun has to end, and what is sent has to be read."""

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.events import Ping, Request

from pages.server import turns
from pages.server.owing import Owing
from pages.server.waiting import Owed


class SocketConnection(Owing, WSProtocol):
    """A WebSocket connection, once its headers are complete and it is its turn."""

    is_asked = False
    """Whether the application is asked to accept it, which ends the turn; what is asked wrongly is refused before."""

    def data_received(self, data: bytes) -> None:
        """Take it in; a message that has begun has to end."""
        try:
            super().data_received(data)
        except UnicodeError:  # wsproto reads some headers of the handshake as ASCII, and the host as the name of one
            self.transport.write(b'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
            self.transport.close()
        self._look()

    def handle_connect(self, event: Request) -> None:
        """Ask."""
        self.is_asked, self.app = True, turns.sockets.ending(self.app)  # type: ignore[arg-type, assignment]  # one protocol
        super().handle_connect(event)

    async def send(self, message: ASGISendEvent) -> None:
        """Say it; after a goodbye it is the client's turn to say its own (RFC 6455, 5.5.1)."""
        await super().send(message)
        if self.close_sent:
            self._look()

    def handle_ping(self, event: Ping) -> None:
        """Answer, unless the answers before are not read: only the newest one has to be (RFC 6455, 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping(event)

    def _owes(self) -> Owed:
        if self.transport.is_closing() or not self.writable.is_set():
            return 'reading'
        return 'rest' if self.close_sent else 'frame' if self.buffer.value else ''

    def abort(self) -> None:
        """Hang up."""
        self.transport.abort()
