"""Coming and going: the cookie of a browser when somebody signs in or out.

Only a response can set it, so every sign-in begins with a new one (ASVS 7.2.4).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from components.kit.calls import call
from data.problems import Invalid, Problem, TooMany
from data.services.accounts import SecondStep, sessions
from pages.shell import access, errors, live

KEPT_ADDRESS = 254
"""Characters of a refused address that are shown again."""

SECOND_STEP = '/second-step'
"""The screen on which a second factor is proved."""

Form = Mapping[str, Any]


async def form_of(request: Request) -> Form:
    """What was posted."""
    return await request.form(max_files=0, max_fields=20)


async def enter(
    request: Request,
    back: str,
    act: Callable[[], Awaitable[str]],
    *,
    then: str,
    after_step: str = '',
    email: object = '',
    kept: bool = True,
) -> Response:
    """Let somebody in by `act`, which gives the token of a session, and lead them on to `then`.

    Where there is a second step, that leads on to `after_step`, if this is elsewhere. What is refused is told on the
    page with the form, `back`. A session that is not `kept` ends with the browser.
    """
    try:
        token = await act()
    except SecondStep as step:
        request.session['step'] = {'token': step.token, 'then': after_step or then, 'kept': kept}
        return went_on(request, SECOND_STEP)
    except Problem as problem:
        return told(request, f'{back}?next={quote(then)}' if then else back, problem, email=email)
    await come_in(request, token, kept=kept)
    return went_on(request, then or '/')


async def come_in(request: Request, token: str, *, kept: bool) -> None:
    """Make this browser that of a new session; the one it had ends."""
    await leave(request)  # a cookie that is replaced would leave a session behind that nobody can end
    request.session.update(id=str(uuid4()), token=token)
    if not kept:
        request.session['passing'] = True


async def leave(request: Request) -> None:
    """End the session this browser has, if it has one; it looks the same for whoever comes next."""
    token, theme = access.token(request), access.Bookmark().theme
    ended = await call(sessions.end, token, access.network(request)) if token else None
    request.session.clear()
    if theme != 'system':
        request.session['theme'] = theme
    if ended:
        live.end_session(ended)


def tell(request: Request, sentence: str) -> None:
    """Say this on the next page that this browser asks for."""
    request.session['notice'] = sentence


@dataclass(frozen=True)
class Pending:
    """The second step that a browser is at: its token, and where to and how the session goes on; '' for none."""

    token: str = ''
    then: str = ''
    kept: bool = True


def pending(request: Request) -> Pending:
    """The second step that this browser is at."""
    return Pending(**request.session.get('step', {}))


def give_up_step(request: Request, why: str = '') -> None:
    """Be at no second step any more; the page for signing in says why."""
    request.session.pop('step', None)
    if why:
        tell(request, why)


def renew(request: Request, session_id: str, token: str) -> None:
    """Give this browser, and its open pages, the new token of the session that it has."""
    access.renew(request, token)
    live.renew_session(session_id, token)


def went_on(request: Request, path: str) -> Response:
    """Lead on to a path of ours."""
    return JSONResponse({'to': path}) if stays(request) else RedirectResponse(path, 303)


def stays(request: Request) -> bool:
    """Whether a script of ours has posted the form, so that the page it is on stays with what was typed."""
    return request.headers.get('accept') == 'application/json'


def wrong_in(problem: Problem) -> Mapping[str, str]:
    """What is wrong, by field; '' for what is of none."""
    return problem.fields if isinstance(problem, Invalid) else {'': str(problem)}


def told(request: Request, back: str, problem: Problem, *, email: object = '') -> Response:
    """Tell what is wrong on the page with the form, which is at `back`."""
    if stays(request):
        return refusal(wrong_in(problem), problem)
    shown = email[:KEPT_ADDRESS] if isinstance(email, str) else ''
    request.session['tried'] = {'errors': dict(wrong_in(problem)), 'email': shown}
    return _back(back, problem)


def refusal(wrong: Mapping[str, str], problem: Problem) -> Response:
    """What is wrong, by field, for the script of the page that the form is on."""
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
