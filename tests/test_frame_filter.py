"""The wire: what a socket may say, how much of it, and how soon."""

import asyncio
import json
import time
from typing import Any

import pytest

from data.runtime.limits import EVENTS, EVENTS_AT_ONCE, FLOOD
from tests.support.gate import ID, Message


def said(name: str, **message: Any) -> str:
    """A frame."""
    return '42' + json.dumps([name, message])


EVENT = {'client_id': ID, 'id': 3, 'listener_id': ID, 'args': ['1', None, '"x"', '{"a":[]}']}


@pytest.mark.parametrize(
    'frame',
    [
        said('event', **EVENT),
        said('event', **{**EVENT, 'args': []}),
        said('ack', client_id=ID, next_message_id=0),
        said('javascript_response', client_id=ID, request_id=ID, result={'a': 1}),
        said('javascript_response', client_id=ID, request_id=ID),
        '420' + said('handshake', client_id=ID, tab_id=ID, document_id=ID, old_tab_id=None, next_message_id=1)[2:],
    ],
)
def test_what_pages_say_is_understood(frame: str) -> None:
    from pages.server.frame_filter import is_event

    assert is_event(frame)


@pytest.mark.parametrize(
    'frame',
    [
        *('', '42', '42[', '42[]', '42{}', '42null', '42[1,2]', '42["event"]', '42["event",{}]', '42["event",{},{}]'),
        *(
            '43[]',
            '40',
            '2',
            '451-["event",{}]',
            '4["event",{}]',
            '42/admin,["event",{}]',
            '42' + '[' * 10**5,
            '42' + '9' * 99,
        ),
        *(said(name, **EVENT) for name in ('log', 'connect', 'disconnect', '*', 'message', '')),
        *(said('event', **{key: it for key, it in EVENT.items() if key != missing}) for missing in EVENT),
        *(
            said('event', **{**EVENT, key: it})
            for key in EVENT
            for it in (None, 1.5, True, -1, [1], {}, 'x' * 65, 10**20)
        ),
        *(said('event', **{**EVENT, 'args': [it]}) for it in (1, {}, '', '{', 'undefined', 'NaN', '[' * 10**4)),
        said('ack', client_id=ID, next_message_id='1'),
        said('ack', next_message_id=1),
        said('javascript_response', client_id=ID, request_id=1),
        said('handshake', client_id=ID, tab_id=None, document_id=ID),
        said('handshake', client_id=ID, tab_id=ID, document_id=ID, next_message_id='x'),
    ],
    ids=lambda frame: frame[:40],
)
def test_everything_else_is_not(frame: str) -> None:
    from pages.server.frame_filter import is_event

    assert not is_event(frame)


class Line:
    """A socket that says what a test wants it to say."""

    def __init__(self, *frames: str | bytes) -> None:
        from pages.server.frame_filter import Reader

        self.frames, self.sent = list(frames), []
        self.reader = Reader(self.receive, self.send, '203.0.113.9')

    async def receive(self) -> Message:
        if not self.frames:
            return {'type': 'websocket.disconnect', 'code': 1005}
        frame = self.frames.pop(0)
        return {'type': 'websocket.receive', ('text' if isinstance(frame, str) else 'bytes'): frame}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def heard(self) -> list[str]:
        """What comes through until the socket is closed, and the code with which it is."""
        found = []
        while (message := await self.reader.receive())['type'] == 'websocket.receive':
            found.append(message['text'])
        return [*found, str(message['code'])]


async def test_one_says_hello_first_and_once() -> None:
    event = said('event', **EVENT)
    assert await Line(event, '40', '40', event, '41', event, '41', '3').heard() == ['40', event, '41', '3', '1005']


class Silent(Line):
    """A socket that says nothing more and stays."""

    async def receive(self) -> Message:
        if not self.frames:
            await asyncio.Event().wait()
        return await super().receive()


async def test_who_says_no_hello_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.server import frame_filter

    monkeypatch.setattr(frame_filter, 'HELLO', 0.05)
    for frames in ([], ['3', 'x', said('event', **EVENT)]):
        assert (await asyncio.wait_for(Silent(*frames).heard(), 5))[-1] == '1008'
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(Silent('40').heard(), 0.2)


@pytest.mark.parametrize(
    ('said', 'answered', 'stays'),
    [([], '', False), (['x'], '', False), (['40'], '44{}', False), (['40'], '40{}', True)],
    ids=['nothing', 'no hello', 'refused', 'let in'],
)
async def test_a_socket_that_is_not_let_in_is_waited_for_like_half_a_request(
    monkeypatch: pytest.MonkeyPatch, said: list[str], answered: str, stays: bool
) -> None:
    """It is one of those of whom there may be so many, and of those the oldest go; whoever is let in is no more."""
    from pages.server import waiting

    monkeypatch.setattr(waiting, 'room', room := waiting.WaitingRoom(1024))
    line = Silent(*said)
    with line.reader.waited_for():
        heard = asyncio.ensure_future(line.heard())
        await asyncio.sleep(0)
        if answered:
            await line.reader.send({'type': 'websocket.send', 'text': answered})
        for _ in range(room.waited):
            room.enter(Silent().reader, 10, is_silent=False)
        if stays:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(heard, 0.2)
        else:
            assert (await asyncio.wait_for(heard, 5))[-1] == '1008'


async def test_a_socket_that_was_refused_has_no_more_time_than_one_without_hello(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pages.server import frame_filter

    monkeypatch.setattr(frame_filter, 'HELLO', 0.05)
    line = Silent('40')
    heard = asyncio.ensure_future(line.heard())
    await asyncio.sleep(0)
    await line.reader.send({'type': 'websocket.send', 'text': '44{}'})
    assert (await asyncio.wait_for(heard, 5))[-1] == '1008'


async def test_bytes_are_not_understood() -> None:
    assert await Line('40', b'42["event",{}]', b'\x00', '1').heard() == ['40', '1', '1005']


async def test_whoever_is_refused_is_not_heard_again() -> None:
    line = Line('40')
    assert (await line.reader.receive())['text'] == '40'
    await line.reader.send({'type': 'websocket.send', 'text': '44{"message":"Implicit handshake failed"}'})
    line.frames = [said('event', **EVENT)] * 3
    assert await line.heard() == ['1008']
    assert line.sent, 'they are told'


async def test_too_many_frames_are_dropped_and_a_flood_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, 'monotonic', lambda: now)
    event = said('event', **EVENT)
    line = Line('40', *[event] * (EVENTS_AT_ONCE + FLOOD - 1))
    assert await line.heard() == ['40', *[event] * (EVENTS_AT_ONCE - 1), '1005']
    line.frames = [event] * 20_000
    assert await line.heard() == ['1008']
    assert len(line.frames) > 19_990, 'the rest is not even read'


async def test_tokens_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, 'monotonic', lambda: now)
    line = Line('40', *['3'] * EVENTS_AT_ONCE)
    assert len(await line.heard()) == EVENTS_AT_ONCE + 1
    now += 2
    line.frames = ['3'] * EVENTS_AT_ONCE
    assert len(await line.heard()) == 2 * EVENTS
    now += 3600
    line.frames = ['3'] * 2 * EVENTS_AT_ONCE
    assert len(await line.heard()) == EVENTS_AT_ONCE + 1


async def test_large_frames_count_more() -> None:
    large = said('event', **{**EVENT, 'args': [json.dumps('x' * 100_000)]})
    assert len(await Line('40', *[large] * EVENTS_AT_ONCE).heard()) < 12
