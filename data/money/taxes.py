"""Taxes: on the sum of all lines with one category and one rate, as EN 16931 has it (BR-CO-10, 14, 15 and 17).

A rate is a whole number of thousandths of a per cent: 19 % is 19,000. A category is one of `Category`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from data.money import rounding
from data.problems import Invalid

HIGHEST = 100_000
"""100 %."""

_RATE = re.compile(r'[0-9]{1,20}(?:\.[0-9]{1,3})?')

_UNION = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'
UNION = frozenset(_UNION.split())
"""The member states of the European Union (ISO 3166-1)."""


class Category(StrEnum):
    """Why there is this rate of tax (UNCL 5305, as EN 16931 has it)."""

    STANDARD = 'S'
    ZERO = 'Z'
    EXEMPT = 'E'
    REVERSE_CHARGE = 'AE'


@dataclass(frozen=True)
class Treatment:
    """The category and the rate that all lines of an invoice have."""

    category: Category
    rate: int


class Taxed(Protocol):
    """Whatever has a net amount, a category of tax and a rate: a line of an invoice."""

    @property
    def net(self) -> int:
        """The amount without tax."""

    @property
    def category(self) -> str:
        """The category of tax."""

    @property
    def rate(self) -> int:
        """The rate of tax."""


@dataclass(frozen=True)
class TaxedNet:
    """A line as taxes see it."""

    net: int
    category: str
    rate: int


@dataclass(frozen=True)
class Tax:
    """The tax on the sum of all lines with one category and rate."""

    category: str
    rate: int
    net: int
    tax: int


@dataclass(frozen=True)
class Totals:
    """What an invoice comes to; `taxes` in the order in which their lines come."""

    net: int
    taxes: tuple[Tax, ...]
    tax: int
    total: int


def totals(lines: Iterable[Taxed]) -> Totals:
    """What these lines come to. One rounding for each category and rate."""
    taxes = [Tax(category, rate, net, _tax(net, rate)) for (category, rate), net in _nets(lines).items()]
    return _summed(taxes)


def credit(before: Iterable[Taxed], lines: Iterable[Taxed]) -> Totals:
    """What a credit note of these lines comes to, all of them negative, where `before` was credited of its invoice.

    The tax is that of all that is credited now less that of what was before: all credit notes of a whole invoice are
    that invoice, to the cent.
    """
    earlier, now = _nets(before), _nets(lines)
    taxes = []
    for (category, rate), net in now.items():
        was = earlier.get((category, rate), 0)
        taxes.append(Tax(category, rate, net, _tax(was + net, rate) - _tax(was, rate)))
    return _summed(taxes)


def left(lines: Iterable[Taxed], credited: Iterable[Taxed]) -> Totals:
    """What can still be credited of an invoice with these lines, where `credited` (negative) was."""
    whole, gone = _nets(lines), _nets(credited)
    taxes = []
    for (category, rate), net in whole.items():
        was = gone.get((category, rate), 0)
        taxes.append(Tax(category, rate, net + was, _tax(net, rate) + _tax(was, rate)))
    return _summed(taxes)


def treatment(
    rate: int,
    rates: Mapping[str, int],
    *,
    seller_country: str,
    buyer_country: str,
    owes_it: bool = False,
    is_exempt: bool = False,
) -> Treatment:
    """How the lines of an invoice are taxed: by the rate of the buyer's country in `rates`, else by `rate`.

    `owes_it` is whether the buyer is a company with a tax id that counts and the seller uses reverse charge (Directive
    2006/112/EC, articles 44 and 196): it does where the two are in different member states. Countries are codes.
    """
    if is_exempt:
        return Treatment(Category.EXEMPT, 0)
    if owes_it and seller_country != buyer_country and {seller_country, buyer_country} <= UNION:
        return Treatment(Category.REVERSE_CHARGE, 0)
    there = rates.get(buyer_country, rate)
    return Treatment(Category.STANDARD if there else Category.ZERO, there)


def parse(text: object, *, field: str = 'rate') -> int:
    """The rate that a text like '8.875' (per cent) says. Raises Invalid(field)."""
    if not isinstance(text, str):
        raise Invalid(**{field: 'Write the rate of tax in quotes, in per cent, such as "19" or "8.1".'})
    if not _RATE.fullmatch(text):
        raise Invalid(**{field: 'Write the rate of tax in per cent with a point, such as "19", "8.1" or "8.875".'})
    rate = int(Fraction(text) * 1000)
    if rate > HIGHEST:
        raise Invalid(**{field: 'A rate of tax is from 0 to 100 per cent.'})
    return rate


def shown(rate: int) -> str:
    """The rate as people read it: '19 %', '8.875 %', on one line."""
    return f'{rate // 1000}.{rate % 1000:03}'.rstrip('0').rstrip('.') + '\u00a0%'


def _tax(net: int, rate: int) -> int:
    return rounding.half_away(Fraction(net * rate, 100 * 1000))


def _nets(lines: Iterable[Taxed]) -> dict[tuple[str, int], int]:
    nets: dict[tuple[str, int], int] = {}
    for line in lines:
        key = str(line.category), line.rate
        nets[key] = nets.get(key, 0) + line.net
    return nets


def _summed(taxes: list[Tax]) -> Totals:
    net, tax = sum(it.net for it in taxes), sum(it.tax for it in taxes)
    return Totals(net, tuple(taxes), tax, net + tax)
