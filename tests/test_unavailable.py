"""Failures of the database itself: each has its sentence, changes nothing, and passes."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, select

from data import database
from data.database import audit_chain, engine, faults
from data.models import Organization
from data.problems import Forbidden, Unavailable
from data.services import organizations
from tests.support.probes import everything, value
from tests.support.world import World, organization

SQLITE = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
SERVER = pytest.param('postgresql', marks=pytest.mark.postgres)
POSTGRESQL = pytest.mark.parametrize('databases', [SERVER], indirect=True)


class Sqlite(sqlite3.OperationalError):
    """An error of SQLite with a code."""

    def __init__(self, code: int) -> None:
        super().__init__('words of SQLite')
        self.sqlite_errorcode = code


class Psycopg(Exception):
    """An error of PostgreSQL with a code."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__('words of PostgreSQL')
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ('error', 'sentence'),
    [
        (Sqlite(sqlite3.SQLITE_BUSY), faults.BUSY),
        (Sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), faults.BUSY),
        (Sqlite(sqlite3.SQLITE_FULL), faults.FULL),
        (Sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), faults.FULL),
        (Sqlite(sqlite3.SQLITE_READONLY), faults.READ_ONLY),
        (Sqlite(sqlite3.SQLITE_READONLY_DBMOVED), faults.READ_ONLY),
        (Sqlite(sqlite3.SQLITE_IOERR_WRITE), faults.BROKEN_DISK),
        (Sqlite(sqlite3.SQLITE_CORRUPT), faults.DAMAGED),
        (Sqlite(sqlite3.SQLITE_NOTADB), faults.DAMAGED),
        (Sqlite(sqlite3.SQLITE_CANTOPEN), faults.GONE),
        (Sqlite(sqlite3.SQLITE_ERROR), None),
        (Psycopg('53100'), faults.FULL),
        (Psycopg('25006'), faults.READ_ONLY),
        (Psycopg('40P01'), faults.COLLIDED),
        (Psycopg('40001'), faults.COLLIDED),
        (Psycopg('53300'), faults.CROWDED),
        (Psycopg('57P01'), str(Unavailable())),
        (Psycopg(None), str(Unavailable())),
    ],
)
def test_every_failure_has_its_sentence(error: Exception, sentence: str | None) -> None:
    problem = faults.explain(OperationalError('UPDATE', {}, error))
    assert (str(problem) if problem else None) == sentence
    assert sentence is None or ('changed' in sentence and 'words' not in sentence)


def test_too_many_at_once_is_a_failure_too() -> None:
    assert str(faults.explain(PoolTimeout())) == faults.CROWDED
    assert faults.explain(IntegrityError('INSERT', {}, Sqlite(sqlite3.SQLITE_CONSTRAINT))) is None
    assert faults.explain(DBAPIError('SELECT', {}, Psycopg('42601'))) is None


def test_pages_wait_longer_than_the_database_is_waited_for() -> None:
    """NiceGUI answers for a page that takes too long, and in its own words."""
    pages = [path.read_text() for path in (Path(__file__).parents[1] / 'pages').rglob('*.py')]
    [patience] = [float(found[1]) for text in pages if (found := re.search(r'^PATIENCE = ([\d.]+)$', text, re.M))]
    assert sum(text.count('ui.page(') for text in pages) > 3
    assert all(text.count('ui.page(') == text.count('response_timeout=access.PATIENCE)') for text in pages)
    longest = engine.LOCK_WAIT / 1000 + engine.POOL['pool_timeout'] + engine.NETWORK['connect_timeout']
    assert longest < patience


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Whatever is done here ends with this sentence."""
    with pytest.raises(Unavailable) as caught:
        yield
    assert str(caught.value) == sentence


def file_of(db: Engine) -> Path:
    return Path(str(db.url.database))


@SQLITE
class TestFile:
    """What can happen to a file."""

    def test_it_is_locked_by_somebody_else(self, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        before = everything(db)
        db.dispose()
        monkeypatch.setattr(engine, 'LOCK_WAIT', 50)
        with closing(sqlite3.connect(file_of(db), isolation_level=None)) as foreign:
            foreign.execute('BEGIN IMMEDIATE')
            with refused(faults.BUSY):
                organizations.rename(world.owner, 'New', version=2)
            assert organization(world.owner).name == 'Acme'
        assert everything(db) == before
        assert organizations.rename(world.owner, 'New', version=2).name == 'New'

    def test_it_is_gone(self, world: World, db: Engine) -> None:
        file = file_of(db)
        away = file.rename(file.with_name('away'))
        with refused(faults.GONE):
            organizations.rename(world.owner, 'New', version=2)
        with refused(faults.GONE):
            organizations.membership(world.owner)
        with refused(faults.GONE):
            database.ping()
        assert not file.exists()
        away.rename(file)
        assert organizations.rename(world.owner, 'New', version=2).name == 'New'

    def test_it_is_another_one(self, world: World, db: Engine) -> None:
        file = file_of(db)
        organizations.membership(world.owner)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute('VACUUM INTO ?', (str(file.with_name('copy')),))
        file.with_name('copy').replace(file)
        for ending in ('-wal', '-shm'):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        with refused(faults.GONE):
            organizations.rename(world.owner, 'New', version=2)
        assert organizations.rename(world.owner, 'New', version=2).name == 'New', 'from then on, it is the new one'

    def test_it_may_not_be_written(self, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, 'access', lambda *_: False)
            with refused(faults.READ_ONLY):
                organizations.rename(world.owner, 'New', version=2)
            with refused(faults.READ_ONLY):
                database.ping()
            assert organization(world.owner).name == 'Acme'
        assert organizations.rename(world.owner, 'New', version=2).name == 'New'

    def test_its_disk_has_no_room(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, 'ROOM', 1 << 60)
        with refused(faults.FULL):
            database.ping()

    def test_it_is_damaged(self, world: World, db: Engine) -> None:
        file = file_of(db)
        db.dispose()
        content = file.read_bytes()
        file.write_bytes(b'noise' * 1000)
        with refused(faults.DAMAGED):
            organizations.membership(world.owner)
        file.write_bytes(content)
        assert organization(world.owner).name == 'Acme'

    def test_it_takes_only_so_much(self, world: World, db: Engine) -> None:
        """SQLite itself says that it is full, in the middle of an act."""
        before = everything(db)
        with refused(faults.FULL), database.transaction(world.owner) as tx:
            found = tx.exec(select(Organization)).one()
            Session.connection(tx).exec_driver_sql('PRAGMA max_page_count = 1')
            found.name, found.name_key = 'New', 'x' * 100_000
            tx.flush()
        db.dispose()
        assert everything(db) == before


@SQLITE
def test_a_connection_that_was_opened_while_nothing_could_be_written_is_opened_anew(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would only read, also when the file may be written again."""
    db.dispose()
    opened: list[object] = []
    event.listen(db, 'connect', lambda connection, _: opened.append(connection))
    with monkeypatch.context() as unwritable:
        unwritable.setattr(os, 'access', lambda *_: False)
        now = organization(world.owner)
        with pytest.raises(Unavailable, match=re.escape(faults.READ_ONLY)):
            organizations.rename(world.owner, 'Acme Bots', version=now.version)
    assert len(opened) == 1
    assert organizations.rename(world.owner, 'Acme Bots', version=now.version).name == 'Acme Bots'
    assert len(opened) == 2


def test_a_refusal_stays_one_where_it_can_not_be_recorded(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError('INSERT', {}, Sqlite(sqlite3.SQLITE_FULL))

    before = everything(db)
    monkeypatch.setattr(audit_chain, 'append', fail)
    with pytest.raises(Forbidden, match='Only Owners and Admins can rename'):
        organizations.rename(world.viewer, 'New', version=2)
    assert everything(db) == before


@POSTGRESQL
class TestServer:
    """What can happen to a server."""

    def test_connections_that_were_cut_are_opened_anew(self, world: World, db: Engine) -> None:
        with db.connect():
            cut(db)
        assert organizations.rename(world.owner, 'New', version=2).name == 'New'

    def test_cut_in_the_middle_nothing_is_changed(self, world: World, db: Engine) -> None:
        with refused(str(Unavailable())), database.transaction(world.owner) as tx:
            found = tx.exec(select(Organization)).one()
            cut(db)
            found.name = 'New'
            tx.flush()
        assert organization(world.owner).name == 'Acme'

    def test_cut_while_saving_nobody_is_told_that_it_was_not(self, world: World, db: Engine) -> None:
        with refused(faults.UNCERTAIN), database.transaction(world.owner) as tx:
            tx.exec(select(Organization)).one().name = 'New'
            tx.flush()
            cut(db)
        assert organization(world.owner).name == 'Acme'

    def test_somebody_holds_what_one_needs(self, world: World, db: Engine) -> None:
        with db.begin() as connection:
            connection.execute(text('SELECT 1 FROM organizations FOR UPDATE'))
            with refused(faults.BUSY), database.transaction(world.owner) as tx:
                Session.connection(tx).execute(text("SET LOCAL lock_timeout = '50ms'"))
                tx.exec(select(Organization).with_for_update()).one()


def cut(db: Engine) -> None:
    """End every other connection to the database."""
    assert value(
        db,
        'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity '
        'WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
