"""A chart by day, and beside it the same as a table: for who can't see it, and for who wants to read the numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import nicegui.elements.echart  # noqa: F401  # what draws becomes known to the pages; a browser fetches it with a chart

from components.kit.part import Told

MOST_SERIES = 4
"""How many hues there are."""


@dataclass(frozen=True)
class Series:
    """What is drawn in one hue: a number a day, None where a day has none yet."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Scale:
    """How numbers are said: `words` of one, on the axis divided by `size` and with `unit` behind it."""

    words: Callable[[int], str]
    size: int = 1
    unit: str = ''


class DayChart(Told, component='chart.js'):
    """A card with bars by day, those of several series on top of each other; `sentence` says it in words.

    Colors are the tokens of the theme that whoever looks has now.
    """

    def show(
        self,
        title: str,
        hint: str,
        *,
        sentence: str,
        nothing: str,
        days: Sequence[date],
        series: Sequence[Series],
        scale: Scale,
    ) -> None:
        """Draw this from now on, at most MOST_SERIES; `nothing` is said instead where there is nothing to draw."""

        def words(values: Sequence[int | None]) -> tuple[str, ...]:
            return tuple('' if value is None else scale.words(value) for value in values)

        self.tell(
            title=title,
            hint=hint,
            sentence=sentence,
            nothing=nothing,
            days=tuple((day.isoformat(), f'{day.day} {day:%B}', f'{day.day}') for day in days),
            series=tuple({'name': it.name, 'values': tuple(it.values), 'words': words(it.values)} for it in series),
            totals=words(_sums(series)) if len(series) > 1 else (),
            scale=(scale.size, scale.unit),
        )


def _sums(series: Sequence[Series]) -> list[int | None]:
    """What the series come to on each day, None where one has nothing yet."""
    days = zip(*(it.values for it in series), strict=True)
    return [None if None in day else sum(it for it in day if it is not None) for day in days]
