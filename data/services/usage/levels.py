"""Levels: what goes up and down, of which the most at once is kept for each day, in each project and in all of them.

The most at once of an organization is that of its whole level: two projects may have had theirs at different times.
"""

from typing import Any

from sqlmodel import col, select

from data import changes
from data.changes import Change
from data.database import TenantSession
from data.models import UsageDay, UsageLevel
from data.problems import Invalid
from data.runtime.logs import log
from data.services.audit import Topic
from data.services.usage import counters, days, events, metrics, recording
from data.services.usage.metrics import Kind, Metric

HIGHEST = 10**15
"""By how much a level changes at most: a petabyte."""

TOP = 100 * HIGHEST
"""What a level is at most: what a database adds up for the days of a month is a number that it still knows."""


def change_level(tx: TenantSession, metric: Metric, by: int, *, project_id: str = '') -> None:
    """Let a level go up or down in a writing transaction of an organization, in one project where it is known of each.

    To go up is refused where a limit says so, and for a project that is not active; to go down never is.
    Raises Invalid, LimitReached.
    """
    metric = metrics.known(metric, Kind.PEAK)
    if not isinstance(by, int) or isinstance(by, bool) or not 0 < abs(by) <= HIGHEST:
        raise Invalid(quantity=f'A level changes by a whole number, from 1 to {HIGHEST:,}.')
    if sentence := metrics.refuse_project(metric, project_id):
        raise Invalid(project=sentence)
    recording.begin(tx)
    if by > 0:
        events.refuse_project(tx, project_id)
    levels = _levels(tx, metric, project_id)
    if '' in levels and levels[''].level + by > TOP:
        raise Invalid(quantity=f'{metric.label} of an organization are at most {metric.amount(TOP)}.')
    if by < 0 and project_id and project_id not in levels:
        raise Invalid(project='Nothing was counted for this project.')
    there = levels[project_id].level if project_id in levels else 0
    if there + by < 0:  # a defect of ours, and nothing that whoever takes something away could do about
        log.warning('a level would be below zero', metric=metric.value, project=project_id, level=there, by=by)
        by = -there
    with tx.begin_nested():  # whoever goes on after a refusal has changed nothing
        counters.add(tx, metric, days.LEVELS, by)
        for place in sorted({'', project_id}):
            _move(tx, metric, place, levels.get(place), by)
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.USAGE))


def end_levels(tx: TenantSession, project_id: str) -> None:
    """Take from the levels of the organization what a project had of them that is deleted for good."""
    for metric in Metric:
        if metric.kind is Kind.PEAK and metric.per_project and (row := _levels(tx, metric, project_id).get(project_id)):
            while row.level:  # in steps, as it rose
                change_level(tx, metric, -min(row.level, HIGHEST), project_id=project_id)
            tx.delete(row)


def _levels(tx: TenantSession, metric: Metric, project_id: str) -> dict[str, UsageLevel]:
    query = select(UsageLevel).where(
        UsageLevel.metric == metric.value, col(UsageLevel.project_id).in_(['', project_id])
    )
    return {row.project_id: row for row in tx.exec(query.execution_options(populate_existing=True))}


def _move(tx: TenantSession, metric: Metric, project_id: str, row: UsageLevel | None, by: int) -> None:
    """Change one level, and the row of its day: never of a day before its last change, whatever the clock says."""
    today = days.today()
    if row is None:
        key = {'organization_id': str(tx.scope.organization_id), 'metric': metric.value, 'project_id': project_id}
        row = UsageLevel(**key, level=0, day=today)
        tx.add(row)
    before = row.level
    row.level, row.day = max(0, before + by), max(today, row.day)
    _write_day(tx, row, before)


def _write_day(tx: TenantSession, level: UsageLevel, before: int) -> None:
    key: dict[str, Any] = {'metric': level.metric, 'day': level.day, 'project_id': level.project_id}
    day = tx.get(UsageDay, {'organization_id': level.organization_id, **key}, populate_existing=True)
    if day is None:
        day = UsageDay(organization_id=level.organization_id, **key, quantity=before, events=0)
        tx.add(day)
    day.quantity, day.closing = max(day.quantity, level.level), level.level
    day.events += 1
