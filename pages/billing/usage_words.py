"""A month of usage in words: figures beside those of the month before, a chart in a sentence, projects by name."""

from datetime import date

from components.kit.chart import DayChart, Scale, Series
from components.kit.figures import Figure
from components.usage import Shares
from data.services.usage import Kind, Metric, Standing, metrics
from data.services.usage.exporting import EXPORT_LIMIT, UsageExport
from data.services.usage.looking import DRAWN, Measured, Month, Share
from pages.shell import limits

FIRST = {
    Metric.MESSAGES: 'As soon as an agent answers somebody, that is counted here.',
    Metric.MEMBERS: '',
    Metric.PROJECTS: 'Projects are counted here from the day on which the first one is made.',
    Metric.STORAGE: 'As soon as a project keeps knowledge, that is counted here.',
}
"""When there will be something of a metric."""

OF_NONE, OTHERS = 'No project', 'Others'


def name_of(month: date) -> str:
    """A month by its name: 'March 2027'."""
    return f'{month:%B} {month.year}'


def choices(month: Month) -> dict[str, str]:
    """The months that can be looked at, as they are asked for and as people call them; '' is the present one."""
    return {'': 'This month', **{f'{first:%Y-%m}': name_of(first) for first in month.months[1:]}}


# figures -------------------------------------------------------------------------------------------------------------


def figures(month: Month) -> dict[str, Figure]:
    """Each metric of a month, by its name."""
    standings = {it.metric: it for it in month.standings}
    return {it.value: _figure(month, it, measured, standings.get(it)) for it, measured in month.measured.items()}


def _figure(month: Month, metric: Metric, measured: Measured, standing: Standing | None) -> Figure:
    number, _, unit = metric.used(measured.total).partition(' ')
    is_first = month.first == month.months[-1] and not measured.before  # before it there was no organization
    note = '' if is_first else compared(metric, measured, month.first, is_present=month.is_present)
    if standing is None or standing.cap is None:
        return Figure(metric.label, number, unit, note)
    return Figure(metric.label, number, unit, note, standing.share, limited(standing), limits.tone(standing))


def limited(standing: Standing) -> str:
    """How much of a limit is used: '8,013 of 10,000 messages', or is there now: '3 of 5 projects now'."""
    metric, cap = standing.metric, standing.cap or 0
    if metric.unit == 'bytes':
        return f'{metric.used(standing.used)} of {metric.used(cap)} now'
    return f'{standing.used:,} of {metric.amount(cap)}' + ('' if metric.kind is Kind.SUM else ' now')


def compared(metric: Metric, measured: Measured, first: date, *, is_present: bool) -> str:
    """A month beside the one before, in a sentence; one that goes on beside as many days of that."""
    last = f'{date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1):%B}'
    if metric.kind is Kind.PEAK:
        return f'It was {metric.used(measured.before)} in {last}.' if measured.before else f'None in {last}.'
    then = f'by this day of {last}' if is_present else f'in {last}'
    before = measured.by_then if is_present else measured.before
    if before == 0:
        return f'None {then}{"" if measured.total else " either"}.'
    difference = measured.total - before
    if difference == 0:
        return f'As many as {then}.'
    return f'{abs(difference):,} {"more" if difference > 0 else "fewer"} than {then}.'


# the chart and the projects ------------------------------------------------------------------------------------------


def show_chart(chart: DayChart, month: Month) -> None:
    """Draw the days of the chosen metric: of a sum the largest projects and the others, on top of each other."""
    metric, measured = month.chosen, month.measured[month.chosen]
    scale = _scale(metric, max(it or 0 for it in measured.days))
    chart.show(
        f'{metric.label} by day, {name_of(month.first)}',
        metric.sentence,
        sentence=described(month),
        nothing='' if any(measured.days) else f'No {metric.counted} in {name_of(month.first)}. {FIRST[metric]}'.strip(),
        days=month.days,
        series=_series(month, measured),
        scale=scale,
    )


def _scale(metric: Metric, highest: int) -> Scale:
    size, unit = metrics.size_of(highest) if metric.unit == 'bytes' else (1, '')
    return Scale(metric.number, size, f' {unit}' if unit else '')


def _series(month: Month, measured: Measured) -> list[Series]:
    """The largest projects and what is left of each day; all of it in one where there is nothing to tell apart."""
    drawn = [share for share in month.shares if share.days]
    if len(month.shares) < 2 or not drawn:
        return [Series(month.chosen.label, measured.days)]
    series = [Series(share.name or OF_NONE, _so_far(share, measured)) for share in drawn]
    if len(month.shares) <= DRAWN:
        return series
    sums = [sum(share.days[at] or 0 for share in drawn) for at in range(len(month.days))]
    rest = [None if whole is None else whole - known for whole, known in zip(measured.days, sums, strict=True)]
    return [*series, Series(OTHERS, rest)]


def _so_far(share: Share, measured: Measured) -> list[int | None]:
    return [None if whole is None else it for it, whole in zip(share.days, measured.days, strict=True)]


def described(month: Month) -> str:
    """The chart in a sentence, for whoever does not see it."""
    metric, measured = month.chosen, month.measured[month.chosen]
    highest = max((it or 0, day) for it, day in zip(measured.days, month.days, strict=True))
    at = f'{highest[1].day} {highest[1]:%B}'
    name = f'{metric.label} by day in {name_of(month.first)}'
    most = f'the most on one day is {metric.used(highest[0])}, on {at}'
    return f'{name}: {most}. The table below says it of each day.'


def show_shares(shares: Shares, month: Month) -> None:
    """Draw what each project has of the chosen metric, where it is known of projects and there are some."""
    metric = month.chosen
    most = max([share.total for share in month.shares], default=0)
    rows = [
        (share.name or OF_NONE, metric.number(share.total), max(0, 100 * share.total // most) if most > 0 else 0)
        for share in month.shares
    ]
    more = f'and {month.others:,} more' + (f', with {metric.used(month.rest)} together' if month.rest else '')
    shares.show(('Project', metric.label), rows, more if month.others else '')


def exported(export: UsageExport) -> str:
    """How much is in a file."""
    if export.complete:
        return f'Exported {export.rows:,} {"row" if export.rows == 1 else "rows"}.'
    return f'Exported the first {EXPORT_LIMIT:,} rows of the month, and no more.'
