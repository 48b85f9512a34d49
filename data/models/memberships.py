"""Memberships: a user in an organization, with a role."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, choice, owner


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


class Membership(OrganizationOwned, table=True):
    """A user in an organization, with a role; `steps_away_at` is when they put its first steps away.

    Its reference to the organization is deferred: the first Owner is written before the organization, because the
    database refuses an organization without one.
    """

    __tablename__ = 'memberships'
    __table_args__ = (
        owner(deferred=True),
        Index(
            'ix_memberships_owners',
            'organization_id',
            sqlite_where=text("role = 'owner'"),
            postgresql_where=text("role = 'owner'"),
        ),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    user_id: str = Field(foreign_key='users.id', primary_key=True, index=True, max_length=16)
    role: Role = Field(sa_column=choice(Role, 'role'))
    joined_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime | None = None
    steps_away_at: datetime | None = None
