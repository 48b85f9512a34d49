"""Sign-up and sign-in with a password, and sign-out: what these forms post."""

from collections.abc import Callable
from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from data.services import accounts
from pages.auth import coming
from pages.auth.coming import Form
from pages.shell import access

SIGN_UP_FIELDS = ('email', 'password', 'confirmation')
"""What the forms of sign-up post."""


@app.post('/auth/sign-up')
async def post_sign_up(request: Request) -> Response:
    """Create an account and go to its organization, or to the one whose invitation comes with it."""
    form = await coming.form_of(request)
    if back := access.own_path(f'/invitations/{form.get("invitation")}'):
        invitation = form['invitation']
        before = access.token(request)
        sign_up = partial(accounts.sign_up, invitation=invitation)
        answer = await _enter(request, form, back, sign_up, SIGN_UP_FIELDS, after_step=back)
        if access.token(request) != before and (actor := await access.actor_of(request)):
            await access.welcome(request, actor, invitation)
        return answer
    return await _enter(request, form, '/sign-up', accounts.sign_up, SIGN_UP_FIELDS)


@app.post('/auth/sign-in')
async def post_sign_in(request: Request) -> Response:
    """Begin a session and go where the person wanted to."""
    form = await coming.form_of(request)
    kept = form.get('kept', 'on') == 'on'
    return await _enter(request, form, '/sign-in', accounts.sign_in, ('email', 'password'), kept=kept)


@app.post('/auth/sign-out')
async def post_sign_out(request: Request) -> Response:
    """End the session here and on every open page of it."""
    then = access.own_path((await coming.form_of(request)).get('next'))
    await coming.leave(request)
    return RedirectResponse(then or '/sign-in', 303)


async def _enter(
    request: Request,
    form: Form,
    back: str,
    act: Callable[..., str],
    fields: tuple[str, ...],
    *,
    after_step: str = '',
    kept: bool = True,
) -> Response:
    values = [form.get(field, '') for field in fields]
    agent = request.headers.get('user-agent', '')
    attempt = partial(act, *values, network=access.network(request), agent=agent)
    # In Starlette's own threads: people who hash passwords never take a thread from people who work.
    in_a_thread = partial(run_in_threadpool, attempt)
    then = access.own_path(form.get('next'))
    return await coming.enter(request, back, in_a_thread, then=then, after_step=after_step, email=values[0], kept=kept)
