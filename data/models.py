"""Tables, columns and constraints. Rules that must hold whatever the code does stand here or in the migrations."""

import re
import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Enum, ForeignKeyConstraint, Index, MetaData, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from data import clock

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        'ix': 'ix_%(table_name)s_%(column_0_N_name)s',
        'uq': 'uq_%(table_name)s_%(column_0_N_name)s',
        'ck': 'ck_%(table_name)s_%(constraint_name)s',
        'fk': 'fk_%(table_name)s_%(column_0_N_name)s',
        'pk': 'pk_%(table_name)s',
    }
).naming_convention

IDLE, ABSOLUTE = timedelta(days=7), timedelta(days=30)
"""How long a session lives unused and at most (NIST SP 800-63B-4 §2.1.3, AAL1)."""


def new_id() -> str:
    """A random identifier of 16 lower-case letters and digits (80 bits): safe in a URL, says nothing."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


def is_id(value: object) -> bool:
    """Whether this can be one of our identifiers; the database is never asked for anything else."""
    return isinstance(value, str) and re.fullmatch('[a-z2-7]{16}', value) is not None


class Role(StrEnum):
    """What a member is in one organization, from most to least."""

    OWNER = 'owner'
    ADMIN = 'admin'
    MEMBER = 'member'
    VIEWER = 'viewer'

    @property
    def label(self) -> str:
        """The word on screens."""
        return self.value.capitalize()


class Status(StrEnum):
    """Where an organization stands; what each allows is in `permissions.STANDINGS`."""

    ACTIVE = 'active'
    PAST_DUE = 'past_due'
    RESTRICTED = 'restricted'
    SUSPENDED = 'suspended'
    DELETING = 'deleting'
    DELETED = 'deleted'


class Purpose(StrEnum):
    """What a phone number is for."""

    VOICE = 'voice'
    SMS = 'sms'
    BILLING = 'billing'


def _choice(kind: type[StrEnum], name: str) -> Column[Any]:
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


class User(SQLModel, table=True):
    """A person with an account."""

    __tablename__ = 'users'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, unique=True)
    password_hash: str | None = Field(default=None, max_length=255)
    created_at: datetime = Field(default_factory=clock.now)


class UserSession(SQLModel, table=True):
    """One signed-in browser. The cookie carries the token, this row only its SHA-256."""

    __tablename__ = 'sessions'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    user_id: str = Field(foreign_key='users.id', ondelete='CASCADE', index=True, max_length=16)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime = Field(default_factory=clock.now)
    expires_at: datetime = Field(default_factory=lambda: clock.now() + ABSOLUTE)
    network: str = Field(default='', max_length=64)
    agent: str = Field(default='', max_length=200)

    def is_live(self, now: datetime) -> bool:
        """Whether this session still counts (ASVS 7.3.1, 7.3.2)."""
        return now < self.expires_at and now - self.seen_at < IDLE


class AccountEvent(SQLModel, table=True):
    """What happened to an account: signed up, signed in, refused, signed out. Outlives its user."""

    __tablename__ = 'account_events'
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=clock.now)
    user_id: str | None = Field(default=None, index=True, max_length=16)
    email_key: str = Field(max_length=254)
    action: str = Field(max_length=40)
    outcome: str = Field(max_length=8)
    network: str = Field(default='', max_length=64)


class Organization(SQLModel, table=True):
    """The container of members, projects and billing."""

    __tablename__ = 'organizations'
    __table_args__ = (CheckConstraint("trim(name) <> '' AND length(name) <= 80", name='name'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=400, index=True)
    status: Status = Field(default=Status.ACTIVE, sa_column=_choice(Status, 'status'))
    status_since: datetime = Field(default_factory=clock.now)
    status_reason: str = Field(default='', max_length=200)
    created_at: datetime = Field(default_factory=clock.now)
    active_at: datetime = Field(default_factory=clock.now)
    audit_seq: int = Field(default=0)
    audit_head: str = Field(default='', max_length=64)
    version: int = Field(default=1)


class OrganizationOwned(SQLModel):
    """What every table of an organization starts from: `TenantSession` scopes each of them."""

    organization_id: str = Field(max_length=16)


def _owner(*, deferred: bool = False) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ['organization_id'],
        ['organizations.id'],
        ondelete='CASCADE',
        deferrable=deferred or None,
        initially='DEFERRED' if deferred else None,
    )


class Membership(OrganizationOwned, table=True):
    """A user in an organization, with a role.

    Its reference to the organization is deferred: the first Owner is written before the organization, because the
    database refuses an organization without one.
    """

    __tablename__ = 'memberships'
    __table_args__ = (_owner(deferred=True),)
    organization_id: str = Field(primary_key=True, max_length=16)
    user_id: str = Field(foreign_key='users.id', primary_key=True, index=True, max_length=16)
    role: Role = Field(sa_column=_choice(Role, 'role'))
    joined_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime | None = None


class BillingAddress(OrganizationOwned, table=True):
    """Where bills of one organization go."""

    __tablename__ = 'billing_addresses'
    __table_args__ = (_owner(), CheckConstraint("kind IN ('company', 'person')", name='kind'))
    organization_id: str = Field(primary_key=True, max_length=16)
    kind: str = Field(max_length=8)
    country: str = Field(max_length=2)
    name: str = Field(default='', max_length=200)
    company_name: str = Field(default='', max_length=200)
    street_address: str = Field(default='', max_length=300)
    city_area: str = Field(default='', max_length=200)
    city: str = Field(default='', max_length=200)
    country_area: str = Field(default='', max_length=200)
    postal_code: str = Field(default='', max_length=200)
    sorting_code: str = Field(default='', max_length=200)
    tax_id: str = Field(default='', max_length=40)
    version: int = Field(default=1)


class PhoneNumber(OrganizationOwned, table=True):
    """A phone number of an organization, in E.164."""

    __tablename__ = 'phone_numbers'
    __table_args__ = (
        _owner(),
        UniqueConstraint('organization_id', 'id'),
        UniqueConstraint('organization_id', 'e164'),
        Index(
            'uq_phone_numbers_primary',
            'organization_id',
            unique=True,
            sqlite_where=text('is_primary'),
            postgresql_where=text('is_primary'),
        ),
        CheckConstraint("e164 LIKE '+%' AND length(e164) BETWEEN 5 AND 16", name='e164'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    e164: str = Field(max_length=16)
    country: str = Field(max_length=2)
    label: str = Field(default='', max_length=40)
    purpose: Purpose = Field(sa_column=_choice(Purpose, 'purpose'))
    is_primary: bool = False
    created_at: datetime = Field(default_factory=clock.now)
    version: int = Field(default=1)


class AuditEvent(OrganizationOwned, table=True):
    """Who did what to what in an organization, or was refused. Outlives its actor and its subject.

    `seq` and `hash` chain the events of an organization: only `ledger.append` writes one.
    """

    __tablename__ = 'audit_events'
    __table_args__ = (
        _owner(),
        UniqueConstraint('organization_id', 'seq'),
        CheckConstraint('seq > 0', name='seq'),
        CheckConstraint("outcome IN ('done', 'refused')", name='outcome'),
    )
    id: int | None = Field(default=None, primary_key=True)
    seq: int = Field(default=0)
    at: datetime = Field(default_factory=clock.now)
    actor_id: str | None = Field(default=None, max_length=16)
    actor_email: str = Field(default='', max_length=254)
    action: str = Field(max_length=40)
    target: str = Field(default='', max_length=254)
    outcome: str = Field(default='done', max_length=8)
    rule: str = Field(default='', max_length=40)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    network: str = Field(default='', max_length=64)
    hash: str = Field(default='', max_length=64)
