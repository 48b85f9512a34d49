"""What visitors do: write, ask for a person, leave an address, say what helped, read, type, take all of it away."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from components.kit.calls import call
from data import clock
from data.services import conversations, visitors
from data.services.agents.serving import is_open
from data.services.visitors import Talk
from pages.widget import answers, ceilings, lines, streams, turning
from pages.widget.streams import Stream
from pages.widget.visits import NOBODY, TOO_OFTEN, UNREADABLE, Refused, Visit, act, found, known, token_of

AFTER = 10**9
"""No conversation has as many messages."""

DONE = {'done': True}


async def look(it: Visit, after: int = 0) -> Talk | None:
    """The conversation of who asks, None for a stranger."""
    return await call(visitors.look, it.serving, it.token, after) if it.token else None


async def refuse_too_many(it: Visit) -> None:
    """Count a message. Raises Refused, with the agent's own sentence and a time, where there are too many.

    A token that is good for nothing here is that of somebody new.
    """
    is_known = await look(it, AFTER) is not None
    if seconds := ceilings.seconds_to_say(it.serving, it.token if is_known else None, it.network):
        raise Refused(answers.refusal(429, it.serving.settings.limit, seconds))


@act
async def say(it: Visit) -> Response:
    """A message; the answer comes by the stream of events."""
    await refuse_too_many(it)
    said = await call(visitors.say, it.serving, it.arrival, it.text('text'), it.text('key'))
    if said.token:
        ceilings.count_first(said.token)
    if said.turn is not None:
        turning.answer(it.serving.organization_id, said.conversation_id, said.turn)
    return answers.words({'token': said.token, 'seq': said.seq})


@act
async def recognized(it: Visit) -> Response:
    """The token of somebody whom their site has signed and who has written before, and whether they are another one."""
    if seconds := ceilings.seconds_to_come(it.serving):
        return answers.refusal(429, TOO_OFTEN, seconds)
    found = await call(visitors.recognize, it.serving, it.arrival)
    return answers.words({'token': found.token, 'other': found.is_other})


@act
async def person(it: Visit) -> Response:
    """Somebody wants a person, perhaps before anything was said."""
    await refuse_too_many(it)
    here = conversations.is_anybody_here(it.serving.organization_id) and is_open(it.serving.settings, clock.now())
    said = await call(visitors.ask_person, it.serving, it.arrival, is_here=here)
    return answers.words({'token': said.token, 'seq': said.seq, 'here': here})


@known
async def lead(it: Visit) -> Response:
    """An address to be answered at, with the sentence that was agreed to."""
    agreed = it.words.get('agreed') is True
    await call(visitors.leave_address, it.serving, it.token, it.text('email'), it.text('name'), agreed)
    return answers.words(DONE)


@known
async def vote(it: Visit) -> Response:
    """Whether an answer helped: 1 or -1."""
    helped = it.words.get('vote')
    if helped not in (1, -1) or type(helped) is not int:
        return answers.refusal(400, UNREADABLE)
    await call(visitors.vote, it.serving, it.token, it.number('seq'), helped)
    return answers.words(DONE)


@known
async def read(it: Visit) -> Response:
    """Up to which message they have read."""
    await call(visitors.read, it.serving, it.token, it.number('seq'))
    return answers.words(DONE)


@known
async def typing(it: Visit) -> Response:
    """They are writing."""
    await call(visitors.typing, it.serving, it.token)
    return answers.words(DONE)


@known
async def transcript(it: Visit) -> Response:
    """All that was said, by mail."""
    await call(visitors.transcript, it.serving, it.token, it.text('email'))
    return answers.words(DONE)


@known
async def erase(it: Visit) -> Response:
    """Everything of them, gone at once."""
    await call(visitors.erase, it.serving, it.token)
    return answers.words(DONE)


async def conversation(request: Request) -> Response:
    """What was said so far; for a stranger, and for who has said nothing, that is nothing."""

    @act
    async def inside(it: Visit) -> Response:
        talk = await look(it, after(request))
        return answers.words(lines.talk(talk) if talk else {'state': None, 'lines': []})

    return await inside(request)


def after(request: Request) -> int:
    """The number of the last message that a browser has. Raises Refused for what is none."""
    number = request.query_params.get('after', '0')
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise Refused(answers.refusal(400, UNREADABLE))
    return int(number)


class Events:
    """The stream of events of a conversation, with nothing of Starlette's around it: a thousand of them stay open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is said until the browser goes."""
        if scope['method'] != 'GET':
            return await answers.refusal(405, UNREADABLE)(scope, receive, send)
        try:
            stream = await self._stream(Request(scope), send)
        except Refused as refused:
            return await refused.answer(scope, receive, send)
        await streams.serve(stream, receive)

    async def _stream(self, request: Request, send: Send) -> Stream:
        token, here, begin = token_of(request), ceilings.network(request), after(request)
        agent = await found(request)
        talk = await call(visitors.look, agent, token, AFTER) if token else None
        if talk is None:
            raise Refused(answers.refusal(410, NOBODY))
        if streams.is_full(here):
            raise Refused(answers.refusal(503, TOO_OFTEN, streams.BEAT))
        of = agent.organization_id, agent.agent_id, talk.conversation_id
        return Stream(of, token, here, begin, send)
