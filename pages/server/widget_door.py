"""The way of visitors, past everything that is for members: no session is read, no cookie set, no page of NiceGUI made.

Where the chats have a host name of their own (BOTCADENCE_WIDGET_URL), nothing else is served under it, and no chat
under the public one: what somebody gets into a chat then meets no session of a member.
"""

from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data.runtime import limits
from data.runtime.settings import Settings
from pages.server.addresses import HOST, LOOPBACK_NAMES, host_in, origins_of, target_of
from pages.widget import Site, answers

SCRIPT, BELOW = '/widget.js', '/widget/'
FETCHED = {'GET', 'HEAD'}
DONE = {'POST', 'DELETE'}
ICON, NO_ICON = '/favicon.ico', Response(status_code=204, headers={'Cache-Control': 'public, max-age=86400'})
NOT_HERE = PlainTextResponse('There is nothing here.', 404)
ELSEWHERE = 'That came from another site.'
TOO_LARGE = 'What was sent is too large.'
NO_LENGTH = 'The length of what was sent is missing.'


class WidgetDoor:
    """Middleware around everything else."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._site = Site(secure=settings.secure)
        url = settings.widget_url or settings.public_url
        self._origins = {origin.encode() for origin in origins_of(url)}
        self._redirected = settings.widget_url
        public = {urlsplit(origin).netloc for origin in origins_of(settings.public_url)} | set(LOOPBACK_NAMES)
        names = {urlsplit(url).netloc} if settings.widget_url else public
        self._hosts = {host[1] for name in names if (host := HOST.fullmatch(name))}
        self._public = {host[1] for name in public if (host := HOST.fullmatch(name))} - self._hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead visitors to their site, and everybody else on."""
        if scope['type'] != 'http':
            return await self.app(scope, receive, send)
        names = [value for name, value in scope['headers'] if name == b'host']
        host = host_in(names[0]) if len(names) == 1 else ''
        is_for_visitors = scope['path'] == SCRIPT or scope['path'].startswith(BELOW)
        if host in self._hosts and (is_for_visitors or self._redirected):
            send = self._site.dressed(send)
        if host in self._hosts and is_for_visitors:
            await self._visit(scope, receive, send)
        elif host in self._hosts and self._redirected:
            await (NO_ICON if scope['path'] == ICON else NOT_HERE)(scope, receive, send)
        elif is_for_visitors and host in self._public and scope['method'] in FETCHED:
            there = RedirectResponse(f'{self._redirected}{target_of(scope)}', 302)
            await there(scope, receive, self._site.dressed(send))
        else:
            await self.app(scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope['headers'])
        refusal = None
        if scope['method'] in DONE:
            refusal = self._foreign(headers) or self._body(headers)
        elif scope['method'] not in FETCHED:
            refusal = 405, 'This address is not meant to be used like that.'
        if refusal:
            return await answers.refusal(*refusal)(scope, receive, send)
        await self._site(scope, receive, send)

    def _foreign(self, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """Only the chat itself acts: browsers say which page asks (ASVS 3.5.1)."""
        origin, site = headers.get(b'origin'), headers.get(b'sec-fetch-site')
        is_ours = (
            site == b'same-origin' if origin is None else origin in self._origins and site in (None, b'same-origin')
        )
        return None if is_ours else (403, ELSEWHERE)

    @staticmethod
    def _body(headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        length = headers.get(b'content-length', b'0' if b'transfer-encoding' not in headers else b'')
        if not length.isdigit():
            return 411, NO_LENGTH
        return (413, TOO_LARGE) if len(length) > 9 or int(length) > limits.VISITOR_BODY else None
