"""Numbers of invoices as people write them and banks print them: in other letters, without zeros, in pieces."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 60
"""Characters of a number, as the tables hold it."""

_PARTS = re.compile(r'[0-9]+|[^\W\d_]+')
_DIGITS = re.compile('[0-9]+')
_MOST_DIGITS = 18
"""Digits of a sequence number that fit into 64 bits."""
_BETWEEN = r'[\s\-_./:#\u2010-\u2015]*'
"""What may stand between the parts of a number."""


def plain(text: str) -> str:
    """The text in letters and digits that are compared."""
    return unicodedata.normalize('NFKC', text).casefold()


def is_written(text: str, number: str) -> bool:
    """Whether a text is this number and nothing else: 'inv 2027/42' is 'INV-2027-000042'."""
    return _pattern(number).fullmatch(plain(text.strip())) is not None


def sequences(text: str) -> Iterator[int]:
    """The sequence numbers that may be in a text: all that a run of digits begins or ends with, also one in pieces."""
    written = plain(text)
    runs = {*_DIGITS.findall(written), *_DIGITS.findall(''.join(written.split()))}
    for run in runs:
        for length in range(1, min(len(run), _MOST_DIGITS) + 1):
            yield int(run[:length])
            yield int(run[-length:])


def mentions(text: str, number: str) -> bool:
    """Whether this number is in a text: its zeros may be missing, and each of its signs may begin a new line."""
    return _pattern(number).search(plain(text)) is not None


def _pattern(number: str) -> re.Pattern[str]:
    parts = _PARTS.findall(plain(number))
    short = _BETWEEN.join(f'0*{part.lstrip("0") or "0"}' if part.isdigit() else re.escape(part) for part in parts)
    whole = _BETWEEN.join(r'\s*'.join(map(re.escape, part)) for part in parts)
    begins = r'(?<![0-9])' if parts[0].isdigit() else r'(?<![^\W\d_])'
    ends = r'(?![0-9])' if parts[-1].isdigit() else r'(?![^\W\d_])'
    return re.compile(f'{begins}(?:{short}|{whole}){ends}')
