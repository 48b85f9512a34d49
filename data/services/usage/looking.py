"""Usage as people look at it: a month of an organization, each metric by day and by project, beside the month before.

Only sums are read, however many events they are made of. A day on which nothing happened to what goes up and down is as
the one before ended. Days are those of `days`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.database import Actor, TenantSession, reading
from data.models import Organization, is_id
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services.usage import days, metrics, sums
from data.services.usage.metrics import Kind, Metric
from data.services.usage.standings import Standing, standings

MOST_PROJECTS = 20
"""How many projects are named; of the others it is said how many they are, and what they come to."""

DRAWN = 3
"""How many of them are known day by day."""

NO_MONTH = 'Choose a month, as 2027-03, up to this one.'

_MONTH = re.compile('(2[0-9]{3})-(0[1-9]|1[0-2])')


@dataclass(frozen=True)
class Measured:
    """One metric in one month: what it came to, day by day (None for days to come), and what it was the month before.

    `by_then` is what that had come to by the same day; the same as `before` where the month is over.
    """

    days: tuple[int | None, ...]
    total: int
    before: int
    by_then: int


@dataclass(frozen=True)
class Share:
    """What one project has of a metric: `name` is None for what is of no project; `days` are known of the largest."""

    project_id: str
    name: str | None
    total: int
    days: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Month:
    """A month of usage: all metrics, and of the `chosen` one the largest projects, with how many others there are.

    `rest` is what those others have used, where that is a sum. `months` are those that can be looked at, the latest
    first. `standings` say what is left of limits now, for the present month only.
    """

    member: Member
    days: tuple[date, ...]
    chosen: Metric
    measured: dict[Metric, Measured]
    shares: tuple[Share, ...]
    others: int
    rest: int
    months: tuple[date, ...]
    standings: tuple[Standing, ...]

    @property
    def first(self) -> date:
        """The first day."""
        return self.days[0]

    @property
    def is_present(self) -> bool:
        """Whether it is still going on."""
        return self.first == self.months[0]


def month(actor: Actor, wanted: object = '', metric: object = Metric.MESSAGES) -> Month:
    """A month by its name (`2027-03`), the present one for '', with what there is of one metric.

    Raises Invalid('month' | 'metric'), Forbidden, NotFound, SignedOut.
    """
    chosen, first = metrics.known(metric), month_named(wanted)
    before, after = days.month_of(first - sums.DAY), days.next_month(first)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.USAGE_VIEW)
        whole = sums.of_organization(tx, before, after)
        shares = sums.of_projects(tx, chosen, first, after) if chosen.per_project else []
        named = _named(tx, chosen, shares[:MOST_PROJECTS], first, after)
        present = first == days.month_of(days.today())
        standing = tuple(standings(tx)) if present else ()
    others = shares[MOST_PROJECTS:]
    return Month(
        member=member,
        days=tuple(sums.span(first, after)),
        chosen=chosen,
        measured={it: _compared(it, found, before, first) for it, found in whole.items()},
        shares=tuple(named),
        others=len(others),
        rest=sum(total for _, total in others) if chosen.kind is Kind.SUM else 0,
        months=_months(member.organization, first),
        standings=standing,
    )


def of_project(actor: Actor, project_id: str, metric: Metric = Metric.MESSAGES) -> int:
    """What a project has used of a metric that is a sum, in the present month; 0 for what is no project here.

    Raises Forbidden, NotFound, SignedOut.
    """
    first = month_named('')
    with reading(actor) as tx:
        authorize(tx, actor, Permission.USAGE_VIEW)
        ids = [project_id] if is_id(project_id) or project_id == '' else []
        by_day = sums.by_day(tx, metric, ids, first, days.next_month(first))
    return sum(sum(found.values()) for found in by_day.values())


def month_named(wanted: object) -> date:
    """The first day of a month by its name, of the present one for ''. Raises Invalid('month')."""
    present = days.month_of(days.today())
    if wanted == '' and isinstance(wanted, str):
        return present
    match = _MONTH.fullmatch(wanted) if isinstance(wanted, str) else None
    first = date(int(match[1]), int(match[2]), 1) if match else None
    if first is None or first > present:
        raise Invalid(month=NO_MONTH)
    return first


def _months(organization: Organization, first: date) -> tuple[date, ...]:
    """The months that can be looked at: since there is the organization, and the one that is looked at."""
    present = days.month_of(days.today())
    oldest, found = min(days.month_of(days.day_of(organization.created_at)), first, present), [present]
    while found[-1] > oldest:
        found.append(days.month_of(found[-1] - sums.DAY))
    return tuple(found)


def _compared(metric: Metric, found: dict[date, int], before: date, first: date) -> Measured:
    """The days of the month that begins with `first`, and what they came to, beside those from `before`."""
    come = max if metric.kind is Kind.PEAK else sum
    mine = [found.get(day) for day in sums.span(first, days.next_month(first))]
    known = [it for it in mine if it is not None]
    last = [found[day] for day in sums.span(before, first)]
    same = last[: len(known)] if len(known) < len(mine) else last
    return Measured(tuple(mine), come(known or [0]), come(last), come(same))


def _named(
    tx: TenantSession, metric: Metric, shares: Sequence[tuple[str, int]], first: date, after: date
) -> list[Share]:
    """These shares with the names of their projects, the first few of a sum with their days."""
    names = sums.names_of(tx, [project_id for project_id, _ in shares])
    drawn = [project_id for project_id, _ in shares[:DRAWN]] if metric.kind is Kind.SUM else []
    by_day, there = sums.by_day(tx, metric, drawn, first, after), sums.span(first, after)
    return [
        Share(it, names[it], total, tuple(by_day[it].get(day, 0) for day in there) if it in by_day else ())
        for it, total in shares
    ]
