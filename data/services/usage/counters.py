"""Counters: what is left of a limit is found out and taken by one statement, in the transaction of the act."""

from datetime import date, timedelta
from functools import cache
from typing import Any, NoReturn

from sqlalchemy import BigInteger, Date, Update, bindparam, update
from sqlmodel import case, col, func, select

from data import changes, clock
from data.changes import Change
from data.database import TenantSession, constant
from data.database.scoping import OF_ORGANIZATION
from data.models import UsageCounter, UsageDay, UsageLimit
from data.problems import Forbidden
from data.services.audit import Topic
from data.services.usage import days, notices, spans
from data.services.usage.metrics import Kind, Metric
from data.services.usage.standings import Standing, of_limit

AGAIN = timedelta(days=1)
"""How long after they were told people are not told again of a level that has fallen and risen meanwhile."""


class LimitReached(Forbidden):
    """A limit of the organization does not allow it; `standing` is how it stands with it."""

    def __init__(self, standing: Standing, sentence: str = '') -> None:
        super().__init__(
            sentence or f'{standing.reached} Nothing was changed. {standing.way_out}',
            action=standing.metric.action,
            rule=f'limit:{standing.metric.value}',
        )
        self.standing = standing


def add(tx: TenantSession, metric: Metric, day: date, by: int, *, refusable: bool = True) -> None:
    """Count so much on or back in the span of a day, and tell people where that comes near to a limit.

    To count back is never refused, and neither is what is not `refusable`, or what may go beyond its limit.
    Raises LimitReached.
    """
    row = _taken(tx, metric, day, by, refusable)
    if row is None:
        if not begin(tx, metric, day):
            _refuse(tx, metric, day)
        row = _taken(tx, metric, day, by, refusable)
        if row is None:
            _refuse(tx, metric, day)
    if row.cap is not None and not _is_over(tx, metric, row.period, day):  # then there is nothing to be told
        note(tx, row.period, Standing(metric, row.used, row.cap, row.told), row.told_at, row.used - by)
        if Standing(metric, row.used, row.cap).step != Standing(metric, row.used - by, row.cap).step:
            show(tx)


def follow(tx: TenantSession, metric: Metric, now: int) -> None:
    """Let the counter of what is counted elsewhere, as members are, say how many there are now, and tell people."""
    begin(tx, metric, days.LEVELS)
    row = counter(tx, metric, days.LEVELS)
    if row is None:
        raise RuntimeError('a counter was begun and is not there')
    before, row.used = row.used, now
    tx.flush()
    if row.cap is not None:
        note(tx, days.LEVELS, Standing(metric, now, row.cap, row.told), row.told_at, before)


def counter(tx: TenantSession, metric: Metric, period: date) -> UsageCounter | None:
    """The counter of a span, read anew."""
    query = select(UsageCounter).where(_at(metric, period))
    return tx.exec(query.execution_options(populate_existing=True)).first()


def _is_over(tx: TenantSession, metric: Metric, period: date, day: date) -> bool:
    return metric.kind is Kind.SUM and day < days.today() and period < spans.present(tx)


def _at(metric: Metric, period: date) -> Any:
    return (col(UsageCounter.metric) == metric.value) & (col(UsageCounter.period) == period)


def _taken(tx: TenantSession, metric: Metric, day: date, by: int, refusable: bool) -> Any:
    """The counter after this was added to it, None where there is none or its limit does not allow it."""
    statement = _taking(metric.kind is Kind.PEAK, by > 0 and refusable)
    values = {'of': metric.value, 'since': days.month_of(day), 'by': by}
    return tx.change_here(statement, values if metric.kind is Kind.PEAK else {**values, 'on': day}).first()


@cache
def _taking(is_level: bool, is_limited: bool) -> Update:
    """The one statement that takes; a level is never below zero, and of no span."""
    used, cap = col(UsageCounter.used), col(UsageCounter.cap)
    after: Any = used + bindparam('by', type_=BigInteger)
    since: Any = bindparam('since', type_=Date)
    if not is_level:
        since = spans.begins(bindparam(OF_ORGANIZATION), bindparam('on', type_=Date), since)
    is_it = (col(UsageCounter.metric) == bindparam('of')) & (col(UsageCounter.period) == since)
    values: Any = case((after < 0, 0), else_=after) if is_level else after
    statement = update(UsageCounter).where(is_it).values(used=values)
    if is_limited:
        statement = statement.where(cap.is_(None) | col(UsageCounter.blocks).is_(False) | (after <= cap))
    told = col(UsageCounter.told), col(UsageCounter.told_at)
    return constant(statement.returning(used, cap, *told, col(UsageCounter.period)))


def begin(tx: TenantSession, metric: Metric, day: date) -> bool:
    """Write the counter of a span that has none yet, with the limit that is set; whether there was none.

    What was counted in these days before is in it, too: a period may begin after them.
    """
    used, (period, after) = 0, _span(tx, metric, day)
    if metric.kind is Kind.SUM and period != days.month_of(day):
        is_here = (col(UsageDay.day) >= period) & (col(UsageDay.day) < after)
        counted = select(func.sum(col(UsageDay.quantity))).where(UsageDay.metric == metric.value, is_here)
        used = int(tx.exec(counted).one() or 0)
    limit = tx.exec(select(UsageLimit).where(UsageLimit.metric == metric.value)).first()
    cap, blocks = (None, True) if limit is None else (limit.cap, limit.blocks)
    row = {'organization_id': tx.scope.organization_id, 'metric': metric.value, 'period': period}
    values = {'used': used, 'cap': cap, 'blocks': blocks, 'told': 0}
    return bool(tx.insert_new(UsageCounter, [{**row, **values}]))


def _span(tx: TenantSession, metric: Metric, day: date) -> tuple[date, date]:
    return spans.of_day(tx, day) if metric.kind is Kind.SUM else (day, date.max)


def _refuse(tx: TenantSession, metric: Metric, day: date) -> NoReturn:
    row = counter(tx, metric, _span(tx, metric, day)[0])
    raise LimitReached(of_limit(tx, Standing(metric, row.used if row else 0, row.cap if row else None)))


def note(tx: TenantSession, period: date, now: Standing, told_at: Any, before: int) -> None:
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
        notices.tell(tx, of_limit(tx, Standing(now.metric, now.used, now.cap, now.step)))


def show(tx: TenantSession) -> None:
    """Let every screen of the organization ask anew how near its limits are: that is a matter of how it stands."""
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.ORGANIZATION))
