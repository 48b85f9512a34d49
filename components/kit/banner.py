"""The banner: above every screen of an organization that is not as usual, what that is, why, and whom to ask."""

from collections.abc import Sequence
from datetime import datetime

from components.kit.part import Part


class Banner(Part):
    """One sentence after the other, in a region that says itself what is new in it; nothing as long as all is well."""

    def __init__(self) -> None:
        super().__init__('banner', word='')

    def show(
        self,
        word: str,
        tone: str,
        meaning: str,
        *,
        ask: str = '',
        people: Sequence[str] = (),
        since: datetime | None = None,
        reason: str = '',
        link: tuple[str, str] = ('', ''),
    ) -> None:
        """Say what it is; `ask` is how to get on, `people` whom to ask, `link` what leads on in words, and where to."""
        since_when = since.isoformat() if since else ''
        why = f'Reason: {reason}' if reason else ''
        label, path = link
        self.tell(word=word, tone=tone, since=since_when, meaning=meaning, reason=why, hint=ask, people=tuple(people))
        self.tell(label=label, path=path)

    def hide(self) -> None:
        """Say nothing: all is well, or this is no screen of an organization."""
        self.show('', '', '')
