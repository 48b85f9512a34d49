"""Billing of an organization: where its bills go, and who gets them by mail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, Versioned, new_id, owner


class BillingAddress(OrganizationOwned, Versioned, table=True):
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


class BillingContact(OrganizationOwned, table=True):
    """An address that gets invoices or alerts by mail, once whoever reads it has confirmed that: no account, no seat.

    `token_hash` is that of the secret in the mail that asks for it, until it expires or is used.
    """

    __tablename__ = 'billing_contacts'
    __table_args__ = (owner(), UniqueConstraint('organization_id', 'email_key'), UniqueConstraint('token_hash'))
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    invoices: bool = True
    alerts: bool = False
    created_at: datetime = Field(default_factory=clock.now)
    verified_at: datetime | None = None
    token_hash: str | None = Field(default=None, max_length=64)
    expires_at: datetime | None = None
