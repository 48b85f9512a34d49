"""Charges: what seats, and what is used beyond what a plan includes, come to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from data.money import rounding


class Pricing(StrEnum):
    """How what is beyond is priced: so much for so many, for each package begun, or by steps."""

    LINEAR = 'linear'
    PACKAGE = 'package'
    GRADUATED = 'graduated'


@dataclass(frozen=True)
class Tier:
    """The price `per` so many up to a quantity beyond what is included; the last one has no end."""

    up_to: int | None
    price: int
    per: int = 1


@dataclass(frozen=True)
class Rate:
    """What a quantity costs: `price` for `per` of it, or by `tiers`, which rise and have no end."""

    pricing: Pricing = Pricing.LINEAR
    price: int = 0
    per: int = 1
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True)
class Charge:
    """A line: `net` is the price for `per` of what there is `quantity` of, rounded once.

    Of packages the quantity is that of all that were begun.
    """

    quantity: int
    price: int
    per: int
    net: int


@dataclass(frozen=True)
class SeatDays:
    """Seat-days beyond what is included, and the most there were on one day."""

    days: int
    most: int


@dataclass(frozen=True)
class Late:
    """What came to be known after a period was billed: what was billed then, and the line that makes up for it."""

    already_billed: int
    net: int


def seat_days(members: Iterable[int], included: int) -> SeatDays:
    """How many seat-days, of so many members on each of some days, are beyond what is included."""
    beyond = [max(0, number - included) for number in members]
    return SeatDays(sum(beyond), max(beyond, default=0))


def seats(price: int, seat_days: int, days: int) -> int:
    """What so many seat-days cost where one seat for all days of a period has this price."""
    if days < 1:
        raise ValueError('A period has a day.')
    return rounding.half_away(Fraction(price * seat_days, days))


def included(held: Sequence[tuple[int, int]], days: int) -> int:
    """What is included in a period whose plans include so much (first) and were held so many days (second) each.

    By days as the price is, rounded down.
    """
    if days < 1:
        raise ValueError('A period has a day.')
    return sum(quantity * of_days for quantity, of_days in held) // days


def over(quantity: int, included: int) -> int:
    """How much of a quantity is beyond what is included."""
    return max(0, quantity - included)


def overage(rate: Rate, beyond: int) -> list[Charge]:
    """The lines for so much beyond what is included: one, or one of each tier, also of those that are not reached."""
    if rate.pricing is Pricing.GRADUATED:
        return _by_tiers(rate.tiers, beyond)
    quantity = beyond
    if rate.pricing is Pricing.PACKAGE:
        quantity = -(-beyond // rate.per) * rate.per
    return [_charge(quantity, rate.price, rate.per)]


def amount(rate: Rate, beyond: int) -> int:
    """What so much beyond what is included costs in all."""
    return sum(charge.net for charge in overage(rate, beyond))


def late(rate: Rate, *, billed: int, now: int, included: int) -> Late:
    """What is still to be billed of a period that was billed for `billed` and has `now` in truth, at its own prices.

    It is the difference of the two whole amounts: below zero where less was used than billed.
    """
    before = amount(rate, over(billed, included))
    return Late(before, amount(rate, over(now, included)) - before)


def _by_tiers(tiers: Sequence[Tier], beyond: int) -> list[Charge]:
    charges, below = [], 0
    for tier in tiers:
        end = beyond if tier.up_to is None else min(beyond, tier.up_to)
        charges.append(_charge(max(0, end - below), tier.price, tier.per))
        below = end
    return charges


def _charge(quantity: int, price: int, per: int) -> Charge:
    return Charge(quantity, price, per, rounding.half_away(Fraction(price * quantity, per)))
