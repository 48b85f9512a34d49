"""Scopes: what a session may touch, and the conditions that keep a statement inside of it.

SQLAlchemy puts a condition wherever a table that it is about appears, also in a subquery, a join or an alias. Which
organization or person is meant travels as a parameter: so a statement that is put together once is also scoped once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, event, false, inspect, literal, select
from sqlalchemy.orm import Mapper, with_loader_criteria
from sqlalchemy.sql import FromClause
from sqlalchemy.sql.base import Executable, ExecutableOption
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.util import find_tables
from sqlmodel import SQLModel, col

from data.models import Membership, Organization, OrganizationOwned, PersonOwned, User

_Statement = TypeVar('_Statement', bound=Executable)

SCOPES = 144
"""Scopes whose conditions for an UPDATE or a DELETE are kept; each takes 40 kB, and 0.3 ms to make again."""

OF_ORGANIZATION, OF_PERSON = 'scope_organization_id', 'scope_user_id'
"""The parameters that say whose rows a statement is about."""


@dataclass(frozen=True)
class Scope:
    """What a session may touch: one organization, all of one person's organizations (reading), or no organization.

    `everything` is for the instance's administrator, and only for reading.
    """

    organization_id: str | None = None
    user_id: str | None = None
    everything: bool = False


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


# statements ----------------------------------------------------------------------------------------------------------

_constants: dict[int, Any] = {}
"""Statements that are put together once, by their `id`: as long as they are here, nothing else has it."""


def constant(statement: _Statement) -> _Statement:
    """Remember a SELECT that is put together once, for good; what varies in it are parameters (`bindparam`).

    It carries the conditions of the tables that it names only. What is made of it is another statement, and unknown.
    """
    _constants[id(statement)] = statement
    return statement


def known(statement: Executable) -> bool:
    """Whether a statement is one that is put together once, and so may be kept."""
    return id(statement) in _constants


def scoped(statement: Any, parameters: Any, scope: Scope) -> tuple[Any, Any]:
    """A statement and its parameters, with what keeps it inside of a scope."""
    if scope.everything:
        return statement, parameters
    if not statement.is_select:  # the parameters of an UPDATE are what it sets
        return statement.options(*_fixed(scope).values()), parameters
    whose = {OF_ORGANIZATION: scope.organization_id, OF_PERSON: scope.user_id}
    kind = Scope(scope.organization_id and OF_ORGANIZATION, scope.user_id and OF_PERSON)
    inside = _once(id(statement), kind) if known(statement) else statement.options(*_open(kind).values())
    return inside, {**(parameters or {}), **whose}


@cache
def _once(statement_id: int, kind: Scope) -> Any:
    """A constant with the conditions of its tables: where that is not the very same SQL as with all, with all."""
    statement, conditions = _constants[statement_id], _open(kind)
    whole = statement.options(*conditions.values())
    named = set(find_tables(statement, check_columns=True))
    few = statement.options(*(option for table, option in conditions.items() if inspect(table).local_table in named))
    return few if str(few) == str(whole) else whole


class Whose(BindParameter[str]):
    """A parameter whose copies are equal.

    SQLAlchemy has a copy for each table that a statement names, and looks each of them up when it fills them in. Others
    make an SQL expression of every comparison, which is a fifth of the time that a read takes.
    """

    inherit_cache = True

    def __eq__(self, other: object) -> bool:  # type: ignore[override]  # no expression
        """Whether this is the same, or a copy of it."""
        return hash(self) == hash(other)

    __hash__ = BindParameter.__hash__


Conditions = Mapping[type[SQLModel], ExecutableOption]


@cache
def _open(kind: Scope) -> Conditions:
    """The conditions of a kind of scope, to be filled in by parameters."""
    return _conditions(kind, Whose(OF_ORGANIZATION), Whose(OF_PERSON))


@cache
def _memberships() -> tuple[FromClause, FromClause]:
    """The bare table, to which no condition applies, under two names: the first is asked within the second.

    Made anew for each condition, they would be 160 of 165 kB that a scope takes, and 3 ms.
    """
    bare = inspect(Membership).local_table
    return bare.alias(), bare.alias()


@lru_cache(SCOPES)
def _fixed(scope: Scope) -> Conditions:
    """The conditions of one scope, filled in."""
    return _conditions(scope, scope.organization_id, scope.user_id)


def _conditions(scope: Scope, organization_id: Any, user_id: Any) -> Conditions:
    """What is added to statements, by the table that it is about."""
    own, fellow = _memberships()
    mine = select(own.c.organization_id).where(own.c.user_id == user_id)  # one for all tables

    def ours(column: SQLCoreOperations[str]) -> ColumnElement[bool]:
        if scope.organization_id is not None:
            equal: ColumnElement[bool] = column == organization_id
            return equal
        if scope.user_id is None:
            return false()
        return column.in_(mine)

    def personal(column: SQLCoreOperations[str]) -> ColumnElement[bool]:
        return false() if scope.organization_id is not None else column == user_id  # an organization sees none of it

    conditions: dict[type[SQLModel], ColumnElement[bool]]
    conditions = {table: ours(col(table.organization_id)) for table in owned_tables()}
    conditions[Organization] = ours(col(Organization.id))
    if scope != Scope():
        # Asked of each person: a list of all of an organization's people would be made for every statement.
        is_here = select(literal(1)).where(fellow.c.user_id == User.id, ours(fellow.c.organization_id))
        conditions[User] = is_here.correlate_except(fellow).exists()
        conditions |= {table: personal(col(table.user_id)) for table in personal_tables()}
    return {it: with_loader_criteria(it, condition, include_aliases=True) for it, condition in conditions.items()}


@event.listens_for(Mapper, 'after_mapper_constructed')
def _forget_tables(*_: Any) -> None:
    """A table that is defined after the first statement is scoped like those before it."""
    for known in (owned_tables, personal_tables, unscoped_tables, _open, _fixed, _once):
        known.cache_clear()
