"""Real browsers against the real server: a process of main.py with a data folder of its own, and Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.ports import free_port
from tests.support.raw import Fetched, Person, new
from tests.support.served import Served
from tests.support.tabs import Tabs

CHROMIUMS = 'chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'
"""Commands that start a Chromium. The first has no window to draw, and a test takes a fifth less of the processor."""

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


@pytest.fixture(scope='session')
def port() -> int:
    """Where the first server of each file is: what a browser has loaded from one, it need not load from the next."""
    return free_port()


@pytest.fixture(scope='module')
def serve(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Callable[..., Served]]:
    """Start servers for the tests of one file; in the end none of them has a traceback in its log."""
    started: list[Served] = []

    def start(**settings: str) -> Served:
        where = free_port() if started else port
        started.append(Served(tmp_path_factory.mktemp('served'), port=where, **settings))
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
    where = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if where is None:
        if os.environ.get('BOTCADENCE_REQUIRE_BROWSER'):
            pytest.fail('Chromium is not installed.')
        pytest.skip('Chromium is not installed: the browser tests need it.')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope='session')
def all_tabs(chromium: Browser) -> Iterator[Tabs]:
    """What all tests share: tabs that have forgotten whoever used them."""
    tabs = Tabs(chromium)
    yield tabs
    tabs.close()


@pytest.fixture(scope='module')
def tabs(all_tabs: Tabs, port: int) -> Iterator[Tabs]:
    """The same, for the tests of one file: those that know another server than the next file will have are closed."""
    yield all_tabs
    all_tabs.keep(f'http://127.0.0.1:{port}')


@pytest.fixture
def browser_page(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers of their own; in the end no console has complained.

    Where one of a test before can be used again, it has forgotten everything but what it has loaded.
    """
    with tabs.browsers() as browsers:
        yield browsers


@pytest.fixture(scope='module')
def lasting(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """The same, for all tests of one file: a browser that is still where the test before has left it."""
    with tabs.browsers() as browsers:
        yield browsers


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
