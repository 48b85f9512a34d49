"""The sums of usage as they are kept, read for a span of days: whole ones, those of projects, and where levels stood.

However many events they are made of, a day has one row of each metric and project. A day on which nothing happened to
what goes up and down has none, and is as the one before ended. Whoever calls these has been authorized.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import and_, col, func, or_, select

from data.database import TenantSession, constant
from data.models import Project, UsageDay
from data.services.usage import days
from data.services.usage.metrics import Kind, Metric
from data.services.usage.seats import seat_days

ERASED = 'A project that is gone'
"""What a project is called that was erased: what it has used stays."""

DAY = timedelta(days=1)
_SUMS = [metric.value for metric in Metric if metric.kind is Kind.SUM]
_PEAKS = [metric.value for metric in Metric if metric.kind is Kind.PEAK]

_metric, _project, _day = col(UsageDay.metric), col(UsageDay.project_id), col(UsageDay.day)
_IS_KEPT = _metric.in_([*_SUMS, *_PEAKS])  # by name: then days are looked up in the key, however many there are
_IS_WHOLE = and_(_IS_KEPT, or_(_metric.in_(_SUMS), _project == ''))
_TOTALS: Any = constant(
    select(_metric, _day, func.sum(col(UsageDay.quantity)), func.sum(col(UsageDay.closing)))
    .where(_IS_WHOLE, _day >= bindparam('first'), _day < bindparam('after'))
    .group_by(_metric, _day)
    .order_by(_day)
)
_LAST = (
    select(_metric.label('metric'), _project.label('project_id'), func.max(_day).label('day'))
    .where(_metric.in_(_PEAKS), _day < bindparam('first'), or_(_project == '', _metric == bindparam('of')))
    .group_by(_metric, _project)
    .subquery()
)
_CARRIED: Any = constant(
    select(_metric, _project, col(UsageDay.closing))
    .join(_LAST, and_(_metric == _LAST.c.metric, _project == _LAST.c.project_id, _day == _LAST.c.day))
    .where(col(UsageDay.closing) != 0)
)
_BY_PROJECT: Any = constant(
    select(_project, func.sum(col(UsageDay.quantity)), func.max(col(UsageDay.quantity)))
    .where(_metric == bindparam('of'), _day >= bindparam('first'), _day < bindparam('after'))
    .group_by(_project)
)
_BY_DAY: Any = constant(
    select(_project, _day, col(UsageDay.quantity)).where(
        _metric == bindparam('of'),
        _day >= bindparam('first'),
        _day < bindparam('after'),
        _project.in_(bindparam('projects', expanding=True)),
    )
)
_ROW: tuple[Any, ...] = (_metric, _project, _day, col(UsageDay.quantity), col(UsageDay.closing))
ROWS: Any = constant(select(*_ROW).where(_IS_KEPT, _day >= bindparam('first'), _day < bindparam('after')))
"""The rows of all metrics and projects in a span of days, in no order."""
_NAMES: Any = constant(
    select(Project.id, Project.name).where(col(Project.id).in_(bindparam('projects', expanding=True)))
)


def span(first: date, after: date) -> list[date]:
    """The days from `first` to the one before `after`."""
    return [first + DAY * number for number in range((after - first).days)]


def of_organization(tx: TenantSession, first: date, after: date) -> dict[Metric, dict[date, int]]:
    """What each metric came to on the days from `first` to the one before `after`, without days to come."""
    rows = tx.exec(_TOTALS, params={'first': first, 'after': after}).all()
    carried = before(tx, first)
    seats = seat_days(tx, first, after)
    end = max([days.today(), *(day for _, day, *_ in rows)])  # a clock that was set back has more behind it
    found: dict[Metric, dict[date, int]] = {}
    for metric in Metric:
        mine = {day: (quantity, closing) for name, day, quantity, closing in rows if name == metric}
        there = [day for day in span(first, after) if day <= end]
        if metric.kind is Kind.SEATS:
            found[metric] = {day: seats.get(day, 0) for day in there}
        elif metric.kind is Kind.SUM:
            found[metric] = {day: int(mine[day][0]) if day in mine else 0 for day in there}
        else:
            found[metric] = leveled(there, mine, carried.get((metric.value, ''), 0))
    return found


def leveled(there: Iterable[date], rows: dict[date, tuple[int, int]], level: int) -> dict[date, int]:
    """The most at once on each day of what goes up and down.

    It was at `level` before these days; `rows` have the most on a day and what it was in its end.
    """
    found: dict[date, int] = {}
    for day in there:
        most, closing = rows.get(day, (level, level))
        found[day], level = int(most), int(closing)
    return found


def before(tx: TenantSession, first: date, of: Metric | None = None) -> dict[tuple[str, str], int]:
    """Where what goes up and down stood before the first day: of the whole organization, and each project for `of`."""
    rows = tx.exec(_CARRIED, params={'first': first, 'of': of.value if of else ''})
    return {(metric, project_id): closing for metric, project_id, closing in rows}


def of_projects(tx: TenantSession, metric: Metric, first: date, after: date) -> list[tuple[str, int]]:
    """The projects with what each has of a metric in these days, the largest first."""
    rows = tx.exec(_BY_PROJECT, params={'of': metric.value, 'first': first, 'after': after})
    if metric.kind is Kind.SUM:
        totals = {project_id: int(total) for project_id, total, _ in rows}
    else:  # the organization's own level is not that of a project
        totals = {project_id: most for (name, project_id), most in before(tx, first, metric).items() if name == metric}
        for project_id, _, most in rows:
            totals[project_id] = max(most, totals.get(project_id, 0))
        totals.pop('', None)
    return sorted(((it, total) for it, total in totals.items() if total), key=lambda share: (-share[1], share[0]))


def names_of(tx: TenantSession, project_ids: Iterable[str]) -> dict[str, str | None]:
    """What these projects are called, ERASED where one was erased, None for what is of no project."""
    wanted = sorted({*project_ids} - {''})
    rows = tx.exec(_NAMES, params={'projects': wanted}).all() if wanted else []
    return {**dict.fromkeys(wanted, ERASED), **{project_id: name for project_id, name in rows}, '': None}


def by_day(
    tx: TenantSession, metric: Metric, project_ids: Sequence[str], first: date, after: date
) -> dict[str, dict[date, int]]:
    """What these projects have of a metric that is a sum, on the days on which they have some."""
    found: dict[str, dict[date, int]] = {project_id: {} for project_id in project_ids}
    wanted = {'of': metric.value, 'first': first, 'after': after, 'projects': list(project_ids)}
    for project_id, day, quantity in tx.exec(_BY_DAY, params=wanted) if project_ids else ():
        found[project_id][day] = quantity
    return found
