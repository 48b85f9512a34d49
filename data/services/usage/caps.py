"""Caps: how much of each metric an organization may use, as whoever runs the installation sets it or its plan has it.

What was set by the former wins. Former spans keep what they had.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from data import changes
from data.changes import Change
from data.database import TenantSession, lock
from data.models import Role, UsageCounter, UsageLimit
from data.problems import Invalid
from data.services.audit import Topic
from data.services.usage import counters, days, member_limit, metrics, spans
from data.services.usage.metrics import Kind, Metric
from data.services.usage.standings import Standing

HIGHEST = 10**15
"""The highest limit that can be set."""


@dataclass(frozen=True)
class Allowance:
    """How much of a metric a plan includes in a whole period, or at once, and in the present period as its `share`.

    What is beyond is refused where it `blocks`, and costs something where it `is_billed`. Of members those with
    `roles` count, all of them where there are none.
    """

    cap: int
    share: int
    blocks: bool = True
    is_billed: bool = False
    roles: tuple[Role, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The columns of its limit."""
        roles = ''.join(f'{role.value},' for role in self.roles)
        return {'cap': self.cap, 'blocks': self.blocks, 'is_billed': self.is_billed, 'roles': roles}


def set_cap(tx: TenantSession, metric: Metric, cap: int | None) -> int | None:
    """Set, or with None lift, the limit of a metric from now on, and return what it was.

    It is `HIGHEST` at most. One that a plan has is not lifted so. Raises Invalid('metric' | 'cap').
    """
    metric = metrics.known(metric)
    if cap is not None and (not isinstance(cap, int) or isinstance(cap, bool) or not 0 <= cap <= HIGHEST):
        raise Invalid(cap=f'A limit is a whole number from 0 to {HIGHEST:,}.')
    lock(tx, str(tx.scope.organization_id))
    row = _limit(tx, metric)
    before = None if row is None else row.cap
    if row is not None and row.by_plan and cap is None:
        return before
    if row is None and cap is not None:
        tx.add(UsageLimit(organization_id=str(tx.scope.organization_id), metric=metric.value, cap=cap))
    elif row is not None and cap is None:
        tx.delete(row)
    elif row is not None and cap is not None:
        counts_all = bool(row.roles)
        row.sqlmodel_update({'by_plan': False, **Allowance(cap, cap).values})
        if counts_all:
            member_limit.count_members(tx)
    _pass_on(tx, metric, cap)
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.USAGE))
    counters.show(tx)
    return before


def follow(tx: TenantSession, allowances: Mapping[Metric, Allowance]) -> None:
    """Let the limits be those of a plan, but for those that were set; one that it does not have is none any more.

    Whoever calls it holds the organization's row.
    """
    for metric in Metric:
        row, allowance = _limit(tx, metric), allowances.get(metric)
        if (row is not None and not row.by_plan) or (row is None and allowance is None):
            continue
        if allowance is None:
            tx.delete(row)
        elif row is None:
            here: dict[str, Any] = {
                'organization_id': str(tx.scope.organization_id),
                'metric': metric.value,
                'by_plan': True,
            }
            tx.add(UsageLimit(**here, **allowance.values))
        else:
            row.sqlmodel_update(allowance.values)
        tx.flush()
        _pass_on_share(tx, metric, allowance)
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.USAGE))
    counters.show(tx)


def _limit(tx: TenantSession, metric: Metric) -> UsageLimit | None:
    query = select(UsageLimit).where(UsageLimit.metric == metric.value)
    return tx.exec(query.execution_options(populate_existing=True)).first()


def _pass_on(tx: TenantSession, metric: Metric, cap: int | None) -> None:
    """Let the counters know of another limit: those of now and later; former ones only where it is a higher one."""
    current = days.LEVELS if metric.kind is not Kind.SUM else spans.present(tx)
    of_metric = update(UsageCounter).where(col(UsageCounter.metric) == metric.value).values(cap=cap, blocks=True)
    reached = col(UsageCounter.period) >= current
    if cap is not None:
        reached = reached | (col(UsageCounter.cap) < cap)
    else:
        of_metric = of_metric.values(told=0, told_at=None)
        reached = col(UsageCounter.cap).is_not(None)
    tx.execute(of_metric.where(reached).execution_options(synchronize_session=False))
    _tell(tx, metric)


def _pass_on_share(tx: TenantSession, metric: Metric, allowance: Allowance | None) -> None:
    """Let the counter of the present span know what of a plan is included in that."""
    if metric is Metric.MEMBERS and allowance is not None:
        member_limit.count_members(tx, whatever=True)
    current = days.LEVELS if metric.kind is not Kind.SUM else spans.present(tx)
    if allowance is not None and metric.kind is Kind.SUM:
        counters.begin(tx, metric, days.today())
    row = counters.counter(tx, metric, current)
    if row is None:
        return
    row.cap = None if allowance is None else allowance.share
    row.blocks = allowance is None or allowance.blocks
    if allowance is None:
        row.told, row.told_at = 0, None
    tx.flush()
    _tell(tx, metric)


def _tell(tx: TenantSession, metric: Metric) -> None:
    """Tell people where the limit that holds now is near; of one that is further away than before, when it is again."""
    current = days.LEVELS if metric.kind is not Kind.SUM else spans.present(tx)
    row = counters.counter(tx, metric, current)
    if row is None or row.cap is None:
        return
    standing = Standing(metric, row.used, row.cap, row.told)
    if standing.step < row.told:
        row.told = standing.step
        tx.flush()
    counters.note(tx, current, standing, row.told_at, row.used)
