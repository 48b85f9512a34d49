"""Standings: how much an organization has used of what it may."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, literal, select, union_all
from sqlmodel import col, func

from data.database import Actor, TenantSession, constant, reading
from data.models import Membership, UsageCounter, UsageLimit
from data.permissions import Permission, authorize
from data.services.usage import days
from data.services.usage.metrics import Kind, Metric

WARNED, FULL = 80, 100
"""The per cents of a limit at which people are told."""


@dataclass(frozen=True)
class Standing:
    """How much of a metric was used this month, or is there now where it goes up and down or is of people.

    `cap` is None where nothing is limited, `told` the highest per cent of it that people were told of: 0, 80 or 100.
    """

    metric: Metric
    used: int
    cap: int | None
    told: int = 0

    @property
    def step(self) -> int:
        """What people should know of: 100 where the limit is reached, 80 where it is near, else 0."""
        if self.cap is None:
            return 0
        return FULL if self.used >= self.cap else WARNED if 100 * self.used >= WARNED * self.cap else 0

    @property
    def is_reached(self) -> bool:
        """Whether nothing is left."""
        return self.step == FULL

    @property
    def allowed(self) -> str:
        """The limit in words: '10,000 messages a month', '3 projects at once'; '' where there is none."""
        if self.cap is None:
            return ''
        return self.metric.amount(self.cap) + (' a month' if self.metric.kind is Kind.SUM else ' at once')


def _columns(table: type[UsageCounter | UsageLimit], *names: str) -> list[Any]:
    return [getattr(table, name) for name in names]


_NOTHING: Any = literal(None, BigInteger)
_SOURCES: list[Any] = [
    select(literal('counter'), *_columns(UsageCounter, 'metric', 'used', 'cap', 'told')).where(
        col(UsageCounter.period).in_([bindparam('month'), bindparam('levels')])
    ),
    select(literal('limit'), *_columns(UsageLimit, 'metric'), literal(0), *_columns(UsageLimit, 'cap'), literal(0)),
    select(literal('people'), literal(Metric.MEMBERS.value), func.count(), _NOTHING, literal(0)).select_from(
        Membership
    ),
]
_STANDINGS = constant(union_all(*_SOURCES))


def standings(tx: TenantSession) -> list[Standing]:
    """How the organization of this session stands with each metric: this month, and now."""
    used, caps, told = dict.fromkeys(Metric, 0), dict[str, int](), dict[str, int]()
    month = days.month_of(days.today())
    for source, metric, number, cap, step in tx.execute(_STANDINGS, {'month': month, 'levels': days.LEVELS}):
        if source == 'limit':
            caps[metric] = cap
        elif metric in set(Metric):
            if source == 'counter':
                told[metric] = step
            if source == 'people' or metric != Metric.MEMBERS:
                used[Metric(metric)] = number
    return [Standing(it, used[it], caps.get(it), told.get(it, 0)) for it in Metric]


def standings_of(actor: Actor) -> list[Standing]:
    """How the actor's organization stands with each metric. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.USAGE_VIEW)
        return standings(tx)


def hindrances(tx: TenantSession) -> list[Standing]:
    """The limits that are reached, which everybody in the organization may know."""
    return [it for it in standings(tx) if it.is_reached]
