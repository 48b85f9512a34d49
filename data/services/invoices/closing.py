"""The close of a period: what is owed of it is put on a draft, with the fee of the next one, in one transaction.

A period is closed once, whoever tries, and however often: its state is turned first. One after the other they are made
up for where nobody closed them for a while. Whatever ends in between leaves nothing half done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, constant, reading, transaction
from data.inputs.moments import day_in_words
from data.models import BillingPeriod, Invoice, PeriodState, Subscription
from data.money import periods, taxes
from data.money.taxes import Totals
from data.problems import Invalid, Unavailable
from data.runtime.logs import log
from data.services import plans, subscriptions
from data.services.invoices import drafting, lines, rounds, taxing
from data.services.invoices.counting import Counted
from data.services.invoices.finalizing import BILLER
from data.services.invoices.line import Line
from data.services.plans.catalogue import Catalogue
from data.services.subscriptions import advancing, deciding
from data.services.subscriptions.following import row_of, span_of
from data.services.usage import days

_OVER = constant(
    select(col(BillingPeriod.id))
    .where(col(BillingPeriod.state) == PeriodState.OPEN, col(BillingPeriod.next_day) <= bindparam('today'))
    .order_by(col(BillingPeriod.first_day))
    .limit(1)
)
_TURN = constant(
    update(BillingPeriod)
    .where(col(BillingPeriod.id) == bindparam('period'), col(BillingPeriod.state) == PeriodState.OPEN)
    .values(state=PeriodState.CLOSED, closed_at=bindparam('at'))
)


@dataclass(frozen=True)
class Closed:
    """A period that was closed, or would be, and what its invoice comes to; None where there is none to be paid."""

    organization_id: str
    first: date
    next: date
    total: int | None
    currency: str


@dataclass(frozen=True)
class Round:
    """What was closed, and the organizations where that failed, which the log has more of."""

    closed: list[Closed]
    failed: list[str]


def close(organization_id: str, today: date | None = None, *, by: str = BILLER) -> list[Closed]:
    """Close all periods of an organization that ended before the end of this day; those that this call has closed.

    Raises NotFound, Unavailable; what was closed before that stays closed.
    """
    found: list[Closed] = []
    while closed := _close_one(System(organization_id, email=by), today or days.today()):
        found.append(closed)
    return found


def close_all(
    until: date | None = None,
    *,
    dry_run: bool = False,
    by: str = BILLER,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Round:
    """Close the periods of all organizations that ended by this day, today for None; or say which those would be.

    A failure at one organization holds up no other one. `progress` hears how many organizations are done, and of how
    many. Raises Invalid('until') for a day to come, Unavailable.
    """
    today = days.today()
    if until is not None and until > today:
        raise Invalid(until=f'A period is closed when it is over. Today is {day_in_words(today)}.')
    ids, found = rounds.to_close(until or today), Round([], [])
    for number, organization_id in enumerate(ids, 1):
        try:
            found.closed.extend(preview(organization_id) if dry_run else close(organization_id, until, by=by))
        except Unavailable:
            raise
        except Exception as error:
            log.exception('a period could not be closed', organization=organization_id, error=type(error).__name__)
            found.failed.append(organization_id)
        progress(number, len(ids))
    return found


def _close_one(by: System, today: date) -> Closed | None:
    """Close the oldest period that is over."""
    with transaction(by) as tx:
        catalogue = plans.current(tx)
        period_id = tx.exec(_OVER, params={'today': today}).first()
        if catalogue is None or period_id is None:
            return None
        turned = tx.change_here(_TURN, {'period': period_id, 'at': clock.now()})
        if turned.rowcount == 0:  # somebody else has closed it
            return None
        period = tx.find(BillingPeriod, period_id)
        invoice = close_within(tx, by, catalogue, period)
        total = invoice.total if invoice else None
        return Closed(by.organization_id, period.first_day, period.next_day, total, catalogue.currency)


def close_within(tx: TenantSession, by: System, catalogue: Catalogue, period: BillingPeriod) -> Invoice | None:
    """Put what is owed of a period whose state was just turned on a draft, and let the next one begin."""
    subscription = subscriptions.of(tx)
    counted = lines.count(tx, subscription, period, period.next_day)
    beyond, late = lines.of_period(counted), lines.late(tx, period)
    period.billed = counted.added_up if counted else {}
    for _, earlier, metric, now in late:
        earlier.billed = {**(earlier.billed or {}), metric.value: now}
    following = subscriptions.advance(tx, subscription, period.next_day)
    fee = _fee(tx, subscription, following)
    found = lines.in_order(tx, fee, beyond, [line for line, *_ in late])
    return drafting.draft(tx, by, catalogue, subscription, period, found)


def _fee(tx: TenantSession, subscription: Subscription, following: BillingPeriod) -> Line | None:
    """The fee of the period that follows, in advance; none for a trial."""
    if subscriptions.is_trial(subscription, following):
        return None
    return deciding.fee(plans.find(tx, following.plan, following.plan_version), span_of(following))


def preview(organization_id: str) -> list[Closed]:
    """The period of an organization that would be closed next, and what its invoice would come to."""
    with reading(System(organization_id)) as tx:
        catalogue = plans.current(tx)
        period_id = tx.exec(_OVER, params={'today': days.today()}).first()
        if catalogue is None or period_id is None:
            return []
        period = tx.find(BillingPeriod, period_id)
        upcoming = next_lines(tx, subscriptions.of(tx), period, period.next_day)
        total = total_of(tx, catalogue, upcoming)
        return [Closed(organization_id, period.first_day, period.next_day, total, catalogue.currency)]


def next_lines(
    tx: TenantSession, subscription: Subscription, period: BillingPeriod, until: date, counted: Counted | None = None
) -> list[Line]:
    """The lines that a period would be closed with, if it ended with the day before `until`; nothing is written.

    `counted` is what there was in it, where that is not what is in the database.
    """
    there = counted or lines.count(tx, subscription, period, until)
    fee = _fee_to_come(tx, subscription, period)
    return lines.in_order(tx, fee, lines.of_period(there), [line for line, *_ in lines.late(tx, period)])


def _fee_to_come(tx: TenantSession, subscription: Subscription, period: BillingPeriod) -> Line | None:
    """The fee of the period that will follow, as `advance` will open it, or has."""
    day, there = period.next_day, row_of(tx, period.next_day)
    if there is not None:
        return _fee(tx, subscription, there)
    plan = advancing.following_plan(tx, subscription)
    span = subscriptions.period_of(tx, day)
    if plan.interval is not subscription.interval or subscription.trial_ends_on == day:
        anchor_day = advancing.anchor_of(plan, day, plans.current(tx))
        span = periods.beginning(day, anchor_day=anchor_day, interval=plan.interval.value)
    return deciding.fee(plan, span)


def total_of(tx: TenantSession, catalogue: Catalogue, upcoming: Sequence[Line]) -> int | None:
    """What an invoice of these lines would come to, None where there would be none."""
    totals = totals_of(tx, catalogue, upcoming)
    return totals.total if totals.net > 0 else None


def totals_of(tx: TenantSession, catalogue: Catalogue, upcoming: Sequence[Line]) -> Totals:
    """What these lines come to, taxed as an invoice would be that became final now."""
    address, subscription = taxing.address_of(tx), subscriptions.of(tx)
    how = taxing.treatment_of(catalogue, address, subscription)
    return taxes.totals([taxes.TaxedNet(line.net, how.category.value, how.rate) for line in upcoming])
