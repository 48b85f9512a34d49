"""Words on a screen: headings, sentences."""

import re
import unicodedata

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


def isolated(name: str) -> str:
    """A name for the middle of a sentence that holds no elements: letters from right to left don't turn that around.

    First strong isolate and its end (UAX #9); what is written from left to right stays as it is.
    """
    turns = any(unicodedata.bidirectional(letter) in ('R', 'AL', 'AN') for letter in name)
    return f'\u2068{name}\u2069' if turns else name


def moment(at: str, words: str) -> Text:
    """A moment (ISO 8601) in a sentence, exact and in the reader's zone; in these `words` until the browser knows."""
    element = Text('time', words)
    element.props.update({'datetime': at, 'data-exact': 'true'})
    return element
