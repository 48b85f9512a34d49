"""Kept files: what every browser loads first is read and compressed once, and comes from memory from then on."""

import posixpath

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = '/_nicegui/', '/assets/'
PART = 'range', 'if-none-match', 'if-modified-since'
"""Headers of requests that are not for a whole file."""

LARGEST, MOST = 512 * 1024, 64
"""Bytes of a file that is kept, compressed, and how many are: a page needs some fifteen, 450 kB of them.

The largest, which draws charts, is 360 kB: to compress it takes a tenth of a second."""

QUICK = 4
"""How hard everything else is compressed, 1 to 9: 60 kB of a page take 0.2 ms instead of 1, and are 7 % larger."""


class KeptFiles(GZipMiddleware):
    """Middleware: compresses answers, and keeps files that anybody may keep, for as long as the process lives."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._others = GZipMiddleware(app, compresslevel=QUICK)
        self._kept: dict[str, tuple[Message, ...]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on."""
        if not _asks_for_file(scope):
            return await self._others(scope, receive, send)
        path = scope['path']
        if path not in self._kept:
            passed: list[Message] = []

            async def through(message: Message) -> None:
                passed.append({**message})  # others put headers into what goes by
                await send(message)

            await super().__call__(scope, receive, through)
            if passed and _may_be_kept(passed):  # whoever has gone is answered nothing
                self._kept[path] = _joined(passed)
                if len(self._kept) > MOST:
                    del self._kept[next(iter(self._kept))]
            return None
        self._kept[path] = self._kept.pop(path)  # the one asked for last goes last
        for message in self._kept[path]:
            await send({**message})
        return None


def _asks_for_file(scope: Scope) -> bool:
    """Whether this is a request for a whole file, compressed, as browsers send it."""
    if scope['type'] != 'http' or scope['method'] != 'GET' or not scope['path'].startswith(FILES):
        return False
    if posixpath.normpath(scope['path']) != scope['path']:
        return False
    headers = Headers(scope=scope)
    return 'gzip' in headers.get('accept-encoding', '') and not any(name in headers for name in PART)


def _may_be_kept(answer: list[Message]) -> bool:
    """Whether the answer is a file, whole, that says itself that others may keep it."""
    begin = answer[0]
    size = sum(len(message.get('body', b'')) for message in answer)
    is_public = 'public' in Headers(raw=begin.get('headers', [])).get('cache-control', '')
    return begin.get('status') == 200 and is_public and size <= LARGEST and not answer[-1].get('more_body')


def _joined(answer: list[Message]) -> tuple[Message, ...]:
    """The answer in two messages, which need no chunks."""
    body = b''.join(message.get('body', b'') for message in answer)
    headers = [pair for pair in answer[0]['headers'] if pair[0] not in (b'content-length', b'set-cookie')]
    begin = {**answer[0], 'headers': [*headers, (b'content-length', str(len(body)).encode())]}
    return begin, {'type': 'http.response.body', 'body': body}
