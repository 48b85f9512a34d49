"""Phone numbers of an organization."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, choice, new_id, owner


class Purpose(StrEnum):
    """What a phone number is for."""

    VOICE = 'voice'
    SMS = 'sms'
    BILLING = 'billing'


class PhoneNumber(OrganizationOwned, Versioned, table=True):
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
