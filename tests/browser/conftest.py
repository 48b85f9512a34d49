"""Real browsers against the real server: a process of main.py with a data folder of its own, and Chromium."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.raw import Fetched, Person, new
from tests.support.served import Served

FLAGS = [
    '--no-sandbox',
    '--host-resolver-rules=MAP *.lan.test 127.0.0.1',  # another machine of the local network, to a browser
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope='module')
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Start servers for the tests of one file; in the end none of them has a traceback in its log."""
    started: list[Served] = []

    def start(**settings: str) -> Served:
        started.append(Served(tmp_path_factory.mktemp('served'), **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()
    for server in started:
        assert 'Traceback' not in server.log, server.log


@pytest.fixture(scope='module')
def server(serve: Callable[..., Served]) -> Served:
    """One server for the tests of one file."""
    return serve()


@pytest.fixture(scope='session')
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; skips where it is missing, unless BOTCADENCE_REQUIRE_BROWSER is set."""
    where = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if where is None:
        if os.environ.get('BOTCADENCE_REQUIRE_BROWSER'):
            pytest.fail('Chromium is not installed.')
        pytest.skip('Chromium is not installed: the browser tests need it.')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=FLAGS)
        yield browser
        browser.close()


EXPECTED = re.compile(
    'ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection to|Opener-Policy header has been ignored'
    r'|404 \(Not Found\) at .*/(nothing|teapot|(invitations|reset-password|verify-email|confirm-contact)/[\w-]+)$'
)
"""What the console says when a test takes the network or the server away, or goes where nothing is."""


class Browsers:
    """Makes browsers that have never been here, and hears what their consoles complain about."""

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def __call__(self, **options: object) -> Page:
        context = self.chromium.new_context(**{'viewport': {'width': 1280, 'height': 900}, **options})
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        context.on(
            'console',
            lambda said: said.type in ('error', 'warning') and self.hear(f'{said.text} at {said.location["url"]}'),
        )
        context.on('weberror', lambda error: self.hear(str(error.error)))
        return context.new_page()

    def hear(self, complaint: str) -> None:
        """Keep what is not the network's."""
        if not EXPECTED.search(complaint):
            self.complaints.append(complaint)


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers of their own; in the end no console has complained."""
    browsers = Browsers(chromium)
    yield browsers
    for context in browsers.contexts:
        context.close()
    assert browsers.complaints == []


@pytest.fixture(scope='module')
def lasting(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """The same, for all tests of one file: a browser that has been here before is much faster."""
    browsers = Browsers(chromium)
    yield browsers
    for context in browsers.contexts:
        context.close()
    assert browsers.complaints == []


# strangers with tools ------------------------------------------------------------------------------------------------


@pytest.fixture
def come(server: Served) -> Iterator[Callable[..., Person]]:
    """Somebody without a browser, signed up where an address is given."""
    came: list[Person] = []

    def come(email: str = '', at: Served = server) -> Person:
        came.append(Person(at))
        if email:
            assert came[-1].sign_up(email).status_code == 303
        return came[-1]

    yield come
    for person in came:
        person.http.close()


@pytest.fixture
def olga(come: Callable[..., Person]) -> Person:
    """Somebody who is signed in."""
    return come(new('olga'))


@pytest.fixture
def mallory(come: Callable[..., Person]) -> Person:
    """Somebody who is signed in, too, and means no good."""
    return come(new('mallory'))


@pytest.fixture
def page(olga: Person) -> Fetched:
    """Olga's dashboard."""
    return olga.open()


@pytest.fixture
def logged(server: Served) -> Callable[[], list[str]]:
    """What the server has logged since the test began."""
    begin = len(server.log)
    return lambda: server.log[begin:].splitlines()
