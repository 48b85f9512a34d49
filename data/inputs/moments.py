"""Moments in words, as they stand on screens and in mails (Unicode CLDR)."""

from datetime import UTC, datetime


def in_words(moment: datetime) -> str:
    """An aware moment to the minute: '6 November 2026, 07:16 UTC'."""
    from babel.dates import format_datetime  # whoever shows no moment does not pay for this import

    return format_datetime(moment.astimezone(UTC), "d MMMM y, HH:mm 'UTC'", locale='en')
