"""Requests of visitors: what is sent, by whom, to which agent; refused in a sentence where it can't be."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from components.kit.calls import call
from data.inputs import devices, sites
from data.problems import Invalid, NotFound, Problem, TooMany
from data.services.agents import serving
from data.services.agents.serving import Serving
from data.services.visitors import Arrival, Stranger, is_made
from pages.shell import embedding
from pages.widget import answers, ceilings
from pages.widget.showing import origin_of

LONGEST_TOKEN, LONGEST_IDENTITY, LONGEST_PAGE = 100, 4000, 500
UNREADABLE = 'What was sent could not be read.'
NOBODY = 'There is no conversation yet.'
TOO_OFTEN = 'That was too often.'


class Refused(Exception):
    """Ends a request with this answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True)
class Visit:
    """A request of a visitor: `words` are what was sent, {} where nothing is; the token proves nothing by itself."""

    serving: Serving
    token: str
    words: dict[str, Any]
    network: str
    device: str

    def text(self, name: str) -> str:
        """What was sent under this name, '' for what is no text."""
        value = self.words.get(name)
        return value if isinstance(value, str) else ''

    def number(self, name: str) -> int:
        """What was sent under this name. Raises Refused for what is no number of a message."""
        value = self.words.get(name)
        if type(value) is not int or not 0 <= value < 10**9:
            raise Refused(answers.refusal(400, UNREADABLE))
        return value

    @property
    def arrival(self) -> Arrival:
        """Where a visitor comes from, as far as their browser says so; a page on no site of the agent is none."""
        page, identity = self.text('page')[:LONGEST_PAGE], self.text('identity')
        site = origin_of(page)
        is_ours = site == embedding.url
        if not is_ours and not any(sites.matches(site, allowed) for allowed in self.serving.settings.sites):
            page = site = ''
        known = identity if 0 < len(identity) <= LONGEST_IDENTITY else None
        return Arrival(self.token or None, known, page, site, self.device, self.network)


def token_of(request: Request) -> str:
    """What a browser shows for the visitor that it is, '' for nothing that could be a token."""
    kind, _, token = request.headers.get('authorization', '').partition(' ')
    token = token.strip()
    return token if kind.lower() == 'bearer' and token.isascii() and len(token) <= LONGEST_TOKEN else ''


async def found(request: Request) -> Serving:
    """The agent that is asked. Raises Refused where none answers."""
    agent = await call(serving.find, request.path_params['agent'])
    if agent is None:
        raise Refused(answers.no_answer())
    return agent


async def visit(request: Request) -> Visit:
    """The request, read. Raises Refused."""
    agent = await found(request)
    words: object = {}
    if request.method == 'POST':
        if request.headers.get('content-type', '').partition(';')[0].strip().lower() != 'application/json':
            raise Refused(answers.refusal(415, UNREADABLE))
        try:
            words = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise Refused(answers.refusal(400, UNREADABLE)) from None
    if not isinstance(words, dict):
        raise Refused(answers.refusal(400, UNREADABLE))
    device = devices.in_words(request.headers.get('user-agent'))
    return Visit(agent, token_of(request), words, ceilings.network(request), device)


Act = Callable[[Visit], Awaitable[Response]]


def act(handler: Act) -> Callable[[Request], Awaitable[Response]]:
    """A route for what visitors do: the handler gets the request as it was read; a problem is told in its sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(await visit(request))
        except Refused as refused:
            return refused.answer
        except Invalid as problem:
            return answers.refusal(422, str(problem), fields=problem.fields)
        except TooMany as problem:
            return answers.refusal(429, str(problem), problem.seconds)
        except NotFound as problem:
            return answers.refusal(404, str(problem))
        except Problem as problem:
            return answers.refusal(503, str(problem))

    return endpoint


def known(handler: Act) -> Callable[[Request], Awaitable[Response]]:
    """The same for what only those do who have written already, and not too often."""

    async def inside(it: Visit) -> Response:
        if not it.token:
            return answers.refusal(401, NOBODY)
        if not is_made(it.serving, it.token):
            raise Stranger  # it counts as nobody's: made-up ones take nothing away from all others
        if seconds := ceilings.seconds_to_act(it.serving, it.token):
            return answers.refusal(429, TOO_OFTEN, seconds)
        return await handler(it)

    return act(inside)
