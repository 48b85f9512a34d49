"""Moments in words, as they stand on screens and in mails (Unicode CLDR), and the time zones they can be told in."""

import re
from datetime import UTC, date, datetime
from typing import TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def in_words(moment: datetime, *, language: str | None = None, zone: str | None = None) -> str:
    """An aware moment to the minute: '6 November 2026, 07:16 UTC'.

    Whoever has chosen a language for dates (BCP 47) or a time zone (IANA) reads '6. November 2026, 08:16
    (Europe/Berlin)'. What we don't know counts as not chosen.
    """
    from babel.core import UnknownLocaleError  # whoever shows no moment does not pay for this import
    from babel.dates import format_date, format_datetime, format_time

    there = zone if is_zone(zone) else 'UTC'
    local = moment.astimezone(UTC if there == 'UTC' else ZoneInfo(there))
    if language:
        try:
            name = language.replace('-', '_')
            day, time = format_date(local, 'long', locale=name), format_time(local, 'short', locale=name)
            return f'{day}, {time} ({there})'
        except (UnknownLocaleError, ValueError):
            pass
    words = format_datetime(local.replace(tzinfo=None), 'd MMMM y, HH:mm', locale='en')
    return f'{words} UTC' if there == 'UTC' else f'{words} ({there})'


def day_in_words(day: date) -> str:
    """A day, whatever the time zone: '6 November 2026'."""
    return f'{day.day} {day:%B} {day.year}'


NO_NAME = re.compile('localtime|posixrules|Factory|(posix|right)/.*')
"""What systems keep beside the zones: other names of some, which are another zone on the next machine, or of none."""


def is_zone(zone: object) -> TypeGuard[str]:
    """Whether this is the name of a time zone that we know (IANA), which is the same one on every machine."""
    try:
        if not isinstance(zone, str) or NO_NAME.fullmatch(zone):
            return False
        return bool(re.fullmatch(r'[A-Za-z0-9_+/-]{1,64}', zone) and ZoneInfo(zone))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
