"""The next invoice of an organization, as it stands now and as it may become: made by what will make it."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from data.database import Actor, TenantSession, constant, reading
from data.models import BillingPeriod, PeriodState, Subscription
from data.money.taxes import Totals
from data.permissions import Permission, authorize
from data.services import plans, subscriptions
from data.services.invoices import closing, counting, lines, taxing
from data.services.invoices.line import Line
from data.services.plans.catalogue import Catalogue

FROM_DAY = 3
"""The day of a period from which there is a guess: before, one busy hour would be all there is to go by."""

_OPEN = constant(
    select(BillingPeriod)
    .where(col(BillingPeriod.state) == PeriodState.OPEN)
    .order_by(col(BillingPeriod.first_day))
    .limit(1)
)


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


def forecast(actor: Actor) -> Forecast | None:
    """The next invoice of an organization; None before it has a plan. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        return forecast_of(tx)


def forecast_of(tx: TenantSession) -> Forecast | None:
    """The same, for the organization of this session; whoever asks has been authorized."""
    catalogue, period = plans.current(tx), tx.exec(_OPEN).first()
    if catalogue is None or period is None:
        return None
    subscription, until = subscriptions.of(tx), min(counting.today_included(), period.next_day)
    upcoming = closing.next_lines(tx, subscription, period, until)
    totals = closing.totals_of(tx, catalogue, upcoming)
    return Forecast(
        currency=catalogue.currency,
        first=period.first_day,
        closes_on=period.next_day,
        lines=tuple(upcoming),
        totals=totals,
        so_far=totals.total,
        about=_about(tx, catalogue, subscription, period, until),
        lacks_address=taxing.address_of(tx) is None,
    )


def _about(
    tx: TenantSession, catalogue: Catalogue, subscription: Subscription, period: BillingPeriod, until: date
) -> int | None:
    """What the invoice may come to, from a few days on."""
    if (until - period.first_day).days < FROM_DAY:
        return None
    counted = lines.count(tx, subscription, period, until)
    guessed = counting.guessed(counted, until) if counted else None
    return closing.totals_of(tx, catalogue, closing.next_lines(tx, subscription, period, until, guessed)).total
