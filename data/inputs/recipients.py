"""Lists of e-mail addresses as people paste them."""

import re
from dataclasses import dataclass

from data.inputs import emails
from data.problems import Invalid

MOST = 200
"""Addresses that are taken at once."""

LONGEST = 100_000
"""Characters that are looked at."""

_SEPARATOR = re.compile(r'[,;\r\n\t]+')
_NAMED = re.compile(r'[^<>]*<([^<>]*)>\s*')


@dataclass(frozen=True)
class Recipient:
    """One entry of a list: the address as it was typed and its key, or `problem` in a sentence where it is none."""

    text: str
    key: str = ''
    problem: str = ''


def parse(value: object) -> list[Recipient]:
    """The entries of a list, separated by commas, semicolons or lines, each alone or as `Name <address>`.

    Raises Invalid('addresses') for no text, none at all, or too many.
    """
    if not isinstance(value, str) or not value.strip():
        raise Invalid(addresses='Enter at least one email address.')
    if len(value) > LONGEST:
        raise Invalid(addresses=f'This is too long. Enter at most {MOST} addresses at once.')
    entries = [entry.strip() for entry in _SEPARATOR.split(_unquoted(value)) if entry.strip()]
    if not entries:
        raise Invalid(addresses='Enter at least one email address.')
    if len(entries) > MOST:
        raise Invalid(addresses=f'These are {len(entries)} addresses. Enter at most {MOST} at once.')
    return [_entry(entry) for entry in entries]


def _unquoted(text: str) -> str:
    """The list without quoted names: `"Miller, John" <john@example.com>` is one entry."""
    return re.sub(r'"[^"\r\n]*"(?=\s*<)', '', text)


def _entry(text: str) -> Recipient:
    named = _NAMED.fullmatch(text)
    try:
        address = emails.parse(named[1] if named else text)
    except Invalid as problem:
        return Recipient(text[:254], problem=str(problem))
    return Recipient(address.shown, address.key)
