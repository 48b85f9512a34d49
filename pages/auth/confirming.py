"""Confirming that it is still the same person, for what is asked in place."""

from functools import partial

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from data.database import Actor
from data.problems import Problem
from data.services.accounts import reauthentication, second_step
from pages.auth import coming
from pages.auth.passkeys import as_actor, asked
from pages.shell.reauthentication import confirmed


@app.post('/auth/confirm/options')
async def post_confirm_options(request: Request) -> Response:
    """What a browser is asked whose person confirms by a passkey."""
    return await as_actor(request, lambda actor: asked(partial(second_step.ask_to_confirm, actor)))


@app.post('/auth/confirm')
async def post_confirm(request: Request) -> Response:
    """Confirm by password, a code or a passkey; the session goes on under a new token."""
    form = await coming.form_of(request)

    async def confirm(actor: Actor) -> Response:
        try:
            token = await run_in_threadpool(partial(_confirm, actor, form))
        except Problem as problem:
            wrong = coming.wrong_in(problem)
            at = 'password' if 'password' in form else 'code' if 'code' in form else ''
            return coming.refusal({field or at: sentence for field, sentence in wrong.items()}, problem)
        coming.renew(request, actor.session_id, token)
        confirmed(actor.session_id)
        return JSONResponse({'done': True})

    return await as_actor(request, confirm)


def _confirm(actor: Actor, form: coming.Form) -> str:
    """Confirm by what was posted; the new token of the session."""
    if 'credential' in form:
        return second_step.confirm_with_passkey(actor, form['credential'])
    if 'code' in form:
        return second_step.confirm_with_code(actor, form['code'])
    return reauthentication.confirm_with_password(actor, form.get('password', ''))
