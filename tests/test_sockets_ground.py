"""What of NiceGUI the guard stands on: where one of these fails, a new version has changed it."""

import inspect
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import nicegui
import pytest
from nicegui import Client, app, core, helpers, ui
from nicegui import nicegui as inside
from nicegui.event_listener import EventListener
from socketio import AsyncServer
from starlette.middleware.sessions import SessionMiddleware

from data.runtime.limits import FRAME
from tests.support.visitors import Visitor

Visit = Callable[..., Awaitable[Visitor]]
ROOT = Path(inside.__file__).parent
SQLITE = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)


def parameters(function: Callable[..., Any]) -> str:
    """The names of a function's parameters, and whether it is to be awaited."""
    awaited = 'async ' if inspect.iscoroutinefunction(function) else ''
    return f'{awaited}{", ".join(inspect.signature(function).parameters)}'


def test_it_was_written_for_this_minor_version() -> None:
    assert nicegui.__version__.startswith('3.18.')
    pyproject = (Path(__file__).parents[1] / 'pyproject.toml').read_text(encoding='utf-8')
    assert "'nicegui>=3.18,<3.19'" in pyproject


def test_the_handlers_it_wraps_are_as_they_were() -> None:
    assert {name: parameters(getattr(inside, name)) for name in dir(inside) if name.startswith('_on_')} == {
        '_on_connect': 'async sid, data, _',
        '_on_handshake': 'async sid, data',
        '_on_disconnect': 'sid',
        '_on_event': '_, msg',
        '_on_javascript_response': '_, msg',
        '_on_ack': '_, msg',
        '_on_log': '_, msg',
    }


def test_there_is_no_event_that_it_does_not_know() -> None:
    listens = re.findall(r"sio\.on\(\s*'(\w+)'", (ROOT / 'nicegui.py').read_text())
    assert sorted(listens) == ['ack', 'connect', 'disconnect', 'event', 'handshake', 'javascript_response', 'log']
    says = re.findall(r'socket\??\.emit\(\s*"(\w+)"', (ROOT / 'static' / 'nicegui.js').read_text())
    assert set(says) <= {'ack', 'event', 'handshake', 'javascript_response', 'log'}
    elsewhere = [
        path.name
        for path in ROOT.rglob('*.py')
        if path.name not in ('nicegui.py', 'air.py') and 'sio.on(' in path.read_text() and 'testing' not in path.parts
    ]
    assert elsewhere == []


def test_a_refused_page_loads_itself_again_upon_these_words() -> None:
    from pages.server.sockets import RELOAD

    assert f"ConnectionRefusedError('{RELOAD}')" in (ROOT / 'nicegui.py').read_text()
    assert f'err.message == "{RELOAD}"' in (ROOT / 'static' / 'nicegui.js').read_text()


def test_what_a_socket_is_opened_with_is_as_it_was() -> None:
    script = (ROOT / 'static' / 'nicegui.js').read_text()
    for name in ('document_id', 'tab_id', 'old_tab_id'):
        assert f'options.query.{name} =' in script
    python = (ROOT / 'client.py').read_text()
    for name in ('client_id', 'next_message_id', 'implicit_handshake'):
        assert f"'{name}':" in python


@SQLITE
async def test_what_it_looks_at_is_there(visit: Visit) -> None:
    await (await visit()).open('/sign-in')
    client = next(iter(Client.instances.values()))
    assert isinstance(client.elements, dict)
    assert isinstance(client._socket_to_document_id, dict)
    assert 'socket_id' in parameters(client.handle_handshake)
    assert isinstance(next(iter(client.elements.values()))._event_listeners, dict)
    assert {'id', 'type', 'args'} <= set(EventListener.__dataclass_fields__)
    with client.content:
        choice, text = ui.select(['a', 'b']), ui.input('x')
    assert len(choice._values) == 2
    assert choice.multiple is False
    assert (choice.VALUE_PROP, text.VALUE_PROP) == ('model-value', 'value')
    assert 'update:modelValue' in {listener.type for listener in choice._event_listeners.values()}
    assert 'update:value' in {listener.type for listener in text._event_listeners.values()}
    assert {listener.type for listener in client.layout._event_listeners.values()} >= {
        'sub_pages_open',
        'sub_pages_navigate',
    }


@SQLITE
async def test_it_has_been_put_in(visit: Visit) -> None:
    from pages.server import sockets

    await (await visit()).get('/healthz')
    server = core.sio.eio
    assert server.cors_allowed_origins == ['http://test']
    assert server.transports == core.app.config.socket_io_js_transports == ['websocket']
    assert server.max_http_buffer_size == FRAME
    handlers = core.sio.handlers['/']
    assert sorted(handlers) == ['ack', 'connect', 'disconnect', 'event', 'handshake', 'javascript_response']
    assert (handlers['connect'], handlers['handshake'], handlers['event']) == (
        sockets.connect,
        sockets.handshake,
        sockets.event,
    )
    assert not inspect.iscoroutinefunction(handlers['event']), 'events stay in their order'
    assert type(app.middleware_stack).__name__ == 'WidgetDoor'
    assert type(app.middleware_stack.app).__name__ == 'Headers'
    assert core.sio.packet_class is sockets.QuickPacket
    assert helpers.expects_arguments is sockets.expects_arguments


@pytest.mark.parametrize('name', ['cors_allowed_origins', 'transports', 'max_http_buffer_size'])
def test_the_server_of_the_sockets_still_goes_by_these_names(name: str) -> None:
    assert name in vars(AsyncServer(async_mode='asgi').eio)


def test_uvicorn_still_takes_these(tmp_path: Path) -> None:
    import uvicorn

    from data.runtime.settings import Settings
    from pages.server.sockets import server_options

    options = server_options(Settings(data_dir=tmp_path))
    assert options.keys() <= inspect.signature(uvicorn.Config).parameters.keys()
    assert (options['proxy_headers'], options['ws_max_size']) == (False, FRAME)
    assert options['ws_per_message_deflate'] is False
    options = server_options(Settings(data_dir=tmp_path, trusted_proxies='10.0.0.0/8'))
    assert (options['proxy_headers'], options['forwarded_allow_ips']) == (True, '10.0.0.0/8')


def test_the_session_of_a_socket_is_read_like_that_of_a_page() -> None:
    assert 'in ("http", "websocket")' in inspect.getsource(SessionMiddleware)


def test_every_script_of_the_template_gets_the_nonce() -> None:
    from nicegui.client import templates

    from pages.server.sockets import put_nonce

    put_nonce()
    put_nonce()
    original = (ROOT / 'templates' / 'index.html').read_text()
    assert 'nonce' not in original
    assert not re.search(r'<[^>]+\son[a-z]+=', original), 'no handler stands in an attribute'
    stamped = templates.env.loader.get_source(templates.env, 'index.html')[0]
    scripts = original.count('<script')
    assert scripts >= 8
    assert stamped.count('<script nonce="{{ request.scope.nonce }}"') == stamped.count('<script') == scripts
