"""The steps that only HTTP can do: what the forms of the signed-out post, and the way out.

Only a response can set the cookie, so every sign-in begins with a new one (ASVS 7.2.4).
"""

from collections.abc import Callable
from urllib.parse import quote, urlsplit
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from components.calls import call
from data.problems import Invalid, Problem
from data.services import accounts, sessions
from pages import door, live

KEPT_ADDRESS = 254
"""Characters of a refused address that are shown again."""


@app.post('/auth/sign-up')
async def sign_up(request: Request) -> Response:
    """Create an account and go to its organization."""
    return await _enter(request, '/sign-up', accounts.sign_up, ('email', 'password', 'confirmation'))


@app.post('/auth/sign-in')
async def sign_in(request: Request) -> Response:
    """Begin a session and go where the person wanted to."""
    return await _enter(request, '/sign-in', accounts.sign_in, ('email', 'password'))


@app.post('/auth/sign-out')
async def sign_out(request: Request) -> Response:
    """End the session here and on every open page of it."""
    if not _is_ours(request):
        return _refused()
    ended = await call(sessions.end, door.token(request), door.network(request))
    request.session.clear()
    if ended:
        live.end_session(ended)
    return RedirectResponse('/sign-in', 303)


async def _enter(request: Request, back: str, act: Callable[..., str], fields: tuple[str, ...]) -> Response:
    if not _is_ours(request):
        return _refused()
    form = await request.form()
    then = door.own_path(form.get('next'))
    agent = request.headers.get('user-agent', '')
    values = [form.get(field, '') for field in fields]
    try:  # in Starlette's own threads: people who hash passwords never take a thread from people who work
        token = await run_in_threadpool(act, *values, network=door.network(request), agent=agent)
    except Problem as problem:
        errors = problem.fields if isinstance(problem, Invalid) else {'': str(problem)}
        email = values[0] if isinstance(values[0], str) else ''
        request.session['tried'] = {'errors': errors, 'email': email[:KEPT_ADDRESS]}
        return RedirectResponse(f'{back}?next={quote(then)}' if then else back, 303)
    request.session.clear()
    request.session.update(id=str(uuid4()), token=token)
    return RedirectResponse(then or '/', 303)


def _is_ours(request: Request) -> bool:
    """Whether a form of ours sent this (ASVS 3.5.1): browsers say so, older ones at least name the origin."""
    if site := request.headers.get('sec-fetch-site'):
        return site == 'same-origin'
    origin = request.headers.get('origin', '')
    return bool(origin) and urlsplit(origin).netloc == request.headers.get('host')


def _refused() -> Response:
    return PlainTextResponse('This form was sent from another site. Open Botcadence itself and try again.', 403)
