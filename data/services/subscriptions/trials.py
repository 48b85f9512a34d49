"""Trials as people are told of them: how many days one has left, and whether its plan goes on then."""

from datetime import date
from typing import Any

from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import Membership, Role, Subscription
from data.permissions import GRANTS, Permission, Trial
from data.services.usage import days

_COLUMNS: tuple[Any, ...] = (Subscription.trial_ends_on, Subscription.cancel_at_end)
_TRIAL = constant(select(*_COLUMNS))


def of_each(column: Any) -> Any:
    """A column of the subscription of each organization, for a query about memberships."""
    here = col(Subscription.organization_id) == col(Membership.organization_id)
    return select(column).where(here).scalar_subquery()


def running(tx: TenantSession) -> Trial | None:
    """The trial of the organization of this session, None where there is none, or none any more."""
    row = tx.exec(_TRIAL).first()
    return None if row is None else trial(*row)


def trial(ends_on: date | None, is_canceled: bool | None) -> Trial | None:
    """A trial by its first day after, None where it is over."""
    left = 0 if ends_on is None else (ends_on - days.today()).days
    return Trial(ends_on, left, not is_canceled) if ends_on and left > 0 else None


def concerns(role: Role) -> bool:
    """Whether a trial is the business of somebody with this role."""
    return Permission.BILLING_VIEW in GRANTS[role]
