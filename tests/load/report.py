"""What was measured, in tables."""

import os
import platform
import sqlite3
import statistics
from dataclasses import dataclass
from pathlib import Path

import nicegui

BENCHMARKS = Path('docs/benchmarks.md')
BEGIN, END = '<!-- bench -->', '<!-- /bench -->'

QUIET = 10
"""Milliseconds that an idle event loop is late at most, where nothing else runs."""


class Times(list[float]):
    """Measured milliseconds."""

    @property
    def p50(self) -> float:
        """Half took at most this long."""
        return statistics.median(self)

    @property
    def p95(self) -> float:
        """One in twenty took longer."""
        return sorted(self)[int(0.95 * (len(self) - 1) + 0.5)]

    def __str__(self) -> str:
        return f'{self.p50:.1f} / {self.p95:.1f} (n {len(self)})'


@dataclass(frozen=True)
class Row:
    """One line: what, its limit, what was measured; `kept` is None where there is no limit."""

    what: str
    limit: str
    measured: str
    times: str = ''
    kept: bool | None = None


def ratio(what: str, times: Times, base: Times, at_most: float, of: str = 'hello') -> Row:
    """How many times the median of something else."""
    times_base = times.p50 / base.p50
    return Row(what, f'≤ {at_most:g} × {of}', f'{times_base:.1f} ×', str(times), times_base <= at_most)


def most(what: str, value: float, at_most: float, unit: str, times: str = '') -> Row:
    """A number that must not be higher."""
    return Row(what, f'≤ {at_most:g} {unit}', f'{value:.1f} {unit}', times, value <= at_most)


def table(rows: list[Row]) -> str:
    """Every line in Markdown; a missed limit is bold."""
    lines = ['| what | limit | measured | p50 / p95 ms |', '|---|---|---|---|']
    for row in rows:
        measured = f'**{row.measured}, missed**' if row.kept is False else row.measured
        lines.append(f'| {row.what} | {row.limit} | {measured} | {row.times} |')
    return '\n'.join(lines)


def machine(busy: float) -> str:
    """Where this was measured, and how busy it was with other things: the load before anything began."""
    versions = f'Python {platform.python_version()}, NiceGUI {nicegui.__version__}, SQLite {sqlite3.sqlite_version}'
    return f'{os.cpu_count()} cores (load {busy:.1f} before it began), {versions} with synchronous=FULL.'


def trust(idle: Times) -> str:
    """Whether the times mean anything: an idle event loop that wakes late was kept waiting by other programs."""
    if max(idle) <= QUIET:
        return 'The machine was quiet.'
    return f'The machine was busy with other programs (idle, it was {max(idle):.0f} ms late): the times are too long.'


def write(text: str) -> None:
    """Put the tables into the document."""
    document = BENCHMARKS.read_text(encoding='utf-8')
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    BENCHMARKS.write_text(f'{before}{BEGIN}\n{text}\n{END}{after}', encoding='utf-8')
