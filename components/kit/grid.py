"""Lists as data: one element, drawn in the browser, however many rows there are."""

from collections.abc import Iterable
from typing import Any

from nicegui.element import Element

Row = dict[str, Any]


class Grid(Element, component='grid.js'):
    """Rows drawn by a template, which finds each as `props.row`, or by what `grid.js` has; every row has an `id`."""

    def __init__(self, template: str, classes: str) -> None:
        super().__init__()
        self.classes(classes)
        self.props['template'] = template
        self.rows = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is drawn; others are assigned, none is changed in place: NiceGUI would copy a list to watch each row."""
        rows: tuple[Row, ...] = self.props['rows']
        return rows

    @rows.setter
    def rows(self, rows: Iterable[Row]) -> None:
        self.props['rows'] = tuple(rows)
