"""Lists as data: one element, drawn in the browser, however many rows there are."""

from collections.abc import Iterable
from typing import Any

from nicegui import json
from nicegui.element import Element

Row = dict[str, Any]
Piece = Row | tuple[int, int]
"""A row, or some that are there already: from the first place up to the second, which is not among them."""


class Grid(Element, component='grid.js'):
    """Rows drawn by a template, which finds each as `props.row`, or by what `grid.js` has; every row has an `id`.

    Once drawn, only what is different is sent: a row that comes, goes or changes does not send the others again.
    """

    def __init__(self, template: str, classes: str) -> None:
        super().__init__()
        self.classes(classes)
        self.props.update(template=template, rows=(), edition=0)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is drawn; others are assigned, none is changed in place: NiceGUI would copy a list to watch each row."""
        rows: tuple[Row, ...] = self.props['rows']
        return rows

    @rows.setter
    def rows(self, rows: Iterable[Row]) -> None:
        before, fresh, edition = self.rows, tuple(rows), self.props['edition']
        if fresh == before:
            return
        with self.props.suspend_updates():
            self.props.update(rows=fresh, edition=edition + 1)
        if self.id in self.client.outbox.updates:  # it goes out whole, with all that it says then
            return
        pieces = difference(before, fresh)
        if sum(isinstance(piece, dict) for piece in pieces) == len(fresh):
            self.update()
        else:
            code = f'runMethod({self.id}, "change", {json.dumps([edition, pieces])})'
            self.client.outbox.enqueue_message('run_javascript', {'code': code}, self.client.id)


def difference(before: tuple[Row, ...], fresh: tuple[Row, ...], key: str = 'id') -> list[Piece]:
    """What rows are made of when others were there before: of those, and of new ones; each is known by its `key`."""
    places = {row[key]: place for place, row in enumerate(before)}
    pieces: list[Piece] = []
    for row in fresh:
        place = places.get(row[key])
        last = pieces[-1] if pieces else None
        if place is None or before[place] != row:
            pieces.append(row)
        elif isinstance(last, tuple) and last[1] == place:
            pieces[-1] = last[0], place + 1
        else:
            pieces.append((place, place + 1))
    return pieces
