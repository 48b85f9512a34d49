"""Migrations: the database is brought to the schema this code was written for, never past it, never without a copy."""

import re
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DatabaseError

from data import clock
from data.database import diagnosis, schema_objects
from data.database.engine import create
from data.problems import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / 'migrations'


def newest(migrations: Path) -> str:
    """The revision of the newest migration: its file's name begins with it, `0001_accounts_and_organizations.py`."""
    return max(path.name for path in (migrations / 'versions').glob('[0-9]*.py')).partition('_')[0]


HEAD = newest(MIGRATIONS)
"""The schema that this code was written for."""


REVISION = re.compile('[0-9]{4}')
"""What a revision of ours looks like."""


class SchemaError(Exception):
    """The database can't be used by this version; the text is one line for the terminal."""


class Away(SchemaError):
    """The database can't be reached now; nothing that is set need be wrong."""


def prepare(url: str, backups: Path) -> None:
    """Migrate the database at `url` to HEAD; a SQLite file that holds data is first copied into `backups`.

    Raises Away where it can't be reached now, SchemaError when the database was written by a newer version or a
    migration fails; it is then as it was.
    """
    _make_file(url)
    engine = create(url)
    if engine.dialect.name == 'sqlite':
        event.listen(engine, 'connect', _without_foreign_keys)
    try:
        with engine.connect() as connection:
            present = _revision(connection)
        if present == HEAD:
            return
        if present is not None:
            refuse_newer(present)
            _copy(engine, backups, present)
        _upgrade(engine)
    except (DatabaseError, Unavailable) as error:
        kind = Away if diagnosis.is_away(error) else SchemaError
        raise kind(f'The database cannot be prepared: {diagnosis.reason(error, engine.url)}') from error
    finally:
        engine.dispose()


def revision(url: str) -> str | None:
    """The schema that the database has now, None where it has none. Raises Unavailable, for whoever runs Botcadence."""
    engine = create(url)
    try:
        with engine.execution_options(write=False).connect() as connection:
            return _revision(connection)
    except DatabaseError as error:
        raise Unavailable(diagnosis.reason(error, engine.url)) from error
    finally:
        engine.dispose()


def _make_file(url: str) -> None:
    place = make_url(url)
    if place.get_backend_name() == 'sqlite':
        try:
            Path(str(place.database)).touch(mode=0o600)
        except OSError as error:
            raise SchemaError(f'The database {place.database} cannot be made ({error.strerror}).') from error


def _without_foreign_keys(connection: object, _: object) -> None:
    # Rebuilding a parent table with foreign keys on would delete its children; inside a transaction it can't be set.
    connection.execute('PRAGMA foreign_keys=OFF')  # type: ignore[attr-defined]  # it is sqlite3's


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, 'alembic_version'):
        return None
    return connection.execute(text('SELECT version_num FROM alembic_version')).scalar()


def refuse_newer(revision: str) -> None:
    """Raise SchemaError for a schema that this version does not know."""
    from alembic.script import ScriptDirectory  # a start without a migration does not pay for this import

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        raise SchemaError(
            f'The database has schema {revision}, which is newer than this version of Botcadence ({HEAD}). '
            'Update Botcadence, or restore the backup made before the update.'
        )


def _copy(engine: Engine, backups: Path, revision: str) -> None:
    if engine.dialect.name != 'sqlite':
        return
    target = backups / f'before-{HEAD}-from-{revision}-{clock.now():%Y%m%dT%H%M%S%fZ}.db'
    try:
        backups.mkdir(mode=0o700, exist_ok=True)
        with closing(engine.raw_connection()) as connection:  # SQLAlchemy would begin a transaction; VACUUM wants none
            connection.cursor().execute('VACUUM INTO ?', (str(target),))
        target.chmod(0o600)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        why = diagnosis.reason(error, engine.url)
        raise SchemaError(f'The database cannot be copied before it is changed: {why}') from error


def _config() -> 'Config':
    from alembic.config import Config

    config = Config()
    config.set_main_option('script_location', str(MIGRATIONS))
    return config


def _upgrade(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == 'postgresql':
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('botcadence schema'))"))
        _migrate(connection, 'head')
        if engine.dialect.name == 'sqlite' and (broken := connection.execute(text('PRAGMA foreign_key_check')).all()):
            raise SchemaError(f'The migration left {len(broken)} rows without what they refer to. Nothing was changed.')


def _migrate(connection: Connection, revision: str) -> None:
    from alembic import command

    config = _config()
    config.attributes['connection'] = connection
    command.upgrade(config, revision)


def wanted(url: str, revision: str) -> schema_objects.Objects:
    """What the migrations up to this revision make, in the kind of database that `url` names.

    Raises SchemaError where PostgreSQL lets nothing be made to compare with.
    """
    migrate = partial(_migrate, revision=revision)
    if make_url(url).get_backend_name() == 'sqlite':
        return schema_objects.of_sqlite_migrated(migrate)
    engine = create(url)
    try:
        return schema_objects.of_postgresql_migrated(engine, migrate)
    except DatabaseError as error:
        raise SchemaError(f'No schema can be made to compare with: {diagnosis.reason(error, engine.url)}') from error
    finally:
        engine.dispose()


def differences(url: str, revision: str) -> list[str]:
    """What is not as the migrations up to this revision make it, in words. Raises SchemaError, Unavailable."""
    made = wanted(url, revision)
    engine = create(url).execution_options(write=False)
    try:
        with engine.connect() as connection:
            there = schema_objects.of(connection)
    except DatabaseError as error:
        raise Unavailable(diagnosis.reason(error, engine.url)) from error
    finally:
        engine.dispose()
    return schema_objects.differences(there, made)
