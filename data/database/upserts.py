"""Upserts: an INSERT of rows that may be there already, and what becomes of those; put together once for each table."""

from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel


def _insert(dialect: str, table: type[SQLModel]) -> Any:
    return (sqlite if dialect == 'sqlite' else postgresql).insert(table)


@cache
def of_new(dialect: str, table: type[SQLModel]) -> Any:
    """Write those rows whose primary key is not there yet, and return their keys."""
    return _insert(dialect, table).on_conflict_do_nothing().returning(*inspect(table).primary_key)


@cache
def of_sums(dialect: str, table: type[SQLModel], columns: tuple[str, ...]) -> Any:
    """Write these rows; where one with the same primary key is there, add these columns to that one."""
    statement, there = _insert(dialect, table), inspect(table)
    keys = [column.name for column in there.primary_key]
    sums = {name: there.columns[name] + statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=keys, set_=sums)
