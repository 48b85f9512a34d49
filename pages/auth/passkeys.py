"""Passkeys over HTTP: what browsers are asked, and what they answer, to sign in and to make a new one.

Only here do they get it: browsers ask the person only where a click or a key press of theirs leads on to that.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from components.kit.calls import call
from data.database import Actor
from data.problems import Problem, SignedOut
from data.services.accounts import passkey_sign_in, passkeys
from pages.auth import coming
from pages.shell import access


@app.post('/auth/passkey/options')
async def post_passkey_options(request: Request) -> Response:
    """What a browser is asked whose person wants to sign in."""
    return await asked(passkey_sign_in.ask)


@app.post('/auth/passkey')
async def post_passkey(request: Request) -> Response:
    """Begin a session and go where the person wanted to."""
    form = await coming.form_of(request)
    agent = request.headers.get('user-agent', '')
    said = form.get('credential')
    attempt = partial(passkey_sign_in.sign_in, said, network=access.network(request), agent=agent)
    in_a_thread = partial(run_in_threadpool, attempt)
    kept = form.get('kept', 'on') == 'on'
    return await coming.enter(request, '/sign-in', in_a_thread, then=access.own_path(form.get('next')), kept=kept)


@app.post('/auth/passkeys/options')
async def post_new_passkey_options(request: Request) -> Response:
    """What a browser is asked that is to make a passkey for whoever is signed in."""
    return await as_actor(request, lambda actor: asked(partial(passkeys.ask_for_new, actor)))


@app.post('/auth/passkeys')
async def post_new_passkey(request: Request) -> Response:
    """Keep the passkey that a browser has made."""
    form = await coming.form_of(request)

    async def add(actor: Actor) -> Response:
        return await done(partial(passkeys.add, actor, form.get('name'), form.get('credential')))

    return await as_actor(request, add)


async def as_actor(request: Request, act: Callable[[Actor], Any]) -> Response:
    """What comes of an act of whoever is signed in; others are told that they are not."""
    actor = await access.actor_of(request)
    if actor is None:
        return coming.refusal({'': str(SignedOut())}, SignedOut())
    response: Response = await act(actor)
    return response


async def asked(options: Callable[[], passkeys.Options]) -> Response:
    """What the script of a page asks its browser; or why it can't."""
    try:
        return JSONResponse({'options': await call(options)})
    except Problem as problem:
        return coming.refusal(coming.wrong_in(problem), problem)


async def done(act: Callable[[], object]) -> Response:
    """Tell the script of a page that it is done, or why not."""
    try:
        await call(act)
    except Problem as problem:
        return coming.refusal(coming.wrong_in(problem), problem)
    return JSONResponse({'done': True})
