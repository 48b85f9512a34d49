"""Spans that limits of sums are about: calendar months, or the periods that an organization is billed by.

Where it has such periods, the one that a day is in; behind the last one that is known the next begins. The first day
of a span is the key of its counters.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam
from sqlmodel import case, col, func, select

from data.database import TenantSession, constant
from data.models import BillingPeriod
from data.services.usage import days

_FIRST: Any = col(BillingPeriod.first_day)
_NEXT: Any = col(BillingPeriod.next_day)


def begins(whose: Any, day: Any, month: Any) -> Any:
    """The first day of the span, in SQL, that a day is in, whose organization this is; `month` where it has none."""
    first = case((day < _NEXT, _FIRST), else_=_NEXT)
    latest = select(first).where(col(BillingPeriod.organization_id) == whose, day >= _FIRST, _FIRST < _NEXT)
    return func.coalesce(latest.order_by(_FIRST.desc()).limit(1).scalar_subquery(), month, type_=Date)


_AROUND: Any = constant(select(_FIRST, _NEXT).where(bindparam('last') >= _FIRST, _FIRST < _NEXT).order_by(_FIRST))


def around(tx: TenantSession, of: Iterable[date]) -> dict[date, tuple[date, date]]:
    """The spans of the organization of this session that these days are in: the first day, and that of the next one."""
    there = sorted(set(of))
    if not there:
        return {}
    periods = tx.exec(_AROUND, params={'last': there[-1]}).all()
    found = {}
    for day in there:
        first, after = next(((first, after) for first, after in reversed(periods) if first <= day), (None, None))
        if first is None or after is None:
            found[day] = days.month_of(day), min([days.next_month(day), *(it for it, _ in periods if it > day)])
        else:
            found[day] = (first, after) if day < after else (after, date.max)
    return found


def grouped(tx: TenantSession, of: Iterable[date]) -> dict[date, date]:
    """A day for each of these days, the same one for all those of one span; one day alone asks for nothing."""
    there = sorted(set(of))
    if len(there) < 2:
        return {day: day for day in there}
    spans = around(tx, there)
    latest = {spans[day]: day for day in there}
    return {day: latest[spans[day]] for day in there}


def of_day(tx: TenantSession, day: date) -> tuple[date, date]:
    """The span that a day is in: its first day, and that of the next one."""
    return around(tx, [day])[day]


def present(tx: TenantSession) -> date:
    """The first day of the span that today is in."""
    return of_day(tx, days.today())[0]
