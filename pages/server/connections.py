"""Connections, before there is a request: how large a request's headers may be, and how long each part of it may take.

uvicorn by itself takes headers of any size and waits for ever. This is its own protocol, with an eye on what the client
owes at every moment: while it owes something, it sits in the waiting room.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from data.runtime import limits
from pages.server import turns, waiting
from pages.server.owing import Owing
from pages.server.socket_connections import SocketConnection
from pages.server.waiting import Owed

SLICE = 4096
"""Bytes that are parsed at once: the headers of one request can't be larger by more than that."""


HEALTH = '/healthz'
"""Waits for no turn."""

STREAM = '/events'
"""Paths that end so answer for as long as somebody listens."""

TOO_LONG, TOO_LARGE = HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


class _OfStrangers(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is about this process and not about what somebody has sent: that would fill the log."""
        return record.levelno >= logging.ERROR


quiet = logging.getLogger('uvicorn.error.connections')
quiet.addFilter(_OfStrangers())


class Refused(Exception):
    """Thrown through the parser, which stops then."""


class Connection(Owing, HttpToolsProtocol):
    """An HTTP connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.logger, self.ws_protocol_class = quiet, SocketConnection
        self._running: RequestResponseCycle | None = None
        self._status = HTTPStatus.BAD_REQUEST
        self._held: tuple[RequestResponseCycle, Any] | None = None
        self._size = self._fields = self._length = 0
        self._in_headers = self._in_body = self._is_socket = False

    # what comes ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait, where there is room."""
        super().connection_made(transport)
        if waiting.room.make_room(len(self.connections)):
            self._look()
        else:
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Parse some at a time, and count while the headers are not complete."""
        if self._is_socket:  # it is in line, and has to wait for an answer before it says more (RFC 6455, 4.1)
            return self.abort()
        for begin in range(0, len(data), SLICE):
            if self._is_socket or self.transport.is_closing():
                break
            part = data[begin : begin + SLICE]
            super().data_received(part)
            self._size += len(part)
            if self._in_headers and self._size > limits.HEADERS and not self.transport.is_closing():
                self._end(TOO_LONG if len(self.url) > limits.HEADERS // 2 else TOO_LARGE)
        self._look()

    def on_message_begin(self) -> None:
        """Another request."""
        if len(self.pipeline) >= limits.PIPELINED:
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
        self._in_headers, self._size, self._fields, self._length = True, 0, 0, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more header. A body without a length is refused at once: with it, trailers and extensions have no end."""
        self._fields += 1
        if self._fields > limits.FIELDS:
            self._refuse(TOO_LARGE)
        if name.lower() == b'transfer-encoding':
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        if name.lower() == b'content-length':
            self._length = int(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """From here on a body may come."""
        self._in_headers, self._in_body = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It was all that was announced."""
        self._in_body = False
        super().on_message_complete()
        if self._held:
            held, self._held = self._held, None
            self._start_asgi_task(*held)

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a `SocketConnection`, unless a request before is still being answered on it."""
        if self._running and not self._running.response_complete:
            return self.abort()
        self._is_socket = turns.sockets.take(self._become_socket)
        if not self._is_socket:
            self._end(HTTPStatus.SERVICE_UNAVAILABLE)

    def _become_socket(self) -> bool:
        if self.transport.is_closing():
            return False
        waiting.room.leave(self)
        super().handle_websocket_upgrade()
        return cast(SocketConnection, self.transport.get_protocol()).is_asked

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered, too, where it is not the last one that came.

        A request that never began holds its connection, which holds it: with its body they would stay until the garbage
        collector comes.
        """
        self._hang_up()
        super().connection_lost(exc)
        self._running = self.cycle = None  # type: ignore[assignment]  # as before the first request

    # what is owed ----------------------------------------------------------------------------------------------------

    def _owes(self) -> Owed:
        is_answered = self.cycle is None or (self.cycle.response_complete and not self.pipeline)
        if self._is_socket:
            return ''
        if self.transport.is_closing() or self.flow.write_paused:
            return 'reading'
        if self._in_body:
            return 'rest' if is_answered else 'file' if self._length > limits.BODY else 'body'
        if not is_answered:
            return ''
        return 'headers' if self._in_headers else 'next' if self.cycle else 'first'

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Nothing begins before the body is there, unless it is one that is refused unread."""
        if self._in_body and cycle is self.cycle and 0 < self._length <= limits.BODY:
            self._held = cycle, app
            if cycle.waiting_for_100_continue:
                cycle.waiting_for_100_continue = False
                self.transport.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        elif cycle.scope['path'] == HEALTH:
            self._begin(cycle, app)
        else:
            turns.requests.take(
                lambda: not self.transport.is_closing() and self._begin(cycle, turns.requests.ending(app))
            )

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> bool:
        self._running = cycle
        super()._start_asgi_task(cycle, app)
        return True

    def on_response_complete(self) -> None:
        """It is the client's turn again."""
        super().on_response_complete()
        self._look()

    # how it ends -----------------------------------------------------------------------------------------------------

    def give_up(self) -> None:
        """Say that it took too long, where somebody has begun to send something (RFC 9110, 15.5.9)."""
        if self._owed in ('headers', 'body', 'file'):
            self._end(HTTPStatus.REQUEST_TIMEOUT)
        elif self._owed in ('first', 'next') and not self.transport.is_closing():
            self.transport.close()
        else:
            self.abort()
        self._look()

    def abort(self) -> None:
        """Hang up."""
        self._hang_up()
        self.transport.abort()

    def shutdown(self) -> None:
        """Hang up where only the client could go on, so that the process need not wait for it."""
        if self._owed:
            self.give_up()
        elif self._running and self._running.scope['path'].endswith(STREAM):  # it has no end; its browser comes again
            self.abort()
        else:
            super().shutdown()

    def _hang_up(self) -> None:
        """Let whatever answers a request know that nobody listens."""
        self.pipeline.clear()
        self._held = None
        if self._running and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def _refuse(self, status: HTTPStatus) -> None:
        self._status = status
        raise Refused

    def send_400_response(self, msg: str) -> None:
        """What uvicorn does with what its parser does not take."""
        self._end(self._status)

    def _end(self, status: HTTPStatus) -> None:
        """Answer in a few words, unless another answer is under way, and hang up."""
        if self._running and self._running.response_started and not self._running.response_complete:
            return self.abort()
        self._hang_up()
        words = status.phrase.encode()
        head = b'HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n'
        self.transport.write(head % (status, words, len(words)) + b'connection: close\r\n\r\n' + words)
        self.transport.close()
