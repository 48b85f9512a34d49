"""Periods: the days that one bill is about, found from the anchor each time, so that they never drift.

A boundary is the anchor day of a month, clamped to its last day: from 31 January on 28 February and 31 March.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTH, YEAR = 'month', 'year'


@dataclass(frozen=True)
class Period:
    """From `first` to the day before `next`; prices are shared out over all days from `whole_first`.

    Those end before `whole_next`, which is None where it is `next`: it is a later one where the period was cut short.
    """

    first: date
    next: date
    whole_first: date
    whole_next: date | None = None

    @property
    def days(self) -> int:
        """The days of the whole period: what everything is shared out over."""
        return ((self.whole_next or self.next) - self.whole_first).days

    @property
    def held(self) -> int:
        """The days that its fee in advance is for: fewer where it began within, and no fewer where it was cut short."""
        return ((self.whole_next or self.next) - self.first).days

    @property
    def last(self) -> date:
        """Its last day."""
        return last_day(self.first, self.next)


def last_day(first: date, next: date) -> date:
    """The last of the days from `first` to before `next`; where there are none, the day on which it began and ended."""
    return max(first, next - timedelta(days=1))


def clamped(year: int, month: int, day: int) -> date:
    """This day of a month, or its last one; months beyond 12 are of the years after."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def around(day: date, *, anchor_day: int, interval: str = MONTH, started_on: date | None = None) -> Period:
    """The whole period that a day is in; one of a year is counted from `started_on`, on that day of that month."""
    if interval == YEAR:
        if started_on is None:
            raise ValueError('A period of a year needs the day of its beginning.')
        this = clamped(day.year, started_on.month, started_on.day)
        first = this if this <= day else clamped(day.year - 1, started_on.month, started_on.day)
        return Period(first, clamped(first.year + 1, started_on.month, started_on.day), first)
    this = clamped(day.year, day.month, anchor_day)
    month = day.month if this <= day else day.month - 1
    first = clamped(day.year, month, anchor_day)
    return Period(first, clamped(day.year, month + 1, anchor_day), first)


def beginning(day: date, *, anchor_day: int, interval: str = MONTH) -> Period:
    """The first period of what begins on a day: from it to the next boundary, a part of the whole one around it."""
    whole = around(day, anchor_day=anchor_day, interval=interval, started_on=day)
    return Period(day, whole.next, whole.first)
