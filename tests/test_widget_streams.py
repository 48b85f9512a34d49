"""The events of a conversation: what is said reaches who listens, once; who may not listen any more is told so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from data import changes
from data.changes import Change
from data.models import ConversationState, Project
from data.runtime import limits
from data.services import agents, conversations
from data.services.audit import Topic
from data.services.visitors import Talk
from tests.support.chats import URL, Guest, Listener, door, know, serve_agent
from tests.support.probes import value
from tests.support.visitors import until
from tests.support.world import World

pytestmark = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    async with door(tmp_path) as browser:
        yield browser


@pytest.fixture
async def guest(http: httpx.AsyncClient, world: World, project: Project) -> Guest:
    """Somebody who has written."""
    know(world.organization_id, project.id)
    guest = Guest(http, serve_agent(world.organization_id, project.id))
    await guest.say('How are refunds paid?')
    return guest


def conversation_of(db: Engine) -> str:
    """The id of the one conversation there is."""
    return str(value(db, 'SELECT id FROM conversations'))


async def settled(listener: Listener) -> None:
    """Let all that was noted be read."""
    from pages.widget import streams

    await until(lambda: not any(it.is_sending or it.is_changed for it in streams.of_all()))


async def test_what_is_said_reaches_who_listens(guest: Guest, world: World, db: Engine) -> None:
    listener = Listener(guest.http, guest)
    await until(lambda: len(listener.said()) == 2)
    there = conversation_of(db)
    conversations.take(world.member, there)
    conversations.say(world.member, there, 'I look it up for you.', 'm1')
    await until(lambda: 'I look it up for you.' in listener.said())
    conversations.note(world.member, there, 'A note for members.', 'm2')
    await settled(listener)
    conversations.typing(world.member, there)
    await until(lambda: any(name == 'typing' for name, _ in listener.events))
    await guest.say('Thank you', 'k2')
    await until(lambda: 'Thank you' in listener.said())
    assert listener.said().count('I look it up for you.') == 1
    assert not any('note' in text for text in listener.said())
    states = [data['state'] for name, data in listener.events if name == 'talk']
    assert states[0] == 'answering' and states[-1] == 'human'
    assert '@' not in str(listener.events), 'nobody is shown by their address'

    later = Listener(guest.http, guest, after=2)
    await until(later.said)
    assert 'How are refunds paid?' not in later.said(), 'it reads the gap alone'
    await later.go()
    await listener.go()
    await guest.say('Bye', 'k3')


async def test_of_three_tabs_the_oldest_stops(guest: Guest) -> None:
    tabs = []
    for _ in range(3):
        tabs.append(Listener(guest.http, guest))
        await until(tabs[-1].said)
    await until(lambda: tabs[0].has_ended)
    assert tabs[0].events[-1] == ('elsewhere', {})
    assert not tabs[1].has_ended and not tabs[2].has_ended
    for tab in tabs:
        await tab.go()


async def test_there_are_so_many_of_a_network_and_in_all(
    guest: Guest, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Listener(http, guest)
    await until(first.said)
    monkeypatch.setattr(limits, 'STREAMS_HERE', 1)
    beside, elsewhere = Listener(http, guest), Listener(http, guest, client='203.0.113.9')
    await until(lambda: beside.status and elsewhere.said())
    assert (beside.status, elsewhere.status) == (503, 200)
    monkeypatch.setattr(limits, 'STREAMS', 2)
    further = Listener(http, guest, client='203.0.113.10')
    await until(lambda: further.status)
    assert further.status == 503
    assert len(await guest.lines()) >= 1, 'they may still ask'
    for listener in (first, elsewhere):
        await listener.go()


async def test_who_pauses_the_agent_ends_the_streams_and_no_conversation(
    guest: Guest, world: World, project: Project
) -> None:
    listener = Listener(guest.http, guest)
    await until(listener.said)
    agents.pause(world.member, project.id)
    await until(lambda: listener.has_ended)
    assert listener.events[-1] == ('later', {})
    assert (await guest.ask('GET', '/events')).status_code == 404
    agents.resume(world.member, project.id)
    again = Listener(guest.http, guest)
    await until(again.said)
    await again.go()


async def test_changes_of_others_wake_nobody(guest: Guest, world: World, db: Engine) -> None:
    listener = Listener(guest.http, guest)
    await until(lambda: len(listener.said()) == 2)
    told = len(listener.events)
    there, at = conversation_of(db), world.organization_id
    changes.publish(
        [
            Change(at, Topic.TYPING, by='visitor', subject=there),
            Change(at, Topic.TYPING, by=world.member.user_id, by_name='Mia', subject='a' * 16),
            Change(at, Topic.CONVERSATION, subject='a' * 16),
            Change(at, Topic.CONVERSATION, subject=there),
            Change('b' * 16, Topic.CONVERSATION),
        ]
    )
    await settled(listener)
    changes.publish([Change(at, Topic.TYPING, by=world.member.user_id, by_name='Mia', subject=there)])
    await until(lambda: len(listener.events) > told)
    assert listener.events[told:] == [('typing', {'name': 'Mia'})]
    await listener.go()


async def test_who_deletes_everything_is_a_stranger_in_every_tab(guest: Guest, db: Engine) -> None:
    listener = Listener(guest.http, guest)
    await until(lambda: len(listener.said()) == 2)
    assert (await guest.ask('DELETE', '/conversation')).status_code == 200
    await until(lambda: listener.has_ended)
    assert listener.events[-1] == ('gone', {})
    for table in ('visitors', 'conversations', 'messages', 'leads'):
        assert value(db, f'SELECT count(*) FROM {table}') == 0
    assert (await guest.ask('GET', '/events')).status_code == 410
    assert (await guest.ask('DELETE', '/conversation')).status_code == 404
    before, guest.token = guest.token, guest.token
    await guest.say('Hello again', 'k9')
    assert guest.token != before, 'they are somebody new'


async def test_nothing_is_sent_after_the_last_event(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.widget import streams

    sent: list[Any] = []

    async def send(message: Any) -> None:
        assert not sent or sent[-1]['more_body'], 'the server takes that for a defect'
        sent.append({'more_body': False, **message})

    async def read(*_: object) -> Talk:
        await stream.end('elsewhere')  # another tab has come meanwhile
        return Talk('a' * 16, ConversationState.ANSWERING, [], None, 0, 0, 0, is_owed=False, more=False)

    stream = streams.Stream(('o' * 16, guest.agent, 'a' * 16), guest.token, '', 0, send)
    monkeypatch.setattr(streams, 'call', read)
    stream.wake()
    await until(lambda: not stream.is_sending)
    await streams._give_sign(stream)
    assert [it['body'] for it in sent] == [b'event: elsewhere\ndata: {}\n\n', b'']


async def test_who_types_while_a_sign_is_given_is_told_behind_it(guest: Guest) -> None:
    from pages.widget import streams

    sent: list[bytes] = []

    async def send(message: Any) -> None:
        if not sent:
            stream.tell_typing('Mia')
        sent.append(message['body'])

    stream = streams.Stream(('o' * 16, guest.agent, 'a' * 16), guest.token, '', 0, send)
    stream.is_sending = True
    await streams._give_sign(stream)
    await until(lambda: not stream.is_sending)
    assert sent == [b':\n\n', b'event: typing\ndata: {"name":"Mia"}\n\n']


async def test_whoever_hangs_up_in_the_middle_of_what_they_send_is_no_defect(guest: Guest) -> None:
    sent: list[Any] = []
    headers = {'host': '127.0.0.1:8080', 'origin': URL, 'content-type': 'application/json', 'content-length': '99'}

    async def receive() -> dict[str, str]:
        return {'type': 'http.disconnect'}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        'type': 'http',
        'method': 'POST',
        'path': f'/widget/{guest.agent}/typing',
        'query_string': b'',
        'headers': [(name.encode(), value.encode()) for name, value in headers.items()],
        'client': ('198.51.100.7', 1),
    }
    await guest.http._transport.app(scope, receive, send)  # type: ignore[attr-defined]  # httpx sends all or nothing
    assert sent == []


async def test_nobody_is_left_where_the_listener_hangs_up(guest: Guest) -> None:
    from pages.widget import streams

    listener = Listener(guest.http, guest)
    await until(listener.said)
    assert len(streams.of_all()) == 1
    await listener.go()
    assert streams.of_all() == [] and not streams.is_full('198.51.100.7')
    await guest.say('Is somebody there?', 'k2')


async def test_an_idle_stream_gives_a_sign_now_and_then(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.widget import streams

    monkeypatch.setattr(streams, 'BEAT', 0.01)
    listener = Listener(guest.http, guest)
    await until(lambda: listener.signs >= 2)
    await listener.go()
