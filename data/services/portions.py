"""Portions: how the services hand out a long list, so that a screen reads only what it shows.

A list that is read in portions is the function `portion` of its service. There are two ways to say where one begins:

- `offset` and `limit`, where people look for a row: the rows are sorted by what is in them and counted (`total`); a row
  that has moved meanwhile is drawn in its new place by the next refresh.
- `before`, the number of the last row that is known, where rows only come on top (the audit log): an offset would shift
  with each of them, and counting would read the whole log. It is looked through in steps, which may find nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from data.problems import Invalid

Listed = TypeVar('Listed')

LAST = 2**31 - 2
"""The largest number of a row that is asked for: one more, and every database can still count it."""


@dataclass(frozen=True)
class Portion(Generic[Listed]):
    """Some rows of a list, how many there are in all (None where nobody counts them), and whether others follow."""

    rows: list[Listed]
    total: int | None
    more: bool


@dataclass(frozen=True)
class Step(Portion[Listed]):
    """The rows that one step back through a log has found, and how far it went.

    `newest` is the number of the newest row there was. The next step begins with `before`, None where nothing is older:
    all rows from that number on have been looked at. `since` is about when that one came.
    """

    newest: int
    before: int | None
    since: datetime | None


def counted(rows: list[Listed], offset: int, total: int | None) -> Portion[Listed]:
    """The portion that begins at `offset`.

    `total` is None where the query has found no row to say it with: then there are only those before the offset.
    """
    total = offset if total is None else total
    return Portion(rows, total, offset + len(rows) < total)


def number(value: object, field: str, *, least: int = 0) -> int:
    """A number of rows, or of a row, as databases take it. Raises Invalid(field) for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= LAST:
        return value
    raise Invalid(**{field: f'Ask for a whole number from {least} to {LAST:,}.'})


def bounds(offset: object, limit: object) -> dict[str, int]:
    """The parameters of a query for a portion. Raises Invalid('offset' | 'limit')."""
    return {'offset': number(offset, 'offset'), 'limit': number(limit, 'limit')}


def texts_only(values: Mapping[str, object]) -> None:
    """Make sure that what a list is narrowed by is text or nothing. Raises Invalid by the name of what is not."""
    for name, value in values.items():
        if not isinstance(value, str | None):
            raise Invalid(**{name: 'Look for text.'})
