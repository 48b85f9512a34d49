"""A line of an invoice, before it stands on one: what it is for, what it comes to, and which days it is about."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """So much for something, `net` in the smallest unit of the currency; below zero it is taken back.

    `cause` says what it is for and is there once: 'plan', 'seats:team:3', 'usage:messages', 'change:…'. What there is
    `quantity` of costs `unit_price` for `per` of it, where that is how `net` was found. Both `service` days are
    included. `pending` is whether it has waited for this invoice.
    """

    cause: str
    text: str
    net: int
    quantity: int | None = None
    unit_price: int | None = None
    per: int = 1
    service_from: date | None = None
    service_to: date | None = None
    pending: bool = False
