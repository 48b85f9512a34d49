"""Standings: how much an organization has used of what it may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, bindparam, literal, select, union_all
from sqlmodel import col, func

from data.database import TenantSession, constant
from data.models import Membership, Role, UsageCounter, UsageLimit
from data.permissions import GRANTS, Member, NearLimit, Permission
from data.services.usage import days
from data.services.usage.metrics import Kind, Metric

WARNED, FULL = 80, 100
"""The per cents of a limit at which people are told."""


@dataclass(frozen=True)
class Standing:
    """How much of a metric was used this month, or is there now where it goes up and down or is of people.

    `cap` is None where nothing is limited, `told` the highest per cent of it that people were told of: 0, 80 or 100.
    `before` is what was used in the month before, of what is summed up.
    """

    metric: Metric
    used: int
    cap: int | None
    told: int = 0
    before: int = 0

    @property
    def step(self) -> int:
        """What people should know of: 100 where the limit is reached, 80 where it is near, else 0."""
        if self.cap is None:
            return 0
        return FULL if self.used >= self.cap else WARNED if 100 * self.used >= WARNED * self.cap else 0

    @property
    def share(self) -> int:
        """How many per cent of the limit are used, rounded down; 0 where more was taken back than was used."""
        if self.cap is None:
            return 0
        return max(0, 100 * self.used // self.cap) if self.cap else FULL

    @property
    def allowed(self) -> str:
        """The limit in words: '10,000 messages a month', '2 GB of knowledge at once'; '' where there is none."""
        if self.cap is None:
            return ''
        what = self.metric.amount(self.cap) + (' of knowledge' if self.metric is Metric.STORAGE else '')
        return what + (' a month' if self.metric.kind is Kind.SUM else ' at once')


def _columns(table: type[UsageCounter | UsageLimit | Membership], *names: str) -> list[Any]:
    return [getattr(table, name) for name in ('organization_id', *names)]


def _here(table: type[UsageCounter | UsageLimit | Membership]) -> Any:
    return col(table.organization_id).in_(bindparam('ids', expanding=True))


_NOTHING: Any = literal(None, BigInteger)
_NO_DAY: Any = literal(None, Date)
_SOURCES: list[Any] = [
    select(*_columns(UsageCounter, 'metric', 'period', 'used', 'cap', 'told')).where(
        _here(UsageCounter), col(UsageCounter.period).in_([bindparam(it) for it in ('before', 'month', 'levels')])
    ),
    select(*_columns(UsageLimit, 'metric'), _NO_DAY, _NOTHING, *_columns(UsageLimit, 'cap')[1:], literal(0)).where(
        _here(UsageLimit)
    ),
    select(*_columns(Membership), literal(Metric.MEMBERS.value), _NO_DAY, func.count(), _NOTHING, literal(0))
    .where(_here(Membership))
    .group_by(col(Membership.organization_id)),
]
_STANDINGS = constant(union_all(*_SOURCES))


def standings(tx: TenantSession) -> list[Standing]:
    """How the organization of this session stands with each metric: this month, and now.

    A transaction that only reads sees one picture, so that asking again changes nothing.
    """
    here = str(tx.scope.organization_id)
    known: dict[str, list[Standing]] = {} if tx.writes else tx.info.setdefault('standings', {})
    if here not in known:
        known |= standings_by(tx, [here])
    return known[here]


def standings_by(tx: TenantSession, organization_ids: Sequence[str]) -> dict[str, list[Standing]]:
    """The same of each of these organizations, of those that the session sees; of none, nothing is asked."""
    if not organization_ids:
        return {}
    month = days.month_of(days.today())
    before = days.month_of(month - timedelta(days=1))
    periods = {'before': before, 'month': month, 'levels': days.LEVELS}
    found: dict[str, dict[str, Standing]] = {it: {} for it in organization_ids}
    for at, metric, period, number, cap, told in tx.execute(_STANDINGS, {'ids': list(organization_ids), **periods}):
        if metric not in set(Metric):
            continue
        known = found[at].get(metric) or Standing(Metric(metric), 0, None)
        if number is None:
            known = replace(known, cap=cap)
        elif period == before:
            known = replace(known, before=number)
        elif period is not None:
            known = replace(known, told=told, used=known.used if metric == Metric.MEMBERS else number)
        else:
            known = replace(known, used=number)
        found[at][metric] = known
    return {at: [known.get(it) or Standing(it, 0, None) for it in Metric] for at, known in found.items()}


def near(tx: TenantSession, member: Member) -> tuple[NearLimit, ...]:
    """The limits that are reached, and for whoever may see the usage also those that are near; the worst first."""
    return near_of(standings(tx), member.role)


def near_of(known: Sequence[Standing], role: Role) -> tuple[NearLimit, ...]:
    """Of how an organization stands, what somebody with this role is to know: as `near` does."""
    least = WARNED if Permission.USAGE_VIEW in GRANTS[role] else FULL
    limits = [NearLimit(it.metric.value, it.step, it.allowed) for it in known if it.step >= least]
    return tuple(sorted(limits, key=lambda it: -it.step))
