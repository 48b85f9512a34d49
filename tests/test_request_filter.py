"""The gate: who may ask for what, and how often."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from data.runtime import limits
from data.runtime.limits import BODY, FILE
from data.runtime.settings import Settings
from tests.support.gate import ID, status


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


# who asks ------------------------------------------------------------------------------------------------------------

OWN, EVIL = 'http://127.0.0.1:8080', 'https://evil.test'


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'MKCOL', 'post'])
@pytest.mark.parametrize(
    ('origin', 'site', 'answer'),
    [
        (OWN, 'same-origin', 200),
        (OWN, '-', 200),
        ('http://localhost:8080', 'same-origin', 200),
        ('-', 'same-origin', 200),
        (OWN, 'cross-site', 403),
        (OWN, 'same-site', 403),
        (OWN, 'none', 403),
        ('-', 'cross-site', 403),
        ('-', 'none', 403),
        ('-', '-', 403),
        ('null', '-', 403),
        ('null', 'same-origin', 403),
        ('', '-', 403),
        (EVIL, '-', 403),
        (EVIL, 'same-origin', 403),
        ('http://127.0.0.1:8081', '-', 403),
        ('https://127.0.0.1:8080', '-', 403),
        ('http://127.0.0.1:8080.evil.test', '-', 403),
    ],
)
async def test_only_its_own_pages_change_anything(
    settings: Settings, method: str, origin: str, site: str, answer: int
) -> None:
    for path in ('/auth/sign-in', '/', '/anything', '/assets/theme.css'):
        assert await status(settings, method=method, path=path, origin=origin, sec_fetch_site=site) == answer


async def test_anybody_may_read(settings: Settings) -> None:
    for method in ('GET', 'HEAD', 'OPTIONS'):
        assert await status(settings, method=method, origin=EVIL, sec_fetch_site='cross-site') == 200


@pytest.mark.parametrize(
    ('headers', 'answer'),
    [
        ({}, 200),
        ({'content_length': '0'}, 200),
        ({'content_length': str(BODY)}, 200),
        ({'content_length': str(BODY + 1)}, 413),
        ({'content_length': '9' * 5000}, 413),
        ({'content_length': '-1'}, 411),
        ({'content_length': 'x'}, 411),
        ({'content_length': '\xb2'}, 411),
        ({'transfer_encoding': 'chunked'}, 411),
    ],
    ids=str,
)
async def test_a_body_says_how_long_it_is_and_is_not_too_long(
    settings: Settings, headers: dict[str, str], answer: int
) -> None:
    assert await status(settings, method='POST', origin=OWN, **headers) == answer


FILES = '/organizations/abcdefghijklmnop/projects/qrstuvwxyzabcdef/files'


@pytest.mark.parametrize(
    ('asked', 'answer'),
    [
        ({'content_length': str(FILE)}, 200),
        ({'content_length': str(FILE + 1)}, 413),
        ({'transfer_encoding': 'chunked'}, 411),
        ({'content_length': '1', 'origin': EVIL}, 403),
        ({'content_length': '1', 'origin': '-'}, 403),
        ({'content_length': str(BODY + 1), 'method': 'POST'}, 413),
        ({'content_length': str(BODY + 1), 'path': FILES.removesuffix('s')}, 413),
        ({'content_length': str(BODY + 1), 'path': f'{FILES}/x'}, 413),
        ({'content_length': str(BODY + 1), 'path': f'{FILES}\n'}, 413),
        ({'content_length': str(BODY + 1), 'path': FILES.replace('abc', '../')}, 413),
    ],
    ids=str,
)
async def test_a_file_is_put_in_one_place_only(settings: Settings, asked: dict[str, str], answer: int) -> None:
    given = {'method': 'PUT', 'path': FILES, 'origin': OWN, 'query': 'name=x.pdf', **asked}
    assert await status(settings, **given) == answer


@pytest.mark.parametrize('path', ['/_nicegui/client/x/upload/1', '/_nicegui/anything', '/_nicegui/3.18.0/static/x.js'])
async def test_nothing_is_uploaded(settings: Settings, path: str) -> None:
    assert await status(settings, method='POST', path=path, origin=OWN) == 403


SOCKET = '/_nicegui_ws/socket.io/'
ASKS = {'client_id': ID, 'tab_id': ID, 'document_id': ID, 'next_message_id': '0', 'EIO': '4', 'transport': 'websocket'}


@pytest.mark.parametrize(
    ('asks', 'answer'),
    [
        ({}, 200),
        ({'old_tab_id': 'null'}, 200),
        ({'implicit_handshake': 'false'}, 200),
        *(({name: ''}, 400) for name in ASKS),
        *(({name: 'x' * 65}, 400) for name in ASKS),
        *(({name: '\n'}, 400) for name in ASKS),
        ({'sid': 'x'}, 400),
        ({'old_tab_id': '<script>'}, 400),
    ],
    ids=str,
)
async def test_a_socket_is_opened_as_pages_do_it(settings: Settings, asks: dict[str, str], answer: int) -> None:
    assert await status(settings, kind='websocket', path=SOCKET, query=urlencode(ASKS | asks), origin=OWN) == answer


@pytest.mark.parametrize('origin', [EVIL, 'null', '', '-', 'http://127.0.0.1:8081', 'http://localhost'])
async def test_a_socket_of_another_site_is_refused(settings: Settings, origin: str) -> None:
    assert await status(settings, kind='websocket', path=SOCKET, query=urlencode(ASKS), origin=origin) == 403


@pytest.mark.parametrize('twice', ASKS)
async def test_a_socket_says_everything_once(settings: Settings, twice: str) -> None:
    """NiceGUI takes the first page that is named and somebody else might take the last one."""
    for query in (f'{twice}=1&{urlencode(ASKS)}', f'{urlencode(ASKS)}&{twice}=1', f'{urlencode(ASKS)}&{twice}='):
        assert await status(settings, kind='websocket', path=SOCKET, query=query, origin=OWN) == 400


async def test_there_are_no_other_sockets_and_no_polling(settings: Settings) -> None:
    for path in ('/', '/_nicegui_ws/', '/organizations', SOCKET + 'x'):
        assert await status(settings, kind='websocket', path=path, query=urlencode(ASKS), origin=OWN) == 400
    for method in ('GET', 'POST', 'OPTIONS'):
        assert await status(settings, method=method, path=SOCKET, query=urlencode(ASKS), origin=OWN) == 400


# how often -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a minute."""
    monkeypatch.setattr(limits.PAGES, 'amount', 3)
    monkeypatch.setattr(limits.SOCKETS, 'amount', 3)
    monkeypatch.setattr(limits.FORMS, 'amount', 3)


async def test_pages_are_counted_per_network(settings: Settings, few: None) -> None:
    for answer in (200, 200, 200, 429, 429):
        assert await status(settings, client='203.0.113.9') == answer
    assert await status(settings, client='203.0.113.10') == 200
    for number, answer in enumerate((200, 200, 200, 429)):
        assert await status(settings, client=f'2001:db8::{number}') == answer
    assert await status(settings, client='2001:db8:0:1::1') == 200


async def test_files_cost_nothing(settings: Settings, few: None) -> None:
    for path in ('/healthz', '/assets/theme.css', '/_nicegui/3.18.0/static/nicegui.js', '/favicon.ico'):
        assert [await status(settings, client='203.0.113.9', path=path) for _ in range(5)] == [200] * 5


@pytest.mark.parametrize('path', ['/auth/sign-in', '/nothing', '/_nicegui/client/x/upload/1', '/healthz'])
async def test_what_is_posted_is_counted_whatever_it_is(settings: Settings, few: None, path: str) -> None:
    asks = {'method': 'POST', 'path': path, 'client': '203.0.113.9'}
    for origin, length in ((OWN, '1'), (EVIL, '1'), (OWN, str(BODY + 1))):
        assert await status(settings, **asks, origin=origin, content_length=length) != 429
    assert await status(settings, **asks, origin=OWN) == 429
    assert await status(settings, client='203.0.113.9') == 200
    assert await status(settings, **{**asks, 'client': '203.0.113.10'}, origin=OWN) != 429


async def test_this_machine_is_not_counted(settings: Settings, few: None) -> None:
    assert [await status(settings, client='127.0.0.1') for _ in range(5)] == [200] * 5


async def test_sockets_are_counted_apart(settings: Settings, few: None) -> None:
    asks = {'kind': 'websocket', 'path': SOCKET, 'query': urlencode(ASKS), 'origin': OWN, 'client': '203.0.113.9'}
    assert [await status(settings, **asks) for _ in range(4)] == [200, 200, 200, 429]
    assert await status(settings, client='203.0.113.9') == 200


async def test_so_many_sockets_are_open_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.server.request_filter import RequestFilter

    monkeypatch.setattr(limits, 'SOCKETS_OPEN', 3)
    closed, sent = asyncio.Event(), []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await closed.wait()

    async def send(message: Any) -> None:
        sent.append(message)

    gate = RequestFilter(inside, settings)
    asks = {'type': 'websocket', 'path': SOCKET, 'query_string': urlencode(ASKS).encode()}
    given = [(b'host', b'localhost'), (b'origin', OWN.encode())]

    async def come(*networks: str) -> list[asyncio.Task[None]]:
        scopes = [{**asks, 'headers': given, 'client': (network, 1)} for network in networks]
        tasks = [asyncio.create_task(gate(scope, None, send)) for scope in scopes]
        await asyncio.sleep(0)
        return tasks

    let_in = await come(*['203.0.113.9'] * 3, '203.0.113.10', *['127.0.0.1'] * 9)
    assert sent == []
    [refused] = await come('203.0.113.9')
    await refused
    assert (sent[0]['status'], dict(sent[0]['headers'])[b'retry-after']) == (429, b'60')
    closed.set()
    await asyncio.gather(*let_in)
    await asyncio.gather(*await come(*['203.0.113.9'] * 3))
    assert len([it for it in sent if 'status' in it]) == 1
    assert not gate._open, 'nothing is remembered of who has gone'
