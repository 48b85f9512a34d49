"""Confirming that it is still the same person, for what is asked in place."""

from functools import partial

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from data.problems import Problem, SignedOut
from data.services.accounts import reauthentication
from pages.auth import coming
from pages.shell import access
from pages.shell.reauthentication import confirmed


@app.post('/auth/confirm')
async def post_confirm(request: Request) -> Response:
    """Confirm by password; the session goes on under a new token."""
    form = await coming.form_of(request)
    actor = await access.actor_of(request)
    if actor is None:
        return coming.refusal({'': str(SignedOut())}, SignedOut())
    attempt = partial(reauthentication.confirm_with_password, actor, form.get('password', ''))
    try:
        token = await run_in_threadpool(attempt)
    except Problem as problem:
        return coming.refusal({'password': str(problem)}, problem)
    coming.renew(request, actor.session_id, token)
    confirmed(actor.session_id)
    return JSONResponse({'done': True})
