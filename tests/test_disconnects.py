"""A request that its own browser cuts off is no defect; whatever else fails is one."""

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from pages.server.disconnects import NO_ANSWER, Disconnects
from tests.support.served import Served


def cut_off(server: Served, request: str) -> None:
    """Send the beginning of a request, or all of it, and hang up."""
    with socket.create_connection(('127.0.0.1', server.port)) as connection:
        connection.sendall(request.replace('\n', '\r\n').encode())


def test_whoever_hangs_up_leaves_nothing_in_the_log(tmp_path: Path) -> None:
    server = Served(tmp_path)
    host = f'Host: 127.0.0.1:{server.port}\n'
    form = f'POST /auth/sign-in HTTP/1.1\n{host}Origin: {server.url}\nContent-Length: 999\n'
    try:
        for _ in range(50):
            cut_off(server, f'GET /assets/botcadence.css HTTP/1.1\n{host}\n')
            cut_off(server, f'GET /sign-in HTTP/1.1\n{host}\n')
            cut_off(server, f'{form}Content-Type: application/x-www-form-urlencoded\n\nemail=olga')
        assert httpx.get(f'{server.url}/assets/botcadence.css').status_code == 200
    finally:
        assert server.stop() == 0
    assert server.log.splitlines() == [f'Botcadence is at {server.url}']


@pytest.mark.parametrize(
    ('error', 'has_gone', 'is_defect'),
    [
        (RuntimeError(NO_ANSWER), True, False),
        (ClientDisconnect(), True, False),
        (RuntimeError(NO_ANSWER), False, True),
        (RuntimeError('Something else'), True, True),
        (ValueError(NO_ANSWER), True, True),
    ],
)
def test_only_what_the_hanging_up_has_caused_is_passed_over(error: Exception, has_gone: bool, is_defect: bool) -> None:
    async def application(_: Scope, receive: Receive, __: Send) -> None:
        await receive()
        raise error

    async def receive() -> Message:
        return {'type': 'http.disconnect' if has_gone else 'http.request'}

    async def send(_: Message) -> None:
        raise AssertionError('There is nobody to send to.')

    async def ask() -> None:
        await Disconnects(application)({'type': 'http'}, receive, send)

    if is_defect:
        with pytest.raises(type(error)):
            asyncio.run(ask())
    else:
        asyncio.run(ask())
