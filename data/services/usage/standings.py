"""Standings: how much an organization has used of what it may."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, String, bindparam, literal, select, type_coerce, union_all
from sqlmodel import case, col, func

from data.database import TenantSession, constant, once
from data.models import Interval, Membership, Role, Subscription, UsageCounter, UsageLimit
from data.permissions import GRANTS, Member, NearLimit, Permission
from data.services.usage import days, spans
from data.services.usage.metrics import Kind, Metric

WARNED, FULL = 80, 100
"""The per cents of a limit at which people are told."""


@dataclass(frozen=True)
class Standing:
    """How much of a metric was used this month, or is there now where it goes up and down or is of people.

    `cap` is None where nothing is limited, `told` the highest per cent of it that people were told of: 0, 80 or 100.
    `before` is what was used in the month before, of what is summed up. Where the limit is what a plan includes
    (`by_plan`), the month is the period that the organization is billed by, or a year; `whole` is what is included in a
    whole one. More can be used where it does not block, and costs something where it `is_billed`.
    """

    metric: Metric
    used: int
    cap: int | None
    told: int = 0
    before: int = 0
    by_plan: bool = False
    blocks: bool = True
    is_billed: bool = False
    whole: int | None = None
    interval: str = Interval.MONTH.value

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
        if self.by_plan and self.metric.kind is Kind.SUM and self.whole not in (None, self.cap):
            return f'{what} in this period'
        return what + (f' a {self.interval}' if self.metric.kind is Kind.SUM else ' at once')

    @property
    def reached(self) -> str:
        """That the limit is reached, in a sentence."""
        if self.by_plan:
            return f'The plan of this organization includes {self.allowed}, and that is used up.'
        return f'This organization may have {self.allowed} and has reached that.'

    @property
    def beyond(self) -> str:
        """What becomes of more, in a sentence."""
        if self.blocks:
            return self.metric.stops
        return 'What is used beyond that is billed.' if self.is_billed else 'More can be used all the same.'

    @property
    def way_out(self) -> str:
        """What can be done about it, in a sentence."""
        return 'Another plan may include more.' if self.by_plan else 'Whoever runs Botcadence can raise the limit.'


_LIMIT, _PRESENT, _BEFORE, _MEMBERS = range(4)
"""What a row says: what may be, what was used in the present span, in the month before, how many members there are."""

_EMPTY: list[Any] = [
    *[literal(None, BigInteger)] * 3,
    *[literal(None, Boolean)] * 3,
    literal(None, String),
]
"""Behind the metric: used, cap, told, whether it is by a plan, blocks, is billed, and for how long it is."""


def _row(table: type[UsageCounter | UsageLimit | Membership], kind: Any, metric: Any, *columns: Any) -> Any:
    whose = col(table.organization_id)
    row = select(whose, kind, metric, *columns, *_EMPTY[len(columns) :])
    return row.where(whose.in_(bindparam('ids', expanding=True)))


def _columns(table: type[UsageCounter | UsageLimit], *names: str) -> list[Any]:
    return [getattr(table, name) for name in names]


_period, _month = col(UsageCounter.period), bindparam('month', type_=Date)
_span = spans.begins(col(UsageCounter.organization_id), bindparam('today', type_=Date), _month)
_interval = (
    select(type_coerce(Subscription.interval, String))
    .where(col(Subscription.organization_id) == col(UsageLimit.organization_id))
    .scalar_subquery()
)
_roles = (
    select(col(UsageLimit.roles))
    .where(
        col(UsageLimit.organization_id) == col(Membership.organization_id),
        col(UsageLimit.metric) == Metric.MEMBERS.value,
    )
    .scalar_subquery()
)
_takes_a_seat = func.coalesce(_roles, '').in_(['']) | _roles.like(
    literal('%').concat(type_coerce(Membership.role, String)).concat(literal(',%'))
)
_SOURCES: list[Any] = [
    _row(
        UsageCounter,
        case((_period.in_([bindparam('levels', type_=Date)]) | (_period == _span), _PRESENT), else_=_BEFORE),
        *_columns(UsageCounter, 'metric', 'used', 'cap'),
        type_coerce(UsageCounter.told, BigInteger),
    ).where(_period.in_([bindparam('before'), bindparam('levels')]) | (_period == _span)),
    _row(
        UsageLimit,
        literal(_LIMIT, Integer),
        col(UsageLimit.metric),
        _EMPTY[0],
        col(UsageLimit.cap),
        _EMPTY[2],
        *_columns(UsageLimit, 'by_plan', 'blocks', 'is_billed'),
        _interval,
    ),
    _row(Membership, literal(_MEMBERS, Integer), literal(Metric.MEMBERS.value), func.count())
    .where(_takes_a_seat)
    .group_by(col(Membership.organization_id)),
]
_STANDINGS = constant(union_all(*_SOURCES))


def standings(tx: TenantSession) -> list[Standing]:
    """How the organization of this session stands with each metric: this month, and now."""
    here = str(tx.scope.organization_id)
    return once(tx, 'standings', lambda: standings_by(tx, [here]))[here]


def standings_by(tx: TenantSession, organization_ids: Sequence[str]) -> dict[str, list[Standing]]:
    """The same of each of these organizations, of those that the session sees; of none, nothing is asked."""
    if not organization_ids:
        return {}
    today = days.today()
    month = days.month_of(today)
    before = days.month_of(month - timedelta(days=1))
    when = {'before': before, 'month': month, 'levels': days.LEVELS, 'today': today}
    found: dict[str, dict[str, Standing]] = {it: {} for it in organization_ids}
    rows = tx.execute(_STANDINGS, {'ids': list(organization_ids), **when})
    for at, kind, metric, *facts in sorted(rows, key=lambda row: int(row[1])):
        if metric in set(Metric):
            known = found[at].get(metric) or Standing(Metric(metric), 0, None)
            found[at][metric] = _with(known, kind, *facts)
    return {at: [known.get(it) or Standing(it, 0, None) for it in Metric] for at, known in found.items()}


def _with(known: Standing, kind: int, used: Any, cap: Any, told: Any, *of_limit: Any) -> Standing:
    """A standing with what one more row says of it."""
    if kind == _LIMIT:
        return _limited(known, cap, *of_limit)
    if kind == _BEFORE:
        return replace(known, before=used)
    if kind == _MEMBERS:
        return replace(known, used=used)
    known = replace(known, told=told, used=known.used if known.metric is Metric.MEMBERS else used)
    return replace(known, cap=cap) if known.by_plan and cap is not None else known


def _limited(known: Standing, cap: int, by_plan: bool, blocks: bool, is_billed: bool, interval: str | None) -> Standing:
    about: dict[str, Any] = {'by_plan': bool(by_plan), 'blocks': bool(blocks), 'is_billed': bool(is_billed)}
    if by_plan:
        about |= {'whole': cap, 'interval': interval or known.interval}
    return replace(known, cap=cap, **about)


def of_limit(tx: TenantSession, standing: Standing) -> Standing:
    """A standing with all that is known of its limit: by whom it is, and what becomes of more."""
    columns = _columns(UsageLimit, 'cap', 'by_plan', 'blocks', 'is_billed')
    row = tx.execute(select(*columns, _interval).where(col(UsageLimit.metric) == standing.metric.value)).first()
    if row is None:
        return standing
    return replace(_limited(standing, *row), cap=standing.cap)


def near(tx: TenantSession, member: Member) -> tuple[NearLimit, ...]:
    """The limits that are reached, and for whoever may see the usage also those that are near; the worst first."""
    return near_of(standings(tx), member.role)


def near_of(known: Sequence[Standing], role: Role) -> tuple[NearLimit, ...]:
    """Of how an organization stands, what somebody with this role is to know: as `near` does.

    Where more can be used all the same, that is no matter of those who do not see the usage; and members beyond what a
    plan includes stay, so that nobody is told of them for good.
    """
    sees = Permission.USAGE_VIEW in GRANTS[role]
    concerned = [it for it in known if it.blocks or (sees and it.metric is not Metric.MEMBERS)]
    limits = [_near(it) for it in concerned if it.step >= (WARNED if sees else FULL)]
    return tuple(sorted(limits, key=lambda it: (-it.step, not it.blocks)))


def _near(it: Standing) -> NearLimit:
    return NearLimit(it.metric.value, it.step, it.allowed, it.reached, it.beyond, it.blocks, it.by_plan)
