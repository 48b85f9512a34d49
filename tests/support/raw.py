"""A stranger with tools: any request, any socket, any frame, sent to a server that runs as a process of its own."""

import html
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.served import PASSWORD, PATIENCE, Served

SOCKET = '/_nicegui_ws/socket.io/'
Element = dict[str, Any]
_numbers = iter(range(10**6))


def new(name: str) -> str:
    """An address that nobody has used here."""
    return f'{name}{next(_numbers)}@acme.test'


def sql(server: Served, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What another process finds in the server's database, or does to it."""
    with closing(sqlite3.connect(server.data_dir / 'botcadence.db', timeout=PATIENCE)) as database, database:
        return database.execute(statement, values).fetchall()


class Fetched:
    """A page that was fetched: its id, what is drawn, and the cookie it was fetched with."""

    def __init__(self, text: str, cookie: str) -> None:
        found = re.search(r"'client_id': '([^']+)', 'next_message_id': (\d+)", text)
        drawn = re.search(r'parseElements\(String\.raw`(.*?)`\)', text, re.DOTALL)
        assert found and drawn, text[:500]
        self.id, self.number, self.cookie = found[1], found[2], cookie
        self.tab, self.document = str(uuid4()), str(uuid4())
        self.elements: dict[str, Element] = json.loads(html.unescape(drawn[1]))

    def event(self, kind: str, *args: object, of: Callable[[Element], object] = bool, **instead: object) -> str:
        """The frame of an event at the first element that listens to it; parts of it can be others."""
        for number, element in self.elements.items():
            for listener in element.get('events', ()):
                if listener['type'] == kind and of(element):
                    said = {'id': int(number), 'client_id': self.id, 'listener_id': listener['listener_id']}
                    return frame('event', **{**said, 'args': [json.dumps(each) for each in args], **instead})
        raise AssertionError(f'Nothing on this page listens to {kind}.')

    def go(self, path: str, **instead: object) -> str:
        """The frame of a click on a link inside the dashboard: another screen shows that it was listened to."""
        return self.event('sub_pages_navigate', path, **instead)


def frame(name: str, **said: object) -> str:
    """A frame of Socket.IO."""
    return '42' + json.dumps([name, said])


class Person:
    """A browser profile without a browser."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.http = httpx.Client(base_url=server.url, timeout=PATIENCE)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """The answer to a form."""
        given = {'Origin': self.server.url} | {name.replace('_', '-'): text for name, text in headers.items()}
        return self.http.post(path, data=form or {}, headers=given)

    def sign_up(self, email: str, **headers: str) -> httpx.Response:
        """Send the form of sign-up."""
        return self.post('/auth/sign-up', {'email': email, 'password': PASSWORD, 'confirmation': PASSWORD}, **headers)

    def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
        """Send the form of sign-in."""
        return self.post('/auth/sign-in', {'email': email, 'password': password}, **headers)

    @property
    def cookie(self) -> str:
        """What the browser sends as its cookies."""
        return '; '.join(f'{cookie.name}={cookie.value}' for cookie in self.http.cookies.jar)

    @property
    def home(self) -> str:
        """Where `/` leads."""
        return self.http.get('/').headers['location']

    def open(self, path: str = '') -> Fetched:
        """Fetch a page, that of the organization where no path is given."""
        return Fetched(self.http.get(path or self.home).text, self.cookie)


class Socket:
    """A WebSocket, and nothing around it but the answers to pings."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[str] = []

    def say(self, *frames: str) -> None:
        """Send frames."""
        for each in frames:
            self.connection.send(each)

    def hear(self, *beginnings: str, containing: str = '', within: float = PATIENCE) -> str:
        """The next frame that begins with one of these and contains that; '' where the server hangs up before.

        Raises TimeoutError when none comes in time, however many others do: the server's pings never end.
        """
        end = time.monotonic() + within
        while True:
            try:
                said = str(self.connection.recv(end - time.monotonic()))
            except ConnectionClosed:
                return ''
            self.heard.append(said)
            if said == '2':
                self.say('3')
            elif said.startswith(beginnings or '4') and containing in said:
                return said

    def enter(self) -> str:
        """Say hello; the answer, which begins with 40 where one is let in."""
        self.say('40')
        return self.hear('40', '44')

    def shake(self, page: Fetched) -> str:
        """Shake hands for a page; the answer. It also means that whatever was sent before has been looked at."""
        said = {'client_id': page.id, 'tab_id': page.tab, 'document_id': page.document}
        for _ in range(PATIENCE):
            self.say('427' + frame('handshake', **said)[2:])
            with suppress(TimeoutError):  # who has sent too much at once is not heard for a moment
                return self.hear('437', within=1)
        raise TimeoutError

    def is_heard(self, page: Fetched, path: str = '/organizations', shows: str = 'Organizations') -> bool:
        """Whether an event of this page does something: the screen of another path is drawn."""
        self.say(page.go(path))
        return bool(self.hear('42["update"', containing=shows))


def query(page: Fetched, **instead: str) -> str:
    """The query of a page's socket; parts of it can be others, or missing where they are empty."""
    asked = {'client_id': page.id, 'next_message_id': page.number, 'implicit_handshake': 'true', 'old_tab_id': 'null'}
    asked |= {'document_id': page.document, 'tab_id': page.tab, 'EIO': '4', 'transport': 'websocket', **instead}
    return urlencode({name: text for name, text in asked.items() if text})


@contextmanager
def socket(
    server: Served,
    page: Fetched,
    *,
    origin: str = '',
    cookie: str | None = None,
    path: str = SOCKET,
    before: str = '',
    after: str = '',
    **instead: str,
) -> Iterator[Socket]:
    """A socket for a page, as its own browser opens it; origin, cookie and parts of the query can be others."""
    where = f'ws://127.0.0.1:{server.port}{path}?{before}{query(page, **instead)}{after}'
    headers = {'Origin': origin or server.url, 'Cookie': page.cookie if cookie is None else cookie}
    headers = {name: text for name, text in headers.items() if text != '-'}
    with connect(where, additional_headers=headers, open_timeout=PATIENCE, max_size=None) as connection:
        yield Socket(connection)


def refused(server: Served, page: Fetched, **instead: Any) -> httpx.Response:
    """The answer of a server that does not open this socket."""
    try:
        with socket(server, page, **instead):
            raise AssertionError('The socket was opened.')
    except InvalidStatus as error:
        answer = error.response
        return httpx.Response(answer.status_code, headers=list(answer.headers.raw_items()), content=answer.body or b'')
