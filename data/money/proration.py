"""Shares of a price by whole days: what a short first period costs, and what a change of the plan comes to.

The day of a change is the first one of what it changes to; prices are shared out over the days of the whole period.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from data.money import rounding
from data.money.periods import Period


@dataclass(frozen=True)
class Change:
    """What a change of the plan at once comes to: what is taken back of the old price, what is owed of the new one.

    Both are about the last `days_left` of the `days` of the period; `credit` is 0 or negative.
    """

    credit: int
    charge: int
    days_left: int
    days: int

    @property
    def net(self) -> int:
        """What the change costs in all."""
        return self.credit + self.charge


@dataclass(frozen=True)
class PlanChange(Change):
    """A change of the plan with the day from which the new one holds, and its price for each whole period."""

    from_day: date
    next_price: int


def share(price: int, held: int, days: int) -> int:
    """The price of so many days of a period; no more than the whole of it. Raises ValueError."""
    if not 0 <= held <= days or days < 1:
        raise ValueError('These are no days of a period.')
    return rounding.half_away(Fraction(price * held, days))


def first_fee(price: int, period: Period) -> int:
    """The price of a period for the days that it has itself: of all, or of the rest where it began within."""
    return share(price, period.held, period.days)


def change(old_price: int, new_price: int, period: Period, day: date) -> Change:
    """What it comes to when the plan changes on a day of the period. Raises ValueError for any other day.

    What is taken back is a share of the whole price of the plan that was held, whatever was paid for it.
    """
    if not period.first <= day < period.next:
        raise ValueError('A plan changes on a day of the period.')
    left, days = (period.next - day).days, period.days
    return Change(-share(old_price, left, days), share(new_price, left, days), left, days)


def choice(old_price: int, new_price: int, period: Period, day: date) -> PlanChange:
    """What it means to choose another plan of the same interval: a dearer one holds at once, any other one later.

    That is with the next period, and it changes nothing that was paid; so does the end of a plan, whose next price is
    0. Raises ValueError for a day outside of the period.
    """
    now = change(old_price, new_price, period, day)
    if new_price > old_price:
        return PlanChange(now.credit, now.charge, now.days_left, now.days, day, new_price)
    return PlanChange(0, 0, 0, now.days, period.next, new_price)
