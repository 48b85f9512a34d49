"""Requests that their own browser cuts off: they end without an answer, and are no defect.

Whoever leaves a page while its scripts are on their way closes the connection. Starlette then stops sending the file,
and its own middleware is surprised that nothing was answered.
"""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ANSWER = 'No response returned.'
"""What Starlette's `BaseHTTPMiddleware` says where the response inside of it was stopped before it had begun."""


class Disconnects:
    """Middleware around all others but the one that reports defects."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; raises what the application raises, unless the browser has gone and that is the reason."""
        has_gone = False

        async def observed() -> Message:
            nonlocal has_gone
            message = await receive()
            has_gone = has_gone or message['type'] == 'http.disconnect'
            return message

        try:
            await self.app(scope, observed, send)
        except (ClientDisconnect, RuntimeError) as error:
            if not has_gone or not (isinstance(error, ClientDisconnect) or str(error) == NO_ANSWER):
                raise
