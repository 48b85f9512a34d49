"""A start brings the database to today's schema: after a copy, whole or not at all, and never past it."""

import runpy
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel, select

from data import database
from data.database import engine, schema, transactions
from data.database.schema import HEAD, MIGRATIONS, SchemaError, newest
from data.models import Organization
from data.services import organizations
from tests.support.databases import Databases, Files
from tests.support.probes import everything, refused, rows, run, value
from tests.support.world import World, organization

ROOT = Path(__file__).parents[1]
AFTER = f'{int(HEAD) + 1:04}'
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = '{AFTER}'
down_revision = '{HEAD}'


def upgrade() -> None:
    op.create_table('gadgets', sa.Column('id', sa.Integer(), primary_key=True))
    with op.batch_alter_table('organizations') as organizations:
        organizations.add_column(sa.Column('gadget', sa.String(8), nullable=False, server_default='none'))
"""


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option('script_location', str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert len(list(scripts.walk_revisions())) == len(list((MIGRATIONS / 'versions').glob('*.py')))


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """A database apart from the one that the application is connected to."""
    found = engine.create(url)
    try:
        yield found
    finally:
        found.dispose()


# the schema ----------------------------------------------------------------------------------------------------------


def looked_at(db: Engine) -> dict[str, Any]:
    """Tables, columns, keys, checks and indexes as the database has them."""
    found = inspect(db)

    def plain(thing: Any) -> Any:
        return sorted((key, plain(part)) for key, part in thing.items()) if isinstance(thing, dict) else str(thing)

    def named(things: list[Any]) -> list[str]:
        return sorted(repr(plain(thing)) for thing in things)

    return {
        table: [
            named([{**column, 'autoincrement': ''} for column in found.get_columns(table)]),
            repr(found.get_pk_constraint(table)),
            named(found.get_foreign_keys(table)),
            named(found.get_unique_constraints(table)),
            named(found.get_check_constraints(table)),
            named(found.get_indexes(table)),
        ]
        for table in found.get_table_names()
        if table != 'alembic_version'
    }


def test_migrations_lead_to_what_the_models_say(db: Engine, databases: Databases) -> None:
    with db.connect() as connection:
        context = MigrationContext.configure(connection, opts={'compare_type': True, 'compare_server_default': True})
        assert compare_metadata(context, SQLModel.metadata) == []
    with opened(databases.make('by_models', 'empty')) as by_models:
        SQLModel.metadata.create_all(by_models)
        assert looked_at(db) == looked_at(by_models)
    databases.drop('by_models')


def test_the_triggers_that_keep_an_owner_are_there(db: Engine) -> None:
    query = {
        'sqlite': "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
        'postgresql': 'SELECT tgname FROM pg_trigger WHERE NOT tgisinternal',
    }
    assert {name for (name,) in rows(db, query[db.dialect.name])} >= {
        'organization_starts_with_owner',
        'organization_keeps_owner',
        'organization_loses_no_owner',
    }


def test_moments_come_back_as_they_went_in_with_their_zone(world: World) -> None:
    with database.reading(world.owner) as tx:
        found = tx.exec(select(Organization)).one()
        assert found.created_at.utcoffset() is not None
        assert found.created_at == organization(world.owner).created_at


# a start -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives the application one migration more."""

    def add(script: str) -> None:
        folder = tmp_path / 'migrations'
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns('__pycache__'), dirs_exist_ok=True)
        (folder / 'versions' / f'{AFTER}_next.py').write_text(script, encoding='utf-8')
        config = Config()
        config.set_main_option('script_location', str(folder))
        monkeypatch.setattr(schema, '_config', lambda: config)
        monkeypatch.setattr(schema, 'HEAD', newest(folder))

    return add


def revision(db: Engine) -> str:
    return str(value(db, 'SELECT version_num FROM alembic_version'))


def failed(url: str, backups: Path) -> str:
    sentence = str(refused(SchemaError, lambda: schema.prepare(url, backups)))
    assert len(sentence.splitlines()) == 1
    return sentence


def test_a_start_without_anything_new_does_nothing(world: World, db: Engine, database_url: str, tmp_path: Path) -> None:
    before = everything(db)
    schema.prepare(database_url, tmp_path / 'backups')
    assert everything(db) == before
    assert not (tmp_path / 'backups').exists()


def test_a_start_migrates_and_keeps_every_row(
    world: World, db: Engine, database_url: str, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    before = everything(db)
    db.dispose()
    migrations(NEXT)
    schema.prepare(database_url, tmp_path / 'backups')
    assert everything(db) == before
    assert revision(db) == AFTER
    assert rows(db, 'SELECT DISTINCT gadget FROM organizations') == [('none',)]
    assert rows(db, 'SELECT * FROM gadgets') == []


WITHOUT_ACCENTS = MIGRATIONS / 'versions' / '0009_words_without_accents.py'


def test_words_with_accents_are_put_into_words_anew(world: World, db: Engine) -> None:
    organizations.create(world.owner, 'Müller')
    run(db, "UPDATE audit_events SET said = 'created\nmüller' WHERE said LIKE '%muller%'")
    said = [text for (text,) in rows(db, 'SELECT said FROM audit_events ORDER BY id')]
    run(db, runpy.run_path(str(WITHOUT_ACCENTS))['WITHOUT_OTHER_LETTERS'][db.dialect.name])
    after = [text for (text,) in rows(db, 'SELECT said FROM audit_events ORDER BY id')]
    assert after == [text if text.isascii() else None for text in said] != said


def test_a_sqlite_file_is_copied_before_it_is_migrated(
    files: Files, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    url = files.make('test', 'world')
    with opened(url) as db:
        before = everything(db)
    migrations(NEXT)
    schema.prepare(url, tmp_path / 'backups')
    [copy] = (tmp_path / 'backups').iterdir()
    assert copy.name.startswith(f'before-{AFTER}-from-{HEAD}-')
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    with opened(f'sqlite:///{copy}') as kept:
        assert everything(kept) == before
        assert revision(kept) == HEAD
        assert rows(kept, 'PRAGMA integrity_check') == [('ok',)]
    files.drop('test')


@pytest.mark.parametrize(
    'mishap',
    [
        "op.execute('INSERT INTO nowhere VALUES (1)')",
        'op.execute("UPDATE memberships SET role = \'viewer\'")',
        "op.execute('CREATE UNIQUE INDEX one ON memberships (organization_id)')",
    ],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    mishap: str, world: World, db: Engine, database_url: str, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    before, tables = everything(db), looked_at(db)
    db.dispose()
    migrations(f'{NEXT}    {mishap}\n')
    assert failed(database_url, tmp_path / 'backups').startswith('The database cannot be prepared: ')
    assert everything(db) == before
    assert looked_at(db) == tables
    assert revision(db) == HEAD
    db.dispose()
    migrations(NEXT)
    schema.prepare(database_url, tmp_path / 'backups')
    assert revision(db) == AFTER


def test_a_migration_that_leaves_orphans_is_undone(
    files: Files, tmp_path: Path, migrations: Callable[[str], None]
) -> None:
    url = files.make('test', 'world')
    migrations(f"{NEXT}    op.execute('DELETE FROM users')\n")
    with opened(url) as db:
        before = everything(db)
        assert 'rows without what they refer to' in failed(url, tmp_path / 'backups')
        assert everything(db) == before
        assert revision(db) == HEAD
    files.drop('test')


def test_a_newer_database_is_refused_and_not_touched(
    world: World, db: Engine, database_url: str, tmp_path: Path
) -> None:
    run(db, "UPDATE alembic_version SET version_num = '9999'")
    before = everything(db)
    sentence = failed(database_url, tmp_path / 'backups')
    assert '9999' in sentence
    assert HEAD in sentence
    assert everything(db) == before
    assert revision(db) == '9999'
    assert not (tmp_path / 'backups').exists()


def test_two_first_starts_at_once_make_one_database(databases: Databases, tmp_path: Path) -> None:
    url = databases.make('test', 'empty')
    start = (
        f'from data.database import schema; from pathlib import Path; schema.prepare({url!r}, Path({str(tmp_path)!r}))'
    )
    both = [subprocess.Popen([sys.executable, '-c', start], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    ends = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    with opened(url) as db:
        assert revision(db) == HEAD
    databases.drop('test')


@pytest.mark.parametrize(
    'url',
    [
        'postgresql+psycopg://somebody:open-sesame@127.0.0.1:1/nothing',
        'postgresql+psycopg://somebody:open-sesame@/nothing?host=/nowhere',
        'sqlite:////nowhere/at/all.db',
    ],
)
def test_a_database_that_is_not_there_stops_the_start_with_one_line(url: str, tmp_path: Path) -> None:
    sentence = failed(url, tmp_path)
    assert 'open-sesame' not in sentence


def test_a_file_that_is_no_database_stops_the_start_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / 'notes.db'
    path.write_text('Dear diary, ' * 1000, encoding='utf-8')
    assert failed(f'sqlite:///{path}', tmp_path)
    assert path.read_text(encoding='utf-8').startswith('Dear diary')


# connections ---------------------------------------------------------------------------------------------------------


def test_sqlite_is_durable_and_strict(files: Files) -> None:
    db = database.connect(files.make('test', 'migrated'))
    settings = {'journal_mode': 'wal', 'synchronous': 2, 'foreign_keys': 1, 'busy_timeout': 5000, 'trusted_schema': 0}
    for connections in (db, transactions._engine(writes=False)):
        with connections.connect() as connection:
            found = {name: connection.execute(text(f'PRAGMA {name}')).scalar() for name in settings}
        assert found == settings
    db.dispose()
    files.drop('test')


def test_a_writer_takes_the_lock_at_once_and_a_reader_none(files: Files) -> None:
    db = database.connect(files.make('test', 'migrated'))
    begun: list[str] = []
    with db.connect() as writer, transactions._engine(writes=False).connect() as reader:
        for connection in (writer, reader):
            connection.connection.driver_connection.set_trace_callback(begun.append)
            connection.execute(text('SELECT count(*) FROM users'))
    assert [statement for statement in begun if statement.startswith('BEGIN')] == ['BEGIN IMMEDIATE', 'BEGIN']
    db.dispose()
    files.drop('test')


@pytest.mark.postgres
def test_readers_of_postgresql_see_one_moment(postgres: Databases) -> None:
    db = database.connect(postgres.make('test', 'migrated'))
    for connections, level in ((db, 'read committed'), (transactions._engine(writes=False), 'repeatable read')) * 2:
        with connections.connect() as connection:
            assert connection.execute(text('SHOW transaction_isolation')).scalar() == level
    db.dispose()
    postgres.drop('test')
