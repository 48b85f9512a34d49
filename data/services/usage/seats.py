"""Seats: who was a member on which days, written with each membership, and how many there were on each day.

A day counts whole for whoever was a member for any part of it, and once, however often they left and came back. Spans
outlive membership and account: what was counted stays counted. Who calls these holds the organization's row.

The time zone of days can still be another one while there is nothing but seats: the very first account would settle it
otherwise. Whoever came or went around midnight then has one day more, or one less.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import Role, SeatSpan
from data.services.usage import days, member_limit

_DAY = timedelta(days=1)

_HELD = constant(
    select(SeatSpan).where(
        col(SeatSpan.user_id) == bindparam('user_id'),
        or_(col(SeatSpan.to_day).is_(None), col(SeatSpan.from_day) == bindparam('today')),
    )
)
_BETWEEN = constant(
    select(col(SeatSpan.user_id), col(SeatSpan.from_day), col(SeatSpan.to_day))
    .where(
        col(SeatSpan.from_day) < bindparam('next'),
        or_(col(SeatSpan.to_day).is_(None), col(SeatSpan.to_day) >= bindparam('first')),
        col(SeatSpan.role).in_(bindparam('roles', expanding=True)),
    )
    .order_by(col(SeatSpan.user_id), col(SeatSpan.from_day))
)


def taken(tx: TenantSession, user_id: str, role: Role) -> None:
    """Somebody is a member with this role from now on, whatever they were before: the day counts once for them."""
    today = days.today()
    spans = tx.exec(_HELD, params={'user_id': user_id, 'today': today}).all()
    same = next((span for span in spans if span.role is role), None)
    _end(tx, [span for span in spans if span is not same], today)
    if same is None:
        tx.add(SeatSpan(organization_id=str(tx.scope.organization_id), user_id=user_id, from_day=today, role=role))
    else:
        same.to_day = None  # the same day, the same role: it goes on
    member_limit.count_members(tx)


def left(tx: TenantSession, user_id: str) -> None:
    """Somebody is a member no longer: today was their last day, or the day they came where the clock was set back."""
    today = days.today()
    _end(tx, tx.exec(_HELD, params={'user_id': user_id, 'today': today}).all(), today)
    member_limit.count_members(tx)


def _end(tx: TenantSession, spans: Iterable[SeatSpan], today: date) -> None:
    for span in spans:
        if span.to_day is None:
            span.to_day = max(span.from_day, today)
    tx.flush()  # before another one begins: nobody has two that are open, not even for a moment


def seat_days(tx: TenantSession, first: date, next: date, roles: Collection[Role] = tuple(Role)) -> dict[date, int]:
    """How many people were members on each day from `first` to the one before `next`, with one of these roles.

    Days to come are not in it, nor those on which nobody was there.
    """
    end = min(next, days.today() + _DAY)
    spans = tx.exec(_BETWEEN, params={'first': first, 'next': end, 'roles': [role.value for role in roles]})
    changes: dict[date, int] = defaultdict(int)
    for begin, after in _stays(spans, first, end):
        changes[begin] += 1
        changes[after] -= 1
    there, counts = 0, {}
    for day in (first + _DAY * number for number in range((end - first).days)):
        there += changes[day]
        if there:
            counts[day] = there
    return counts


def _stays(spans: Iterable[tuple[str, date, date | None]], first: date, end: date) -> Iterator[tuple[date, date]]:
    """The days on which one person was there without a break, from one to the day after; spans may overlap."""
    whose, begin, after = '', first, first
    for user_id, from_day, to_day in spans:
        since, until = max(from_day, first), end if to_day is None else min(to_day + _DAY, end)
        if user_id == whose and since <= after:
            after = max(after, until)
            continue
        if begin < after:
            yield begin, after
        whose, begin, after = user_id, since, until
    if begin < after:
        yield begin, after
