"""Routes that draw nothing."""

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


@app.get('/assets/theme.css')
async def stylesheet() -> Response:
    """The theme; its address changes with its content, so it can be kept for good."""
    return Response(theme.stylesheet(), media_type='text/css', headers={'Cache-Control': 'public, max-age=31536000'})
