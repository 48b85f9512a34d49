"""Files are read once for all browsers; what is somebody's own, a part, or not there is asked for each time."""

import gzip

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages.server import kept_files
from pages.server.kept_files import KeptFiles

PUBLIC = {'cache-control': 'public, max-age=3600', 'etag': '"1"'}
LONG = 'a line of a script\n' * 1000


class Files:
    """An application of one page, which counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.headers = 200, PUBLIC
        app = Starlette(routes=[Route('/{path:path}', self.answer)])
        self.client = AsyncClient(transport=ASGITransport(KeptFiles(app)), base_url='http://test')

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return PlainTextResponse(LONG, self.status, headers=self.headers)

    async def get(self, path: str, times: int = 2, **headers: str) -> list[tuple[int, str]]:
        found = [await self.client.get(path, headers=headers) for _ in range(times)]
        return [(answer.status_code, answer.text) for answer in found]


async def test_a_file_is_asked_for_once_and_comes_as_it_was() -> None:
    files = Files()
    first, second = [await files.client.get('/_nicegui/3.18.0/static/quasar.js') for _ in range(2)]
    assert (first.text, second.text, files.asked) == (LONG, LONG, ['/_nicegui/3.18.0/static/quasar.js'])
    assert int(second.headers['content-length']) < len(LONG) / 10
    for name in ('content-type', 'content-encoding', 'cache-control', 'etag', 'vary'):
        assert second.headers[name] == first.headers[name]


@pytest.mark.parametrize(
    'headers', [{'range': 'bytes=0-9'}, {'if-none-match': '"1"'}, {'accept-encoding': 'identity'}], ids=str
)
async def test_who_asks_for_something_else_is_answered_by_the_application(headers: dict[str, str]) -> None:
    files = Files()
    await files.get('/assets/theme.css')
    await files.get('/assets/theme.css', **headers)
    assert len(files.asked) == 3


@pytest.mark.parametrize('path', ['/organizations', '/', '/_nicegui_ws/socket.io/', '/assetsx'])
async def test_pages_are_not_kept(path: str) -> None:
    files = Files()
    assert await files.get(path) == [(200, LONG)] * 2
    assert len(files.asked) == 2


async def test_what_is_not_for_everybody_or_not_there_is_not_kept() -> None:
    files = Files()
    files.headers = {'cache-control': 'private'}
    await files.get('/assets/own')
    files.status, files.headers = 404, PUBLIC
    assert await files.get('/assets/nothing') == [(404, LONG)] * 2
    assert len(files.asked) == 4


async def test_strangers_can_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, 'MOST', 2)
    files = Files()
    await files.get('/assets/theme.css')
    for number in range(4):
        await files.get(f'/assets/{number}')
        await files.get('/assets/theme.css')
    once = [path for path in files.asked if files.asked.count(path) == 1]
    assert once == files.asked, 'what is asked for stays, others take turns'
    await files.get('/assets/0')
    assert files.asked[-1] == '/assets/0', 'that was let go'


async def test_a_file_has_one_name() -> None:
    files = Files()
    for path in ('/assets/%2e/theme.css', '/assets//theme.css', '/assets/x/%2e%2e/theme.css'):
        await files.get(path)
    assert len(files.asked) == 6


async def test_a_large_file_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, 'LARGEST', len(gzip.compress(LONG.encode())) // 2)
    await (large := Files()).get('/assets/large')
    assert len(large.asked) == 2


async def test_nothing_is_kept_of_an_answer_that_never_began() -> None:
    """Whoever has gone meanwhile is answered nothing."""

    async def silent(*_: object) -> None:
        pass

    head = [(b'accept-encoding', b'gzip')]
    scope = {'type': 'http', 'method': 'GET', 'path': '/_nicegui/3.18.0/static/quasar.js', 'headers': head}
    await KeptFiles(silent)(scope, silent, silent)
