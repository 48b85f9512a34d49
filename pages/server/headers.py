"""The headers of every answer, whatever it is and whoever made it: pages, files, refusals, and the socket's own.

The scripts of a page carry the nonce of its answer (`sockets.put_nonce`); a script that got into a page in any other
way does not run. `unsafe-eval` can't be avoided: Vue compiles templates in the browser.
"""

import re
import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
FIXED = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}
SECRET_PATHS = ('/invitations/', '/reset-password/', '/verify-email/', '/confirm-contact/')
"""What follows is a secret: nothing that such a page asks for names it, not even to this server, which might log it.

The origin alone is named, since a form must name it to be taken: with `no-referrer`, browsers say that there is none.
"""

TRANSPORT = {'strict-transport-security': 'max-age=31536000'}
"""One year (ASVS 3.4.1); only where people come over https."""

WITHOUT_COOKIES = ('/_nicegui', '/assets/', '/favicon.ico', '/healthz')
"""What is the same for everybody and may be kept by others: an answer with a cookie in it would hand it around."""

UNTIL = re.compile(rb'; *(max-age|expires)=[^;]*', re.IGNORECASE)
"""What keeps a cookie beyond the end of its browser."""

NOTHING: dict[str, bool] = {}
BEGINS = {'http.response.start', 'websocket.http.response.start', 'websocket.accept'}


class Headers:
    """Middleware around everything else: it sees the answers of error handlers and of other middleware, too."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        headers = FIXED | TRANSPORT if secure else FIXED
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._on_secret = [(name, b'strict-origin' if name == b'referrer-policy' else it) for name, it in self._headers]
        self._instead = {name for name, _ in self._headers} | {b'content-security-policy', b'server'}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the nonce for the page in the scope."""
        if scope['type'] == 'lifespan':
            return await self.app(scope, receive, send)
        nonce = scope['nonce'] = secrets.token_urlsafe(16)
        dropped = self._instead | {b'set-cookie'} if scope['path'].startswith(WITHOUT_COOKIES) else self._instead
        headers = self._on_secret if scope['path'].startswith(SECRET_PATHS) else self._headers
        policy = (b'content-security-policy', POLICY.format(nonce=nonce).encode())

        async def dressed(message: Message) -> None:
            if message['type'] in BEGINS:
                kept = [pair for pair in message.get('headers', ()) if pair[0].lower() not in dropped]
                if scope.get('session', NOTHING).get('passing'):
                    kept = [(name, UNTIL.sub(b'', value) if name == b'set-cookie' else value) for name, value in kept]
                message['headers'] = [*kept, policy, *headers]
            await send(message)

        await self.app(scope, receive, dressed)
