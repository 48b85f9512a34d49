"""An agent that answers visitors, and who visits it: what tests of the chat begin with."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from nicegui import core
from sqlmodel import col, select

from data import changes, database
from data.database import System
from data.models import Agent, AgentState, AgentVersion, Source, SourceKind, SourceState
from data.runtime.settings import Settings
from data.services import passages

URL = 'http://127.0.0.1:8080'
SITE = 'https://shop.example'
HANDBOOK = [
    ('Returns > Refunds', 4, 'Refunds are paid within fourteen days after the parcel has arrived in our warehouse.'),
    ('Delivery', 7, 'Orders are delivered within three working days. Islands take a week longer.'),
]


def serve_agent(organization_id: str, project_id: str, **settings: Any) -> str:
    """Let the agent of a project answer, with these settings published; its public id."""
    with database.transaction(System(organization_id)) as tx:
        agent = tx.exec(select(Agent).where(col(Agent.project_id) == project_id)).one()
        number = (agent.published or 0) + 1
        kept = {'name': 'Shop assistant', 'sites': [SITE], **settings}
        tx.add(AgentVersion(organization_id=organization_id, agent_id=agent.id, number=number, settings=kept))
        agent.state, agent.published = AgentState.LIVE, number
        return agent.id


def know(organization_id: str, project_id: str, name: str = 'handbook.pdf') -> str:
    """Put a handbook into the knowledge of a project; the id of the source."""
    with database.transaction(System(organization_id)) as tx:
        source = Source(
            organization_id=organization_id,
            project_id=project_id,
            kind=SourceKind.FILE,
            media='pdf',
            name=name,
            name_key=name,
            state=SourceState.READY,
            language='en',
        )
        tx.add(source)
        tx.flush()
        passages.write(tx, source, [passages.Piece(heading, page, text) for heading, page, text in HANDBOOK])
        return source.id


class Guest:
    """A visitor's browser, without the browser: it keeps a token, and asks as the frame asks."""

    def __init__(self, http: httpx.AsyncClient, agent: str, token: str = '') -> None:
        self.http, self.agent, self.token = http, agent, token

    async def ask(self, method: str, path: str, words: object = None, **headers: str) -> httpx.Response:
        """The answer to a request of the frame; headers can be others, '' is none."""
        given = {'Origin': URL, 'Sec-Fetch-Site': 'same-origin', 'Authorization': f'Bearer {self.token}'}
        given |= {name.replace('_', '-'): value for name, value in headers.items()}
        if words is not None:
            given.setdefault('Content-Type', 'application/json')
        return await self.http.request(
            method,
            f'/widget/{self.agent}{path}',
            content=None if words is None else json.dumps(words),
            headers={name: value for name, value in given.items() if value and value != 'Bearer '},
        )

    async def say(self, text: object, key: str = 'k1', **words: object) -> httpx.Response:
        """Write a message, and keep the token where one comes."""
        answer = await self.ask('POST', '/messages', {'text': text, 'key': key, **words})
        if answer.status_code == 200 and (token := answer.json()['token']):
            self.token = token
        return answer

    async def lines(self) -> list[dict[str, Any]]:
        """The conversation so far."""
        lines: list[dict[str, Any]] = (await self.ask('GET', '/conversation')).json()['lines']
        return lines


@asynccontextmanager
async def door(folder: Path, client: tuple[str, int] = ('198.51.100.7', 1), **settings: str) -> AsyncIterator[Any]:
    """The way of visitors by itself, with nothing behind it: a browser at this address, to ask anything."""
    from pages.server.widget_door import WidgetDoor
    from pages.shell import embedding
    from pages.widget import streams

    made = Settings(data_dir=folder, **settings)
    embedding.configure(made.widget_url or made.public_url)
    before, core.loop = core.loop, asyncio.get_running_loop()
    streams.start()

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({'type': 'http.response.start', 'status': 299, 'headers': []})
        await send({'type': 'http.response.body', 'body': b'the dashboard'})

    visitors_door = WidgetDoor(behind, made)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await visitors_door({**scope, 'app': behind}, receive, send)  # as it is inside of the application

    transport = httpx.ASGITransport(app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url=embedding.url) as http:
        yield http
    core.loop = before
    changes._listeners[:] = [it for it in changes._listeners if it is not streams.heard]


class Listener:
    """A browser that listens to the events of a conversation, each as its name and what it says."""

    def __init__(self, http: httpx.AsyncClient, guest: Guest, after: object = 0, client: str = '198.51.100.7') -> None:
        self.app = http._transport.app  # type: ignore[attr-defined]  # httpx itself waits for the end of an answer
        self.scope = {
            'type': 'http',
            'method': 'GET',
            'path': f'/widget/{guest.agent}/events',
            'query_string': f'after={after}'.encode(),
            'headers': [(b'host', b'127.0.0.1:8080'), (b'authorization', f'Bearer {guest.token}'.encode())],
            'client': (client, 1),
        }
        self.status = 0
        self.signs = 0
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.has_ended = False
        self._gone = asyncio.Event()
        self.task = asyncio.ensure_future(self.app(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, str]:
        await self._gone.wait()
        return {'type': 'http.disconnect'}

    async def _send(self, message: Any) -> None:
        if message['type'] == 'http.response.start':
            self.status = message['status']
            return
        text = message.get('body', b'').decode()
        self.signs += text == ':\n\n'
        if text.startswith('event: '):
            name, data = text.split('\n')[:2]
            self.events.append((name.removeprefix('event: '), json.loads(data.removeprefix('data: '))))
        if not message.get('more_body'):
            self.has_ended = True
            self._gone.set()  # as uvicorn does

    def said(self) -> list[str]:
        """The texts of all that it was told."""
        return [line['text'] for name, data in self.events if name == 'talk' for line in data['lines']]

    async def go(self) -> None:
        """Close it."""
        self._gone.set()
        await self.task
