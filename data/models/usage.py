"""What organizations use: the facts, their sums, what is left of limits, who was a member on which days.

None of these refers to a project by a foreign key: the sums outlive it. Days are those of the installation's time zone.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, false, text, true
from sqlmodel import JSON, Field, SQLModel

from data import clock
from data.models.base import OrganizationOwned, choice, owner
from data.models.memberships import Role

_IS_OPEN = text('to_day IS NULL')


def _amount(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


class UsageEvent(OrganizationOwned, table=True):
    """One fact that counts, by a key that whoever reports it chooses: the same one again changes nothing.

    `project_id` is '' for what is of no project. A correction may be negative, and 0
    is only the settlement of a reservation that took all that was reserved. Kept for 13 months; the sums stay.
    """

    __tablename__ = 'usage_events'
    __table_args__ = (
        owner(),
        Index('ix_usage_events_day', 'day'),
        CheckConstraint("key <> ''", name='key'),
        {'sqlite_with_rowid': False},
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=200)
    metric: str = Field(max_length=24)
    project_id: str = Field(default='', max_length=16)
    quantity: int = Field(sa_column=_amount('quantity'))
    at: datetime
    day: date
    seen_at: datetime = Field(default_factory=clock.now)


class UsageHour(OrganizationOwned, table=True):
    """The sum of a metric in one hour, which begins at `hour` in UTC, and of how many events."""

    __tablename__ = 'usage_hours'
    __table_args__ = (owner(), {'sqlite_with_rowid': False})
    organization_id: str = Field(primary_key=True, max_length=16)
    metric: str = Field(primary_key=True, max_length=24)
    hour: datetime = Field(primary_key=True)
    project_id: str = Field(default='', primary_key=True, max_length=16)
    quantity: int = Field(sa_column=_amount('quantity'))
    events: int = Field(sa_column=_amount('events'))


class UsageDay(OrganizationOwned, table=True):
    """What a metric came to on one day: the sum, or the most at once for one that goes up and down.

    Such a one has in `closing` what it was when the day ended; days without a row are as the one before ended.
    """

    __tablename__ = 'usage_days'
    __table_args__ = (owner(), {'sqlite_with_rowid': False})
    organization_id: str = Field(primary_key=True, max_length=16)
    metric: str = Field(primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    project_id: str = Field(default='', primary_key=True, max_length=16)
    quantity: int = Field(sa_column=_amount('quantity'))
    events: int = Field(sa_column=_amount('events'))
    closing: int | None = Field(default=None, sa_column=_amount('closing', nullable=True))


class UsageCounter(OrganizationOwned, table=True):
    """How much of a limit is used: in the period that begins on `period`, or now for what goes up and down.

    `cap` is None where nothing is limited; where it does not block, more is counted all the same. `told` is the highest
    per cent of it that people were told of: 0, 80, 100; `told_at` when that was.
    """

    __tablename__ = 'usage_counters'
    __table_args__ = (owner(), CheckConstraint('told IN (0, 80, 100)', name='told'))
    organization_id: str = Field(primary_key=True, max_length=16)
    metric: str = Field(primary_key=True, max_length=24)
    period: date = Field(primary_key=True)
    used: int = Field(default=0, sa_column=_amount('used'))
    cap: int | None = Field(default=None, sa_column=_amount('cap', nullable=True))
    blocks: bool = Field(default=True, sa_column_kwargs={'server_default': true()})
    told: int = 0
    told_at: datetime | None = None


class UsageLevel(OrganizationOwned, table=True):
    """How much there is now of what goes up and down, in one project or ('') in all of the organization.

    `day` is the last one on which it changed, or the one that this was written down on after a clock was set back.
    """

    __tablename__ = 'usage_levels'
    __table_args__ = (owner(), CheckConstraint('level >= 0', name='level'), {'sqlite_with_rowid': False})
    organization_id: str = Field(primary_key=True, max_length=16)
    metric: str = Field(primary_key=True, max_length=24)
    project_id: str = Field(default='', primary_key=True, max_length=16)
    level: int = Field(sa_column=_amount('level'))
    day: date


class UsageLimit(OrganizationOwned, table=True):
    """A limit of one organization: the `cap` of every period to come.

    Whoever runs the installation has set it, or it is what its plan includes (`by_plan`), of which more may be used
    where that does not block, and costs something where it `is_billed`. `roles` are those of the members that it is
    about, with a comma behind each; '' for all of them.
    """

    __tablename__ = 'usage_limits'
    __table_args__ = (owner(), CheckConstraint('cap >= 0', name='cap'))
    organization_id: str = Field(primary_key=True, max_length=16)
    metric: str = Field(primary_key=True, max_length=24)
    cap: int = Field(sa_column=_amount('cap'))
    by_plan: bool = Field(default=False, sa_column_kwargs={'server_default': false()})
    blocks: bool = Field(default=True, sa_column_kwargs={'server_default': true()})
    is_billed: bool = Field(default=False, sa_column_kwargs={'server_default': false()})
    roles: str = Field(default='', max_length=40, sa_column_kwargs={'server_default': text("''")})


class SeatSpan(OrganizationOwned, table=True):
    """The days on which somebody was a member with one role, both ends included; `to_day` is None while they are.

    It is written with the membership and stays when the person goes, whose id says nothing then. Who has the same role
    again on the day on which it began opens the same one again.
    """

    __tablename__ = 'seat_spans'
    __table_args__ = (
        owner(),
        Index('ix_seat_spans_days', 'organization_id', 'from_day'),
        Index(
            'uq_seat_spans_open',
            'organization_id',
            'user_id',
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        CheckConstraint('to_day IS NULL OR to_day >= from_day', name='days'),
    )
    organization_id: str = Field(primary_key=True, max_length=16)
    user_id: str = Field(primary_key=True, max_length=16)
    from_day: date = Field(primary_key=True)
    role: Role = Field(sa_column=Column('role', choice(Role, 'role').type, primary_key=True))
    to_day: date | None = None


class BillingSettings(SQLModel, table=True):
    """What holds for the whole installation once something was counted: one row, with the time zone of its days.

    `catalogue` is the one that was applied last, as `data.services.plans` reads it; None where nothing costs anything.
    """

    __tablename__ = 'billing_settings'
    __table_args__ = (CheckConstraint('id = 1', name='id'),)
    id: int = Field(default=1, sa_column=Column('id', Integer, primary_key=True, autoincrement=False))
    time_zone: str = Field(max_length=64)
    since: datetime = Field(default_factory=clock.now)
    catalogue: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    catalogue_hash: str = Field(default='', max_length=64, sa_column_kwargs={'server_default': text("''")})
    applied_at: datetime | None = None
