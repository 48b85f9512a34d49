"""Words on a screen: headings, sentences, moments."""

from datetime import datetime

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


class Text(TextElement):
    """A piece of text in the HTML element that says what it is."""

    def __init__(self, tag: str, text: str = '', classes: str = '') -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)


def heading(text: str) -> Text:
    """The one title of a screen."""
    return Text('h1', text, 'screen-title')


def hint(text: str) -> Text:
    """A quiet sentence."""
    return Text('p', text, 'muted')


class Moment(ui.element):
    """A point in time in words ("2 minutes ago"), exact in its tooltip, in the zone of whoever reads (see assets).

    With `span`, how long that has been ("for 2 minutes").
    """

    def __init__(self, *, span: bool = False) -> None:
        super().__init__('time')
        self.classes('muted')
        self.props['data-span'] = span

    def show(self, at: datetime) -> None:
        """Set the moment."""
        self.props['datetime'] = at.isoformat()
