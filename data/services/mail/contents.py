"""What a mail is made of when it is sent: its wording, what stands in the gaps of that; and why it is not sent."""

from dataclasses import dataclass

from data.integrations.smtp import Attachment


@dataclass(frozen=True)
class Wording:
    """What a mail of one kind says; the names in braces are its facts, `action` is what its link is for."""

    subject: str
    sentences: tuple[str, ...]
    action: str = ''


class NotSent(Exception):
    """A mail should not be sent as things are; the text is a sentence.

    `for_good` is whether that will stay so, `seconds` how long it waits where that is known and nobody's fault.
    """

    def __init__(self, sentence: str, *, for_good: bool = False, seconds: int = 0) -> None:
        super().__init__(sentence)
        self.for_good, self.seconds = for_good, seconds


@dataclass(frozen=True)
class Content:
    """What a mail is about; `path` is where the link in it leads, perhaps with a secret, '' where it has none.

    `reply_to` is the address of whoever reads answers: who invites somebody. What the instance tells of itself, that
    somebody was removed or has another role, is answered to whoever runs it (`BOTCADENCE_MAIL_FROM`).
    """

    facts: dict[str, str]
    path: str = ''
    reply_to: str = ''
    files: tuple[Attachment, ...] = ()
