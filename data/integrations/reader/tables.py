"""Tables: each row becomes a line of its own, in which every cell has the heading of its column before it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from data.integrations.reader.cleaning import flat
from data.integrations.reader.decoding import decode, load
from data.integrations.reader.documents import CHARACTERS, COLUMNS, LONGEST, ROWS, Block, Document, Reason, Unreadable

SEPARATORS = ',;\t|'
_NONE = '\x1f'
"""What is in no text that is read: there is one column."""

_SAMPLE = 20
"""Rows by which the separator is told."""

_NAMED = re.compile('sep=(.)\r?\n')
"""How a spreadsheet may say it itself."""

_UNCLOSED = 20_000
"""Letters of a cell of several lines beyond which it is no cell, but a quotation mark that nobody has closed."""

_FIELD = 1 << 20
"""Letters of one cell, of which `csv` takes less by itself."""


def warm_up() -> None:
    """Load all that any table needs."""
    load()
    read(b'a;b\nc;d\n')


def read(content: bytes) -> Document:
    """The rows of a CSV file, whatever separates its cells (RFC 4180, and spreadsheets). Raises Unreadable."""
    text = decode(content).replace('\x00', '')
    csv.field_size_limit(max(_FIELD, len(text)))
    separator = _separator(text)
    if named := _NAMED.match(text):
        separator, text = named[1], text[named.end() :]
    rows = _rows(text, separator, csv.QUOTE_MINIMAL)
    if any(len(cell) > _UNCLOSED and '\n' in cell for row in rows for cell in row):
        rows = _rows(text, separator, csv.QUOTE_NONE)
    return Document(None, table([[flat(cell) for cell in row] for row in rows]))


def _rows(text: str, separator: str, quoting: Literal[0, 3]) -> list[list[str]]:
    rows = []
    for row in csv.reader(io.StringIO(text, newline=''), delimiter=separator, quoting=quoting):
        while row and not row[-1].strip():
            row.pop()
        if len(row) > COLUMNS:
            raise Unreadable(Reason.COLUMNS)
        if row:
            rows.append(row)
        if len(rows) > ROWS + 1:
            raise Unreadable(Reason.ROWS)
    return rows


def table(rows: Sequence[Sequence[str]], page: int | None = None) -> list[Block]:
    """A paragraph for each row below the first one, which has the headings, or for each where there are none.

    Where that gets too long, the headings stand once above some rows.
    """
    if len(rows) < 2 or max(len(row) for row in rows) < 2 or not _has_headings(rows):
        return [Block('; '.join(cell for cell in row if cell), page=page, tight=True) for row in rows]
    headings, *rest = rows
    labeled = [_labeled(headings, row) for row in rest]
    if sum(map(len, labeled)) <= CHARACTERS // 2 or sum(map(len, headings)) > LONGEST // 4:
        return [Block(line, page=page, tight=True) for line in labeled]
    return [Block(text, page=page) for text in _grouped('; '.join(headings), rest)]


def _has_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is one of headings: short, all different, and no numbers."""
    first = [cell for cell in rows[0] if cell]
    return (
        len(first) > 1
        and len(set(first)) == len(first)
        and all(len(cell) <= 80 and not cell[0].isdigit() for cell in first)
    )


def _labeled(headings: Sequence[str], row: Sequence[str]) -> str:
    return '; '.join(
        f'{headings[place]}: {cell}' if place < len(headings) and headings[place] else cell
        for place, cell in enumerate(row)
        if cell
    )


def _grouped(headings: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    text = headings
    for row in rows:
        line = '; '.join(row)
        if text != headings and len(text) + 1 + len(line) > LONGEST:
            yield text
            text = headings
        text = f'{text}\n{line}'
    yield text


def _separator(text: str) -> str:
    """What separates cells: what is in the first row, in most of the next ones, and as often there."""
    sample = [line for line in text[: 64 * 1024].splitlines()[:_SAMPLE] if line.strip()]

    def fit(separator: str) -> tuple[int, int, int]:
        first, *rest = [len(row) - 1 for row in csv.reader(sample, delimiter=separator)] or [0]
        return sum(number > 0 for number in rest) if first else -1, sum(number == first for number in rest), first

    best = max(SEPARATORS, key=fit)
    return best if fit(best)[2] else _NONE
