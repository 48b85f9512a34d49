"""WebSocket frame filter: the few kinds of frames that a page of ours sends may come in, and not too many of them.

Everything else ends here, before Engine.IO, Socket.IO and NiceGUI take it apart: what they do not expect costs them a
traceback a frame. This file knows the protocols (Engine.IO 4, Socket.IO 5) and nothing of what is drawn.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from nicegui import json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.runtime.limits import EVENTS, EVENTS_AT_ONCE, FLOOD, HELLO
from data.runtime.logs import log
from data.runtime.rate_limiter import network_of
from pages.server import waiting

OPEN, CLOSE, PONG, LEAVE = '40', '1', '3', '41'
EVENT = re.compile(r'42\d{0,9}(?=\[)')
REFUSED = '44'
HUNG_UP: Message = {'type': 'websocket.disconnect', 'code': 1008, 'reason': ''}
"""What the application is told in place of what else would come: it closes the socket."""

WORD = re.compile(r'[\w-]{1,64}')
NUMBER = re.compile(r'\d{1,15}')
BYTES_A_TOKEN = 4096
"""A larger frame counts as several."""


def query_of(query: str) -> dict[str, str]:
    """What a query says, {} where it says something twice: then everybody who reads it may take another one."""
    pairs = parse_qsl(query, keep_blank_values=True)
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else {}


def is_query(query: bytes) -> bool:
    """Whether a socket is opened the way the pages of NiceGUI do: over WebSocket, for one page, by one tab."""
    parameters = query_of(query.decode()) if query.isascii() else {}
    return (
        (parameters.get('EIO'), parameters.get('transport'), parameters.get('sid')) == ('4', 'websocket', None)
        and all(WORD.fullmatch(parameters.get(name, '')) for name in ('client_id', 'tab_id', 'document_id'))
        and bool(WORD.fullmatch(parameters.get('old_tab_id', 'null')))
        and bool(NUMBER.fullmatch(parameters.get('next_message_id', '')))
    )


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 64


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 10**15


def _is_event(message: dict[str, Any]) -> bool:
    arguments = message.get('args')
    if not (_is_number(message.get('id')) and _is_word(message.get('listener_id')) and isinstance(arguments, list)):
        return False
    if not all(argument is None or isinstance(argument, str) for argument in arguments):
        return False
    for argument in arguments:
        if argument is not None:
            json.loads(argument)
    return True


def _is_handshake(message: dict[str, Any]) -> bool:
    number = message.get('next_message_id')
    return all(_is_word(message.get(name)) for name in ('tab_id', 'document_id')) and (
        number is None or _is_number(number)
    )


KINDS_OF_FRAMES: dict[str, Callable[[dict[str, Any]], bool]] = {
    'event': _is_event,
    'ack': lambda message: _is_number(message.get('next_message_id')),
    'javascript_response': lambda message: _is_word(message.get('request_id')),
    'handshake': _is_handshake,
}
"""What pages say, and how one knows it. They also have `log`, which writes into the server's log: not here."""


def is_event(frame: str) -> bool:
    """Whether a frame is something that pages say, whole and in the right types."""
    begin = EVENT.match(frame)
    try:
        match begin and json.loads(frame[begin.end() :]):
            case [str(name), dict(message)] if name in KINDS_OF_FRAMES:
                return _is_word(message.get('client_id')) and KINDS_OF_FRAMES[name](message)
    except (ValueError, RecursionError):
        pass
    return False


class FrameFilter:
    """Middleware that reads along on every socket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put a reader in between."""
        if scope['type'] == 'websocket':
            reader = Reader(receive, send, scope['client'][0] if scope.get('client') else '')
            with reader.waited_for():
                return await self.app(scope, reader.receive, reader.send)
        return await self.app(scope, receive, send)


class Reader:
    """One socket: an Engine.IO handshake, once and soon, then events, as many as a token bucket allows."""

    def __init__(self, receive: Receive, send: Send, network: str) -> None:
        self._receive, self._send = receive, send
        self._from, self.network = network, network_of(network)
        self._tokens, self._at = float(EVENTS_AT_ONCE), time.monotonic()
        self._hello_by = asyncio.get_running_loop().time() + HELLO
        self._opened = self._may_talk = self._refused = self._noted = False
        self._patience: asyncio.Timeout | None = None

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Wait for it, among others, until it is let in or over: one that is let in belongs to a page."""
        waiting.room.enter(self, HELLO, is_silent=False)
        try:
            yield
        finally:
            waiting.room.leave(self)

    async def send(self, message: Message) -> None:
        """Pass on, and remember when the socket was told that it is let in, or is not welcome."""
        said = (message.get('text') or '')[:2] if message['type'] == 'websocket.send' else ''
        if said == OPEN:
            waiting.room.leave(self)
        elif said == REFUSED:
            self._refused, self._may_talk = True, False
            self._until(self._hello_by)
        await self._send(message)

    def give_up(self) -> None:
        """It has had its time."""
        self.abort()

    def abort(self) -> None:
        """Hang up now."""
        self._hello_by = 0
        self._until(0)

    def _until(self, moment: float) -> None:
        if self._patience and not self._patience.expired():
            self._patience.reschedule(moment)

    async def receive(self) -> Message:
        """The next message that is fit to be taken apart; the others are dropped."""
        while True:
            message = await self._next()
            if message['type'] != 'websocket.receive':
                return message
            frame = message.get('text') or ''
            if self._refused or not self._has_tokens(1 + len(frame) // BYTES_A_TOKEN):
                if self._refused or self._tokens < -FLOOD:
                    self._note('closed')
                    return HUNG_UP
                self._note('too many frames')
            elif self._is_fit(frame):
                return message
            else:
                self._note('a frame that no page sends')

    async def _next(self) -> Message:
        """The next message; closes the socket where it is not let in within HELLO seconds, or others need the room."""
        try:
            async with asyncio.timeout_at(
                None if self._opened and not self._refused else self._hello_by
            ) as self._patience:
                return await self._receive()
        except TimeoutError:
            if self._hello_by:
                self._note('no hello')
            return HUNG_UP
        finally:
            self._patience = None

    def _has_tokens(self, cost: int) -> bool:
        now = time.monotonic()
        self._tokens = min(EVENTS_AT_ONCE, self._tokens + (now - self._at) * EVENTS) - cost
        self._at = now
        return self._tokens >= 0

    def _is_fit(self, frame: str) -> bool:
        if frame == OPEN and not self._opened:
            self._opened = self._may_talk = True
            return True
        if frame == LEAVE and self._may_talk:
            self._may_talk = False
            return True
        return frame in (PONG, CLOSE) or (self._may_talk and is_event(frame))

    def _note(self, what: str) -> None:
        if not self._noted:
            self._noted = True
            log.warning('socket', what=what, network=self._from)
