"""A month of usage as a file: one row for each day, metric and project, with the names that projects have now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlmodel import select

from data.database import Actor, System, TenantSession, constant, reading, transaction
from data.models import Organization, Project
from data.permissions import Permission, authorize
from data.problems import Invalid
from data.services import audit, exports
from data.services.audit import Act
from data.services.usage import days, sums
from data.services.usage.looking import month_named
from data.services.usage.metrics import Kind, Metric

COLUMNS = 'day', 'metric', 'unit', 'project_id', 'project', 'quantity'

EXPORT_LIMIT = 100_000
"""How many rows one file holds at most, the first days: some 10 MB, made in memory and sent at once."""


@dataclass(frozen=True)
class UsageExport:
    """A file with the usage of a `month` (`2027-03`); not `complete` when there were more than EXPORT_LIMIT rows."""

    month: str
    content: bytes
    rows: int
    complete: bool


Row = dict[str, Any]

_NAMES: Any = constant(select(Project.id, Project.name))


def export(
    actor: Actor, month: object, kind: Literal['csv', 'json'], habits: exports.Habits = exports.ANYBODYS
) -> UsageExport:
    """The usage of a month (`2027-03`) as a file, to the present day; that somebody took it is on the record too.

    Rows of no project have an empty `project_id`: those of what goes up and down are what the organization had at
    once, which is not what its projects had added up. CSV is for spreadsheets with these `habits`: formulas in it are
    neutralized. Raises Invalid('month' | 'kind'), Forbidden, NotFound, SignedOut.
    """
    first = month_named(month)
    if kind not in ('csv', 'json'):
        raise Invalid(kind='A file is CSV or JSON.')
    with reading(actor) as tx:
        authorize(tx, actor, Permission.USAGE_VIEW)
        file = _filled(tx, first, kind, habits)
    with transaction(actor) as tx:  # not around the reading: it would keep everybody else from writing
        member = authorize(tx, actor, Permission.USAGE_VIEW)
        audit.record(tx, member, Act.USAGE_EXPORT, kind.upper(), rows=file.rows, month=file.month)
    return file


@dataclass(frozen=True)
class UsageReport:
    """A month of an organization for whoever runs the installation: what each metric came to, and the same `file`."""

    organization: Organization
    totals: dict[Metric, int]
    file: UsageExport


def report(organization_id: str, month: object, kind: Literal['csv', 'json']) -> UsageReport:
    """A month (`2027-03`, '' for the present one) of an organization, read for whoever runs the installation.

    Raises Invalid('month'), NotFound, Unavailable.
    """
    first = month_named(month)
    with reading(System(organization_id)) as tx:
        organization = tx.find(Organization, organization_id)
        found = sums.of_organization(tx, first, days.next_month(first))
        come = {it: (max if it.kind is Kind.PEAK else sum)([0, *by_day.values()]) for it, by_day in found.items()}
        return UsageReport(organization, come, _filled(tx, first, kind, exports.ANYBODYS))


def _filled(tx: TenantSession, first: date, kind: Literal['csv', 'json'], habits: exports.Habits) -> UsageExport:
    file, complete = exports.begun(kind, COLUMNS, habits, moment=''), True
    for row in _rows(tx, first, days.next_month(first)):
        if file.rows == EXPORT_LIMIT:
            complete = False
            break
        file.add(row)
    return UsageExport(f'{first:%Y-%m}', file.content(), file.rows, complete)


def _rows(tx: TenantSession, first: date, after: date) -> Iterator[Row]:
    """The rows of the days from `first` to the one before `after`, in the order of days, metrics and names."""
    amounts = _amounts(tx, first, after)
    names = {**dict.fromkeys((it for _, it in amounts), sums.ERASED), **dict(tx.exec(_NAMES).all()), '': ''}
    order = sorted(amounts, key=lambda it: (list(Metric).index(it[0]), names[it[1]].casefold(), it[1]))
    for day in sums.span(first, after):
        for metric, project_id in order:
            if quantity := amounts[metric, project_id].get(day, 0):
                what = {'metric': metric.value, 'unit': metric.unit, 'quantity': quantity}
                yield {'day': day.isoformat(), 'project_id': project_id, 'project': names[project_id], **what}


def _amounts(tx: TenantSession, first: date, after: date) -> dict[tuple[Metric, str], dict[date, int]]:
    """What there was of each metric and project on each day so far; '' is no project, or the whole organization."""
    whole = sums.of_organization(tx, first, after)
    found = {(metric, ''): by_day for metric, by_day in whole.items() if metric.kind is not Kind.SUM}
    rows: dict[tuple[Metric, str], dict[date, tuple[int, int]]] = {}
    for metric, project_id, day, quantity, closing in tx.exec(sums.ROWS, params={'first': first, 'after': after}):
        rows.setdefault((Metric(metric), project_id), {})[day] = quantity, closing or 0
    for (metric, project_id), by_day in rows.items():
        if metric.kind is Kind.SUM:
            found[metric, project_id] = {day: quantity for day, (quantity, _) in by_day.items()}
    there = list(whole[Metric.MEMBERS])
    for metric in (it for it in Metric if it.kind is Kind.PEAK and it.per_project):
        stood = {
            project_id: level for (name, project_id), level in sums.before(tx, first, metric).items() if name == metric
        }
        for project_id in {*stood, *(it for of, it in rows if of is metric)} - {''}:
            found[metric, project_id] = sums.leveled(
                there, rows.get((metric, project_id), {}), stood.get(project_id, 0)
            )
    return found
