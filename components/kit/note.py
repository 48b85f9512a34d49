"""Notes: a sentence and a button, each where there is one."""

from collections.abc import Callable
from datetime import datetime

from nicegui.elements.mixins.disableable_element import DisableableElement

from components.kit.part import Part


class Note(Part, DisableableElement):
    """What stands beside the things of a card: what is to be said of them, and what can be done.

    `look` is that of the button; `boxed` is the sentence of a list that is empty.
    """

    def __init__(self, on_press: Callable[[], object], *, look: str = 'button', boxed: bool = False) -> None:
        super().__init__('note', look=look, boxed=boxed)
        self._on_press = on_press
        self.on('click', self._press, [])

    def show(self, sentence: str, label: str = '') -> None:
        """Say this, and offer that; nothing where one is empty."""
        self.tell(sentence=sentence, label=label, hint='', since='', word='')

    def show_moment(self, words: str, moment: datetime, label: str) -> None:
        """Say a moment after these words, in the reader's zone once the browser has told it, and offer this."""
        self.tell(sentence='', label=label, hint=words, since=moment.isoformat(), word=f'{moment:%-d %B %Y, %H:%M} UTC')

    def _press(self) -> object:
        return self._on_press() if self.props['label'] else None
