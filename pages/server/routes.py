"""Routes that draw nothing."""

from functools import cache

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from nicegui import app

from components.kit import theme
from components.kit.calls import call
from data import database
from data.problems import Unavailable
from pages.shell import access


@app.get('/')
async def root(request: Request) -> Response:
    """To the last active organization, or to sign in."""
    actor = await access.actor_of(request)
    return RedirectResponse(await access.home(actor, access.Bookmark()) if actor else '/sign-in', 303)


@app.get('/healthz')
async def healthz() -> Response:
    """200 while the database answers and, where it is a file, could be written; else 503. Nothing private."""
    try:
        await call(database.ping)
    except Unavailable:
        return JSONResponse({'status': 'unavailable'}, 503)
    return JSONResponse({'status': 'ok'})


FOR_GOOD = {'Cache-Control': 'public, max-age=31536000'}
"""For what has an address that changes with its content."""


@cache
def _bytes_of(text: str) -> bytes:
    """Made once: what many do not read is the same piece of memory for all of them."""
    return text.encode()


@app.get('/assets/theme.css')
async def stylesheet() -> Response:
    """The theme."""
    return Response(_bytes_of(theme.stylesheet()), media_type='text/css', headers=FOR_GOOD)


@app.get('/assets/script.js')
async def script() -> Response:
    """What only the browser can do."""
    return Response(_bytes_of(theme.script()), media_type='text/javascript', headers=FOR_GOOD)
