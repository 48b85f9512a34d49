"""Lists as data: one element, drawn in the browser, however many rows there are."""

from nicegui import ui


class Grid(ui.table):
    """Rows drawn by a template, which finds each as `props.row`; every row has an `id`."""

    def __init__(self, template: str, classes: str) -> None:
        super().__init__(rows=[], columns=[], row_key='id')
        self.classes(classes)
        self.props('grid hide-header hide-pagination hide-bottom flat')
        self.props['rows-per-page-options'] = [0]
        self.props['pagination'] = {'rowsPerPage': 0}
        self.add_slot('item', template)
