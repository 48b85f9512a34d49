"""Frames: what is sent to a browser while a screen is built, held back so that it comes at once.

Between a screen that is emptied and the one that takes its place, NiceGUI would send what there is so far, each time
with a layout and a paint in the browser. This leans on its outbox: `tests/test_frames.py` says when that has changed.
"""

import asyncio
from collections import deque

from nicegui import Client
from nicegui.dependencies import JsComponent
from nicegui.outbox import Message

LONGEST = 0.12
"""Seconds after which a screen is sent as far as it is, so that whoever waits sees that something happens."""


class Frames:
    """What one page sends to its browser."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._timer: asyncio.TimerHandle | None = None
        self._components_known = False

    def hold(self) -> None:
        """Send nothing until `release`, for LONGEST at most; a page that is not open yet sends nothing anyway."""
        outbox = self._client.outbox
        if self._timer is not None:  # the screen before never stood: its address must not come either
            outbox.messages = deque(message for message in outbox.messages if not _is_address(message))
        elif self._client.has_socket_connection and outbox._enqueue_event:
            self._know_components()
            self._timer = asyncio.get_running_loop().call_later(LONGEST, self.release)
            outbox._enqueue_event.clear()
            outbox._set_enqueue_event = _wait  # type: ignore[method-assign]  # the loop that sends sleeps on

    def _know_components(self) -> None:
        """Let nothing be loaded again that came with the page: NiceGUI only remembers what came later."""
        if not self._components_known:
            self._components_known = True
            outbox = self._client.outbox
            sent = (element for number, element in self._client.elements.items() if number not in outbox.updates)
            components = (element.component for element in sent)
            outbox._loaded_components.update(it.name for it in components if isinstance(it, JsComponent))

    def release(self) -> None:
        """Send what was held back: one update, and its scripts as one."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        outbox = self._client.outbox
        outbox.messages = joined(outbox.messages)
        del outbox._set_enqueue_event
        outbox._set_enqueue_event()


def _wait() -> None:
    """Nothing is sent for now."""


def _is_address(message: Message) -> bool:
    """Whether this is the script with which NiceGUI puts the path of a screen into the address bar."""
    return message[1] == 'run_javascript' and 'history.pushState' in message[2]['code']


def joined(messages: deque[Message]) -> deque[Message]:
    """The messages, with scripts that follow each other as one; those that wait for an answer stay by themselves."""
    result: deque[Message] = deque()
    for target, kind, payload in messages:
        before = result[-1] if result else None
        is_script = kind == 'run_javascript' and payload.keys() == {'code'}
        if is_script and before and before[:2] == (target, kind) and before[2].keys() == {'code'}:
            result[-1] = target, kind, {'code': f'{before[2]["code"]}\n{{{payload["code"]}\n}}'}
        else:
            result.append((target, kind, {'code': f'{{{payload["code"]}\n}}'} if is_script else payload))
    return result
