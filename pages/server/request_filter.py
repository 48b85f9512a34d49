"""HTTP request filter: what is refused before anything is built, read or looked up.

Requests for another host, forms and sockets of other sites, uploads, bodies too large, too many pages or sockets from
one network. Forwarded headers are believed by uvicorn only, and only from the configured proxies.
"""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from data.runtime import limits, rate_limiter
from data.runtime.logs import log
from data.runtime.own_address import LOOPBACK
from data.runtime.rate_limiter import network_of
from data.runtime.settings import Settings
from pages.server import frame_filter, waiting
from pages.server.addresses import HOST, LOOPBACK_NAMES, PORTS, host_in, longest_body, origins_of, port_of, target_of
from pages.server.refusals import (
    ALL_OPEN,
    FOREIGN,
    NO_LENGTH,
    NO_SOCKET,
    NO_UPLOADS,
    NOT_HERE,
    OTHER_PORT,
    TOO_LARGE,
    TOO_MANY_OPEN,
    TOO_MANY_REQUESTS,
    UNKNOWN,
    Refusal,
)
from pages.shell import errors

SAFE = {'GET', 'HEAD', 'OPTIONS', 'TRACE'}
NEVER_BELIEVED = {b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded'}
FORWARDED = (b'x-forwarded-', b'x-real-ip', b'via')
"""What a web server in front may say of the one who asks."""

SOCKET = '/_nicegui_ws/socket.io/'
FREE = ('/_nicegui', '/assets/', '/favicon.ico', '/healthz')
"""Paths that build no page."""


def _network(scope: Scope) -> str:
    return network_of(scope['client'][0] if scope['client'] else '')


def _shorter(scope: Scope) -> Refusal | None:
    """To the address without a slash at its end; the libraries below would name scheme and host, as they believe."""
    if not scope['path'].endswith('/') or not (target := target_of(scope, '/')):
        return None
    return Refusal(302, 'It is elsewhere', 'This address has a slash too many.', label='Go there', href=target)


class RequestFilter:
    """Middleware that answers by itself where it refuses."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        origins = origins_of(settings.public_url)
        self._origins = {origin.encode() for origin in origins}
        self._public_url = settings.public_url
        names = {urlsplit(origin).netloc for origin in origins} | set(LOOPBACK_NAMES)
        self._is_public = len(origins) == 1  # else it is this machine, by whatever name
        self._port = port_of(settings.public_url)
        self._is_default = not self._is_public and self._port == settings.port
        self._at_public = Refusal(
            421,
            NOT_HERE,
            f'It is at {settings.public_url}.',
            label=f'Go to {settings.public_url}',
            href=settings.public_url,
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
        if scope['path'].startswith('/assets/') and scope.get('method') == 'GET':
            return None  # what the page with the way out needs
        names = [value.decode('latin-1').lower() for name, value in scope['headers'] if name == b'host']
        host = HOST.fullmatch(names[0]) if len(names) == 1 else None
        if host and host[1] in self._hosts:
            return None
        is_nearby = host and LOOPBACK.fullmatch(host[1].rstrip('.'))  # `localhost.`: this machine by another name
        return self._at_public if self._is_public or is_nearby else UNKNOWN

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
            return self._busy(scope, headers, limits.PAGES) or self._away(scope, headers) or _shorter(scope)
        if busy := self._busy(scope, headers, limits.FORMS):
            return busy
        if path.startswith('/_nicegui'):
            return NO_UPLOADS
        if not self._is_ours(headers):
            is_near = host_in(headers.get(b'origin', b'').rpartition(b'/')[2]) in self._hosts
            return replace(self._at_public, status=403) if is_near else FOREIGN
        return self._body(headers, longest_body(scope['method'], path))

    def _away(self, scope: Scope, headers: dict[bytes, bytes]) -> Refusal | None:
        """To the public address, for a form that is shown under any other one can't be posted.

        A web server in front may ask in the name of this machine: it says for whom, or is sent away a few times only.
        """
        is_plain = self._public_url.startswith('https:') and headers.get(b'x-forwarded-proto') == b'http'
        is_local = self._is_public and host_in(headers[b'host']) in LOOPBACK_NAMES
        is_beside = is_local or self._is_other_port(headers[b'host'])
        if not is_plain and (not is_beside or any(name.startswith(FORWARDED) for name in headers)):
            return None
        if is_beside and self._is_default:  # from another machine, its own address may lead nowhere
            return replace(self._at_public, sentence=f'It is at {self._public_url}. {OTHER_PORT}')
        target = target_of(scope)
        if not target or rate_limiter.wait(limits.SENT_AWAY, _network(scope), scope['path'][:200]):
            return None
        href = f'{self._public_url}{target}'
        return Refusal(302, NOT_HERE, f'It is at {self._public_url}.', label=f'Go to {self._public_url}', href=href)

    def _is_other_port(self, host: bytes) -> bool:
        """Whether a port leads here that is not the public one, through a router or a tunnel.

        Where none is written a web server in front may have left it out, which many with https do.
        """
        port = host.rpartition(b']')[2].partition(b':')[2]
        is_bare = self._is_public and self._public_url.startswith('http:')
        return int(port) != self._port if port else is_bare and self._port != PORTS['http']

    def _is_ours(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a page of ours sent this (ASVS 3.5.1): browsers say so, older ones at least name the origin."""
        origin, site = headers.get(b'origin'), headers.get(b'sec-fetch-site')
        if origin is None:
            return site == b'same-origin'
        return origin in self._origins and site in (None, b'same-origin')

    def _body(self, headers: dict[bytes, bytes], longest: int) -> Refusal | None:
        length = headers.get(b'content-length', b'0' if b'transfer-encoding' not in headers else b'')
        if not length.isdigit():
            return NO_LENGTH
        return TOO_LARGE if len(length) > 15 or int(length) > longest else None

    def _busy(self, scope: Scope, headers: dict[bytes, bytes], rule: limits.Rule) -> Refusal | None:
        if self._believes_nobody and b'x-forwarded-for' in headers:
            self._believes_nobody = False
            log.warning('A web server in front is not named in BOTCADENCE_TRUSTED_PROXIES: everybody seems to be it.')
        network = _network(scope)
        seconds = rate_limiter.wait(rule, network) if network else 0
        return Refusal(429, 'Too many requests', TOO_MANY_REQUESTS, seconds) if seconds else None
