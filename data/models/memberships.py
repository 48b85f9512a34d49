"""Memberships: a user in an organization, with a role."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from data import clock
from data.models.accounts import User
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

    `email_key` is the user's own, held by the reference and changed with it: so an index has people by their address.
    Its reference to the organization is deferred: the first Owner is written before the organization, because the
    database refuses an organization without one.
    """

    __tablename__ = 'memberships'
    __table_args__ = (
        owner(deferred=True),
        ForeignKeyConstraint(['user_id', 'email_key'], ['users.id', 'users.email_key'], onupdate='CASCADE'),
        Index('ix_memberships_email_key', 'organization_id', 'email_key'),
        Index(
            'ix_memberships_owners',
            'organization_id',
            sqlite_where=text("role = 'owner'"),
            postgresql_where=text("role = 'owner'"),
        ),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    user_id: str = Field(primary_key=True, index=True, max_length=16)
    email_key: str = Field(max_length=254)
    role: Role = Field(sa_column=choice(Role, 'role'))
    joined_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime | None = None
    steps_away_at: datetime | None = None

    @classmethod
    def of(cls, organization_id: str, user: User, role: Role) -> Self:
        """The membership of a user who comes to be there now."""
        membership = cls(organization_id=organization_id, user_id=user.id, email_key=user.email_key, role=role)
        membership.seen_at = clock.now()
        return membership
