"""Subscriptions: the plans there are, which one an organization has and had, and the periods that it is billed by.

Amounts are whole numbers of the smallest unit of the currency. Days are those of the installation's time zone. A period
is from its first day to the one before the next one's. What a bill was made of outlives the organization.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from data import clock
from data.models.base import OrganizationOwned, Versioned, choice, new_id, owner

_HAS_DAYS = text('first_day < next_day')


class Interval(StrEnum):
    """How long a period is that begins on its anchor."""

    MONTH = 'month'
    YEAR = 'year'


class PeriodState(StrEnum):
    """Whether a period is counted still, or was put on a bill."""

    OPEN = 'open'
    CLOSED = 'closed'


class PlanVersion(SQLModel, table=True):
    """What a plan was when its catalogue was applied: it never changes, and whoever has it keeps it.

    `content` is the plan as `data.services.plans` reads it, `hash` the SHA-256 of that as canonical JSON.
    """

    __tablename__ = 'plan_versions'
    __table_args__ = (UniqueConstraint('plan', 'hash'), CheckConstraint('version > 0', name='version'))
    plan: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=clock.now)


class Subscription(OrganizationOwned, Versioned, table=True):
    """The one plan that an organization has, and what was decided about later.

    Periods begin on `anchor_day` of a month, clamped to its last day; those of a year on the day of `started_on`. Until
    the day before `trial_ends_on` it costs nothing; `trial_told` is whether people were told that this ends.
    `next_plan` is what follows with the next period. `reference` is printed on its invoices. `grace_left` are the days
    until it is restricted, counted on days on which the server ran, `counted_on` the last of those; None while nothing
    is overdue. `confirmed_tax_id` is the one that the operator has looked up.
    """

    __tablename__ = 'subscriptions'
    __table_args__ = (
        owner(),
        CheckConstraint('anchor_day BETWEEN 1 AND 31', name='anchor_day'),
        Index('ix_subscriptions_plan', 'plan', 'plan_version'),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    plan: str = Field(max_length=40)
    plan_version: int
    interval: Interval = Field(default=Interval.MONTH, sa_column=choice(Interval, 'interval'))
    anchor_day: int
    started_on: date
    trial_ends_on: date | None = None
    trial_used: bool = False
    trial_told: bool = False
    next_plan: str | None = Field(default=None, max_length=40)
    next_version: int | None = None
    cancel_at_end: bool = False
    reference: str = Field(default='', max_length=200)
    is_exempt: bool = False
    confirmed_tax_id: str = Field(default='', max_length=40)
    confirmed_at: datetime | None = None
    grace_left: int | None = None
    counted_on: date | None = None
    version: int = Field(default=1)


class PlanSpan(OrganizationOwned, table=True):
    """Which plan was held from a day on; the last one (`seq`) of a day counts for it."""

    __tablename__ = 'plan_spans'
    __table_args__ = (owner(),)
    organization_id: str = Field(primary_key=True, max_length=16)
    from_day: date = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={'autoincrement': False})
    plan: str = Field(max_length=40)
    plan_version: int


class BillingPeriod(OrganizationOwned, table=True):
    """The days that one bill is about; kept for good.

    `whole_first` to `whole_next` is the whole period that prices are shared out over, also where its first days were
    before there was a subscription, or where it was cut short because another one began: on the very day on which it
    had begun, it has no days itself. The plan is the one that its fee was for; one that ends with a trial costs
    nothing. `billed` is how much of each metric was put on a bill so far, by its name, where more of it costs
    something; None while it is open.
    """

    __tablename__ = 'billing_periods'
    __table_args__ = (
        Index(
            'uq_billing_periods_first_day',
            'organization_id',
            'first_day',
            unique=True,
            sqlite_where=_HAS_DAYS,
            postgresql_where=_HAS_DAYS,
        ),
        UniqueConstraint('organization_id', 'id'),
        CheckConstraint('whole_first <= first_day AND first_day <= next_day AND next_day <= whole_next', name='days'),
        Index('ix_billing_periods_due', 'state', 'next_day'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    first_day: date
    next_day: date
    whole_first: date
    whole_next: date
    state: PeriodState = Field(default=PeriodState.OPEN, sa_column=choice(PeriodState, 'state'))
    plan: str = Field(max_length=40)
    plan_version: int
    closed_at: datetime | None = None
    billed: dict[str, int] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class PendingLine(OrganizationOwned, table=True):
    """Something that waits for the next bill; its `cause` is there once, whatever happens twice. Kept for good."""

    __tablename__ = 'pending_lines'
    __table_args__ = (
        UniqueConstraint('organization_id', 'cause'),
        Index('ix_pending_lines_invoice', 'organization_id', 'invoice_id'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    cause: str = Field(max_length=200)
    text: str = Field(max_length=300)
    quantity: int | None = Field(default=None, sa_column=Column('quantity', BigInteger, nullable=True))
    unit_price: int | None = Field(default=None, sa_column=Column('unit_price', BigInteger, nullable=True))
    per: int = Field(default=1, sa_column=Column('per', BigInteger, nullable=False))
    net: int = Field(sa_column=Column('net', BigInteger, nullable=False))
    service_from: date | None = None
    service_to: date | None = None
    created_at: datetime = Field(default_factory=clock.now)
    invoice_id: str | None = Field(default=None, max_length=16)
