"""Closing an account: what its form posts; afterwards this browser is nobody's."""

import asyncio
from functools import partial

from fastapi import Request, Response
from nicegui import app
from starlette.concurrency import run_in_threadpool

from data.problems import Invalid, Problem, SignedOut
from data.services.accounts import closing
from pages.auth import coming
from pages.shell import access, live

CLOSED = 'Your account is closed. Thank you for having been here.'

SOON = 1
"""Seconds until the pages of this very browser go: the one with the form goes by itself, with the answer to it."""


@app.post('/auth/close-account')
async def post_close_account(request: Request) -> Response:
    """Close the account of whoever sends this, who has typed its address."""
    form = await coming.form_of(request)
    actor = await access.actor_of(request)
    if actor is None:
        return coming.refusal({'': str(SignedOut())}, SignedOut())
    attempt = partial(closing.close_account, actor, form.get('email'), form.get('edition'))
    try:
        with live.held(actor.session_id):
            ended = await run_in_threadpool(attempt)
            await coming.leave(request)
    except Problem as problem:
        return coming.refusal(problem.fields if isinstance(problem, Invalid) else {'': str(problem)}, problem)
    coming.tell(request, CLOSED)
    for session_id in ended:
        later = SOON if session_id == actor.session_id else 0
        asyncio.get_running_loop().call_later(later, live.end_session, session_id)
    return coming.went_on(request, '/sign-in')
