"""Tenant isolation: a SQLAlchemy session that adds the organization to every statement and raises where it can’t.

A forgotten filter returns nothing of another organization, a write into one raises. A table that refers to another
one of the same organization does so by a composite foreign key, `(organization_id, id)`: the database says the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn, TypeVar

from sqlalchemy import CursorResult, Delete, Engine, Insert, Update, bindparam, event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session, SQLModel
from sqlmodel import select as choose
from sqlmodel.sql.expression import SelectOfScalar

from data.database import scoping, upserts
from data.database.scoping import OF_ORGANIZATION, Scope, constant, known, owned_tables, unscoped_tables
from data.models import Organization, OrganizationOwned, PersonOwned, is_id
from data.problems import NotFound

_Row = TypeVar('_Row', bound=SQLModel)
_Owned = OrganizationOwned | PersonOwned


class TenantError(RuntimeError):
    """Code of ours tried to leave its scope; a defect, never something a person did."""


class TenantSession(Session):
    """A session that sees one scope. Statements outside the ORM, which can't be scoped, are refused."""

    def __init__(self, engine: Engine, scope: Scope, *, writes: bool) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.scope = scope
        self.writes = writes
        self._rows: dict[type[OrganizationOwned], list[Mapping[str, Any]]] = {}

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
        row: _Row | None = self.exec(_by_id(table), params={'row_id': row_id}).first() if is_id(row_id) else None
        if row is None:
            raise NotFound(gone) if gone else NotFound
        return row

    def add_row(self, table: type[OrganizationOwned], values: Mapping[str, Any]) -> None:
        """Write a row that nothing in the transaction looks at again, with the next flush and after everything in it.

        An object of its own takes twice as long. All columns without a default in the database are in `values`.
        """
        if not self.writes or not issubclass(table, OrganizationOwned):
            raise TenantError('This is no row of an organization, or this session only reads.')
        if not self.in_transaction():
            self.begin()  # else a rollback would not be heard of
        self._rows.setdefault(table, []).append(values)

    def insert_new(self, table: type[OrganizationOwned], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Write those of these rows whose primary key is not there yet, and return their keys.

        All columns without a default are in each of them. Other writers of the same key are waited for.
        """
        statement = upserts.of_new(self._dialect_for(table, rows), table)
        return [dict(row._mapping) for row in super().connection().execute(statement, list(rows))] if rows else []

    def add_up(self, table: type[OrganizationOwned], rows: Sequence[Mapping[str, Any]], *columns: str) -> None:
        """Write these rows; where one with the same primary key is there, add these columns of it to that one.

        No key is twice among them, and whoever adds to several rows does so in the order of their keys: then two
        that do it at once don't wait for each other.
        """
        statement = upserts.of_sums(self._dialect_for(table, rows), table, columns)
        if rows:
            super().connection().execute(statement, list(rows))

    def change_here(self, statement: Update, parameters: Mapping[str, Any]) -> CursorResult[Any]:
        """Run an UPDATE that is put together once (`constant`), on rows of this organization, and what it returns.

        It takes a third of the time of one that is put together for each call. Objects in the session don't hear of it.
        """
        if not self.writes or self.scope.organization_id is None:
            raise TenantError('This session only reads, or is in no organization.')
        table = statement.entity_description.get('entity')
        if not known(statement) or table not in owned_tables() or 'organization_id' in _set_by(statement):
            raise TenantError('It is about a table of organizations, and a row stays whose it is.')
        if any(name in inspect(table).columns for name in parameters):
            raise TenantError('A parameter with the name of a column would set it.')
        self.flush()
        inside = {**parameters, OF_ORGANIZATION: self.scope.organization_id}
        return super().connection().execute(_here(statement), inside)

    def _dialect_for(self, table: type[OrganizationOwned], rows: Sequence[Mapping[str, Any]]) -> str:
        """The kind of database, when these rows may be written, and what was added before is. Raises TenantError."""
        if not self.writes or not issubclass(table, OrganizationOwned):
            raise TenantError('These are no rows of an organization, or this session only reads.')
        here = self.scope.organization_id
        if here is None or any(row['organization_id'] != here for row in rows):
            raise TenantError('This row belongs to another organization.')
        self.flush()
        return self.get_bind().dialect.name

    def run_for_each(self, table: type[_Owned], statement: Delete | Update, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run an UPDATE or DELETE of a table once for each of these rows' parameters; how many rows that changed.

        Each time it is about rows of the one organization or person only that the parameter `owner` names: for what is
        done to rows whosever they are. Only for `accounts()`.
        """
        if not self.writes or self.scope != Scope():
            raise TenantError('Only accounts() reaches rows whosever they are.')
        owner = 'organization_id' if issubclass(table, OrganizationOwned) else 'user_id'
        if statement.entity_description.get('entity') is not table or owner in _set_by(statement):
            raise TenantError('It is about that table, and a row stays whose it is.')
        if any(name in inspect(table).columns for row in rows for name in row):
            raise TenantError('A parameter with the name of a column would set it.')
        mine = statement.where(inspect(table).columns[owner] == bindparam('owner'))
        return super().connection().execute(mine, rows).rowcount if rows else 0

    def flush(self, objects: Any = None) -> None:
        """Write what has been added and changed so far."""
        super().flush(objects)
        for table, rows in list(self._rows.items()):
            if any(row['organization_id'] != self.scope.organization_id for row in rows):
                raise TenantError('This row belongs to another organization.')
            super().connection().execute(_insert(table), rows)
            del self._rows[table]  # what has failed stays, and fails the commit too

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TenantError('This bypasses the scope of the session.')

    connection = bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse


@cache
def _by_id(table: type[_Row]) -> SelectOfScalar[_Row]:
    return constant(choose(table).where(inspect(table).columns['id'] == bindparam('row_id')))


@cache
def _insert(table: type[SQLModel]) -> Insert:
    return insert(table)


@cache
def _here(statement: Update) -> Update:
    table = statement.entity_description['entity']
    return statement.where(inspect(table).columns['organization_id'] == bindparam(OF_ORGANIZATION))


@event.listens_for(TenantSession, 'before_commit')
def _write_rows(session: TenantSession) -> None:
    session.flush()  # SQLAlchemy does so only where there are objects


@event.listens_for(TenantSession, 'after_soft_rollback')
def _drop_rows(session: TenantSession, _: Any) -> None:
    session._rows.clear()


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
        state.statement, state.parameters = scoping.scoped(state.statement, state.parameters, session.scope)


def _reaches_accounts(state: ORMExecuteState, scope: Scope) -> bool:
    """Whether an UPDATE or DELETE is about rows that no condition of the scope would hold back."""
    mapper = state.bind_mapper
    return scope != Scope() and mapper is not None and mapper.class_ not in (*owned_tables(), Organization)


def _moves_rows(state: ORMExecuteState) -> bool:
    return 'organization_id' in (*_set_by(state.statement), *(state.parameters or ()))


def _set_by(statement: Any) -> list[str]:
    values = getattr(statement, '_values', None) or {}  # no public way to read an UPDATE's columns; a DELETE has none
    return [getattr(column, 'key', column) for column in values]


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
