"""What a browser fetches of a chat: the script of a page, the frame it opens, the chat as a page, a page to try it."""

from contextlib import suppress
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from components.kit.calls import call
from data.problems import Problem
from data.runtime import mail_server
from data.services.agents import serving, sites
from data.services.agents.serving import Serving
from pages.shell import embedding
from pages.widget import answers, files
from pages.widget.colors import ink

TRIAL_POLICY = (
    "default-src 'none'; script-src {at}; style-src 'self'; frame-src {at}; base-uri 'none'; form-action 'none'"
)


async def script(request: Request) -> Response:
    """The script of a page. Where its agent does not answer it does nothing, and there is no button."""
    found = await call(serving.find, request.query_params.get('agent'))
    return files.answer(request, files.script(found) if found else files.NO_SCRIPT, files.SCRIPT_AGE)


async def asset(request: Request) -> Response:
    """A file of the frame."""
    name = request.path_params['name']
    if name not in files.NAMES:
        return PlainTextResponse('There is nothing here.', 404)
    return files.answer(request, files.file(name), files.FOR_GOOD)


async def frame(request: Request) -> Response:
    """The chat in the frame of a page: browsers show it on the sites of its agent, and on the page to try it."""
    found = await call(serving.find, request.path_params['agent'])
    if found is None:
        return answers.no_page()
    origin = origin_of(request.headers.get('referer', ''))
    if origin:
        with suppress(Problem):  # where that can't be written, there is a chat all the same
            await call(sites.seen, found, origin)
    return answers.html(panel(found, hosted=False), ancestors(found))


async def hosted(request: Request) -> Response:
    """The chat as a page of its own."""
    found = await call(serving.find, request.path_params['agent'])
    return answers.html(panel(found, hosted=True), answers.ALONE) if found else answers.no_page()


async def trial(request: Request) -> Response:
    """A page with the tag in it."""
    found = await call(serving.find, request.path_params['agent'])
    if found is None:
        return answers.no_page()
    text = files.page(
        'trial.html',
        name=found.settings.name,
        tag=embedding.tag(found.agent_id),
        script=f'{embedding.url}/widget.js?agent={found.agent_id}',
        style=files.address('trial.css'),
    )
    return answers.html(text, answers.ALONE, policy=TRIAL_POLICY.format(at=embedding.url))


def panel(found: Serving, *, hosted: bool) -> str:
    """The page that is the chat."""
    settings = found.settings
    chat = {
        'agent': found.agent_id,
        'name': settings.name,
        'greeting': settings.greeting,
        'suggestions': settings.suggestions,
        'person': settings.offers_person,
        'email': settings.offers_email,
        'mail': mail_server.is_configured(),
        'color': settings.color,
        'ink': ink(settings.color),
    }
    return files.page(
        'panel.html',
        name=settings.name,
        theme=settings.theme,
        consent=settings.consent,
        hosted=hosted,
        chat=chat,
        style=files.address('panel.css'),
        script=files.address('panel.js'),
    )


def ancestors(found: Serving) -> str:
    """Who may show it in a frame (CSP 3, frame-ancestors): its sites, apps where it says so, and our page to try it."""
    apps = [answers.APPS] if found.settings.in_apps else []
    return ' '.join(['frame-ancestors', "'self'", *found.settings.sites, *apps])


def origin_of(address: str) -> str:
    """The origin of an address, '' for what is none."""
    try:
        url = urlsplit(address)
    except ValueError:
        return ''
    return f'{url.scheme}://{url.netloc}' if url.scheme in ('http', 'https') and url.netloc else ''
