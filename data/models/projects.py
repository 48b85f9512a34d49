"""Projects: the homes of chat agents inside an organization."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, UniqueConstraint, text
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, new_id, owner

_IS_DELETED = text('deleted_at IS NOT NULL')


class ProjectStatus(StrEnum):
    """Where a project stands: working, put away, or about to go for good."""

    ACTIVE = 'active'
    ARCHIVED = 'archived'
    DELETING = 'deleting'

    @classmethod
    def of(cls, archived_at: datetime | None, deleted_at: datetime | None) -> 'ProjectStatus':
        """Where a project stands; one that is being deleted remembers whether it was archived."""
        if deleted_at:
            return cls.DELETING
        return cls.ARCHIVED if archived_at else cls.ACTIVE


class Project(OrganizationOwned, Versioned, table=True):
    """A project of an organization; `archived_at` and `deleted_at` say since when it is, None where it is not.

    `changed_at` is when anything of it was changed last. `created_by` is the id of whoever made it, None once their
    account is closed. `knowledge` goes up with each change of what can be found in it.
    """

    __tablename__ = 'projects'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        Index('ix_projects_name', 'organization_id', 'name_key', 'id'),
        Index('ix_projects_deleted', 'deleted_at', sqlite_where=_IS_DELETED, postgresql_where=_IS_DELETED),
        CheckConstraint("trim(name) <> '' AND length(name) <= 80", name='name'),
        CheckConstraint('length(description) <= 500', name='description'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=400)
    description: str = Field(default='', max_length=500)
    created_by: str | None = Field(
        default=None,
        sa_column=Column('created_by', String(16), ForeignKey('users.id', ondelete='SET NULL'), index=True),
    )
    created_at: datetime = Field(default_factory=clock.now)
    changed_at: datetime = Field(default_factory=clock.now)
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = Field(default=1)
    knowledge: int = Field(default=0, sa_column=Column('knowledge', BigInteger, nullable=False, server_default='0'))

    @property
    def status(self) -> ProjectStatus:
        """Where it stands."""
        return ProjectStatus.of(self.archived_at, self.deleted_at)

    @property
    def status_since(self) -> datetime:
        """Since when it stands there."""
        return self.deleted_at or self.archived_at or self.created_at
