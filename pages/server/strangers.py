"""Strangers: NiceGUI gives a cookie and a storage to every request without one; only those who see a page get them."""

from typing import cast

from nicegui import app
from nicegui.storage import RequestTrackingMiddleware
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.sessions import Session
from starlette.requests import Request
from starlette.responses import Response

from pages.server.headers import WITHOUT_COOKIES


class Strangers(RequestTrackingMiddleware):
    """NiceGUI's own middleware, which forgets those who came for a file, were sent elsewhere or found nothing."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Pass on; whoever was known before, or has more than a number in the session, stays known."""
        if request.url.path.startswith(WITHOUT_COOKIES):
            return await call_next(request)
        if 'id' in request.session:
            return await super().dispatch(request, call_next)
        number = ''

        async def inside(request: Request) -> Response:
            nonlocal number
            number = request.session['id']
            return await call_next(request)

        response = await super().dispatch(request, inside)
        if response.status_code != 200 and request.session.keys() <= {'id'}:
            cast(Session, request.session).modified = False  # NiceGUI still asks the page that was not shown for it
            app.storage._users.pop(number, None)
        return response
