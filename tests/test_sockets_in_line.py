"""Handshakes of sockets: how many are looked at side by side, how many wait for that, and that a turn is given back.

A real server of asyncio with our protocol; the application decides when it accepts.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from data.runtime import limits
from pages.server import turns, waiting
from pages.server.connections import Connection
from tests.support.served import PATIENCE
from tests.support.visitors import until

HANDSHAKE = (
    b'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
)
WRONG = [
    (b'Version: 13', b'Version: 0'),
    (b'Key', b'Kex'),
    (b'GET /', b'GET /\xff'),
    (b'Host: a', b'Host: \xff'),
    (b'Host: a', b'Host: xn--a.b'),
    (b'Connection: Upgrade', b'Connection: Upgrade, \xff'),
    (b'Host: a', b'Sec-WebSocket-Extensions: \xff\r\nHost: a'),
    (b'Host: a', b'Sec-WebSocket-Protocol: \xc3\xa4\r\nHost: a'),
]
AT_ONCE, IN_LINE = limits.SOCKETS_AT_ONCE, limits.SOCKETS_IN_LINE

Wires = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


class Asked:
    """An application that accepts, or refuses, or fails, as soon as it is told to."""

    def __init__(self) -> None:
        self.begun, self.go, self.how = 0, asyncio.Event(), 'accepts'

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun += 1
        await self.go.wait()
        if self.how == 'refuses':
            return await send({'type': 'websocket.close'})
        await send({'type': 'websocket.accept'})
        if self.how == 'says goodbye':
            return await send({'type': 'websocket.close'})
        while (await receive())['type'] != 'websocket.disconnect':
            pass


GOODBYE = bytes([0x88, 2]) + (1000).to_bytes(2)


class Server:
    """The server, and those who ask it."""

    def __init__(self, port: int, asked: Asked, state: ServerState) -> None:
        self.port, self.asked, self.state = port, asked, state
        self.wires: Wires = []

    async def ask(self, many: int, said: bytes = HANDSHAKE) -> None:
        """Open so many connections, and say this on each."""
        for _ in range(many):
            wire = await asyncio.open_connection('127.0.0.1', self.port)
            wire[1].write(said)
            self.wires.append(wire)

    async def answers(self, many: int) -> Counter[bytes]:
        """The statuses of the first so many answers; b'' where it hung up without one."""
        heard = [asyncio.ensure_future(reader.readline()) for reader, _ in self.wires]
        answers = asyncio.as_completed(heard, timeout=PATIENCE)
        statuses = Counter([(await next(answers))[9:12] for _ in range(many)])
        for each in heard:
            each.cancel()
        await asyncio.gather(*heard, return_exceptions=True)
        return statuses


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A server with turns of its own."""
    monkeypatch.setattr(turns, 'requests', turns.Turns(limits.AT_ONCE))
    monkeypatch.setattr(turns, 'sockets', turns.Turns(AT_ONCE, IN_LINE))
    asked = Asked()
    config, state = Config(asked, log_config=None, ws_ping_interval=None), ServerState()
    config.load()
    listening = await asyncio.get_running_loop().create_server(lambda: Connection(config, state, {}), '127.0.0.1', 0)
    with closing(listening):
        one = Server(listening.sockets[0].getsockname()[1], asked, state)
        yield one
        asked.go.set()
        for _, writer in one.wires:
            writer.close()
        await until(lambda: not state.connections and not state.tasks)


async def test_so_many_are_looked_at_side_by_side_so_many_wait_and_the_others_are_refused(server: Server) -> None:
    await server.ask(AT_ONCE + IN_LINE + 20)
    assert await server.answers(20) == {b'503': 20}
    assert server.asked.begun == AT_ONCE
    server.asked.go.set()
    await until(lambda: server.asked.begun == AT_ONCE + IN_LINE)


@pytest.mark.parametrize('how', ['accepts', 'refuses'])
async def test_a_turn_is_given_back_once_and_to_sockets(server: Server, how: str) -> None:
    """Each socket once gave back a turn of a request that it had never taken: with time there was no limit."""
    server.asked.how = how
    server.asked.go.set()
    await server.ask(3 * AT_ONCE)
    await server.answers(3 * AT_ONCE)
    await until(lambda: turns.sockets.free == AT_ONCE)
    assert turns.requests.free == limits.AT_ONCE


async def test_who_does_not_say_goodbye_in_turn_is_waited_for_like_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvicorn gives each of them ten seconds, however many there are."""
    monkeypatch.setattr(waiting, 'room', waiting.WaitingRoom(64))
    few, many = waiting.room.waited, 2 * waiting.room.waited
    server.asked.how = 'says goodbye'
    server.asked.go.set()
    for _ in range(many):
        await server.ask(1)
        assert await server.wires[-1][0].readuntil(GOODBYE)
    assert len(waiting.room._begun) == few
    await until(lambda: len(server.state.connections) == few)


@pytest.mark.parametrize(('right', 'wrong'), WRONG)
async def test_what_asks_in_a_wrong_way_takes_no_turn(
    server: Server, right: bytes, wrong: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is it a defect: wsproto stumbles over signs that are not ASCII, and such a connection was never forgotten."""
    await server.ask(2 * AT_ONCE, HANDSHAKE.replace(right, wrong))
    assert set(await server.answers(2 * AT_ONCE)) <= {b'400', b'426'}
    assert (server.asked.begun, turns.sockets.free) == (0, AT_ONCE)
    assert not [record for record in caplog.records if record.levelname == 'ERROR']


@pytest.mark.parametrize('goes', ['says more', 'hangs up'])
async def test_who_goes_while_in_line_or_does_not_wait_for_the_answer_takes_no_turn(server: Server, goes: str) -> None:
    await server.ask(AT_ONCE)
    await until(lambda: server.asked.begun == AT_ONCE)
    await server.ask(10)
    await until(lambda: len(turns.sockets) == 10)
    for _, writer in server.wires[AT_ONCE:]:
        if goes == 'says more':
            writer.write(b'\x81\x82\0\0\0\x0040')
        else:
            writer.close()
    await server.ask(1)
    if goes == 'says more':
        assert await server.answers(10) == {b'': 10}
    await until(lambda: len(turns.sockets) == 11)
    server.asked.go.set()
    await until(lambda: server.asked.begun == AT_ONCE + 1)
