"""Rows as files that people take with them: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_FORMULA = re.compile(r'(?:^|(?<=[;|\t\r\n]))(?=\s*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20])')
"""Where a cell begins, or would begin in a program that splits at other signs, with what starts a formula."""


def neutral(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula (ASVS 1.2.10)."""
    return _FORMULA.sub("'", text)


def file_name(*parts: str, kind: str) -> str:
    """A file name of ASCII letters, digits and hyphens, at most 40 of each part: safe in headers and on every disk."""
    plain = (unicodedata.normalize('NFKD', part).encode('ascii', 'ignore').decode() for part in parts)
    slugs = (re.sub(r'[^A-Za-z0-9]+', '-', part)[:40].strip('-') for part in plain)
    return '-'.join(slug for slug in slugs if slug) + f'.{kind}'


class Csv:
    """CSV (RFC 4180): a header, every cell quoted, formulas neutralized.

    UTF-8 with a byte order mark: without one Excel reads the file in the code page of its country.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._bytes = io.BytesIO()
        self._text = io.TextIOWrapper(self._bytes, encoding='utf-8-sig', errors='replace', newline='')
        self.rows, self._names = 0, names
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL)
        self._writer.writerow(names)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row, its cells by name; what is no text is written as JSON."""
        self._writer.writerow([neutral(_cell(row[name])) for name in self._names])
        self.rows += 1

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
        """Add a row."""
        line = json.dumps({name: row[name] for name in self._names}, ensure_ascii=False)
        self._bytes.write((b',\n' if self.rows else b'[\n') + line.encode('utf-8', 'replace'))
        self.rows += 1

    def content(self) -> bytes:
        """The whole file; nothing is added after that."""
        self._bytes.write(b'\n]\n' if self.rows else b'[]\n')
        return self._bytes.getvalue()


FORMATS: dict[str, type[Csv] | type[Json]] = {'csv': Csv, 'json': Json}


def _cell(value: Any) -> str:
    if value is None:
        return ''
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
