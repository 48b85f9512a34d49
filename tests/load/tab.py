"""A browser without a browser: it fetches pages, opens their socket and sends what a click or a key would send."""

import asyncio
import html
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector, WSMsgType

ACK_EVERY = 3
"""Seconds after which a browser says what it has received, so that the server forgets it."""

SILENCE = 0.03
"""Seconds without a message after which nothing more is expected. So long everything pauses before it is timed, as
people do: a processor that has just done the same thing does it faster."""

Element = dict[str, Any]


class Visitor:
    """One browser profile: cookies, a kept connection for HTTP, and tabs."""

    def __init__(self, url: str, http: ClientSession) -> None:
        self.url, self.http = url, http

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str) -> AsyncIterator[Self]:
        """A visitor of the server at `url`."""
        headers = {'Origin': url, 'Sec-Fetch-Site': 'same-origin'}
        async with ClientSession(url, headers=headers, cookie_jar=CookieJar(unsafe=True)) as http:
            yield cls(url, http)

    async def get(self, path: str) -> tuple[float, str]:
        """Milliseconds until a page is here, and the page."""
        began = time.perf_counter()
        async with self.http.get(path, allow_redirects=False) as response:
            text = await response.text()
        taken = 1000 * (time.perf_counter() - began)
        assert response.status == 200, f'{path}: {response.status}'
        return taken, text

    async def json(self, path: str) -> dict[str, Any]:
        """What a route says."""
        return dict(json.loads((await self.get(path))[1]))

    async def post(self, path: str, form: Mapping[str, str]) -> float:
        """Milliseconds until a posted form is answered with the way in."""
        began = time.perf_counter()
        async with self.http.post(path, data=form, allow_redirects=False) as response:
            await response.read()
        taken = 1000 * (time.perf_counter() - began)
        where = response.headers.get('Location')
        assert (response.status, where) == (303, '/'), f'{path}: {response.status} {where}'
        return taken

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in for everything that follows."""
        await self.post('/auth/sign-in', {'email': email, 'password': password})

    def cookies(self) -> dict[str, str]:
        """Name and value of every cookie."""
        return {cookie.key: cookie.value for cookie in self.http.cookie_jar}


class Tab:
    """One open page with its socket: how many ms its page took to come, and the elements a browser would draw."""

    def __init__(self, client_id: str, elements: dict[str, Element], fetched_in: float, silence: float) -> None:
        self.client_id, self.fetched_in = client_id, fetched_in
        self.silence = silence
        self._elements = elements
        self._frames: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        self._unread: list[str] = []
        self._last, self._acknowledged = -1, time.perf_counter()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, visitor: Visitor, path: str, silence: float = SILENCE, *, compress: bool = False
    ) -> AsyncIterator[Self]:
        """Fetch a page, connect its socket over a connection of its own, and close it in the end."""
        taken, page = await visitor.get(path)
        found = re.search(r"'client_id': '([^']+)', 'next_message_id': (\d+)", page)
        drawn = re.search(r'parseElements\(String\.raw`(.*?)`\)', page, re.DOTALL)
        assert found and drawn, 'This is not a page of NiceGUI 3.18.'
        tab = cls(found[1], json.loads(html.unescape(drawn[1])), taken, silence)
        query = {'EIO': '4', 'transport': 'websocket', 'client_id': found[1], 'next_message_id': found[2]}
        query |= {'implicit_handshake': 'true', 'document_id': str(uuid4()), 'tab_id': str(uuid4())}
        # A socket on the connection of an earlier request would be closed by the server after 5 s.
        async with ClientSession(visitor.url, connector=TCPConnector(force_close=True)) as session:
            where = '/_nicegui_ws/socket.io/'
            headers = {'Origin': visitor.url, 'Cookie': '; '.join(f'{k}={v}' for k, v in visitor.cookies().items())}
            asked = {'params': query, 'headers': headers, 'compress': 15 * compress, 'max_msg_size': 0}
            async with session.ws_connect(where, **asked) as socket:
                reader = asyncio.create_task(tab._read(socket))
                try:
                    await asyncio.wait_for(tab._connected(socket), 10)
                    yield tab
                finally:
                    reader.cancel()

    async def _connected(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        while not (frame := (await self._frames.get())[1]).startswith('40{"sid"'):
            assert not frame.startswith('44'), f'The server refused the socket: {frame}'
        await self.settle()

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            now = time.perf_counter()
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data.startswith('0'):
                await socket.send_str('40')
            elif message.data == '2':
                await socket.send_str('3')
            else:
                self._frames.put_nowait((now, message.data))
                if found := re.search(r'"_id":(\d+)}]$', message.data):
                    self._last = int(found[1])
                if now - self._acknowledged > ACK_EVERY:
                    await self.acknowledge()

    async def acknowledge(self) -> None:
        """Say what has come, so that the server need not keep it."""
        self._acknowledged = time.perf_counter()
        said = {'client_id': self.client_id, 'next_message_id': self._last + 1}
        await self._socket.send_str('42' + json.dumps(['ack', said]))

    # acting ----------------------------------------------------------------------------------------------------------

    async def fire(self, element_id: str, event: str, *args: object) -> None:
        """Send an event of an element, as the browser does."""
        listener = next(it for it in self.elements[element_id]['events'] if it['type'] == event)
        said = {'id': int(element_id), 'client_id': self.client_id, 'listener_id': listener['listener_id']}
        await self._socket.send_str('42' + json.dumps(['event', {**said, 'args': [json.dumps(arg) for arg in args]}]))

    async def timed(self, *marks: str, element_id: str = '0', event: str, args: tuple[object, ...] = ()) -> float:
        """Fire an event; milliseconds until what the server sends has contained every one of `marks`."""
        began = time.perf_counter()
        await self.fire(element_id, event, *args)
        arrived = await self.until(*marks)
        await self.settle()
        return 1000 * (arrived - began)

    async def go(self, path: str, *marks: str) -> float:
        """Follow a link inside the dashboard; milliseconds until `marks` are drawn."""
        return await self.timed(*marks, event='sub_pages_navigate', args=(path,))

    # looking ---------------------------------------------------------------------------------------------------------

    async def until(self, *marks: str) -> float:
        """Wait for messages that contain all of `marks`; the moment when the last of them arrived."""
        missing = set(marks)
        while True:
            try:
                arrived, frame = await asyncio.wait_for(self._frames.get(), 10)
            except TimeoutError:
                raise AssertionError(f'Never seen: {missing}') from None
            self._unread.append(frame)
            said = frame.replace('\\"', '"')  # rows that are new stand in a script
            missing = {mark for mark in missing if mark not in said}
            if not missing:
                return arrived

    async def settle(self) -> None:
        """Wait until nothing more comes."""
        while True:
            try:
                self._unread.append((await asyncio.wait_for(self._frames.get(), self.silence))[1])
            except TimeoutError:
                return

    @property
    def elements(self) -> dict[str, Element]:
        """What is drawn now, by id."""
        for frame in self._unread:
            if frame.startswith('42["update",'):
                for key, element in json.loads(frame[2:])[1].items():
                    if element is None:
                        self._elements.pop(key, None)
                    elif key != '_id':
                        self._elements[key] = element
        self._unread.clear()
        return self._elements

    def find(self, wanted: Callable[[Element], Any], below: str = '0') -> str:
        """The id of the first element below another one that is wanted."""
        element = self.elements[below]
        if wanted(element):
            return below
        for child in element.get('children', ()):
            if found := self.find(wanted, str(child)):
                return found
        return ''


def prop(element: Element, name: str) -> str:
    """A property of an element, '' where it has none."""
    return str(element.get('props', {}).get(name, ''))
