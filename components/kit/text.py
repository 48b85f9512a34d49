"""Words on a screen: headings, sentences."""

import re

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


def sentence(template: str, look: str = 'muted', tag: str = 'p', **names: str) -> Text:
    """A sentence with names in its gaps, each of which keeps the direction that it is written in to itself."""
    element = Text(tag, '', look)
    with element:
        for at, piece in enumerate(re.split(r'\{(\w+)\}', template)):
            if piece:
                Text('bdi' if at % 2 else 'span', names[piece] if at % 2 else piece)
    return element


def moment(at: str, words: str) -> Text:
    """A moment (ISO 8601) in a sentence, exact and in the reader's zone; in these `words` until the browser knows."""
    element = Text('time', words)
    element.props.update({'datetime': at, 'data-exact': 'true'})
    return element
