"""Rows as files that people take with them: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from data.inputs import languages, moments

_FORMULAS = {
    separator: re.compile(rf'(?:^|(?<=[{others}|\t\r\n]))(?=\s*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20])')
    for separator, others in ((',', ';'), (';', ';,'))
}
"""Where a cell begins, or would begin in a program that splits at other signs, with what starts a formula.

By what stands between the cells of the file.
"""


@dataclass(frozen=True)
class Habits:
    """What somebody's spreadsheet makes of a file: the sign between its cells, and the time zone of its moments."""

    separator: str = ','
    zone: str = 'UTC'


ANYBODYS = Habits()
"""Those of a program, and of whoever says nothing else."""


def habits(accepted: str, zone: object) -> Habits:
    """The habits of whoever accepts these languages (`Accept-Language`) and lives in this zone (IANA).

    A zone that is none is UTC.
    """
    return Habits(';' if languages.has_semicolons(accepted) else ',', zone if moments.is_zone(zone) else 'UTC')


def neutral(text: str, separator: str = ',') -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula (ASVS 1.2.10)."""
    return _FORMULAS[separator].sub("'", text)


def file_name(*parts: str, kind: str) -> str:
    """A file name of ASCII letters, digits and hyphens, at most 40 of each part: safe in headers and on every disk."""
    plain = (unicodedata.normalize('NFKD', part).encode('ascii', 'ignore').decode() for part in parts)
    slugs = (re.sub(r'[^A-Za-z0-9]+', '-', part)[:40].strip('-') for part in plain)
    return '-'.join(slug for slug in slugs if slug) + f'.{kind}'


class Csv:
    """CSV (RFC 4180, but for the sign between cells): a header, every cell quoted, formulas neutralized.

    UTF-8 with a byte order mark: without one Excel reads the file in the code page of its country. Behind `moment`,
    which is exact and in UTC, the same stands to the second as a spreadsheet understands it, in the zone in its head.
    """

    def __init__(self, names: Sequence[str], habits: Habits = ANYBODYS, *, moment: str = '') -> None:
        self._bytes = io.BytesIO()
        self._text = io.TextIOWrapper(self._bytes, encoding='utf-8-sig', errors='replace', newline='')
        self.rows, self._names, self._moment = 0, list(names), moment
        self._separator, self._zone = habits.separator, ZoneInfo(habits.zone) if habits.zone != 'UTC' else UTC
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL, delimiter=habits.separator)
        head = [*names]
        if moment:
            head.insert(head.index(moment) + 1, f'date and time ({habits.zone})')
        self._writer.writerow(head)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, its cells by name, empty where it has none; what is no text is written as JSON.

        A Decimal is a number and stays one, also below 0: nobody has typed it.
        """
        cells = [self._written(row.get(name)) for name in self._names]
        if self._moment:
            there = datetime.fromisoformat(row[self._moment]).astimezone(self._zone)
            cells.insert(self._names.index(self._moment) + 1, there.replace(tzinfo=None).isoformat(' ', 'seconds'))
        self._writer.writerow(cells)
        self.rows += 1

    def _written(self, value: Any) -> str:
        return f'{value:f}' if isinstance(value, Decimal) else neutral(_cell(value), self._separator)

    def content(self) -> bytes:
        """The whole file; nothing is added after that."""
        self._text.flush()
        return self._bytes.getvalue()


class Json:
    """A JSON array of objects, one a line, in UTF-8 (RFC 8259)."""

    def __init__(self, names: Sequence[str]) -> None:
        self._bytes = io.BytesIO()
        self.rows, self._names = 0, names

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, with those of the columns that it has."""
        line = json.dumps({name: row[name] for name in self._names if name in row}, ensure_ascii=False)
        self._bytes.write((b',\n' if self.rows else b'[\n') + line.encode('utf-8', 'replace'))
        self.rows += 1

    def content(self) -> bytes:
        """The whole file; nothing is added after that."""
        self._bytes.write(b'\n]\n' if self.rows else b'[]\n')
        return self._bytes.getvalue()


def begun(kind: Literal['csv', 'json'], names: Sequence[str], habits: Habits, *, moment: str) -> Csv | Json:
    """A file with these columns, still empty; JSON is the same for everybody."""
    return Csv(names, habits, moment=moment) if kind == 'csv' else Json(names)


def _cell(value: Any) -> str:
    if value is None:
        return ''
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
