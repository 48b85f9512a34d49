"""What the socket spares NiceGUI: each answer is the one that NiceGUI itself would find, only sooner."""

import inspect
import re
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import nicegui
import pytest
from nicegui import helpers
from socketio import AsyncServer
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT, Packet

ROOT = Path(nicegui.__file__).parent


class Handler:
    """Handlers of all kinds."""

    def nothing(self) -> None: ...

    def something(self, event: object) -> None: ...

    @classmethod
    def of_class(cls, event: object) -> None: ...

    @staticmethod
    def static(event: object = None) -> None: ...


def one_or_none(count: int) -> Callable[..., None]:
    """Functions of the same code that differ in their defaults."""

    def handle(event: object) -> None: ...

    handle.__defaults__ = (None,) * count or None
    return handle


def wrapped(event: object) -> None: ...


HANDLERS = {
    'a function': lambda: None,
    'a function of one': lambda event: event,
    'a default': lambda event=None: event,
    'a bound value': lambda event, act=1: (event, act),
    'any number': lambda *events, **more: (events, more),
    'a keyword': lambda *, event: event,
    'a keyword with a default': lambda *, event=1: event,
    'the same code with a default': one_or_none(1),
    'the same code without': one_or_none(0),
    'a method': Handler().nothing,
    'a method of one': Handler().something,
    'the same, not bound': Handler.nothing,
    'a class method': Handler.of_class,
    'a static method': Handler.static,
    'a part': partial(wrapped, 1),
    'a part of one': partial(Handler().something),
    'wrapped': wraps(wrapped)(lambda *args: None),
    'a class': Handler,
    'a builtin': print,
}


@pytest.mark.parametrize('handler', HANDLERS.values(), ids=HANDLERS)
def test_whether_a_handler_takes_arguments_is_what_nicegui_finds(handler: Callable[..., Any]) -> None:
    from pages.server.sockets import _looked_at, expects_arguments

    for _ in range(2):
        assert expects_arguments(handler) is _looked_at(handler)


def test_it_is_asked_in_the_places_that_it_was() -> None:
    assert inspect.getsource(helpers.functions.expects_arguments).split() == EXPECTS.split()
    asked = {path.name: path.read_text().count('helpers.expects_arguments(') for path in ROOT.rglob('*.py')}
    assert {name: count for name, count in asked.items() if count} == {
        'client.py': 1,
        'event.py': 1,
        'events.py': 1,
        'observables.py': 2,
        'page.py': 1,
    }


EXPECTS = """
def expects_arguments(func: Callable) -> bool:
    \"\"\"Check if the function expects non-variable arguments without a default value.\"\"\"
    return any(p.default is Parameter.empty and
               p.kind is not Parameter.VAR_POSITIONAL and
               p.kind is not Parameter.VAR_KEYWORD
               for p in signature(func).parameters.values())
"""


def test_what_is_sent_is_not_searched_for_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.server.sockets import QuickPacket

    assert AsyncServer(async_mode='asgi').packet_class is Packet
    assert Packet.uses_binary_events
    searched: list[object] = []
    monkeypatch.setattr(Packet, 'data_is_binary', classmethod(lambda _, data: searched.append(data) or False))
    data = ['update', {'1': {'text': 'Zoë'}}]
    assert Packet(EVENT, data=data).encode() == QuickPacket(EVENT, data=data).encode()
    assert searched == [data], 'by the first one only'


def test_a_download_is_sent_as_bytes() -> None:
    from pages.server.sockets import QuickPacket

    data = ['download', {'src': b'a,b', 'filename': 'x.csv', 'media_type': 'text/csv'}]
    assert Packet(EVENT, data=data).encode() == QuickPacket(EVENT, data=data).encode()
    assert isinstance(QuickPacket(EVENT, data=data).encode(), list)
    for kind, other in ((CONNECT, {'sid': 'x'}), (ACK, [True]), (DISCONNECT, None)):
        assert Packet(kind, data=other, id=1).encode() == QuickPacket(kind, data=other, id=1).encode()


def test_nothing_else_that_is_sent_can_hold_bytes() -> None:
    found = {path.name: re.findall(r"enqueue_message\('(\w+)'", path.read_text()) for path in ROOT.rglob('*.py')}
    assert {name: kinds for name, kinds in found.items() if kinds} == {
        'client.py': ['run_javascript', 'run_javascript', 'open', 'download'],
        'notify.py': ['notify'],
    }
