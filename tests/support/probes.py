"""What the tests look at from outside of the application: rows, statements, and writes that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import SQLModel

from data import changes
from data.changes import Change

Rows = dict[str, list[tuple[Any, ...]]]


class Broken(Exception):
    """The failure that a test has ordered."""


def rows(db: Engine, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """What a statement in plain SQL finds."""
    with db.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def value(db: Engine, statement: str, **values: object) -> Any:
    """The one value that a statement in plain SQL finds."""
    [[found]] = rows(db, statement, **values)
    return found


def run(db: Engine, statement: str, **values: object) -> int:
    """Write with plain SQL, around all services; the number of rows."""
    with db.begin() as connection:
        return connection.execute(text(statement), values).rowcount


CHAIN = {'audit_seq', 'audit_head'}
"""What an organization's row knows of its record."""


def everything(db: Engine, *, record: bool = True) -> Rows:
    """All rows of all tables as the driver gives them, or of all but the record of organizations."""
    raw = db.raw_connection()
    try:
        found = list(_all_rows(raw.cursor(), db.dialect.name, record))
    finally:
        raw.close()
    return {name: sorted((tuple(row) for row in there), key=repr) for name, there in found}


def _all_rows(cursor: Any, dialect: str, record: bool) -> Iterator[tuple[str, list[Any]]]:
    tables = _tables(record)
    if dialect == 'sqlite':
        for name, statement in tables.items():
            yield name, cursor.execute(statement).fetchall()
        return
    cursor.execute('; '.join(tables.values()))  # one way there and back instead of one for each table
    for name in tables:
        yield name, cursor.fetchall()
        cursor.nextset()


@cache
def _tables(record: bool) -> dict[str, str]:
    """Every table and how all of it is read."""
    tables = [it for it in SQLModel.metadata.sorted_tables if record or it.name != 'audit_events']
    columns = {it.name: [str(c.name) for c in it.columns if record or c.name not in CHAIN] for it in tables}
    return {name: f'SELECT {", ".join(map(_quoted, its))} FROM {_quoted(name)}' for name, its in columns.items()}


def _quoted(name: str) -> str:
    return f'"{name}"'


@contextmanager
def hearing(db: Engine, **heard: Callable[..., object]) -> Iterator[None]:
    """Call these for the events of an engine that they are named after, until the end of the block."""
    for name, listener in heard.items():
        event.listen(db, name, listener)
    try:
        yield
    finally:
        for name, listener in heard.items():
            event.remove(db, name, listener)


@contextmanager
def statements(db: Engine) -> Iterator[list[str]]:
    """The statements that are executed meanwhile, without BEGIN."""
    seen: list[str] = []

    def see(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith('BEGIN'):
            seen.append(statement)

    with hearing(db, before_cursor_execute=see):
        yield seen


@contextmanager
def broken_at(db: Engine, number: int) -> Iterator[list[str]]:
    """Let the database fail right after the writing statement of this number, or at the commit after the last one."""
    written: list[str] = []

    def count(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith(('INSERT', 'UPDATE', 'DELETE')):
            written.append(statement)
            if len(written) == number:
                raise Broken

    def commit(connection: Connection) -> None:
        if written and len(written) == number - 1:
            written.append('COMMIT')
            connection.connection.rollback()  # as a database does that gives up at this point
            raise Broken

    with hearing(db, after_cursor_execute=count, commit=commit):
        yield written


@contextmanager
def rows_written(db: Engine, *verbs: str) -> Iterator[list[int]]:
    """How many rows each transaction that wrote some has written, or only those that these verbs did."""
    seen = [0]

    def count(_: object, cursor: Any, statement: str, *__: object) -> None:
        if statement.startswith(verbs or ('INSERT', 'UPDATE', 'DELETE')):
            seen[-1] += max(cursor.rowcount, 0 if verbs else 1)

    def commit(_: Connection) -> None:
        if seen[-1]:
            seen.append(0)

    with hearing(db, after_cursor_execute=count, commit=commit):
        yield seen
    if not seen[-1]:
        seen.pop()


@contextmanager
def statements_of_writers(db: Engine) -> Iterator[list[int]]:
    """How many statements each transaction that wrote has taken, without BEGIN; one transaction after the other."""
    seen: list[int] = []
    now: list[str] = []

    def see(_: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith('BEGIN'):
            now.append(statement)

    def commit(_: Connection) -> None:
        if any(statement.startswith(('INSERT', 'UPDATE', 'DELETE')) for statement in now):
            seen.append(len(now))
        now.clear()

    with hearing(db, before_cursor_execute=see, commit=commit):
        yield seen


def plan(db: Engine, statement: str) -> list[str]:
    """How SQLite goes about a statement."""
    with db.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f'EXPLAIN QUERY PLAN {statement}', ['x'] * statement.count('?'))
        return [step for *_, step in cursor.fetchall()]


def happens_whole_or_not_at_all(db: Engine, act: Callable[[], object], published: list[Change]) -> int:
    """Break the act after each of its writes and at its commit, then let it happen; the number of its writes."""
    before, heard = everything(db), len(published)
    number = 1
    while True:
        with broken_at(db, number) as written:
            try:
                act()
            except Broken:
                assert everything(db) == before, f'left behind by {written[-1]}'
                assert len(published) == heard
            else:
                assert everything(db) != before
                return number - 2
        number += 1


@contextmanager
def listening() -> Iterator[list[Change]]:
    """The changes that are published meanwhile."""
    heard: list[Change] = []
    changes.listen(heard.append)
    try:
        yield heard
    finally:
        changes._listeners.remove(heard.append)


def refused(kind: type[Exception], act: Callable[..., object], *args: object, **kwargs: object) -> Any:
    """The problem that the act ends with."""
    with pytest.raises(kind) as caught:
        act(*args, **kwargs)
    return caught.value
