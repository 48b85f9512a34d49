"""Cells of files of banks: days and amounts, as they are written in any country."""

import re
from collections.abc import Sequence
from datetime import date

from data.money import currencies
from data.problems import Invalid

_ISO = re.compile(r'(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?')
_PARTS = re.compile(r'(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ].*)?')
_CODE = re.compile(r'(?:^|[\d\s])([A-Z]{3})$|^([A-Z]{3})(?:$|[\d\s+-])')
_NUMBER = re.compile(r'[+-]?[0-9.,]*[0-9][0-9.,]*-?')
_AROUND = re.compile(r"[\s\u00a0\u202f'\u2019$\u20ac\u00a3\u00a5]|^[A-Za-z]{3}(?![A-Za-z])|(?<![A-Za-z])[A-Za-z]{3}$")


class Unreadable(Exception):
    """A cell holds something else than it should; the text is a sentence."""


def day(text: str, *, day_first: bool) -> date:
    """The day that a cell names; one of slashes begins with the day or with the month. Raises Unreadable."""
    try:
        if iso := _ISO.fullmatch(text):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if parts := _PARTS.fullmatch(text):
            first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
            number, month = (first, second) if day_first or parts[2] == '.' else (second, first)
            return date(year + 2000 if len(parts[4]) == 2 else year, month, number)
    except ValueError:
        pass
    raise Unreadable(f'“{text[:40]}” is no date.')


def day_first(texts: Sequence[str]) -> bool:
    """Whether dates of these cells begin with the day. Raises Invalid('file') where nothing says so."""
    pairs = [(int(it[1]), int(it[3])) for text in texts if (it := _PARTS.fullmatch(text)) and it[2] != '.']
    is_day_first = any(first > 12 for first, _ in pairs)
    is_month_first = any(second > 12 for _, second in pairs)
    if is_day_first and is_month_first:
        raise Invalid(file='Some dates of the file begin with the day, others with the month. Nothing was changed.')
    if not (is_day_first or is_month_first) and any(first != second for first, second in pairs):
        raise Invalid(file='The dates of the file can be read in two ways. Say --day-first or --month-first.')
    return not is_month_first


def currency_in(text: str) -> str:
    """The code of a currency that stands beside an amount, '' for none."""
    match = _CODE.search(text.strip())
    return (match[1] or match[2]) if match else ''


def decimal_of(texts: Sequence[str], currency: str) -> str:
    """The sign before the decimals in these cells, '.' or ','.

    Raises Invalid('file') where they contradict each other, or nothing says which it is.
    """
    found = {sign for text in texts if (sign := _decimal(_bare(text), currencies.digits(currency)))}
    if len(found) == 1:
        return found.pop()
    if found:
        raise Invalid(file='Some amounts of the file have a decimal comma, others a point. Say which with --decimal.')
    separated = {sign for text in texts for sign in _bare(text) if sign in '.,'}
    if currencies.digits(currency) == 3 and separated:
        raise Invalid(file='The amounts of the file can be read in two ways. Say --decimal "." or --decimal ",".')
    return ',' if separated == {'.'} else '.'


def _decimal(text: str, places: int) -> str:
    """The decimal sign that this amount tells of, '' where it tells of none."""
    signs = [sign for sign in text if sign in '.,']
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) != 1:
        return {'.': ',', ',': '.'}[signs[0]] if signs else ''  # twice the same one stands between thousands
    behind = len(text.strip('-+').rpartition(signs[0])[2])
    return signs[0] if behind != 3 and places else ''


def amount(text: str, currency: str, decimal: str) -> int:
    """The amount of a cell, in the smallest unit of the currency, below 0 for what went out. Raises Unreadable."""
    bare, places = _bare(text), currencies.digits(currency)
    if not text.strip():
        return 0
    thousands = ',' if decimal == '.' else '.'
    whole, _, rest = bare.strip('+-').partition(decimal)
    grouped = re.fullmatch(rf'\d+|\d{{1,3}}(?:{re.escape(thousands)}\d{{2,3}})*', whole or '0')
    if not _NUMBER.fullmatch(bare) or not grouped or re.search(r'\D', rest) or rest[places:].strip('0'):
        raise Unreadable(f'“{text[:40]}” is no amount in {currency}.')
    digits = whole.replace(thousands, '') + rest[:places].ljust(places, '0')
    number = int(digits or '0')
    if number > currencies.LARGEST:
        raise Unreadable(f'“{text[:40]}” is too much for one payment.')
    return -number if '-' in bare else number


def _bare(text: str) -> str:
    """An amount without currency and spaces; what is in parentheses is below 0."""
    written = text.replace('\u2212', '-').replace('\u2013', '-').strip()
    if written.startswith('(') and written.endswith(')'):
        written = f'-{written[1:-1]}'
    return _AROUND.sub('', written)
