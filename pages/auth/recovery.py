"""Forgotten passwords and links from mails: what these forms post."""

from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from components.kit.calls import call
from data.problems import NotFound, Problem
from data.services.accounts import recovery, verifying
from pages.auth import coming
from pages.shell import access, live

DONE = 'Your new password is set. Sign in with it.'


@app.post('/forgot-password')
async def post_forgot_password(request: Request) -> Response:
    """Take an address; the answer is the same for every one."""
    email = (await coming.form_of(request)).get('email', '')
    try:
        access.keep_asked(request, await call(recovery.ask, email, access.network(request)))
    except Problem as problem:
        return coming.told(request, '/forgot-password', problem, email=email)
    return coming.went_on(request, '/forgot-password')


@app.post('/reset-password/{token}')
async def post_reset_password(request: Request, token: str) -> Response:
    """Set a new password by a link; every page of the account is left at once, and nobody is signed in."""
    form = await coming.form_of(request)
    facts = {'network': access.network(request), 'agent': request.headers.get('user-agent', '')}
    password, confirmation = form.get('password', ''), form.get('confirmation', '')
    attempt = partial(recovery.reset, token, password, confirmation, **facts)
    try:
        done = await run_in_threadpool(attempt)
    except Problem as problem:
        return coming.told(request, f'/reset-password/{token}', problem)
    for session_id in done.ended:
        live.end_session(session_id)
    if await access.actor_of(request) is None:
        access.propose(request, done.email)
    coming.tell(request, DONE)
    return coming.went_on(request, '/sign-in')


@app.post('/verify-email/{token}')
async def post_verify_email(request: Request, token: str) -> Response:
    """Prove an address; whoever is signed out signs in first."""
    path = f'/verify-email/{token}'
    actor = await access.actor_of(request)
    if actor is None:
        return RedirectResponse(path, 303)  # the page itself says it
    try:
        claim = await call(verifying.confirm, actor, token)
    except (NotFound, verifying.OtherAccount):
        return RedirectResponse(path, 303)
    except Problem as problem:
        return coming.told(request, path, problem)
    coming.tell(request, f'{claim.email} is confirmed.')
    return coming.went_on(request, '/account' if claim.change else '/')
