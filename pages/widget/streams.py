"""Event streams: what is said reaches the visitors who have their chat open, each reading the gap by itself.

An idle stream is one coroutine that waits until its browser has gone. What has changed is noted on it, and a task of
its own reads and sends; nothing is queued, so that a slow reader costs no memory and misses nothing. Everything here
runs on the event loop, but for `heard`.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from typing import Any

from nicegui import background_tasks, core
from starlette.types import Message, Receive, Send

from components.kit.calls import call
from data import changes
from data.changes import Change
from data.problems import NotFound, Problem
from data.runtime import limits
from data.services import visitors
from data.services.agents import serving
from data.services.audit import Topic
from data.services.conversations import SOMEBODY
from data.services.visitors import Talk
from data.services.visitors.telling import VISITOR
from pages.shell import errors
from pages.widget import lines

BEAT = 20
"""Seconds between two signs of life: browsers notice when they stop, and so does what lies between."""

AT_ONCE = 50
"""Streams that are given a sign of life before others have their turn."""

WHO_ANSWERS = {Topic.AGENT, Topic.PROJECT, Topic.ORGANIZATION}
"""What may end the streams of an agent."""

START: Message = {
    'type': 'http.response.start',
    'status': 200,
    'headers': [
        (b'content-type', b'text/event-stream'),
        (b'cache-control', b'no-store'),
        (b'x-accel-buffering', b'no'),
        (b'content-security-policy', b"default-src 'none'; frame-ancestors 'none'"),
    ],
}
END: Message = {'type': 'http.response.body', 'body': b''}
SIGN: Message = {'type': 'http.response.body', 'body': b':\n\n', 'more_body': True}


class Stream:
    """The stream of one open chat."""

    __slots__ = (
        'after',
        'agent_id',
        'conversation_id',
        'is_changed',
        'is_over',
        'is_sending',
        'network',
        'organization_id',
        'send',
        'shown',
        'token',
        'typist',
    )

    def __init__(self, talk_of: tuple[str, str, str], token: str, network: str, after: int, send: Send) -> None:
        self.organization_id, self.agent_id, self.conversation_id = talk_of
        self.token, self.network, self.after, self.send = token, network, after, send
        self.is_changed = self.is_over = self.is_sending = False
        self.shown: object = None
        """State, member and what was read, as the browser knows them."""
        self.typist = ''
        """Who types, until that was told."""

    def wake(self) -> None:
        """Something may have changed: read and send, unless that is being done, when it is done once more."""
        self.is_changed = True
        self.begin()

    def tell_typing(self, name: str) -> None:
        """Somebody types."""
        self.typist = name
        self.begin()

    def begin(self) -> None:
        """Work on what has changed and who types, unless that is being done, or a sign of life is given."""
        if not (self.is_sending or self.is_over):
            self.is_sending = True
            background_tasks.create(self._catch_up(), name='stream')

    async def say(self, event: str, content: dict[str, Any]) -> None:
        """Send an event, unless the last one was sent while this one was found."""
        if self.is_over:
            return
        text = json.dumps(content, ensure_ascii=False, separators=(',', ':'))
        body = f'event: {event}\ndata: {text}\n\n'.encode()
        await self.send({'type': 'http.response.body', 'body': body, 'more_body': True})

    async def end(self, event: str) -> None:
        """The last event."""
        if not self.is_over:
            await self.say(event, {})
            self.is_over = True
            await self.send(END)

    async def _catch_up(self) -> None:
        try:
            while (self.is_changed or self.typist) and not self.is_over:
                if self.is_changed:
                    self.is_changed = False
                    await self._read()
                elif name := self.typist:
                    self.typist = ''
                    await self.say('typing', {'name': name})
        except Problem:  # agent or database are away: the browser comes again, and reads the gap then
            await self.end('later')
        except Exception as error:
            errors.reference(error)
            await self.end('later')
        finally:
            self.is_sending = False

    async def _read(self) -> None:
        found = await call(_look, self.agent_id, self.token, self.after)
        if found is None or found.conversation_id != self.conversation_id:
            return await self.end('gone')
        shown = found.state, found.member, found.team_seq, found.is_owed
        if found.messages or shown != self.shown:
            self.shown, self.after, self.is_changed = shown, found.seq, self.is_changed or found.more
            await self.say('talk', lines.talk(found))


def _look(agent_id: str, token: str, after: int) -> Talk | None:
    """What is new, None where the conversation is gone. Raises NotFound where the agent does not answer."""
    found = serving.find(agent_id)
    if found is None:
        raise NotFound('This chat is not available.')
    return visitors.look(found, token, after)


_open: dict[str, list[Stream]] = {}
"""By their conversations, the oldest first."""

_networks = Counter[str]()
_beating: list[asyncio.Task[None]] = []


def of_all() -> list[Stream]:
    """Every open stream."""
    return [stream for streams in _open.values() for stream in streams]


def of_organization(organization_id: str) -> list[Stream]:
    """The open streams of one organization."""
    return [stream for stream in of_all() if stream.organization_id == organization_id]


def is_full(network: str) -> bool:
    """Whether there are as many as there may be, of this network or in all: then browsers ask now and then."""
    return _networks.total() >= limits.STREAMS or bool(network and _networks[network] >= limits.STREAMS_HERE)


async def serve(stream: Stream, receive: Receive) -> None:
    """Send what is said until the browser goes, or another tab takes the place."""
    beside = _open.setdefault(stream.conversation_id, [])
    beside.append(stream)
    _networks[stream.network] += 1
    try:
        await stream.send(START)
        for oldest in beside[: -limits.STREAMS_OF_VISITOR]:
            await oldest.end('elsewhere')
        _beat()
        stream.wake()
        while (await receive())['type'] != 'http.disconnect':
            pass
    finally:
        stream.is_over = True
        beside.remove(stream)
        if not beside:
            _open.pop(stream.conversation_id, None)
        _networks[stream.network] -= 1
        if not _networks[stream.network]:
            del _networks[stream.network]


def heard(change: Change) -> None:
    """Bring a change from the thread that committed it to the event loop."""
    if _open and core.loop is not None and core.loop.is_running():
        core.loop.call_soon_threadsafe(spread, change)


def spread(change: Change) -> None:
    """Wake the streams that a change is about."""
    if change.topic == Topic.TYPING:
        for stream in _open.get(change.subject, ()):
            if change.by != VISITOR:
                stream.tell_typing(change.by_name or SOMEBODY)
    elif change.topic == Topic.CONVERSATION and change.subject:
        for stream in _open.get(change.subject, ()):
            stream.wake()
    elif change.topic == Topic.CONVERSATION:
        for stream in of_organization(change.organization_id):
            stream.wake()
    elif change.topic in WHO_ANSWERS:
        for agent_id in {stream.agent_id for stream in of_organization(change.organization_id)}:
            background_tasks.create(_end_where_nobody_answers(agent_id), name='agent')


async def _end_where_nobody_answers(agent_id: str) -> None:
    with suppress(Problem):
        if await call(serving.find, agent_id) is None:
            for stream in [stream for stream in of_all() if stream.agent_id == agent_id]:
                await stream.end('later')


def start() -> None:
    """Listen to what is said; harmless when called twice."""
    changes.listen(heard)


def _beat() -> None:
    if not _beating or _beating[0].done():
        _beating[:] = [background_tasks.create(_keep_beating(), name='beat')]


async def _keep_beating() -> None:
    while _open:
        await asyncio.sleep(BEAT)
        for number, stream in enumerate(of_all()):
            if not (stream.is_sending or stream.is_over):
                stream.is_sending = True
                background_tasks.create(_give_sign(stream), name='sign')
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)


async def _give_sign(stream: Stream) -> None:
    try:
        if not stream.is_over:
            await stream.send(SIGN)
    finally:
        stream.is_sending = False
    if stream.is_changed or stream.typist:
        stream.begin()
