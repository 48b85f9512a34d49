"""Tabs of a real browser: new ones, and ones of before in which nothing is left of whoever used them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Frame, Page

EXPECTED = re.compile(
    'ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection to|Opener-Policy header has been ignored'
    r'|404 \(Not Found\) at .*/(nothing|teapot|(invitations|reset-password|verify-email|confirm-contact)/[\w-]+)$'
    r'|4\d\d \([^)]*\) at .*/files\?name=[^/]*$'
)
"""What the console says when a test takes the network or the server away, goes where nothing is, or sends no file."""

STAYS = {
    'add_init_script',
    'add_locator_handler',
    'expose_binding',
    'expose_function',
    'grant_permissions',
    'new_cdp_session',
    'once',
    'route',
    'route_from_har',
    'route_web_socket',
    'set_default_navigation_timeout',
    'set_default_timeout',
    'set_extra_http_headers',
    'set_geolocation',
    'set_offline',
    'set_storage_state',
}
"""Methods of Playwright whose effect outlives a screen: a tab in which one was called is not used again."""

WIDE = {'width': 1280, 'height': 900}
KEPT = 2
"""How many tabs of one kind rest from one file to the next; each takes memory."""


class Tab:
    """The first page of a browser of its own."""

    def __init__(self, chromium: Browser, **options: Any) -> None:
        self.options = {'viewport': WIDE, 'color_scheme': 'light', 'reduced_motion': 'no-preference', **options}
        self.context = chromium.new_context(**self.options)
        self.context.set_default_timeout(10_000)
        self.complain: Callable[[str], None] | None = None
        self.context.on('console', self._said)
        self.context.on('weberror', lambda error: self._hear(str(error.error)))
        self.page = self.context.new_page()
        self.origins: set[str] = set()
        self.page.on('framenavigated', self._went)
        self.devtools = self.context.new_cdp_session(self.page)
        self.is_changed = False
        self.listening: list[Callable[[], None]] = []
        for thing in (self.page, self.context):
            for name in STAYS:
                if hasattr(thing, name):
                    vars(thing)[name] = self._changing(getattr(thing, name))
            vars(thing)['on'] = self._hearing(thing)

    def _hearing(self, thing: Page | BrowserContext) -> Callable[..., None]:
        on = thing.on

        def hear(event: Any, listener: Any) -> None:
            on(event, listener)
            self.listening.append(partial(thing.remove_listener, event, listener))

        return hear

    def _changing(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def change(*args: Any, **options: Any) -> Any:
            self.is_changed = True
            return method(*args, **options)

        return change

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in ('error', 'warning'):
            self._hear(f'{said.text} at {said.location["url"]}')

    def _hear(self, complaint: str) -> None:
        if self.complain and not EXPECTED.search(complaint):
            self.complain(complaint)

    def _went(self, frame: Frame) -> None:
        address = urlsplit(frame.url)
        if address.netloc:
            self.origins.add(f'{address.scheme}://{address.netloc}')

    def forget(self) -> bool:
        """Let nothing be left of what was done here but what the browser has loaded; whether that went well.

        Gone are cookies, what scripts have stored, the way back, and other tabs. It rests where no script of ours
        is, so that none stores anything afterwards.
        """
        self.complain = None
        if self.is_changed or self.page.is_closed() or len(self.origins) > 1:
            return False
        try:
            for stop in self.listening:
                stop()
            self.listening.clear()
            for other in self.context.pages[1:]:
                other.close()
            self.context.clear_cookies()
            return all(self._empty(origin) for origin in self.origins)
        except Error:  # a server that has ended, or a tab
            return False

    def _empty(self, origin: str) -> bool:
        answer = self.page.goto(f'{origin}/healthz')
        self.context.clear_cookies()
        self.page.evaluate('sessionStorage.clear()')
        self.page.mouse.move(0, 0)
        self.page.set_viewport_size(self.options['viewport'])
        looks = {name: self.options[name] for name in ('color_scheme', 'reduced_motion')}
        self.page.emulate_media(media='null', **looks)
        self.devtools.send('Storage.clearDataForOrigin', {'origin': origin, 'storageTypes': 'all'})
        self.devtools.send('Page.resetNavigationHistory')
        return answer is not None and answer.status == 200


class Tabs:
    """Tabs that tests use one after the other: loading everything again takes three times as long as all else."""

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.resting: dict[str, list[Tab]] = {}

    @contextmanager
    def browsers(self) -> Iterator[Callable[..., Page]]:
        """Open pages in browsers of their own; in the end no console has complained."""
        complaints: list[str] = []
        used: list[tuple[str, Tab]] = []

        def come(**options: Any) -> Page:
            resting = self.resting.get(repr(options))
            tab = resting.pop() if resting else Tab(self.chromium, **options)
            tab.complain = complaints.append
            used.append((repr(options), tab))
            return tab.page

        come.complaints = complaints  # for a test that expects some
        yield come
        for options, tab in used:
            if tab.forget():
                self.resting.setdefault(options, []).append(tab)
            else:
                tab.context.close()
        assert complaints == []

    def keep(self, origin: str) -> None:
        """Let some rest that have been nowhere but there; close all others."""
        for tabs in self.resting.values():
            kept = [tab for tab in tabs if tab.origins <= {origin}][-KEPT:]
            for tab in tabs:
                if tab not in kept:
                    tab.context.close()
            tabs[:] = kept

    def close(self) -> None:
        """Close all that rest."""
        for tab in [tab for tabs in self.resting.values() for tab in tabs]:
            tab.context.close()
