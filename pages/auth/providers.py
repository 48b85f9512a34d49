"""Sign-in through a provider over HTTP: the link that leads there, and the address to which it sends people back.

Both are plain links: a form that leads elsewhere is forbidden to pages of ours (`form-action`), and a cookie that is
SameSite=Lax comes back with links only.
"""

from functools import partial
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app
from starlette.concurrency import run_in_threadpool

from components.kit.calls import call
from data.database import Actor
from data.integrations import oidc
from data.integrations.oidc import Claims
from data.problems import Problem, Reauthenticate
from data.runtime import providers
from data.runtime.providers import Provider
from data.services.accounts import identities, journeys, linking
from data.services.accounts.journeys import JourneyOver, Purpose
from pages.auth import coming
from pages.auth import journeys as known
from pages.auth.journeys import Journey
from pages.shell import access, errors
from pages.shell.reauthentication import confirmed

ACCOUNT = '/account'
ELSEWHERE = {'cross-site', 'same-site'}
"""What browsers say of a link on a page that is not ours: nobody is signed in by having looked at one (ASVS 7.6.2)."""

UNKNOWN = 'There is no such way to sign in here, or not any more.'


@app.get('/auth/oidc/{name}')
async def get_provider(request: Request, name: str) -> Response:
    """Send somebody to a provider."""
    provider = providers.named(name)
    if provider is None:
        return _unknown()
    journey, actor = Journey.of(request, provider), await access.actor_of(request)
    if request.headers.get('sec-fetch-site') in ELSEWHERE or (actor is None and journey.purpose is not Purpose.SIGN_IN):
        return RedirectResponse('/sign-in', 303)
    if actor and journey.purpose is Purpose.SIGN_IN:
        return RedirectResponse(journey.then or '/', 303)
    try:
        flow = await call(journeys.begin, provider, journey.purpose, actor, access.network(request))
        url = await oidc.begin(provider, flow, _redirect_uri(provider))
    except Problem as problem:
        return _told(request, journey, problem)
    known.remember(request, flow.state, journey)
    return RedirectResponse(url, 303, headers={'Cache-Control': 'no-store'})


@app.get('/auth/oidc/{name}/callback')
async def get_callback(request: Request, name: str) -> Response:
    """Take somebody back whom a provider sends: sign them in, link it to their account, or confirm that it is them."""
    provider = providers.named(name)
    if provider is None:
        return _unknown()
    state, actor = request.query_params.get('state', ''), await access.actor_of(request)
    journey = known.ended(request, state)
    if journey is None or journey.provider != name:
        return _over(request, provider, actor)
    try:
        flow = await call(journeys.end, provider, journey.purpose, actor, state, journey.began_at)
        claims = await oidc.finish(provider, flow, dict(request.query_params), _redirect_uri(provider))
        return await _arrive(request, provider, journey, claims, actor)
    except Problem as problem:
        return _told(request, journey, problem)


async def _arrive(
    request: Request, provider: Provider, journey: Journey, claims: Claims, actor: Actor | None
) -> Response:
    """Do what somebody went to the provider for. Raises what is to be told where they set out."""
    if actor and journey.purpose is Purpose.LINK:
        await call(linking.link, actor, provider, claims)
        known.tell(request, f'You can now sign in with {provider.label}.')
        return RedirectResponse(ACCOUNT, 303)
    if actor and journey.purpose is Purpose.CONFIRM:
        coming.renew(request, actor.session_id, await call(identities.confirm, actor, provider, claims))
        confirmed(actor.session_id)
        return errors.page(200, 'It is you', 'Close this tab and go on in the one before: it waits for you.', href='')
    is_there = actor is not None and await call(identities.is_of, actor, claims)  # by another tab, a moment before
    if is_there:
        return RedirectResponse(_then(journey, is_new=False) or '/', 303)
    attempt = partial(
        identities.come_in,
        provider,
        claims,
        invitation=journey.invitation or None,
        network=access.network(request),
        agent=request.headers.get('user-agent', ''),
    )
    arrival = await run_in_threadpool(attempt)
    going_on = known.others(request)

    async def entered() -> str:
        return arrival.entry.token

    then = _then(journey, is_new=arrival.is_new)
    answer = await coming.enter(request, journey.back, entered, then=then, kept=journey.kept)
    known.keep(request, going_on)
    if arrival.is_new and journey.invitation and (joined := await access.actor_of(request)):
        await access.welcome(request, joined, journey.invitation)
    return answer


def _then(journey: Journey, *, is_new: bool) -> str:
    """Where somebody goes on: an account that was there before accepts no invitation by the way."""
    return f'/invitations/{journey.invitation}' if journey.invitation and not is_new else journey.then


def _told(request: Request, journey: Journey, problem: Problem) -> Response:
    """Say what went wrong where somebody set out; the other ways in are there as well."""
    if journey.purpose is Purpose.CONFIRM:
        again = f'/auth/oidc/{journey.provider}?{urlencode({"purpose": journey.purpose.value})}'
        return errors.page(200, 'That did not work', str(problem), label='Try again', href=again)
    if journey.purpose is Purpose.LINK:
        late = 'This took too long. Start again.'
        known.tell(request, late if isinstance(problem, Reauthenticate) else str(problem))
        return RedirectResponse(ACCOUNT, 303)
    known.refuse(request, str(problem))
    then = f'?next={quote(journey.then)}' if journey.then and not journey.invitation else ''
    return RedirectResponse(f'{journey.back}{then}', 303)


def _over(request: Request, provider: Provider, actor: Actor | None) -> Response:
    """For who comes back twice, too late, or in another browser than they set out in."""
    sentence = str(JourneyOver(provider.label))
    if actor is None:
        known.refuse(request, sentence)
        return RedirectResponse('/sign-in', 303)
    return errors.page(200, 'This was finished before', sentence)


def _redirect_uri(provider: Provider) -> str:
    """Where the provider sends people back to, by our settings, whatever a request says that our host is."""
    return access.link_to(f'/auth/oidc/{provider.name}/callback')


def _unknown() -> Response:
    return errors.page(404, 'There is nothing here', UNKNOWN, label='Sign in', href='/sign-in')
