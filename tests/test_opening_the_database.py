"""A database that can't be opened: the start and every command say why, in words that hold no part of a secret."""

import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from data.database import diagnosis
from data.runtime.service_urls import CURE
from tests.support.databases import Postgres

ROOT = Path(__file__).parents[1]
CERTIFICATE = Path(__file__).with_name('support') / 'certificates' / 'mail.test.pem'
PASSWORD = 'sesame-4711'
Start = Callable[[str], list[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """What the start of the server and `check` say about a database; each is one line, without the password."""

    def said(url: str) -> list[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith('BOTCADENCE_')}
        environment |= {'BOTCADENCE_DATA_DIR': str(tmp_path / 'var'), 'BOTCADENCE_DATABASE_URL': url}
        lines = []
        for program in (['main.py'], ['-m', 'data', 'check']):
            command = [sys.executable, '-m', 'tests.support.unprivileged', *program]
            ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
            assert ended.returncode in (2, 3), ended.stderr
            assert ended.stdout == '' and PASSWORD not in ended.stderr and len(ended.stderr.splitlines()) == 1
            lines.append(ended.stderr.strip().removeprefix('The database cannot be prepared: '))
        return lines

    return said


@pytest.fixture
def guarded(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Addresses on a real server that asks some users for passwords, and lets one in from nowhere."""
    postgres: Postgres = request.getfixturevalue('postgres')  # now: there is a key by now
    [folder] = [row[0] for row in rows_of(postgres, 'SHOW data_directory')]
    hba = Path(folder) / 'pg_hba.conf'
    before = hba.read_text()
    hba.write_text(f'local all asked scram-sha-256\nlocal all kept_out reject\n{before}')
    for statement in (
        f"CREATE ROLE asked LOGIN PASSWORD '{PASSWORD}'",
        'CREATE ROLE kept_out LOGIN',
        'CREATE ROLE no_login',
        'SELECT pg_reload_conf()',
    ):
        postgres.execute(statement)

    def address(user: str, password: str, database: str) -> str:
        place = postgres.server.set(username=user, password=password, database=database)
        return place.render_as_string(hide_password=False)

    yield address
    hba.write_text(before)
    for statement in ('DROP ROLE asked', 'DROP ROLE kept_out', 'DROP ROLE no_login', 'SELECT pg_reload_conf()'):
        postgres.execute(statement)


def rows_of(postgres: Postgres, statement: str) -> list[tuple[str]]:
    with postgres.admin.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ('user', 'database', 'says'),
    [
        ('asked', 'postgres', f'PostgreSQL does not accept the user name or the password. {CURE}.'),
        ('kept_out', 'postgres', 'PostgreSQL does not let this user in from here, or not without TLS: see its file'),
        ('nobody', 'postgres', 'PostgreSQL does not know this user.'),
        ('no_login', 'postgres', 'PostgreSQL does not let this user sign in.'),
        ('postgres', 'missing', 'PostgreSQL has no database of this name. Make an empty one: createdb NAME.'),
    ],
)
def test_what_postgresql_refuses_is_told(
    guarded: Callable[..., str], start: Start, user: str, database: str, says: str
) -> None:
    for line in start(guarded(user, f'wrong-{PASSWORD}', database)):
        assert line.startswith(says)


@contextmanager
def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that answers the first message of a client like this, and goes on in TLS where it has a certificate."""
    with closing(socket.create_server(('127.0.0.1', 0))) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(8)
                    client.sendall(answer)
                    if tls:
                        with suppress(OSError):
                            tls.wrap_socket(client, server_side=True).close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ('answer', 'query', 'says'),
    [
        (b'N', '?sslmode=require', 'PostgreSQL speaks no TLS at 127.0.0.1:{port}, and the address asks for it'),
        (b'S', '?sslmode=verify-full&sslrootcert=system', 'The certificate of PostgreSQL is signed by somebody'),
        (b'S', '?sslmode=verify-full&sslrootcert=/none.pem', 'The certificate of PostgreSQL is signed by somebody'),
        (b'HTTP/1.1 400 Bad Request\r\n\r\n', '', 'What answers at 127.0.0.1:{port} is no PostgreSQL.'),
    ],
)
def test_what_is_wrong_with_the_way_there_is_told(start: Start, answer: bytes, query: str, says: str) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)
    with answering(answer, tls if answer == b'S' else None) as port:
        for line in start(f'postgresql://bots:{PASSWORD}@127.0.0.1:{port}/bots{query}'):
            assert line.startswith(says.format(port=port))


def test_a_server_that_is_silent_is_told(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(('127.0.0.1', 0))) as silent:
        port = silent.getsockname()[1]
        for line in start(f'postgresql://bots:{PASSWORD}@127.0.0.1:{port}/bots'):
            assert line == f'PostgreSQL does not answer in time at 127.0.0.1:{port}.'


@pytest.mark.parametrize(
    ('place', 'says'),
    [
        ('127.0.0.1:1', 'Nothing listens at 127.0.0.1:1: is PostgreSQL running, and is this its port?'),
        ('name.invalid', 'The host name in name.invalid cannot be found.'),  # RFC 6761 6.4: it never is
        ('/bots?host=/nowhere', 'There is no socket of PostgreSQL at /nowhere: is it running?'),
        ('127.0.0.1:1/bots?nonsense=1', 'What follows the ? in the address is nothing that PostgreSQL knows.'),
        ('127.0.0.1:1/bots?sslmode=requir', 'What follows the ? in the address is nothing that PostgreSQL knows.'),
        (
            '127.0.0.1:1/bots?ssl_min_protocol_version=1',
            'What follows the ? in the address is nothing that PostgreSQL knows.',
        ),
        ('127.0.0.1:99999', 'No port has the number in 127.0.0.1:99999: there are those from 1 to 65535.'),
    ],
)
def test_a_server_that_is_not_there_is_told(start: Start, place: str, says: str) -> None:
    path = place if '/' in place else f'{place}/bots'
    assert start(f'postgresql://bots:{PASSWORD}@{path}') == [says, says]


def test_half_a_password_is_never_asked_for_in_the_network(start: Start) -> None:
    for line in start('postgresql://bots:p@sssecret/w#rd@127.0.0.1/bots'):
        assert 'secret' not in line and '/ as %2F, @ as %40' in line and '# as %23' in line


def test_a_file_that_is_no_database_is_told(start: Start, tmp_path: Path) -> None:
    path = tmp_path / 'notes.db'
    path.write_text('Dear diary, ' * 1000)
    assert start(f'sqlite:///{path}') == [f'{path} is no SQLite database.'] * 2


def test_a_damaged_file_is_told(start: Start, tmp_path: Path) -> None:
    path = tmp_path / 'bots.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE alembic_version (version_num TEXT)')
        connection.commit()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b'\xff' * (len(whole) - 100))
    for line in start(f'sqlite:///{path}'):
        assert line == f'The database {path} is damaged. Restore a backup: python -m data restore FILE'


def test_a_database_in_other_hands_is_told(start: Start, tmp_path: Path) -> None:
    path = tmp_path / 'bots.db'
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute('PRAGMA locking_mode=EXCLUSIVE')
        connection.execute('BEGIN EXCLUSIVE')
        connection.execute('CREATE TABLE t (x)')
        for line in start(f'sqlite:///{path}'):
            assert line == f'Another program holds the database {path}. Close it, or try again in a moment.'


def test_a_file_that_may_not_be_written_is_told(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / 'kept'
    folder.mkdir()
    path = folder / 'bots.db'
    sqlite3.connect(path).close()
    path.touch()
    path.chmod(0o400)
    folder.chmod(0o500)
    for line in start(f'sqlite:///{path}'):
        assert str(path) in line and ('must belong to who runs Botcadence' in line or 'Permission denied' in line)


@pytest.mark.parametrize(
    ('words', 'away'),
    [
        ('connection to server at "10.0.0.1", port 5432 failed: Connection refused', True),
        ('connection to server on socket "/nowhere/.s.PGSQL.5432" failed: No such file or directory', True),
        ('could not read certificate file "/nowhere/client.crt": No such file or directory', False),
        ('could not open certificate file "/nowhere/root.crt": No such file or directory', False),
    ],
)
def test_only_what_passes_by_itself_is_away(words: str, away: bool) -> None:
    """After the other failures systemd need not try again."""
    assert diagnosis.is_away(OperationalError('', {}, Exception(words))) is away
