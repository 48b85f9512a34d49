"""Files of banks: the payments in a CSV of any bank, whatever its columns, separators, dates and letters are.

What a file leaves open is guessed from all of its rows together, never from one; where that does not settle it, the
file is refused, and whoever has it says how it is written.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.inputs import bank_cells
from data.inputs.bank_cells import Unreadable
from data.problems import Invalid

LARGEST = 10 * 1024 * 1024
"""Bytes of a file."""

MOST_ROWS = 100_000
LONGEST = 2_000
"""Characters of a reference that are read."""
_HEAD = 60
"""How many rows may stand above the one with the names of the columns."""

_SEPARATORS = ';', ',', '\t', '|'
_DATE = (
    'date|buchungstag|buchungsdatum|booking date|transaction date|completed date|date completed|posting date|posted'
    '|datum|buchung|valuta|valutadatum|wertstellung|wertstellungstag|value date'
)
_AMOUNT = (
    'amount|betrag|umsatz|transaction amount|betrag in eur|amount in eur|credit|credit amount|haben|gutschrift'
    '|paid in|money in|value'
)
_TEXT = (
    'reference|verwendungszweck|zahlungsreferenz|payment reference|remittance information|description|details'
    '|zweck|vwz|buchungstext|narrative|memo|text|purpose|end-to-end-referenz|kundenreferenz|betreff|mitteilung'
)
_CURRENCY = 'currency|währung|waehrung|ccy|whg'
_SIDE = 'soll/haben|s/h|soll-/haben-kennung|soll/haben-kennzeichen|debit/credit|credit/debit|cr/dr|dr/cr'


@dataclass(frozen=True)
class BankFormat:
    """How a file is written, as far as somebody says: names of columns, the sign between cells, the one of decimals.

    `day_first` is whether 04/05/2027 is in May.
    """

    date: str = ''
    amount: str = ''
    reference: str = ''
    separator: str = ''
    encoding: str = ''
    decimal: str = ''
    day_first: bool | None = None


@dataclass(frozen=True)
class BankRow:
    """A row with a payment, in the smallest unit of the currency, below 0 for what went out; `line` is its place.

    `currency` is '' where the file names none; `problem` says why a row cannot be read, and there is nothing else then.
    """

    line: int
    day: date = date.min
    amount: int = 0
    currency: str = ''
    text: str = ''
    problem: str = ''


@dataclass(frozen=True)
class _Columns:
    day: int
    amount: int
    texts: tuple[int, ...]
    currency: int | None
    side: int | None


Row = tuple[int, list[str]]


def read(content: bytes, currency: str, wanted: BankFormat) -> list[BankRow]:
    """The rows of a file, in their order, in a currency unless they name another. Raises Invalid('file')."""
    if len(content) > LARGEST:
        raise Invalid(file=f'The file is larger than {LARGEST // 1024**2} MB. Export fewer days at once.')
    text = _decoded(content, wanted.encoding)
    columns, rows = _table(text, wanted)
    if len(rows) > MOST_ROWS:
        raise Invalid(file=f'The file has more than {MOST_ROWS:,} rows. Export fewer days at once.')
    amounts = [_cell(cells, columns.amount) for _, cells in rows]
    decimal = wanted.decimal or bank_cells.decimal_of(amounts, currency)
    dates = [_cell(cells, columns.day) for _, cells in rows]
    day_first = bank_cells.day_first(dates) if wanted.day_first is None else wanted.day_first
    return [_row(row, columns, currency, decimal, day_first=day_first) for row in rows]


def _decoded(content: bytes, encoding: str) -> str:
    """The text of a file: as its byte order mark says, else UTF-8, else as Windows writes it in the west."""
    for mark, name in ((b'\xef\xbb\xbf', 'utf-8-sig'), (b'\xff\xfe', 'utf-16'), (b'\xfe\xff', 'utf-16')):
        if content.startswith(mark):
            encoding = name
    for name in [encoding] if encoding else ['utf-8', 'cp1252', 'latin-1']:
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if '\0' in text:
            break
        return text
    raise Invalid(
        file='The file is no CSV in letters that can be read. Export it as CSV in UTF-8, or say its encoding.'
    )


def _table(text: str, wanted: BankFormat) -> tuple[_Columns, list[Row]]:
    """Where the columns are, and the rows below their names."""
    for separator in [wanted.separator] if wanted.separator else _SEPARATORS:
        rows = _rows(text, separator)
        for number, (_, cells) in enumerate(rows[:_HEAD]):
            if columns := _columns(cells, wanted):
                return columns, [row for row in rows[number + 1 :] if any(cell.strip() for cell in row[1])]
    raise Invalid(
        file='There is no row with the names of the columns: one for the date, one for the amount, one for the '
        'reference. If they are called otherwise, say how.'
    )


def _rows(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=''), delimiter=separator)
    rows: list[Row] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, cells))
            if len(rows) > MOST_ROWS + _HEAD:
                break
    except csv.Error as error:
        raise Invalid(file=f'Line {reader.line_num + 1} of the file is no CSV: {error}.') from error
    return rows


def _columns(cells: Sequence[str], wanted: BankFormat) -> _Columns | None:
    """Where the columns are, if these are their names."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = ' '.join(cell.strip().strip('"').casefold().split())
        places.setdefault(name, place)
        places.setdefault(re.sub(r'\s*[(\[].*[)\]]$', '', name), place)
    day, amount = _place(places, wanted.date or _DATE), _place(places, wanted.amount or _AMOUNT)
    texts = _places(places, wanted.reference or _TEXT)
    if day is None or amount is None or not texts or amount in (day, *texts):
        return None
    return _Columns(day, amount, texts, _place(places, _CURRENCY), _place(places, _SIDE))


def _place(places: Mapping[str, int], names: str) -> int | None:
    return next(iter(_places(places, names)), None)


def _places(places: Mapping[str, int], names: str) -> tuple[int, ...]:
    found = (places.get(name) for name in names.casefold().split('|'))
    return tuple(dict.fromkeys(place for place in found if place is not None))


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ''


def _row(row: Row, columns: _Columns, currency: str, decimal: str, *, day_first: bool) -> BankRow:
    line, cells = row
    said = _cell(cells, columns.currency).upper() or bank_cells.currency_in(_cell(cells, columns.amount))
    try:
        day = bank_cells.day(_cell(cells, columns.day), day_first=day_first)
        amount = bank_cells.amount(_cell(cells, columns.amount), currency, decimal)
    except Unreadable as problem:
        return BankRow(line, problem=str(problem))
    if _cell(cells, columns.side).casefold().startswith(('s', 'd')):
        amount = -abs(amount)
    texts = dict.fromkeys(_cell(cells, place) for place in columns.texts)
    return BankRow(line, day, amount, said, ' '.join(' '.join(texts).split())[:LONGEST])
