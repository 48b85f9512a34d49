"""The banner: above every screen of an organization that is not as usual, what that is, why, and whom to ask."""

from collections.abc import Sequence
from datetime import datetime

from components.kit.part import Part


class Banner(Part):
    """One sentence after the other, in a region that says itself what is new in it; nothing as long as all is well."""

    def __init__(self) -> None:
        super().__init__('banner', word='')

    def show(
        self, word: str, tone: str, since: datetime, meaning: str, reason: str, ask: str, people: Sequence[str]
    ) -> None:
        """Say what it is; `ask` is how to get on, and `people`, where there are some, whom to ask."""
        why = f'Reason: {reason}' if reason else ''
        since_when = since.isoformat()
        self.tell(word=word, tone=tone, since=since_when, meaning=meaning, reason=why, hint=ask, people=tuple(people))

    def hide(self) -> None:
        """Say nothing: all is well, or this is no screen of an organization."""
        self.tell(word='', tone='', since='', meaning='', reason='', hint='', people=())
