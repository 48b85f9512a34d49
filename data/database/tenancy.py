"""Tenant isolation: a SQLAlchemy session that adds the organization to every statement and raises where it can’t.

A forgotten filter returns nothing of another organization, a write into one raises. A table that refers to another
one of the same organization does so by a composite foreign key, `(organization_id, id)`: the database says the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NoReturn, TypeVar

from sqlalchemy import ColumnElement, Engine, event, false, inspect, select
from sqlalchemy.orm import Mapper, ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as choose

from data.models import Membership, Organization, OrganizationOwned, PersonOwned, User, is_id
from data.problems import NotFound

_Row = TypeVar('_Row', bound=SQLModel)


class TenantError(RuntimeError):
    """Code of ours tried to leave its scope; a defect, never something a person did."""


@dataclass(frozen=True)
class Scope:
    """What a session may touch: one organization, all of one person's organizations (reading), or no organization.

    `everything` is for the instance's administrator, and only for reading.
    """

    organization_id: str | None = None
    user_id: str | None = None
    everything: bool = False


class TenantSession(Session):
    """A session that sees one scope. Statements outside the ORM, which can't be scoped, are refused."""

    def __init__(self, engine: Engine, scope: Scope, *, writes: bool) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.scope = scope
        self.writes = writes

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """Look at another scope for a moment of the same transaction: where one act reaches two organizations."""
        self.flush()
        before, self.scope = self.scope, scope
        try:
            yield
            self.flush()
        finally:
            self.scope = before

    def find(self, table: type[_Row], row_id: object, gone: str = '') -> _Row:
        """The row with this id, read anew. Raises NotFound, with the sentence `gone`, also for what can't be an id."""
        query = choose(table).where(inspect(table).columns['id'] == row_id)
        row = self.exec(query).first() if is_id(row_id) else None
        if row is None:
            raise NotFound(gone) if gone else NotFound
        return row

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TenantError('This bypasses the scope of the session.')

    connection = bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse


@cache
def owned_tables() -> frozenset[type[OrganizationOwned]]:
    """Every mapped class that belongs to an organization."""
    mappers = SQLModel._sa_registry.mappers
    return frozenset(mapper.class_ for mapper in mappers if issubclass(mapper.class_, OrganizationOwned))


@cache
def personal_tables() -> frozenset[type[PersonOwned]]:
    """Every mapped class that belongs to one person."""
    mappers = SQLModel._sa_registry.mappers
    return frozenset(mapper.class_ for mapper in mappers if issubclass(mapper.class_, PersonOwned))


@cache
def unscoped_tables() -> frozenset[type[SQLModel]]:
    """Every mapped class that belongs to somebody and is not among those above: it is in a registry of its own."""
    mapped = {table for base in (OrganizationOwned, PersonOwned) for table in _descendants(base) if _is_mapped(table)}
    return frozenset(mapped) - owned_tables() - personal_tables()


def _descendants(base: type[SQLModel]) -> Iterator[type[SQLModel]]:
    for table in base.__subclasses__():
        yield table
        yield from _descendants(table)


def _is_mapped(table: type[SQLModel]) -> bool:
    return inspect(table, raiseerr=False) is not None


@lru_cache(4096)
def _criteria(scope: Scope) -> tuple[ExecutableOption, ...]:
    """What is added to every statement: SQLAlchemy puts these conditions wherever one of the classes appears."""
    if scope.everything:
        return ()

    def ours(column: SQLCoreOperations[str]) -> ColumnElement[bool]:
        if scope.organization_id is not None:
            return column == scope.organization_id
        if scope.user_id is None:
            return false()
        own = inspect(Membership).local_table.alias()  # the bare table: the condition must not apply to itself
        return column.in_(select(own.c.organization_id).where(own.c.user_id == scope.user_id))

    fellow = inspect(Membership).local_table.alias()
    fellows = select(fellow.c.user_id).where(ours(fellow.c.organization_id))
    conditions: list[tuple[type[SQLModel], ColumnElement[bool]]]
    conditions = [(table, ours(col(table.organization_id))) for table in owned_tables()]
    conditions.append((Organization, ours(col(Organization.id))))
    if scope != Scope():
        conditions.append((User, col(User.id).in_(fellows)))
        conditions += [(table, _own(scope, col(table.user_id))) for table in personal_tables()]
    return tuple(with_loader_criteria(table, condition, include_aliases=True) for table, condition in conditions)


def _own(scope: Scope, column: SQLCoreOperations[str]) -> ColumnElement[bool]:
    """What belongs to a person is theirs alone: in the scope of an organization there is none of it."""
    return false() if scope.organization_id is not None else column == scope.user_id


@event.listens_for(Mapper, 'after_mapper_constructed')
def _forget_tables(*_: Any) -> None:
    """A table that is defined after the first statement is scoped like those before it."""
    owned_tables.cache_clear()
    personal_tables.cache_clear()
    unscoped_tables.cache_clear()
    _criteria.cache_clear()


@event.listens_for(TenantSession, 'do_orm_execute')
def _scope_statement(state: ORMExecuteState) -> None:
    session = state.session
    if not isinstance(session, TenantSession) or not state.is_orm_statement or state.is_from_statement:
        raise TenantError('Only ORM statements can be scoped.')
    if unscoped_tables():  # it could be anywhere in the statement: then nothing is read or written at all
        raise TenantError('There is a table that belongs to somebody and is not among those that are scoped.')
    if session.scope.everything and session.writes:
        raise TenantError('A session that sees everything only reads.')
    if state.is_insert or (state.is_update and isinstance(state.parameters, list)):
        raise TenantError('Add objects to the session instead of inserting in bulk.')
    if state.is_update and _moves_rows(state):
        raise TenantError('A row never moves to another organization.')
    if (state.is_update or state.is_delete) and _reaches_accounts(state, session.scope):
        raise TenantError('Accounts are of no organization: only accounts() changes many of them.')
    if not session.writes and (state.is_update or state.is_delete):
        raise TenantError('This session only reads.')
    if not state.is_column_load:
        state.statement = state.statement.options(*_criteria(session.scope))


def _reaches_accounts(state: ORMExecuteState, scope: Scope) -> bool:
    """Whether an UPDATE or DELETE is about rows that no condition of the scope would hold back."""
    mapper = state.bind_mapper
    return scope != Scope() and mapper is not None and mapper.class_ not in (*owned_tables(), Organization)


def _moves_rows(state: ORMExecuteState) -> bool:
    values = state.statement._values or {}  # type: ignore[attr-defined]  # no public way to read an UPDATE's columns
    named = [getattr(column, 'key', column) for column in values]
    return 'organization_id' in (*named, *(state.parameters or ()))


@event.listens_for(TenantSession, 'before_flush')
def _keep_inside(session: TenantSession, _: UOWTransaction, __: Any) -> None:
    for row in [*session.new, *session.dirty, *session.deleted]:
        owner = row.id if isinstance(row, Organization) else getattr(row, 'organization_id', None)
        if not session.writes:
            raise TenantError('This session only reads.')
        if isinstance(row, Organization | OrganizationOwned) and owner != session.scope.organization_id:
            raise TenantError('This row belongs to another organization.')
        if isinstance(row, OrganizationOwned) and inspect(row).attrs.organization_id.history.deleted:
            raise TenantError('A row never moves to another organization.')
        if isinstance(row, PersonOwned) and row not in session.new and session.scope != Scope():
            raise TenantError('What belongs to a person is changed by accounts() only.')
