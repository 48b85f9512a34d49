"""A browser without a screen: it signs in, opens pages of the application in this process, and reads what they show."""

import asyncio
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Self
from uuid import uuid4
from weakref import WeakSet

import httpx
from nicegui import Client, context, core, events
from nicegui.element import Element
from nicegui.nicegui import _on_handshake
from nicegui.slot import Slot
from nicegui.testing import User as Browser
from nicegui.testing.user_navigate import UserNavigate
from nicegui.testing.user_notify import UserNotify

from components.agents import AgentPart
from components.billing import BillingPart
from components.kit.choice import Choice
from components.kit.grid import Grid
from components.kit.part import Part
from components.kit.switcher import Switcher
from tests.support.world import NETWORK, PASSWORD

ORIGIN = 'http://test'
OURS = {'Origin': ORIGIN, 'Sec-Fetch-Site': 'same-origin'}
TURNS, TURN = 1000, 0.01
"""How often the application gets a turn until something has to have come, and how long one is at least, in seconds."""


async def until(condition: Callable[[], object]) -> None:
    """Let the application work until the condition holds: for some seconds, longer where others keep the processor."""
    for _ in range(TURNS):
        if condition():
            return
        await asyncio.sleep(TURN)
    raise AssertionError('waited in vain')


_everybody: WeakSet['Visitor'] = WeakSet()


def _at_work() -> 'Visitor | None':
    """Whose page this is about; nobody's is one that is only being built, and what a test itself asks for."""
    client = context.client if Slot.get_stack() else None
    return next((it for it in _everybody if client and object.__getattribute__(it, 'client') is client), None)


class Told(UserNotify):
    """What one visitor is told: of NiceGUI's own, that of whoever was asked for something last gets all."""

    def __call__(self, message: str, **kwargs: Any) -> None:
        whose = _at_work()
        (whose.notify if whose else self).messages.append(message)


class Sent(UserNavigate):
    """Where one visitor is sent: of NiceGUI's own, whoever was asked for something last goes."""

    def to(self, target: Callable[..., Any] | str | Element, new_tab: bool = False) -> None:
        whose = _at_work()
        super(Sent, whose.navigate if whose else self).to(target, new_tab)


class Visitor(Browser):
    """Somebody with a browser of their own."""

    def __init__(self) -> None:
        transport = httpx.ASGITransport(core.app, client=(NETWORK, 40000))
        super().__init__(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        self.notify, self.navigate = Told(), Sent(self)
        _everybody.add(self)

    # HTTP ------------------------------------------------------------------------------------------------------------

    async def get(self, path: str) -> httpx.Response:
        """What the server answers, redirects not followed."""
        return await self.http_client.get(path)

    async def post(self, path: str, headers: dict[str, str] = OURS, **form: str) -> httpx.Response:
        """Send a form as a browser does."""
        return await self.http_client.post(path, data=form, headers=headers)

    async def sign_up(self, email: str, password: str = PASSWORD, **form: str) -> httpx.Response:
        """Send the form of sign-up."""
        return await self.post(
            '/auth/sign-up', **{'email': email, 'password': password, 'confirmation': password, **form}
        )

    async def sign_in(self, email: str, password: str = PASSWORD, **form: str) -> httpx.Response:
        """Send the form of sign-in."""
        return await self.post('/auth/sign-in', **{'email': email, 'password': password, **form})

    @property
    def cookie(self) -> str:
        """The session cookie."""
        return self.http_client.cookies['session']

    @property
    def session(self) -> dict[str, Any]:
        """What the session cookie says to anyone who decodes it."""
        found: dict[str, Any] = json.loads(b64decode(self.cookie.split('.')[0]))
        return found

    # what is on the page ---------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The address bar."""
        assert self.client
        return self.client.sub_pages_router.current_path

    @property
    def title(self) -> str:
        """The title of the window."""
        assert self.client
        return self.client.resolve_title()

    @property
    def shown(self) -> str:
        """All words on the page that are not hidden."""
        assert self.client
        return '\n'.join(_words(self.client))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What the lists on the page hold."""
        return [row for grid in self._elements() if isinstance(grid, Grid) for row in grid.rows]

    def field(self, name: str) -> Element:
        """An input of a form that will be posted."""
        return next(element for element in self._elements() if element.props.get('name') == name)

    def form(self, kept: str) -> 'FormOnPage':
        """The form of the dashboard whose draft is kept under this name, or one that begins so."""
        found = [it for it in self._elements() if str(it.props.get('data-form', '')).partition('-')[0] == kept]
        assert found, f'there is no form {kept}'
        return FormOnPage(self, found[-1])

    def error_at(self, name: str) -> str:
        """What a form that was posted says under one of its fields."""
        field = self.field(name)
        below = [it for it in self._elements() if it.html_id in str(field.props.get('aria-describedby', '')).split()]
        return (
            str(below[0].props.get('text') or getattr(below[0], 'text', '')) if field.props.get('aria-invalid') else ''
        )

    async def sees(self, *words: str) -> None:
        """Wait until all of this is on the page."""
        try:
            await until(lambda: all(word in self.shown for word in words))
        except AssertionError:
            missing = [word for word in words if word not in self.shown]
            raise AssertionError(f'{missing} not in:\n{self.shown}') from None

    async def is_told(self, sentence: str) -> None:
        """Wait for a message in the corner."""
        await until(lambda: self.notify.contains(sentence))

    # what one does there ---------------------------------------------------------------------------------------------

    def press(self, label: str) -> None:
        """Click on the button with this label."""
        visible = [it for it in self._elements() if _is_visible(it)]
        found = [(it, event) for it in visible for words, event in _buttons(it) if words == label]
        self._fire(*found[-1])

    def choose(self, row: dict[str, Any], event: str, *more: object) -> None:
        """Choose from the menu of a line in a list."""
        grid = next(it for it in self._elements() if isinstance(it, Grid) and row['id'] in {it['id'] for it in it.rows})
        self._fire(grid, event, [row['id'], *more] if more else row['id'])

    async def go(self, path: str) -> None:
        """Follow a link inside the dashboard."""
        self.navigate.to(path)
        await until(lambda: self.path == path)

    def leave(self) -> None:
        """Close the window."""
        assert self.client
        for socket in list(self.client._socket_to_document_id):
            self.client.handle_disconnect(socket)

    async def come_back(self) -> None:
        """Open the connection of the same page again, as a browser does that has found its network."""
        assert self.client
        said = {'client_id': self.client.id, 'tab_id': self.tab_id, 'document_id': str(uuid4())}
        assert await _on_handshake(f'test-{uuid4()}', said)

    def _elements(self) -> list[Element]:
        assert self.client
        return list(self.client.layout.descendants())

    def _fire(self, element: Element, event: str, args: object = None) -> None:
        assert self.client
        for listener in list(element._event_listeners.values()):
            if listener.type.split('.')[0] == event:
                with self.client:
                    arguments = events.GenericEventArguments(sender=element, client=self.client, args=args)
                    events.handle_event(listener.handler, arguments)


class FormOnPage:
    """A form of the dashboard: what its fields hold, and what one does with them."""

    def __init__(self, visitor: Visitor, element: Element) -> None:
        self._visitor, self._element = visitor, element

    def _field(self, name: str) -> Any:
        return next(it for it in self._element.descendants() if it.props.get('name') == name)

    @property
    def names(self) -> list[str]:
        """The names of the fields, in their order."""
        return [it.props['name'] for it in self._element.descendants() if it.props.get('name')]

    def __getitem__(self, name: str) -> Any:
        """What a field holds."""
        return self._field(name).value

    def labels(self, name: str) -> list[str]:
        """What can be chosen in a field, in words."""
        return list(self._field(name).options.values())

    def error(self, name: str) -> str:
        """What is wrong with a field."""
        return self._field(name).error or ''

    def is_open(self, name: str = '') -> bool:
        """Whether one may write in a field, or in the first one."""
        return not self._field(name or self.names[0]).props.get('readonly')

    def fill(self, **values: object) -> Self:
        """Type, or pick, one field after the other."""
        for name, value in values.items():
            field = self._field(name)
            with field:
                if isinstance(field, Choice):
                    field.choose(value)
                else:
                    field.value = value
        return self

    def restore(self, draft: dict[str, str]) -> None:
        """Bring a draft back, as the browser does after a reload."""
        self._visitor._fire(self._element, 'restore', {'detail': draft})

    def tell_zone(self, zone: str) -> None:
        """Say in which time zone the browser is, if anybody asks."""
        self._visitor._fire(self._element, 'zone', zone)

    @property
    def has_saved(self) -> bool:
        """Whether nothing in it is unsaved, or on its way: only then is Enter pressed for something else."""
        return not self._element.props['ready'] and not self._element.props['busy']

    def send(self) -> None:
        """Press Enter."""
        self._visitor._fire(self._element, 'submit')


def _is_visible(element: Element) -> bool:
    return all(it.visible and 'gone' not in it.classes for it in (element, *element.ancestors()))


BUTTONS = {'label': 'click', 'save': 'submit', 'back': 'back', 'remedy': 'remedy'}
"""The properties of a part that are the words on its buttons, and what the browser says when one is pressed."""

WORDS = 'title', 'notice', *BUTTONS, 'why', 'word', 'meaning', 'reason', 'sentence', 'more', 'still'
"""The properties of a part that are drawn as they are, besides its hint."""

TABLES = 'values', 'items', 'faces'
"""Those that hold several such words in each of their lines."""


def _buttons(element: Element) -> list[tuple[str, str]]:
    """The words on the buttons of an element, and what each does."""
    if isinstance(element, Part):
        return [(element.props.get(name, ''), event) for name, event in BUTTONS.items()]
    return [(getattr(element, 'text', ''), 'click')]


def _words(client: Client) -> list[str]:
    found: list[str] = []
    for element in client.layout.descendants():
        if _is_visible(element):
            props = element.props
            texts = [
                getattr(element, 'text', ''),
                *(props.get(it) for it in ('label', 'hint', 'error-message', 'value')),
            ]
            if isinstance(element, Switcher):
                texts += [props['name'], props['project'], props['role']]
            if isinstance(element, Part):
                texts += [props.get(it) for it in WORDS]
                texts += chain(*(chain(*props.get(it, ())) for it in TABLES), props.get('people', ()))
            if isinstance(element, AgentPart | BillingPart):
                texts += _texts([value for name, value in props.items() if name != 'kind'])
            if isinstance(element, Grid):
                texts += [str(value) for row in element.rows for value in row.values()]
            found += [text for text in texts if isinstance(text, str) and text]
    return found


def _texts(value: object) -> Iterator[str]:
    """All texts in something that consists of others."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def without_ids(html: str) -> str:
    """A page without what is random in it: the ids of its client, its listeners, its messages, and its nonce."""
    return re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce[-=]"?[\w-]+', '-', html)
