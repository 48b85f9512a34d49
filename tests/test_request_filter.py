"""What goes round the application, each by itself: the gate, the wire, the headers."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from data.runtime import limits
from data.runtime.limits import BODY, EVENTS, EVENTS_AT_ONCE, FLOOD
from data.runtime.settings import Settings

Message = dict[str, Any]
ID = '125a3271-8924-4d17-8acf-4c5d286f1409'


class Inside:
    """An application that remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def status(
    settings: Settings,
    *,
    kind: str = 'http',
    method: str = 'GET',
    path: str = '/x',
    client: str = '',
    query: str = '',
    **headers: str,
) -> int:
    """How a request is answered, 200 where the gate lets it through."""
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = [
        (name.replace('_', '-').encode(), text.encode('latin-1'))
        for name, text in {'host': 'localhost', **headers}.items()
        if text != '-'
    ]
    scope = {'type': kind, 'method': method, 'path': path, 'headers': given, 'query_string': query.encode()}
    await RequestFilter(Inside(), settings)({**scope, 'client': (client, 1) if client else None}, None, send)
    return int(sent[0]['status'])


# where it is ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('public_url', 'origins'),
    [
        ('https://bots.example.com', {'https://bots.example.com'}),
        ('https://bots.example.com:8443', {'https://bots.example.com:8443'}),
        ('http://192.168.1.5:8080', {'http://192.168.1.5:8080'}),
        ('http://localhost.example.com', {'http://localhost.example.com'}),
        ('http://127.0.0.1:8080', {'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'}),
        ('http://[::1]:8080', {'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'}),
        ('http://localhost', {'http://127.0.0.1', 'http://localhost', 'http://[::1]'}),
        (
            'https://bots.localhost:8443',
            {'https://bots.localhost:8443', 'https://127.0.0.1:8443', 'https://localhost:8443', 'https://[::1]:8443'},
        ),
    ],
)
def test_the_names_of_this_machine_are_one(public_url: str, origins: set[str]) -> None:
    from pages.server.request_filter import origins_of

    assert origins_of(public_url) == origins


@pytest.mark.parametrize(
    ('host', 'answer'),
    [
        *(
            (host, 200)
            for host in ('bots.example.com', 'BOTS.example.com', 'bots.example.com:443', 'bots.example.com:8')
        ),
        *((host, 302) for host in ('localhost', 'localhost:8080', '127.0.0.1', '127.0.0.1:1', '[::1]', '[::1]:8080')),
        *(
            (host, 421)
            for host in ('', '-', 'evil.test', 'bots.example.com.evil.test', 'evilbots.example.com', '127.0.0.2')
        ),
        *(
            (host, 421)
            for host in ('localhost@evil.test', 'localhost:x', 'localhost:', 'localhost/', 'localhost, evil')
        ),
        *((host, 421) for host in ('bots.example.com.', '10.0.0.1', '[::2]', '[::1', ' localhost', '\xe9')),
    ],
)
async def test_only_requests_for_its_own_host_are_served(tmp_path: Path, host: str, answer: int) -> None:
    settings = Settings(data_dir=tmp_path, public_url='https://bots.example.com')
    assert await status(settings, host=host) == answer


async def answer_of(
    settings: Settings, path: str, host: str, method: str = 'GET', **headers: str
) -> tuple[int, str, str]:
    """The status, where it leads, and what it says; 200 where the gate lets it through."""
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = {'host': host, **headers}
    pairs = [(name.replace('_', '-').encode(), text.encode()) for name, text in given.items()]
    path, _, query = path.partition('?')
    scope = {'type': 'http', 'method': method, 'path': path, 'query_string': query.encode(), 'headers': pairs}
    await RequestFilter(Inside(), settings)({**scope, 'client': None}, None, send)
    location = dict(sent[0]['headers']).get(b'location', b'').decode()
    return sent[0]['status'], location, sent[1]['body'].decode() if len(sent) > 1 else ''


PUBLIC = 'https://bots.example.com'


@pytest.mark.parametrize(
    ('path', 'location'),
    [
        ('/', f'{PUBLIC}/'),
        ('/sign-in?next=/organizations', f'{PUBLIC}/sign-in?next=/organizations'),
        ('/invitations/x y', f'{PUBLIC}/invitations/x%20y'),
        ('/a\r\nX: y', f'{PUBLIC}/a%0D%0AX:%20y'),
        *((path, '') for path in ('/healthz', '/assets/theme.css', '/favicon.ico', '//evil.test', '/_nicegui/x')),
    ],
)
@pytest.mark.parametrize('host', ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST'])
async def test_who_opens_it_by_a_name_of_this_machine_is_sent_to_its_address(
    tmp_path: Path, path: str, location: str, host: str
) -> None:
    """There, no form could be posted: its origin would be another one."""
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    for method in ('GET', 'HEAD'):
        assert (await answer_of(settings, path, host, method))[:2] == ((302, location) if location else (200, ''))


async def test_who_came_over_http_to_a_web_server_in_front_is_sent_to_https(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC, trusted_proxies='127.0.0.1')
    plain, safe = {'x_forwarded_proto': 'http'}, {'x_forwarded_proto': 'https'}
    assert (await answer_of(settings, '/x', 'bots.example.com', **plain))[:2] == (302, f'{PUBLIC}/x')
    assert (await answer_of(settings, '/x', 'bots.example.com', **safe))[0] == 200


@pytest.mark.parametrize('name', ['x_forwarded_for', 'x_forwarded_server', 'x_real_ip', 'via'])
async def test_a_web_server_in_front_that_asks_in_the_name_of_this_machine_is_answered(
    tmp_path: Path, name: str
) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    assert (await answer_of(settings, '/x', '127.0.0.1:8080', **{name: '203.0.113.9'}))[0] == 200


async def test_nobody_is_sent_round_and_round(tmp_path: Path) -> None:
    """A web server in front that says nothing of itself and asks in the name of this machine, as nginx does untold."""
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    statuses = [(await answer_of(settings, '/x', '127.0.0.1:8080'))[0] for _ in range(7)]
    assert statuses == [302] * 5 + [200] * 2, 'browsers follow twenty'


async def test_where_it_is_not_the_page_says_where_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    status, _, page = await answer_of(settings, '/x', '203.0.113.9:8080')
    assert status == 421
    assert f'<a class="link" href="{PUBLIC}">Go to {PUBLIC}</a>' in page
    assert 'href="/"' not in page
    assert (await answer_of(settings, '/assets/theme.css', '203.0.113.9:8080'))[0] == 200, 'the page looks like one'


async def test_where_nobody_has_said_where_it_is_the_page_says_what_to_set(settings: Settings) -> None:
    status, _, page = await answer_of(settings, '/x', '192.168.1.5:8080')
    assert status == 421
    assert 'BOTCADENCE_PUBLIC_URL' in page
    assert '<a ' not in page
    assert '192.168' not in page, 'it repeats nothing that a stranger has said'


async def test_two_hosts_are_none(settings: Settings) -> None:
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    hosts = [(b'host', b'localhost'), (b'host', b'localhost')]
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': hosts, 'client': None}
    await RequestFilter(Inside(), settings)(scope, None, send)
    assert sent[0]['status'] == 421


async def test_what_is_never_believed_does_not_come_in(settings: Settings) -> None:
    from pages.server.request_filter import RequestFilter

    async def send(message: Any) -> None:
        pass

    inside = Inside()
    names = [b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded', b'x-kept']
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'client': None}
    scope['headers'] = [(b'host', b'localhost'), *((name, b'evil') for name in names)]
    await RequestFilter(inside, settings)(scope, None, send)
    assert [name for name, _ in inside.scopes[0]['headers']] == [b'host', b'x-kept']


# who asks ------------------------------------------------------------------------------------------------------------

OWN, EVIL = 'http://127.0.0.1:8080', 'https://evil.test'


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'MKCOL', 'post'])
@pytest.mark.parametrize(
    ('origin', 'site', 'answer'),
    [
        (OWN, 'same-origin', 200),
        (OWN, '-', 200),
        ('http://localhost:8080', 'same-origin', 200),
        ('-', 'same-origin', 200),
        (OWN, 'cross-site', 403),
        (OWN, 'same-site', 403),
        (OWN, 'none', 403),
        ('-', 'cross-site', 403),
        ('-', 'none', 403),
        ('-', '-', 403),
        ('null', '-', 403),
        ('null', 'same-origin', 403),
        ('', '-', 403),
        (EVIL, '-', 403),
        (EVIL, 'same-origin', 403),
        ('http://127.0.0.1:8081', '-', 403),
        ('https://127.0.0.1:8080', '-', 403),
        ('http://127.0.0.1:8080.evil.test', '-', 403),
    ],
)
async def test_only_its_own_pages_change_anything(
    settings: Settings, method: str, origin: str, site: str, answer: int
) -> None:
    for path in ('/auth/sign-in', '/', '/anything', '/assets/theme.css'):
        assert await status(settings, method=method, path=path, origin=origin, sec_fetch_site=site) == answer


async def test_anybody_may_read(settings: Settings) -> None:
    for method in ('GET', 'HEAD', 'OPTIONS'):
        assert await status(settings, method=method, origin=EVIL, sec_fetch_site='cross-site') == 200


@pytest.mark.parametrize(
    ('headers', 'answer'),
    [
        ({}, 200),
        ({'content_length': '0'}, 200),
        ({'content_length': str(BODY)}, 200),
        ({'content_length': str(BODY + 1)}, 413),
        ({'content_length': '9' * 5000}, 413),
        ({'content_length': '-1'}, 411),
        ({'content_length': 'x'}, 411),
        ({'content_length': '\xb2'}, 411),
        ({'transfer_encoding': 'chunked'}, 411),
    ],
    ids=str,
)
async def test_a_body_says_how_long_it_is_and_is_not_too_long(
    settings: Settings, headers: dict[str, str], answer: int
) -> None:
    assert await status(settings, method='POST', origin=OWN, **headers) == answer


@pytest.mark.parametrize('path', ['/_nicegui/client/x/upload/1', '/_nicegui/anything', '/_nicegui/3.18.0/static/x.js'])
async def test_nothing_is_uploaded(settings: Settings, path: str) -> None:
    assert await status(settings, method='POST', path=path, origin=OWN) == 403


SOCKET = '/_nicegui_ws/socket.io/'
ASKS = {'client_id': ID, 'tab_id': ID, 'document_id': ID, 'next_message_id': '0', 'EIO': '4', 'transport': 'websocket'}


@pytest.mark.parametrize(
    ('asks', 'answer'),
    [
        ({}, 200),
        ({'old_tab_id': 'null'}, 200),
        ({'implicit_handshake': 'false'}, 200),
        *(({name: ''}, 400) for name in ASKS),
        *(({name: 'x' * 65}, 400) for name in ASKS),
        *(({name: '\n'}, 400) for name in ASKS),
        ({'sid': 'x'}, 400),
        ({'old_tab_id': '<script>'}, 400),
    ],
    ids=str,
)
async def test_a_socket_is_opened_as_pages_do_it(settings: Settings, asks: dict[str, str], answer: int) -> None:
    assert await status(settings, kind='websocket', path=SOCKET, query=urlencode(ASKS | asks), origin=OWN) == answer


@pytest.mark.parametrize('origin', [EVIL, 'null', '', '-', 'http://127.0.0.1:8081', 'http://localhost'])
async def test_a_socket_of_another_site_is_refused(settings: Settings, origin: str) -> None:
    assert await status(settings, kind='websocket', path=SOCKET, query=urlencode(ASKS), origin=origin) == 403


@pytest.mark.parametrize('twice', ASKS)
async def test_a_socket_says_everything_once(settings: Settings, twice: str) -> None:
    """NiceGUI takes the first page that is named and somebody else might take the last one."""
    for query in (f'{twice}=1&{urlencode(ASKS)}', f'{urlencode(ASKS)}&{twice}=1', f'{urlencode(ASKS)}&{twice}='):
        assert await status(settings, kind='websocket', path=SOCKET, query=query, origin=OWN) == 400


async def test_there_are_no_other_sockets_and_no_polling(settings: Settings) -> None:
    for path in ('/', '/_nicegui_ws/', '/organizations', SOCKET + 'x'):
        assert await status(settings, kind='websocket', path=path, query=urlencode(ASKS), origin=OWN) == 400
    for method in ('GET', 'POST', 'OPTIONS'):
        assert await status(settings, method=method, path=SOCKET, query=urlencode(ASKS), origin=OWN) == 400


# how often -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a minute."""
    monkeypatch.setattr(limits.PAGES, 'amount', 3)
    monkeypatch.setattr(limits.SOCKETS, 'amount', 3)
    monkeypatch.setattr(limits.FORMS, 'amount', 3)


async def test_pages_are_counted_per_network(settings: Settings, few: None) -> None:
    for answer in (200, 200, 200, 429, 429):
        assert await status(settings, client='203.0.113.9') == answer
    assert await status(settings, client='203.0.113.10') == 200
    for number, answer in enumerate((200, 200, 200, 429)):
        assert await status(settings, client=f'2001:db8::{number}') == answer
    assert await status(settings, client='2001:db8:0:1::1') == 200


async def test_files_cost_nothing(settings: Settings, few: None) -> None:
    for path in ('/healthz', '/assets/theme.css', '/_nicegui/3.18.0/static/nicegui.js', '/favicon.ico'):
        assert [await status(settings, client='203.0.113.9', path=path) for _ in range(5)] == [200] * 5


@pytest.mark.parametrize('path', ['/auth/sign-in', '/nothing', '/_nicegui/client/x/upload/1', '/healthz'])
async def test_what_is_posted_is_counted_whatever_it_is(settings: Settings, few: None, path: str) -> None:
    asks = {'method': 'POST', 'path': path, 'client': '203.0.113.9'}
    for origin, length in ((OWN, '1'), (EVIL, '1'), (OWN, str(BODY + 1))):
        assert await status(settings, **asks, origin=origin, content_length=length) != 429
    assert await status(settings, **asks, origin=OWN) == 429
    assert await status(settings, client='203.0.113.9') == 200
    assert await status(settings, **{**asks, 'client': '203.0.113.10'}, origin=OWN) != 429


async def test_this_machine_is_not_counted(settings: Settings, few: None) -> None:
    assert [await status(settings, client='127.0.0.1') for _ in range(5)] == [200] * 5


async def test_sockets_are_counted_apart(settings: Settings, few: None) -> None:
    asks = {'kind': 'websocket', 'path': SOCKET, 'query': urlencode(ASKS), 'origin': OWN, 'client': '203.0.113.9'}
    assert [await status(settings, **asks) for _ in range(4)] == [200, 200, 200, 429]
    assert await status(settings, client='203.0.113.9') == 200


async def test_so_many_sockets_are_open_at_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.server.request_filter import RequestFilter

    monkeypatch.setattr(limits, 'SOCKETS_OPEN', 3)
    closed, sent = asyncio.Event(), []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await closed.wait()

    async def send(message: Any) -> None:
        sent.append(message)

    gate = RequestFilter(inside, settings)
    asks = {'type': 'websocket', 'path': SOCKET, 'query_string': urlencode(ASKS).encode()}
    given = [(b'host', b'localhost'), (b'origin', OWN.encode())]

    async def come(*networks: str) -> list[asyncio.Task[None]]:
        scopes = [{**asks, 'headers': given, 'client': (network, 1)} for network in networks]
        tasks = [asyncio.create_task(gate(scope, None, send)) for scope in scopes]
        await asyncio.sleep(0)
        return tasks

    let_in = await come(*['203.0.113.9'] * 3, '203.0.113.10', *['127.0.0.1'] * 9)
    assert sent == []
    [refused] = await come('203.0.113.9')
    await refused
    assert (sent[0]['status'], dict(sent[0]['headers'])[b'retry-after']) == (429, b'60')
    closed.set()
    await asyncio.gather(*let_in)
    await asyncio.gather(*await come(*['203.0.113.9'] * 3))
    assert len([it for it in sent if 'status' in it]) == 1
    assert not gate._open, 'nothing is remembered of who has gone'


# the wire ------------------------------------------------------------------------------------------------------------


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


# the headers ---------------------------------------------------------------------------------------------------------


async def dressed(kind: str, *headers: tuple[bytes, bytes], secure: bool = True) -> dict[bytes, bytes]:
    """What becomes of headers on their way out."""
    from pages.server.headers import Headers

    sent: list[Message] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({'type': kind, 'headers': list(headers)})

    async def send(message: Any) -> None:
        sent.append(message)

    await Headers(inside, secure=secure)({'type': 'http', 'path': '/'}, None, send)
    found = sent[0]['headers']
    assert len(dict(found)) == len(found)
    return dict(found)


async def test_over_https_browsers_stay_there_for_a_year() -> None:
    assert (await dressed('http.response.start'))[b'strict-transport-security'] == b'max-age=31536000'
    assert b'strict-transport-security' not in await dressed('http.response.start', secure=False)


@pytest.mark.parametrize('kind', ['http.response.start', 'websocket.accept', 'websocket.http.response.start'])
async def test_sockets_are_dressed_too(kind: str) -> None:
    assert (await dressed(kind))[b'x-content-type-options'] == b'nosniff'


async def test_the_headers_have_the_last_word() -> None:
    theirs = ((b'Server', b'x'), (b'Content-Security-Policy', b'default-src *'), (b'X-Content-Type-Options', b'x'))
    found = await dressed('http.response.start', *theirs, (b'x-kept', b'1'))
    assert found[b'x-kept'] == b'1'
    assert not {b'Server', b'Content-Security-Policy', b'X-Content-Type-Options'} & found.keys()
    assert b"default-src 'none'" in found[b'content-security-policy']


async def test_a_body_is_left_alone() -> None:
    assert await dressed('http.response.body') == {}
