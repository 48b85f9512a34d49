"""The next invoice of an organization, as it stands now and as it may become: made by what will make it."""

from dataclasses import dataclass
from datetime import date

from data.money.taxes import Totals
from data.services.invoices.line import Line

FROM_DAY = 3
"""The day of a period from which there is a guess: before, one busy hour would be all there is to go by."""


@dataclass(frozen=True)
class Forecast:
    """The next invoice: it is made on `closes_on`, of these lines as they stand, which come to `totals`.

    `so_far` is what it would come to, tax included, and `about` what it will if all goes on as it did since the period
    began: a guess, None before its `FROM_DAY`th day. `lacks_address` is whether it could not become final.
    """

    currency: str
    first: date
    closes_on: date
    lines: tuple[Line, ...]
    totals: Totals
    so_far: int
    about: int | None
    lacks_address: bool
