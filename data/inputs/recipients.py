"""Lists of e-mail addresses as people paste them."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from data.inputs import emails
from data.problems import Invalid

MOST = 200
"""Addresses that are taken at once."""

LONGEST = 100_000
"""Characters that are looked at."""

_SEPARATOR = re.compile(r'([,;\t\n\v\f\r\x85\u2028\u2029\u3001\uff0c\uff1b]+)')
_NAMED = re.compile(r'[^<>]*<([^<>]*)>\s*')


@dataclass(frozen=True)
class Recipient:
    """One entry of a list: the address as it was typed and its key, or `problem` in a sentence where it is none."""

    text: str
    key: str = ''
    problem: str = ''


def parse(value: object) -> list[Recipient]:
    """The entries of a list, separated by commas, semicolons or lines, each alone or as `Name <address>`.

    Spaces separate, too, where there is an address before and behind them; a surname before a comma belongs to the
    name after it, as Outlook writes it: `Miller, John <john@example.com>`.
    Raises Invalid('addresses') for no text, none at all, or too many.
    """
    if not isinstance(value, str) or not value.strip():
        raise Invalid(addresses='Enter at least one email address.')
    if len(value) > LONGEST:
        raise Invalid(addresses=f'This is too long. Enter at most {MOST} addresses at once.')
    entries = _entries(_unquoted(value.encode('utf-8', 'replace').decode()))  # half a letter can't be shown
    if not entries:
        raise Invalid(addresses='Enter at least one email address.')
    if len(entries) > MOST:
        raise Invalid(addresses=f'These are {len(entries)} addresses. Enter at most {MOST} at once.')
    return [_entry(entry) for entry in entries]


def _entries(text: str) -> list[str]:
    pieces = _SEPARATOR.split(text)
    entries: list[str] = []
    for piece, separator, following in zip_longest(pieces[::2], pieces[1::2], pieces[2::2], fillvalue=''):
        if separator == ',' and '@' not in piece and '<' in following:
            continue
        words = piece.split()
        entries += words if all('@' in word for word in words) and '<' not in piece else [' '.join(words)]
    return entries


def _unquoted(text: str) -> str:
    """The list without quoted names: `"Miller, John" <john@example.com>` is one entry."""
    return re.sub(r'"[^"\r\n]*"(?=\s*<)', '', text)


def _entry(text: str) -> Recipient:
    named = _NAMED.fullmatch(text)
    try:
        address = emails.parse((named[1] if named else text).removeprefix('mailto:'))
    except Invalid as problem:
        return Recipient(text[:254], problem=str(problem))
    return Recipient(address.shown, address.key)
