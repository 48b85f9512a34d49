"""The second step of signing in: its screen, and what it posts."""

from functools import partial
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app, ui
from starlette.concurrency import run_in_threadpool

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card, way_to
from components.kit.passkey_form import PasskeyForm
from components.kit.text import Text
from data.problems import Problem
from data.security import passkey_site
from data.services.accounts import second_step
from data.services.accounts.second_step import Step, StepOver
from pages.auth import coming
from pages.auth.passkeys import asked
from pages.shell import access

BY_APP = 'Your authenticator app shows a code of six digits for Botcadence.'
BY_APP_OR_PAPER = f'{BY_APP} Without it, use one of your recovery codes.'
BY_PAPER = 'One of your recovery codes. Each is good once.'


@ui.page(coming.SECOND_STEP, title='Second step · Botcadence', response_timeout=access.PATIENCE)
async def second_step_page(request: Request) -> Response | None:
    """A passkey, or a code; whoever has gone the step, or comes too late, is led on."""
    tried, pending = access.tried(request), coming.pending(request)
    try:
        step = await call(second_step.step_of, pending.token)
    except StepOver as over:
        if response := await access.past_sign_in(request):
            return response
        coming.give_up_step(request, str(over) if pending.token else '')
        return RedirectResponse(f'/sign-in?next={quote(pending.then)}' if pending.then else '/sign-in', 303)
    with entry_card('Confirm that it is you', _sentence(step), theme=access.Bookmark().theme):
        _offer(step, tried.errors)
    way_to('Not you, or not now?', 'Sign in another way', '/sign-in')
    return None


def _sentence(step: Step) -> str:
    """What is asked, and why."""
    ways = 'your passkey or a code' if step.passkeys and (step.app or step.codes) else ''
    return f'Your account asks for {ways or ("your passkey" if step.passkeys else "a code")} as well.'


def _offer(step: Step, errors: dict[str, str]) -> None:
    """Each way to go the step; the passkey first, which takes no typing."""
    site = passkey_site.site()
    if step.passkeys and site:
        passkey = PasskeyForm('/auth/second-step', ask='/auth/second-step/options', at=site.origin)
        passkey.submit('Use your passkey', 'Waiting for your passkey…')
    elif step.passkeys and not step.codes and not step.app:
        Text('p', 'Passkeys don’t work at this address. Whoever runs Botcadence can help you.', 'notice tone-warn')
    if step.app or step.codes:
        paper = BY_APP_OR_PAPER if step.codes else BY_APP
        form = PostForm('/auth/second-step', errors)
        form.code(paper if step.app else BY_PAPER)
        is_first = not (step.passkeys and site)
        form.submit('Continue', 'Checking…', look='button-primary' if is_first else 'button')


@app.post('/auth/second-step/options')
async def post_second_step_options(request: Request) -> Response:
    """What a browser is asked whose person goes the second step by a passkey."""
    return await asked(partial(second_step.ask_passkey, coming.pending(request).token))


@app.post('/auth/second-step')
async def post_second_step(request: Request) -> Response:
    """Go the second step, and on to where the person wanted to."""
    form, pending = await coming.form_of(request), coming.pending(request)
    place = {'network': access.network(request), 'agent': request.headers.get('user-agent', '')}
    if 'credential' in form:
        attempt = partial(second_step.with_passkey, pending.token, form['credential'], **place)
    else:
        attempt = partial(second_step.with_code, pending.token, form.get('code'), **place)

    try:
        token = await run_in_threadpool(attempt)
    except StepOver as over:
        is_done = not pending.token and await access.actor_of(request)  # in another tab, or by the same click twice
        coming.give_up_step(request, '' if is_done else str(over))
        return coming.went_on(request, '/sign-in')
    except Problem as problem:
        return coming.told(request, coming.SECOND_STEP, problem)
    await coming.come_in(request, token, kept=pending.kept)
    return coming.went_on(request, pending.then or '/')
