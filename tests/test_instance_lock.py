"""The process: what it refuses to start with, that there is one at a time, and that it ends when it is told to."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.runtime import instance_lock
from tests.load.tab import Tab, Visitor
from tests.support.databases import Postgres
from tests.support.served import ROOT, Served

FORM = {'email': 'olga@acme.test', 'password': 'gray owl under ice', 'confirmation': 'gray owl under ice'}
GRACE = 10
"""Seconds within which it ends."""

Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers, and end them."""
    started: list[Served] = []

    def start(**settings: str) -> Served:
        folder = tmp_path / f'server{len(started)}'
        folder.mkdir()
        started.append(Served(folder, **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop(signal.SIGKILL)


def attempt(folder: Path, **settings: str) -> tuple[int, str]:
    """Start Botcadence, which is expected to refuse; its exit code and what it says."""
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(('BOTCADENCE_', 'NICEGUI_', 'PYTEST'))
    }
    environment = {**kept, 'BOTCADENCE_DATA_DIR': str(folder), **settings}
    command = [sys.executable, 'main.py']
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == ''
    return done.returncode, done.stderr


def test_a_second_process_on_the_same_folder_is_refused(serve: Serve) -> None:
    server = serve()
    code, output = attempt(server.folder, BOTCADENCE_PORT='0')
    assert code == 2 and output.startswith('BOTCADENCE_PORT')
    code, output = attempt(server.folder)
    assert (code, output) == (2, f'Botcadence is already at work on {server.folder} (process {server.process.pid}).\n')
    assert server.answers()


def test_killed_it_leaves_nothing_in_the_way_of_the_next(serve: Serve) -> None:
    server = serve()
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    server.start()
    assert server.answers()


def test_a_second_process_on_the_same_file_is_refused(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    file, link = server.folder / 'botcadence.db', tmp_path / 'link.db'
    link.symlink_to(file)
    owner = f'(process {server.process.pid})'
    for path in (file, link):
        code, output = attempt(tmp_path / 'other', BOTCADENCE_DATABASE_URL=f'sqlite:///{path}')
        assert (code, output) == (2, f'Botcadence is already at work on {file} {owner}.\n')
    assert server.answers()
    neighbor = f'sqlite:///{server.folder}/neighbor.db'
    assert serve(BOTCADENCE_DATABASE_URL=neighbor).answers(), 'another file in the same folder is nobody else’s'


@pytest.mark.postgres
def test_a_second_process_on_the_same_postgresql_is_refused(serve: Serve, postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.make('process', 'migrated')
    try:
        server = serve(BOTCADENCE_DATABASE_URL=url)
        code, output = attempt(tmp_path / 'other', BOTCADENCE_DATABASE_URL=url)
        assert (code, output) == (2, 'Botcadence is already at work on the database process.\n')
        server.stop(signal.SIGKILL)
        server.start()
        assert server.stop() == 0
    finally:
        postgres.drop('process')


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with closing(socket.create_server(('127.0.0.1', 0))) as other:
        port = other.getsockname()[1]
        code, output = attempt(tmp_path / 'var', BOTCADENCE_PORT=str(port))
    assert code == 2
    assert output == f'BOTCADENCE_PORT: port {port} of 127.0.0.1 cannot be had (another program is using it).\n'


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / 'botcadence.db')) as connection:
        connection.executescript("CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('9')")
    code, output = attempt(tmp_path)
    assert code == 2
    assert output.startswith('The database has schema 9, which is newer than this version of Botcadence')


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'botcadence.db').write_text('certainly not ' * 1000)
    code, output = attempt(tmp_path)
    why = f'{tmp_path}/botcadence.db is no SQLite database.'
    assert (code, output) == (2, f'The database cannot be prepared: {why}\n')


@pytest.mark.parametrize(
    ('settings', 'says'),
    [
        ({'BOTCADENCE_SECRET_KEY': 'short'}, 'BOTCADENCE_SECRET_KEY must be at least 32 characters long.'),
        ({'BOTCADENCE_DATABASE_URL': 'mysql://localhost/x'}, 'BOTCADENCE_DATABASE_URL must be sqlite:///folder/'),
        ({'BOTCADENCE_PUBLIC_URL': 'http://bots.example.com'}, 'BOTCADENCE_PUBLIC_URL: http://bots.example.com lets'),
        ({'BOTCADENCE_PORT': '70000'}, 'BOTCADENCE_PORT must be a number from 1 to 65535.'),
        (
            {'BOTCADENCE_HOST': '192.0.2.1', 'BOTCADENCE_PUBLIC_URL': 'https://bots.example.com'},
            'BOTCADENCE_PORT: port 8080 of 192.0.2.1 cannot be had',
        ),
        ({'BOTCADENCE_PROT': '8080'}, 'BOTCADENCE_PROT is not a setting. Did you mean BOTCADENCE_PORT?'),
        ({'BOTCADENCE_DATA_DIR': '/dev/null'}, 'BOTCADENCE_DATA_DIR: /dev/null is not a folder to write in'),
    ],
)
def test_it_refuses_to_start_with_one_clear_line(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    code, output = attempt(tmp_path, **settings)
    assert code == 2
    assert output.startswith(says)
    assert len(output.splitlines()) == 1 and 'sesame' not in output


@pytest.mark.parametrize(
    ('place', 'says'),
    [
        ('127.0.0.1:1/bots', 'Nothing listens at 127.0.0.1:1: is PostgreSQL running,'),
        ('db.invalid/bots', 'The host name in db.invalid cannot be found.'),
        ('/bots?host=/nowhere', 'There is no socket of PostgreSQL at /nowhere: is it running?'),
    ],
)
def test_a_database_that_is_away_is_no_wrong_setting(tmp_path: Path, place: str, says: str) -> None:
    """As systemd starts it again: `RestartPreventExitStatus=2` of the README is for what has to be set otherwise."""
    code, output = attempt(tmp_path, BOTCADENCE_DATABASE_URL=f'postgresql://bot:sesame-4711@{place}')
    assert code == 3
    assert output.startswith(f'The database cannot be prepared: {says}')
    assert len(output.splitlines()) == 1 and 'sesame' not in output


@pytest.mark.parametrize('how', [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_at_once_with_dashboards_open(serve: Serve, how: signal.Signals) -> None:
    server = serve()

    async def stopped() -> float:
        async with Visitor.of(server.url) as visitor:
            await visitor.post('/auth/sign-up', FORM)
            async with Tab.open(visitor, '/organizations'), Tab.open(visitor, '/organizations'):
                began = time.monotonic()
                assert await asyncio.to_thread(server.stop, how) == 0
                return time.monotonic() - began

    assert asyncio.run(stopped()) < GRACE
    assert not list(server.folder.glob('*.db-*')), 'the database was not closed'
    assert 'Traceback' not in server.log


@pytest.mark.slow
def test_told_to_stop_it_does_not_wait_for_what_hangs(serve: Serve) -> None:
    server = serve(command=[sys.executable, '-m', 'tests.support.faulty'])

    async def stopped() -> float:
        async with Visitor.of(server.url) as visitor:
            await visitor.post('/auth/sign-up', FORM)
            async with Tab.open(visitor, '/organizations'):
                hanging = asyncio.create_task(visitor.get('/faulty/slow'))
                await asyncio.sleep(0.5)
                began = time.monotonic()
                assert await asyncio.to_thread(server.stop) == 0
                taken = time.monotonic() - began
                with pytest.raises(Exception):  # noqa: B017  # however the client says that nobody answers
                    await hanging
                return taken

    assert asyncio.run(stopped()) < GRACE
    assert 'Traceback' not in server.log
    server.command = [sys.executable, 'main.py']
    server.start()
    assert server.stop() == 0


def test_a_process_claims_a_folder_once_and_may_change_its_mind(tmp_path: Path) -> None:
    url = f'sqlite:///{tmp_path}/x.db'
    claim = (
        'import sys, pathlib; from data.runtime import instance_lock; '
        'instance_lock.acquire(pathlib.Path(sys.argv[1]), sys.argv[2])'
    )

    def other() -> int:
        return subprocess.run([sys.executable, '-c', claim, tmp_path, url], cwd=ROOT, capture_output=True).returncode

    try:
        instance_lock.acquire(tmp_path, url)
        instance_lock.acquire(tmp_path, url)
        assert other() == 1
        instance_lock.release()
        assert other() == 0
    finally:
        instance_lock.release()


def test_a_claim_that_fails_leaves_everything_to_others(tmp_path: Path) -> None:
    with closing(open(tmp_path / 'x.db.lock', 'a+')) as lock:
        instance_lock._lock(lock.fileno())
        with pytest.raises(instance_lock.Busy, match=r'already at work on .*x\.db'):
            instance_lock.acquire(tmp_path, f'sqlite:///{tmp_path}/x.db')
    with closing(open(tmp_path / 'lock', 'a+')) as lock:
        instance_lock._lock(lock.fileno())
