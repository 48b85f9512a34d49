"""Billing of an organization: where its bills go."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from data.models.base import OrganizationOwned, Versioned, owner


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
