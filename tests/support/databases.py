"""Databases for tests: copies of templates, on SQLite and on a PostgreSQL server of this run."""

import shutil
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.util import LRUCache

from data import database
from data.database import schema
from data.security import passwords
from tests.support import world as people
from tests.support.probes import run


class Compiled(LRUCache):
    """Statements as they were put together for one kind of database, whichever engine asks for them.

    SQLAlchemy keeps them by the engine, which lives as long as a process, but here only for a test.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


class Databases:
    """Makes databases as copies of three templates: `empty`, `migrated`, and `world` with the people of world.py."""

    world: people.World
    made_at: float

    def fill(self) -> None:
        """Make the templates."""
        schema.prepare(self.make('migrated', 'empty'), self.backups)
        schema.prepare(self.make('world', 'empty'), self.backups)
        passwords.configure(memory_cost=64, time_cost=1)
        engine = database.connect(self.url('world'))
        self.world, self.made_at = people.make(), time.monotonic()
        run(engine, 'DELETE FROM invitations')  # by which they came, long ago, and have not looked in since
        run(engine, "UPDATE memberships SET seen_at = NULL WHERE role <> 'owner'")
        engine.dispose()

    backups: Path
    """Where migrations may copy what was there."""

    def make(self, name: str, template: str) -> str:
        """A new database; its URL."""
        raise NotImplementedError

    def url(self, name: str) -> str:
        """Where the database of this name is."""
        raise NotImplementedError

    def drop(self, name: str) -> None:
        """Throw a database away."""
        raise NotImplementedError


class Files(Databases):
    """SQLite."""

    def __init__(self, folder: Path) -> None:
        self.folder = self.backups = folder
        self.path('empty').touch()
        self.fill()

    def path(self, name: str) -> Path:
        return self.folder / f'{name}.db'

    def url(self, name: str) -> str:
        return f'sqlite:///{self.path(name)}'

    def make(self, name: str, template: str) -> str:
        shutil.copyfile(self.path(template), self.path(name))
        return self.url(name)

    def drop(self, name: str) -> None:
        for path in self.folder.glob(f'{name}.db*'):
            path.unlink()


class Postgres(Databases):
    """A server of its own for this run."""

    def __init__(self, server: URL, folder: Path) -> None:
        self.server, self.backups = server, folder
        self.admin = create_engine(server, isolation_level='AUTOCOMMIT')
        for setting in ('fsync', 'full_page_writes', 'synchronous_commit'):  # nothing here outlives the run
            self.execute(f'ALTER SYSTEM SET {setting} = off')
        self.execute('SELECT pg_reload_conf()')
        self.execute('CREATE DATABASE "empty"')
        self.fill()

    def execute(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    def url(self, name: str) -> str:
        return self.server.set(database=name).render_as_string(hide_password=False)

    def make(self, name: str, template: str) -> str:
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
