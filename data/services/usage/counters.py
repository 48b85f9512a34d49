"""Counters: what is left of a limit is found out and taken by one statement, in the transaction of the act."""

from datetime import date, timedelta
from functools import cache
from typing import Any, NoReturn

from sqlalchemy import BigInteger, Update, bindparam, update
from sqlmodel import case, col, select

from data import changes, clock
from data.changes import Change
from data.database import TenantSession, constant, lock
from data.models import UsageCounter, UsageLimit
from data.problems import Forbidden, Invalid
from data.services.audit import Topic
from data.services.usage import days, metrics, notices
from data.services.usage.metrics import Kind, Metric
from data.services.usage.standings import Standing

AGAIN = timedelta(days=1)
"""How long after they were told people are not told again of a level that has fallen and risen meanwhile."""

HIGHEST = 10**15
"""The highest limit that can be set."""


class LimitReached(Forbidden):
    """A limit of the organization does not allow it; `standing` is how it stands with it."""

    def __init__(self, standing: Standing, sentence: str = '') -> None:
        super().__init__(
            sentence
            or f'This organization may have {standing.allowed} and has reached that. Nothing was changed. '
            'Whoever runs Botcadence can raise the limit.',
            action=standing.metric.action,
            rule=f'limit:{standing.metric.value}',
        )
        self.standing = standing


def add(tx: TenantSession, metric: Metric, period: date, by: int, *, refusable: bool = True) -> None:
    """Count so much on or back, and tell people where that comes near to a limit. Raises LimitReached.

    To count back is never refused, and neither is what is not `refusable`.
    """
    row = _taken(tx, metric, period, by, refusable)
    if row is None:
        if not _begun(tx, metric, period):
            _refuse(tx, metric, period)
        row = _taken(tx, metric, period, by, refusable)
        if row is None:
            _refuse(tx, metric, period)
    if row.cap is not None and not _is_over(metric, period):  # of a month that is over there is nothing to be told
        _note(tx, period, Standing(metric, row.used, row.cap, row.told), row.told_at, row.used - by)
        if Standing(metric, row.used, row.cap).step != Standing(metric, row.used - by, row.cap).step:
            _show(tx)


def follow(tx: TenantSession, metric: Metric, now: int) -> None:
    """Let the counter of what is counted elsewhere, as members are, say how many there are now, and tell people."""
    _begun(tx, metric, days.LEVELS)
    row = tx.exec(select(UsageCounter).where(_at(metric, days.LEVELS)).execution_options(populate_existing=True)).one()
    before, row.used = row.used, now
    tx.flush()
    if row.cap is not None:
        _note(tx, days.LEVELS, Standing(metric, now, row.cap, row.told), row.told_at, before)


def _is_over(metric: Metric, period: date) -> bool:
    return metric.kind is Kind.SUM and period < days.month_of(days.today())


def _at(metric: Metric, period: date) -> Any:
    return (col(UsageCounter.metric) == metric.value) & (col(UsageCounter.period) == period)


def _taken(tx: TenantSession, metric: Metric, period: date, by: int, refusable: bool) -> Any:
    """The counter after this was added to it, None where there is none or its limit does not allow it."""
    statement = _taking(metric.kind is Kind.PEAK, by > 0 and refusable)
    return tx.change_here(statement, {'of': metric.value, 'since': period, 'by': by}).first()


@cache
def _taking(is_level: bool, is_limited: bool) -> Update:
    """The one statement that takes; a level is never below zero."""
    used, cap = col(UsageCounter.used), col(UsageCounter.cap)
    after: Any = used + bindparam('by', type_=BigInteger)
    is_it = (col(UsageCounter.metric) == bindparam('of')) & (col(UsageCounter.period) == bindparam('since'))
    values: Any = case((after < 0, 0), else_=after) if is_level else after
    statement = update(UsageCounter).where(is_it).values(used=values)
    if is_limited:
        statement = statement.where(cap.is_(None) | (after <= cap))
    return constant(statement.returning(used, cap, col(UsageCounter.told), col(UsageCounter.told_at)))


def _begun(tx: TenantSession, metric: Metric, period: date) -> bool:
    """Write the counter of a period that has none yet, with the limit that is set; whether there was none."""
    cap = tx.exec(select(UsageLimit.cap).where(UsageLimit.metric == metric.value)).first()
    row = {'organization_id': tx.scope.organization_id, 'metric': metric.value, 'period': period}
    return bool(tx.insert_new(UsageCounter, [{**row, 'used': 0, 'cap': cap, 'told': 0}]))


def _refuse(tx: TenantSession, metric: Metric, period: date) -> NoReturn:
    used, cap = tx.exec(select(UsageCounter.used, UsageCounter.cap).where(_at(metric, period))).one()
    raise LimitReached(Standing(metric, used, cap))


def _note(tx: TenantSession, period: date, now: Standing, told_at: Any, before: int) -> None:
    """Tell people of a step that they were not told of, once; of a level again where it had fallen to half and less."""
    told = now.told
    if told and now.metric.kind is not Kind.SUM and 2 * min(before, now.used) < (now.cap or 0):
        told = 0 if told_at is None or abs(clock.now() - told_at) >= AGAIN else told
    is_news = now.step > told
    if told == now.told and not is_news:
        return
    values: dict[str, Any] = {'told': max(told, now.step), **({'told_at': clock.now()} if is_news else {})}
    statement = update(UsageCounter).where(_at(now.metric, period)).values(**values)
    tx.execute(statement.execution_options(synchronize_session=False))
    if is_news:
        notices.tell(tx, Standing(now.metric, now.used, now.cap, now.step))


def _show(tx: TenantSession) -> None:
    """Let every screen of the organization ask anew how near its limits are: that is a matter of how it stands."""
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.ORGANIZATION))


# limits --------------------------------------------------------------------------------------------------------------


def set_cap(tx: TenantSession, metric: Metric, cap: int | None) -> int | None:
    """Set, or with None lift, the limit of a metric from now on, and return what it was.

    It is `HIGHEST` at most. Raises Invalid('metric' | 'cap').
    """
    metric = metrics.known(metric)
    if cap is not None and (not isinstance(cap, int) or isinstance(cap, bool) or not 0 <= cap <= HIGHEST):
        raise Invalid(cap=f'A limit is a whole number from 0 to {HIGHEST:,}.')
    lock(tx, str(tx.scope.organization_id))
    row = tx.exec(select(UsageLimit).where(UsageLimit.metric == metric.value)).first()
    before = None if row is None else row.cap
    if row is None and cap is not None:
        tx.add(UsageLimit(organization_id=str(tx.scope.organization_id), metric=metric.value, cap=cap))
    elif row is not None and cap is None:
        tx.delete(row)
    elif row is not None and cap is not None:
        row.cap = cap
    _pass_on(tx, metric, cap)
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.USAGE))
    _show(tx)
    return before


def _pass_on(tx: TenantSession, metric: Metric, cap: int | None) -> None:
    """Let the counters know of another limit: those of now and later; former ones only where it is a higher one."""
    current = days.LEVELS if metric.kind is not Kind.SUM else days.month_of(days.today())
    of_metric = update(UsageCounter).where(col(UsageCounter.metric) == metric.value).values(cap=cap)
    reached = col(UsageCounter.period) >= current
    if cap is not None:
        reached = reached | (col(UsageCounter.cap) < cap)
    else:
        of_metric = of_metric.values(told=0, told_at=None)
        reached = col(UsageCounter.cap).is_not(None)
    tx.execute(of_metric.where(reached).execution_options(synchronize_session=False))
    row = tx.exec(select(UsageCounter).where(_at(metric, current)).execution_options(populate_existing=True)).first()
    if row is not None and cap is not None:
        standing = Standing(metric, row.used, cap, row.told)
        if standing.step < row.told:  # it is further away than it was: people are told when it is near again
            row.told = standing.step
        _note(tx, current, standing, row.told_at, row.used)
