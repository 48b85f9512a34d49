"""What every table is made of: identifiers, choices, versions, and belonging to an organization or a person."""

import re
import secrets
from base64 import b32encode
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, ForeignKeyConstraint, MetaData
from sqlmodel import Field, SQLModel

from data.problems import Stale

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        'ix': 'ix_%(table_name)s_%(column_0_N_name)s',
        'uq': 'uq_%(table_name)s_%(column_0_N_name)s',
        'ck': 'ck_%(table_name)s_%(constraint_name)s',
        'fk': 'fk_%(table_name)s_%(column_0_N_name)s',
        'pk': 'pk_%(table_name)s',
    }
).naming_convention
SQLModel.model_config['defer_build'] = True  # rows are made, not validated: what would do that is never asked for


def new_id() -> str:
    """A random identifier of 16 lower-case letters and digits (80 bits): safe in a URL, says nothing."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


def is_id(value: object) -> bool:
    """Whether this can be one of our identifiers; the database is never asked for anything else."""
    return isinstance(value, str) and re.fullmatch('[a-z2-7]{16}', value) is not None


def choice(kind: type[StrEnum], name: str) -> Column[Any]:
    """A text column that holds the values of one enumeration, checked by the database."""
    choices = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=16,
        name=name,
        values_callable=lambda kind: [choice.value for choice in kind],
    )
    return Column(name, choices, nullable=False)


class Versioned(SQLModel):
    """A row that people change in forms that stay open for long: who saves second is told instead of winning.

    Each table says `version: int = Field(default=1)` itself, where the column has its place.
    """

    version: int

    def expect(self, version: int) -> None:
        """Count the row on, if it is still the `version` that the form was filled in with. Raises Stale."""
        if self.version != version:
            raise Stale
        self.version += 1


class OrganizationOwned(SQLModel):
    """What every table of an organization starts from: `TenantSession` scopes each of them."""

    organization_id: str = Field(max_length=16)


class PersonOwned(SQLModel):
    """What every table of things of one person starts from that no organization sees: `TenantSession` hides them."""

    user_id: str = Field(foreign_key='users.id', ondelete='CASCADE', index=True, max_length=16)


def owner(*, deferred: bool = False) -> ForeignKeyConstraint:
    """The reference of such a table to its organization; `deferred` is checked at the commit only."""
    return ForeignKeyConstraint(
        ['organization_id'],
        ['organizations.id'],
        ondelete='CASCADE',
        deferrable=deferred or None,
        initially='DEFERRED' if deferred else None,
    )
