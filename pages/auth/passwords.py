"""Sign-up, sign-in and sign-out over HTTP: what the forms of the signed-out post, and the way out.

Only a response can set the cookie, so every sign-in begins with a new one (ASVS 7.2.4).
"""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from components.kit.calls import call
from data.problems import Invalid, Problem, TooMany
from data.services import accounts
from data.services.accounts import sessions
from pages.shell import access, errors, live

SIGN_UP_FIELDS = ('email', 'password', 'confirmation')
"""What the forms of sign-up post."""

KEPT_ADDRESS = 254
"""Characters of a refused address that are shown again."""


@app.post('/auth/sign-up')
async def post_sign_up(request: Request) -> Response:
    """Create an account and go to its organization, or to the one whose invitation comes with it."""
    form = await request.form(max_files=0, max_fields=20)
    if back := access.own_path(f'/invitations/{form.get("invitation")}'):
        invitation = form['invitation']
        before = access.token(request)
        answer = await _enter(request, back, partial(accounts.sign_up, invitation=invitation), SIGN_UP_FIELDS)
        if access.token(request) != before and (actor := await access.actor_of(request)):
            await access.welcome(request, actor, invitation)
        return answer
    return await _enter(request, '/sign-up', accounts.sign_up, SIGN_UP_FIELDS)


@app.post('/auth/sign-in')
async def post_sign_in(request: Request) -> Response:
    """Begin a session and go where the person wanted to."""
    return await _enter(request, '/sign-in', accounts.sign_in, ('email', 'password'))


@app.post('/auth/sign-out')
async def post_sign_out(request: Request) -> Response:
    """End the session here and on every open page of it."""
    then = access.own_path((await request.form(max_files=0, max_fields=20)).get('next'))
    await _leave(request)
    return RedirectResponse(then or '/sign-in', 303)


async def _leave(request: Request) -> None:
    """End the session this browser has, if it has one; it looks the same for whoever comes next."""
    token, theme = access.token(request), access.Bookmark().theme
    ended = await call(sessions.end, token, access.network(request)) if token else None
    request.session.clear()
    if theme != 'system':
        request.session['theme'] = theme
    if ended:
        live.end_session(ended)


async def _enter(request: Request, back: str, act: Callable[..., str], fields: tuple[str, ...]) -> Response:
    form = await request.form(max_files=0, max_fields=20)
    then = access.own_path(form.get('next'))
    agent = request.headers.get('user-agent', '')
    values = [form.get(field, '') for field in fields]
    try:  # in Starlette's own threads: people who hash passwords never take a thread from people who work
        token = await run_in_threadpool(act, *values, network=access.network(request), agent=agent)
    except Problem as problem:
        wrong = problem.fields if isinstance(problem, Invalid) else {'': str(problem)}
        email = values[0] if isinstance(values[0], str) else ''
        if _stays(request):
            return _refusal(wrong, problem)
        request.session['tried'] = {'errors': wrong, 'email': email[:KEPT_ADDRESS]}
        return _back(f'{back}?next={quote(then)}' if then else back, problem)
    await _leave(request)  # a cookie that is replaced would leave a session behind that nobody can end
    request.session.update(id=str(uuid4()), token=token)
    return JSONResponse({'to': then or '/'}) if _stays(request) else RedirectResponse(then or '/', 303)


def _stays(request: Request) -> bool:
    """Whether a script of ours has posted the form, so that the page it is on stays with what was typed."""
    return request.headers.get('accept') == 'application/json'


def _refusal(wrong: Mapping[str, str], problem: Problem) -> Response:
    if not isinstance(problem, TooMany):
        return JSONResponse({'wrong': wrong})
    return JSONResponse({'wrong': wrong}, 429, headers={'Retry-After': str(problem.seconds)})


def _back(path: str, problem: Problem) -> Response:
    """To the form, which shows what was wrong; whoever tries too often is told when to try again, programs too."""
    if not isinstance(problem, TooMany):
        return RedirectResponse(path, 303)
    answer = errors.page(429, 'Too many attempts', str(problem), then=path)
    answer.headers['Retry-After'] = str(problem.seconds)
    return answer
