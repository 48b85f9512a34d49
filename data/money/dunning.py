"""Dunning: by which day an invoice is due, when people are reminded of it, and what follows if it is not paid."""

from dataclasses import dataclass
from datetime import date, timedelta

_BEFORE, _AFTER = timedelta(days=3), timedelta(days=1)


@dataclass(frozen=True)
class Dates:
    """The days of an invoice: due on one, past due from the next; where grace is over, restricted.

    `reminders_on` are three days before it is due, one day after, and three days before the restriction; with few days
    to pay, or of grace, some of them are before the invoice or on one day. They hold for a server that runs each day.
    """

    due_on: date
    reminders_on: tuple[date, date, date]
    past_due_from: date
    restricted_from: date


def dates(issued_on: date, payment_days: int, grace_days: int) -> Dates:
    """The days of an invoice that was issued on this one."""
    due = issued_on + timedelta(days=payment_days)
    restricted = due + _AFTER + timedelta(days=grace_days)
    return Dates(due, (due - _BEFORE, due + _AFTER, restricted - _BEFORE), due + _AFTER, restricted)
