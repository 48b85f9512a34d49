"""A status: a dot, a word, since when, why; never color alone."""

from datetime import datetime

from nicegui import ui

from components.kit.text import Moment, Text, hint


class Badge(Text):
    """A dot and a word in a tone: ok, warn, danger, info or quiet."""

    def __init__(self, word: str, tone: str) -> None:
        super().__init__('span', word, f'badge tone-{tone}')
        self._tone = tone

    def show(self, word: str, tone: str) -> None:
        """Change word and tone in place."""
        self.classes(remove=f'tone-{self._tone}', add=f'tone-{tone}')
        self._tone = tone
        self.text = word


class Standing:
    """A status with since when, why, and what it allows."""

    def __init__(self) -> None:
        with ui.element('p').classes('standing').props('role=status'):
            self._badge = Badge('', 'quiet')
            self._since = Moment(span=True)
        self._meaning = hint('')
        self._reason = Text('p')

    def show(self, word: str, tone: str, since: datetime, meaning: str, reason: str) -> None:
        """Say where it stands now."""
        self._badge.show(word, tone)
        self._since.show(since)
        self._meaning.text = meaning
        self._reason.text = f'Reason: {reason}'
        self._reason.set_visibility(bool(reason))
