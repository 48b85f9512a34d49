"""The password of whoever is signed in: what the form on the screen of their account posts."""

from functools import partial

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from data.problems import Problem, Reauthenticate, SignedOut
from data.services.accounts import own_password
from pages.auth import coming
from pages.shell import access, live

FIELDS = ('current', 'password', 'confirmation')


@app.post('/auth/password')
async def post_password(request: Request) -> Response:
    """Change it, or set the first one; the session goes on under a new token, and all others end."""
    form = await coming.form_of(request)
    actor = await access.actor_of(request)
    if actor is None:
        return coming.refusal({'': str(SignedOut())}, SignedOut())
    attempt = partial(own_password.change, actor, *(form.get(field, '') for field in FIELDS))
    try:
        done = await run_in_threadpool(attempt)
    except Reauthenticate:
        return JSONResponse({'confirm': True})
    except Problem as problem:
        return coming.refusal(coming.wrong_in(problem), problem)
    coming.renew(request, actor.session_id, done.token)
    for session_id in done.ended:
        live.end_session(session_id)
    return JSONResponse({'done': True})
