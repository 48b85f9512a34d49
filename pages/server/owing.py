"""What connections of both kinds, HTTP and WebSocket, have in common: their client owes something, or does not."""

import asyncio

from pages.server import waiting
from pages.server.waiting import Owed


class Owing(asyncio.Protocol):
    """Put in front of a protocol of uvicorn: it sits in the waiting room while its client has to do the next thing."""

    client: tuple[str, int] | None
    network = ''
    _owed: Owed = ''

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember where it comes from."""
        super().connection_made(transport)
        self.network = waiting.room.network(self.client[0] if self.client else '')

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

    def _owes(self) -> Owed:
        raise NotImplementedError

    def _look(self) -> None:
        owed = self._owes()
        if owed != self._owed:
            self._owed = owed
            waiting.room.wait(self, owed)

    def give_up(self) -> None:
        """End it: its time is over."""
        self.abort()

    def abort(self) -> None:
        """Hang up."""
        raise NotImplementedError
