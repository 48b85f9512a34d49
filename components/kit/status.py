"""A status: a dot, a word, since when, why; never color alone."""

from datetime import datetime

from components.kit.part import Part


class Standing(Part):
    """A status with since when, why, and what it allows; its tone is ok, warn, danger, info or quiet."""

    def __init__(self) -> None:
        super().__init__('standing', tone='quiet')

    def show(self, word: str, tone: str, since: datetime | None, meaning: str, reason: str) -> None:
        """Say where it stands now; None where it does not matter since when."""
        why = f'Reason: {reason}' if reason else ''
        self.tell(word=word, tone=tone, since=since.isoformat() if since else '', meaning=meaning, reason=why)
