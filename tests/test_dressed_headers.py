"""The headers that every answer is given on its way out."""

from typing import Any

import pytest

from tests.support.gate import Message


async def dressed(kind: str, *headers: tuple[bytes, bytes], secure: bool = True) -> dict[bytes, bytes]:
    """What becomes of headers on their way out."""
    from pages.server.headers import Headers

    sent: list[Message] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({'type': kind, 'headers': list(headers)})

    async def send(message: Any) -> None:
        sent.append(message)

    await Headers(inside, secure=secure)({'type': 'http', 'path': '/'}, None, send)
    found = sent[0]['headers']
    assert len(dict(found)) == len(found)
    return dict(found)


async def test_over_https_browsers_stay_there_for_a_year() -> None:
    assert (await dressed('http.response.start'))[b'strict-transport-security'] == b'max-age=31536000'
    assert b'strict-transport-security' not in await dressed('http.response.start', secure=False)


@pytest.mark.parametrize('kind', ['http.response.start', 'websocket.accept', 'websocket.http.response.start'])
async def test_sockets_are_dressed_too(kind: str) -> None:
    assert (await dressed(kind))[b'x-content-type-options'] == b'nosniff'


async def test_the_headers_have_the_last_word() -> None:
    theirs = ((b'Server', b'x'), (b'Content-Security-Policy', b'default-src *'), (b'X-Content-Type-Options', b'x'))
    found = await dressed('http.response.start', *theirs, (b'x-kept', b'1'))
    assert found[b'x-kept'] == b'1'
    assert not {b'Server', b'Content-Security-Policy', b'X-Content-Type-Options'} & found.keys()
    assert b"default-src 'none'" in found[b'content-security-policy']


async def test_a_body_is_left_alone() -> None:
    assert await dressed('http.response.body') == {}
