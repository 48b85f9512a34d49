"""Opening hours as people type them: spans of a day, such as 9:00–12:30, 14–18."""

import re
from collections.abc import Sequence

from data.inputs import texts
from data.problems import Invalid

DAYS = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
MIDNIGHT = 24 * 60
MOST = 4
"""Spans of one day."""

LIKE = 'Enter hours like 9:00–12:30, 14:00–18:00, or leave it empty.'

_LIMIT = 200
_SPAN = re.compile(r'(\d{1,2})(?:[:.](\d{2}))?\s*(?:[-~\u2010-\u2015\u2212]|\bto\b)\s*(\d{1,2})(?:[:.](\d{2}))?')

Span = tuple[int, int]
"""From so many minutes after midnight until so many, which is not in it any more."""


def spans(value: object, field: str) -> tuple[Span, ...]:
    """The spans of a day in order, those that touch as one; () for nothing. Raises Invalid(field)."""
    if not isinstance(value, str) or len(value) > _LIMIT:
        raise Invalid(**{field: LIKE})
    read: list[Span] = []
    for part in filter(None, (it.strip() for it in re.split('[,;\n]', texts.half_width(value)))):
        typed = _SPAN.fullmatch(part)
        if not typed:
            raise Invalid(**{field: LIKE})
        first, last = (_minutes(hour, minute, field) for hour, minute in ((typed[1], typed[2]), (typed[3], typed[4])))
        if first >= last:
            over = f'Hours end after they begin. Write 22:00–24:00 here, and the rest at the day after. {LIKE}'
            raise Invalid(**{field: over})
        read.append((first, last))
    joined = _joined(read)
    if len(joined) > MOST:
        raise Invalid(**{field: f'A day has at most {MOST} spans of hours.'})
    return joined


def in_words(day: Sequence[Sequence[int]]) -> str:
    """The spans of a day as they are typed; '' for none."""
    return ', '.join(f'{_clock(first)}–{_clock(last)}' for first, last in day)


def _joined(read: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for first, last in sorted(read):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


def _minutes(hour: str, minute: str | None, field: str) -> int:
    at = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or at > MIDNIGHT:
        raise Invalid(**{field: f'A day has 24 hours of 60 minutes. {LIKE}'})
    return at


def _clock(minutes: int) -> str:
    return f'{minutes // 60:02}:{minutes % 60:02}'
