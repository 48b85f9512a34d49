"""Sockets: who may open the socket of a page, and what is done with what comes over it.

Left alone, NiceGUI takes an event from any socket that knows the page's id, from any site, signed in or not. Here a
socket belongs to the session that loaded its page, and is listened to as long as that session lives. This one file
reaches inside of NiceGUI 3.18: `tests/test_sockets.py` says when another version has changed what it stands on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import ChoiceLoader, DictLoader
from nicegui import Client, app, core, helpers, nicegui, storage
from nicegui.client import templates
from socketio.exceptions import ConnectionRefusedError as Refused
from socketio.packet import Packet
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp

from components.kit.calls import call
from data.problems import Problem
from data.runtime.limits import FRAME, PATIENCE, UNOPENED
from data.runtime.logs import log
from data.runtime.settings import Settings
from data.services.accounts import sessions
from pages.server import event_filter, waiting
from pages.server.addresses import origins_of
from pages.server.connections import Connection
from pages.server.disconnects import Disconnects
from pages.server.frame_filter import FrameFilter, query_of
from pages.server.headers import Headers
from pages.server.request_filter import RequestFilter
from pages.server.strangers import Strangers
from pages.server.widget_door import WidgetDoor
from pages.shell import access, errors, live

RELOAD = 'Implicit handshake failed'
"""The words upon which a page of NiceGUI loads itself again."""

LOOK_EVERY = 3
"""Seconds after which a session that was ended outside of this process is noticed."""

OPENS_WITHIN = 1
"""Seconds that every page is given to open its socket; in a crowd, a browser that is later loads the page again."""

TABS_KEPT = 3600
"""Seconds that NiceGUI remembers what was stored for a tab, where nothing is."""

Message = dict[str, Any]


def install(settings: Settings) -> None:
    """Put everything around the application; harmless when called twice."""
    server = core.sio.eio
    server.cors_allowed_origins = sorted(origins_of(settings.public_url))
    server.transports = core.app.config.socket_io_js_transports = ['websocket']
    server.max_http_buffer_size = FRAME
    app.storage.max_tab_storage_age = TABS_KEPT
    core.sio.on('connect', connect)
    core.sio.on('handshake', handshake)
    core.sio.on('event', event)
    core.sio.on('ack', _of_its_own(nicegui._on_ack))
    core.sio.on('javascript_response', _of_its_own(nicegui._on_javascript_response))
    core.sio.handlers['/'].pop('log', None)
    app.on_delete(untangle)
    app.on_startup(lambda: again_and_again(look_again, LOOK_EVERY))
    app.on_startup(lambda: again_and_again(forget_unopened, OPENS_WITHIN / 2))
    waiting.configure(settings.trusted_proxies)
    app.on_startup(lambda: again_and_again(waiting.room.look, waiting.LOOK_EVERY))
    put_nonce()
    be_quick()
    storage.RequestTrackingMiddleware = Strangers  # type: ignore[misc]  # NiceGUI takes it from there when it starts

    def build_middleware_stack() -> ASGIApp:
        inside: Any = type(app).build_middleware_stack(app)
        inside.app = Disconnects(inside.app)  # the outermost of Starlette's own is what reports defects
        return WidgetDoor(Headers(RequestFilter(FrameFilter(inside), settings), secure=settings.secure), settings)

    app.build_middleware_stack = build_middleware_stack  # type: ignore[method-assign]  # the one place to get in front of it
    app.middleware_stack = None


def server_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told: no trust in strangers' headers, no large frames, and no frames that grow when unpacked."""
    return {
        'proxy_headers': bool(settings.trusted_proxies),
        'forwarded_allow_ips': settings.trusted_proxies,
        'http': Connection,
        'backlog': 4096,  # as many as Linux keeps: whoever finds no room there tries again a second later
        'timeout_keep_alive': PATIENCE['next'],
        'ws_max_size': FRAME,
        'ws_per_message_deflate': False,  # 256 kB of it unpack to 256 MB before anybody asks for the size
        'server_header': False,
    }


def put_nonce() -> None:
    """Let NiceGUI's own template name the nonce; what somebody else gets into a page has none."""
    loader: Any = templates.env.loader
    source = loader.get_source(templates.env, 'index.html')[0]
    if 'request.scope.nonce' not in source:
        stamped = source.replace('<script', '<script nonce="{{ request.scope.nonce }}"')
        templates.env.loader = ChoiceLoader([DictLoader({'index.html': stamped}), loader])


def be_quick() -> None:
    """Spare NiceGUI two things that it does for each element and each frame, and that come to nothing here.

    It looks at the signature of each handler of each element, and searches all that it sends for bytes.
    """
    helpers.expects_arguments = expects_arguments  # type: ignore[assignment]  # its parameter has another name
    core.sio.packet_class = QuickPacket


class QuickPacket(Packet):  # type: ignore[misc]  # Socket.IO ships no types
    """What is sent: bytes are in downloads only, so nothing else is searched for them."""

    @classmethod
    def data_is_binary(cls, data: Any) -> bool:
        """Whether what is sent has bytes in it."""
        return isinstance(data, list) and data[:1] == ['download'] and bool(Packet.data_is_binary(data))


_looked_at = helpers.expects_arguments
_expects: dict[tuple[object, ...], bool] = {}
"""Whether a handler takes arguments, by its code and how many of them have defaults."""


def expects_arguments(function: Callable[..., Any]) -> bool:
    """Whether a handler expects arguments: found out once for each piece of code, not for each element with it."""
    plain = getattr(function, '__func__', function)
    if not isinstance(plain, FunctionType) or plain.__dict__:  # wrapped, or with a signature of its own
        return _looked_at(function)
    defaults = len(plain.__defaults__ or ()), len(plain.__kwdefaults__ or ())
    key = plain.__code__, plain is function, defaults
    if key not in _expects:
        _expects[key] = _looked_at(function)
    return _expects[key]


# sockets -------------------------------------------------------------------------------------------------------------


_documents: WeakKeyDictionary[Client, str] = WeakKeyDictionary()
"""The one document in one browser that each page is drawn in. NiceGUI stumbles where there are two."""


def _may_have(client: Client, environ: Message) -> bool:
    """Whether a socket comes with the session that loaded the page, and the page is still somebody's."""
    of_page, of_socket = access.token(client.request), access.token(HTTPConnection(environ['asgi.scope']))
    if of_page != of_socket or live.has_ended(client.id):
        return False
    document = query_of(environ['QUERY_STRING'])['document_id']
    return _documents.setdefault(client, document) == document


async def connect(sid: str, environ: Message, auth: object = None) -> None:
    """Let a socket in; a page that is refused loads itself again, and then `access` decides who sees what."""
    client = Client.instances.get(query_of(environ['QUERY_STRING'])['client_id'])
    if client is not None and not _may_have(client, environ):
        scope = environ['asgi.scope']
        log.warning('socket', what='not of this page', network=scope['client'][0] if scope['client'] else '')
        raise Refused(RELOAD)
    await nicegui._on_connect(sid, environ, auth)


async def handshake(sid: str, message: Message) -> bool:
    """The same for pages that were fetched ahead: they open their socket first and shake hands when they are shown."""
    query = query_of(environ['QUERY_STRING']) if (environ := core.sio.get_environ(sid)) else {}
    client = Client.instances.get(message['client_id'])
    if client is None or any(message[name] != query.get(name) for name in ('client_id', 'tab_id', 'document_id')):
        return False
    return _may_have(client, environ) and await nicegui._on_handshake(sid, message)


def _is_its_own(sid: str, client: Client | None) -> bool:
    """Whether this is a page that the socket has been let into, and somebody is signed in to it as before."""
    return client is not None and sid in client._socket_to_document_id and not live.has_ended(client.id)


def _of_its_own(original: Callable[[str, Message], None]) -> Callable[[str, Message], None]:
    def handle(sid: str, message: Message) -> None:
        if _is_its_own(sid, Client.instances.get(message['client_id'])):
            original(sid, message)

    return handle


def event(sid: str, message: Message) -> None:
    """Something that happened on a page; ignored where the element is gone meanwhile, or it makes no sense there."""
    client = Client.instances.get(message['client_id'])
    if client is None or not _is_its_own(sid, client):
        return
    element = client.elements.get(message['id'])
    listener = element._event_listeners.get(message['listener_id']) if element is not None else None
    if element is None or listener is None:
        return
    if event_filter.fits(element, listener, message['args']):
        nicegui._on_event(sid, message)
    else:
        log.debug('an event that does not fit', element=type(element).__name__, listener=listener.type)


def untangle(client: Client) -> None:
    """Cut what ties the props of elements to themselves: their memory is free at once, no pause has to look for it."""
    for element in client.elements.values():
        for observable in (element._props, element._classes, element._style):
            observable._change_handlers.clear()


# sessions ------------------------------------------------------------------------------------------------------------


async def again_and_again(act: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do something now and then, whatever happens."""
    while True:
        await asyncio.sleep(seconds)  # not a timer of NiceGUI: those stop for as long as a clock is set back
        try:
            await act()
        except Exception as error:
            errors.reference(error)


async def forget_unopened() -> None:
    """Let go of the oldest pages that strangers fetched and nobody opens, where there are too many: robots do that."""
    strangers = (client for client in Client.instances.values() if client.id not in live.viewers)
    unopened = [client for client in strangers if not (client.has_socket_connection or client._delete_tasks)]
    for client in unopened[:-UNOPENED]:
        if client.created < time.time() - OPENS_WITHIN:
            client.delete()


async def look_again() -> None:
    """Ask the database once, in a thread, about the sessions of all open pages; nothing changes while it is silent."""
    if ids := live.session_ids():
        with suppress(Problem):
            for ended in await call(sessions.ended_of, ids):
                live.end_session(ended)
