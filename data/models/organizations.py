"""Organizations, their members, and what their people can change about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from data import clock
from data.models.base import OrganizationOwned, choice, new_id, owner


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


class Organization(SQLModel, table=True):
    """The container of members, projects and billing."""

    __tablename__ = 'organizations'
    __table_args__ = (CheckConstraint("trim(name) <> '' AND length(name) <= 80", name='name'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=400, index=True)
    status: Status = Field(default=Status.ACTIVE, sa_column=choice(Status, 'status'))
    status_since: datetime = Field(default_factory=clock.now)
    status_reason: str = Field(default='', max_length=200)
    created_at: datetime = Field(default_factory=clock.now)
    active_at: datetime = Field(default_factory=clock.now)
    audit_seq: int = Field(default=0)
    audit_head: str = Field(default='', max_length=64)
    version: int = Field(default=1)


class Membership(OrganizationOwned, table=True):
    """A user in an organization, with a role.

    Its reference to the organization is deferred: the first Owner is written before the organization, because the
    database refuses an organization without one.
    """

    __tablename__ = 'memberships'
    __table_args__ = (owner(deferred=True),)
    organization_id: str = Field(primary_key=True, max_length=16)
    user_id: str = Field(foreign_key='users.id', primary_key=True, index=True, max_length=16)
    role: Role = Field(sa_column=choice(Role, 'role'))
    joined_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime | None = None


class BillingAddress(OrganizationOwned, table=True):
    """Where bills of one organization go."""

    __tablename__ = 'billing_addresses'
    __table_args__ = (owner(), CheckConstraint("kind IN ('company', 'person')", name='kind'))
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
        owner(),
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
    purpose: Purpose = Field(sa_column=choice(Purpose, 'purpose'))
    is_primary: bool = False
    created_at: datetime = Field(default_factory=clock.now)
    version: int = Field(default=1)
