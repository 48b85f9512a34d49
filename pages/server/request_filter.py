"""HTTP request filter: what is refused before anything is built, read or looked up.

Requests for another host, forms and sockets of other sites, uploads, bodies too large, too many pages or sockets from
one network. Forwarded headers are believed by uvicorn only, and only from the configured proxies.
"""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from data.runtime import limits, rate_limiter
from data.runtime.logs import log
from data.runtime.rate_limiter import network_of
from data.runtime.settings import LOOPBACK, Settings
from pages.server import frame_filter, waiting
from pages.shell import errors

LOOPBACK_NAMES = ('localhost', '127.0.0.1', '[::1]')
"""Three names of this machine."""

SAFE = {'GET', 'HEAD', 'OPTIONS', 'TRACE'}
NEVER_BELIEVED = {b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded'}
FORWARDED = (b'x-forwarded-', b'x-real-ip', b'via')
"""What a web server in front may say of the one who asks."""

HOST = re.compile(r'(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(:\d{1,5})?')
SOCKET = '/_nicegui_ws/socket.io/'
FREE = ('/_nicegui', '/assets/', '/favicon.ico', '/healthz')
"""Paths that build no page."""


def origins_of(public_url: str) -> set[str]:
    """Every origin that is this application: the public one, and the other names of this machine where it is one."""
    url = urlsplit(public_url)
    host = url.netloc.removesuffix(f':{url.port}') if url.port else url.netloc
    if not LOOPBACK.fullmatch(host):
        return {public_url}
    port = f':{url.port}' if url.port else ''
    return {public_url, *(f'{url.scheme}://{name}{port}' for name in LOOPBACK_NAMES)}


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    title: str
    sentence: str
    wait: int = 0
    label: str = 'Go to Botcadence'
    href: str = '/'


NOT_HERE = 'Botcadence is not at this address'
UNKNOWN = Refusal(
    421,
    NOT_HERE,
    'It runs here, but for this machine only. Whoever runs it sets BOTCADENCE_PUBLIC_URL to the address that people '
    'type, such as https://bots.example.com, and starts it again.',
    href='',
)
FOREIGN = Refusal(
    403, 'That came from another site', 'This form was sent from another site. Open Botcadence itself and try again.'
)
NO_UPLOADS = Refusal(403, 'That did not work', 'Botcadence takes no files.')
NO_LENGTH = Refusal(411, 'That did not work', 'The length of what was sent is missing.')
TOO_LARGE = Refusal(413, 'That did not work', 'What was sent is too large.')
NO_SOCKET = Refusal(400, 'That did not work', 'This address is for the WebSocket of an open page.')
TOO_MANY_REQUESTS = 'Too many requests come from your network. Try again in a minute.'
TOO_MANY_OPEN = Refusal(429, 'Too many pages', 'Too many pages are open in your network. Close some of them.', 60)
ALL_OPEN = Refusal(503, 'Too many pages', 'Too many pages are open here. Try again in a minute.', 60)


def _network(scope: Scope) -> str:
    return network_of(scope['client'][0] if scope['client'] else '')


class RequestFilter:
    """Middleware that answers by itself where it refuses."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        origins = origins_of(settings.public_url)
        self._origins = {origin.encode() for origin in origins}
        self._public_url = settings.public_url
        names = {urlsplit(origin).netloc for origin in origins} | set(LOOPBACK_NAMES)
        self._is_public = len(origins) == 1  # else it is this machine, by whatever name
        self._elsewhere_page = UNKNOWN
        if self._is_public:
            sentence = f'It is at {settings.public_url}.'
            self._elsewhere_page = Refusal(
                421, NOT_HERE, sentence, label=f'Go to {settings.public_url}', href=settings.public_url
            )
        self._hosts = {host[1] for name in names if (host := HOST.fullmatch(name))}
        self._believes_nobody = not settings.trusted_proxies
        self._open = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or refuse."""
        if scope['type'] == 'lifespan':
            return await self.app(scope, receive, send)
        scope['headers'] = [pair for pair in scope['headers'] if pair[0] not in NEVER_BELIEVED]
        headers: dict[bytes, bytes] = dict(scope['headers'])
        refusal = self._elsewhere(scope) or (
            self._socket(scope, headers) if scope['type'] == 'websocket' else self._request(scope, headers)
        )
        if refusal is None:
            if scope.get('method') == 'HEAD':  # what GET would answer (RFC 9110, 9.3.2); the server leaves the body out
                scope = {**scope, 'method': 'GET'}
            inside = self._counted if scope['type'] == 'websocket' else self.app
            return await inside(scope, receive, send)
        page = errors.page(refusal.status, refusal.title, refusal.sentence, label=refusal.label, href=refusal.href)
        if refusal.status == 302:
            page.headers['Location'] = refusal.href
        if refusal.wait:
            page.headers['Retry-After'] = str(refusal.wait)
        await page(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through, and count it for as long as it is open."""
        network = _network(scope)
        self._open[network] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]

    def _elsewhere(self, scope: Scope) -> Refusal | None:
        """Whoever lets a name of theirs point here must not read or act through it (DNS rebinding)."""
        if (
            scope['path'].startswith('/assets/') and scope.get('method') == 'GET'
        ):  # what the page with the way out needs
            return None
        names = [value.decode('latin-1').lower() for name, value in scope['headers'] if name == b'host']
        host = HOST.fullmatch(names[0]) if len(names) == 1 else None
        return None if host and host[1] in self._hosts else self._elsewhere_page

    def _socket(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        if headers.get(b'origin') not in self._origins:
            return FOREIGN
        if scope['path'] != SOCKET or not frame_filter.is_query(scope['query_string']):
            return NO_SOCKET
        network = _network(scope)
        if network and self._open[network] >= limits.SOCKETS_OPEN:
            return TOO_MANY_OPEN
        if self._open.total() >= waiting.room.sockets:
            return ALL_OPEN
        return self._busy(scope, headers, limits.SOCKETS)

    def _request(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        path = scope['path']
        if path.startswith('/_nicegui_ws'):
            return NO_SOCKET
        if scope['method'] in SAFE:
            if path.startswith(FREE):
                return None
            return self._busy(scope, headers, limits.PAGES) or self._away(scope, headers)
        if busy := self._busy(scope, headers, limits.FORMS):
            return busy
        if path.startswith('/_nicegui'):
            return NO_UPLOADS
        if not self._is_ours(headers):
            return FOREIGN
        return self._body(headers)

    def _away(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """To the public address, for a form that is shown under any other one can't be posted.

        A web server in front may ask in the name of this machine: it says for whom, or is sent away a few times only.
        """
        is_plain = self._public_url.startswith('https:') and headers.get(b'x-forwarded-proto') == b'http'
        is_local = (
            self._is_public
            and (host := HOST.fullmatch(headers[b'host'].decode().lower()))
            and host[1] in LOOPBACK_NAMES
        )
        if not is_plain and (not is_local or any(name.startswith(FORWARDED) for name in headers)):
            return None
        path = quote(scope['path'], safe="/:@!$&'()*+,;=~-._")
        if (
            not path.startswith('/')
            or path.startswith('//')
            or rate_limiter.wait(limits.SENT_AWAY, _network(scope), path[:200])
        ):
            return None
        query = f'?{scope["query_string"].decode("latin-1")}' if scope.get('query_string') else ''
        href = f'{self._public_url}{path}{query}'
        return Refusal(302, NOT_HERE, f'It is at {self._public_url}.', label=f'Go to {self._public_url}', href=href)

    def _is_ours(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a page of ours sent this (ASVS 3.5.1): browsers say so, older ones at least name the origin."""
        origin, site = headers.get(b'origin'), headers.get(b'sec-fetch-site')
        if origin is None:
            return site == b'same-origin'
        return origin in self._origins and site in (None, b'same-origin')

    def _body(self, headers: dict[bytes, bytes]) -> Refusal | None:
        length = headers.get(b'content-length', b'0' if b'transfer-encoding' not in headers else b'')
        if not length.isdigit():
            return NO_LENGTH
        return TOO_LARGE if len(length) > 15 or int(length) > limits.BODY else None

    def _busy(self, scope: Scope, headers: dict[bytes, bytes], rule: limits.Rule) -> Refusal | None:
        if self._believes_nobody and b'x-forwarded-for' in headers:
            self._believes_nobody = False
            log.warning('A web server in front is not named in BOTCADENCE_TRUSTED_PROXIES: everybody seems to be it.')
        network = _network(scope)
        seconds = rate_limiter.wait(rule, network) if network else 0
        return Refusal(429, 'Too many requests', TOO_MANY_REQUESTS, seconds) if seconds else None
