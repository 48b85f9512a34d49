"""Portions: how the services hand out a long list, so that a screen reads only what it shows.

A list that is read in portions is the function `portion` of its service. There are two ways to say where one begins:

- `offset` and `limit`, where people look for a row: the rows are sorted by what is in them and counted (`total`); a row
  that has moved meanwhile is drawn in its new place by the next refresh.
- `before`, the number of the last row that is known, where rows only come on top (the audit log): an offset would shift
  with each of them, and counting would read the whole log.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Listed = TypeVar('Listed')


@dataclass(frozen=True)
class Portion(Generic[Listed]):
    """Some rows of a list, how many there are in all (None where nobody counts them), and whether others follow."""

    rows: list[Listed]
    total: int | None
    more: bool


def counted(rows: list[Listed], offset: int, total: int | None) -> Portion[Listed]:
    """The portion that begins at `offset`.

    `total` is None where the query has found no row to say it with: then there are only those before the offset.
    """
    total = offset if total is None else total
    return Portion(rows, total, offset + len(rows) < total)
