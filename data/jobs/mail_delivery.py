"""Mail delivery: a background thread that sends what is in the outbox by SMTP, at least once.

Where the process dies between handing a mail in and noting that, it is sent again, with the same Message-ID, by which
mail programs know that it is the same.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from data.integrations import smtp
from data.integrations.smtp import Connection, Refused, Trouble
from data.jobs.worker import Worker
from data.models import OutgoingMail
from data.problems import Unavailable
from data.runtime.logs import log
from data.runtime.mail_server import MailServer
from data.runtime.settings import Settings
from data.services.accounts import letters as account_letters
from data.services.accounts import recovery
from data.services.billing_contacts import confirming
from data.services.conversations import waiting
from data.services.conversations.erasing import TRANSCRIPT
from data.services.invitations import mail as invitation_mail
from data.services.invoices import addressing, documents
from data.services.mail import letters, outbox
from data.services.mail.contents import Content, NotSent
from data.services.payments import reminders
from data.services.subscriptions import operating
from data.services.usage import notices
from data.services.visitors import transcripts

IDLE = 30.0
"""Seconds between two looks when nothing has happened."""

TROUBLE = (5.0, 15.0, 60.0, 300.0)
"""Seconds until the next try after the server could not be used; the last one holds from then on."""

TIDY = 3600.0
"""Seconds between two looks for what is so old that it can go."""

FINISH = 3.0
"""Seconds that the mail under way has to get through when the process ends: it would be sent again otherwise."""

CONTENTS: dict[str, Callable[[Any], Content]] = {
    'invitation': invitation_mail.invitation_content,
    'verify': account_letters.link_content,
    'move': account_letters.link_content,
    'reset': account_letters.link_content,
    notices.NEAR: notices.content,
    notices.REACHED: notices.content,
    notices.MOST_USED: notices.content,
    notices.USED_UP: notices.content,
    operating.PLAN_CHANGES: notices.content,
    operating.TRIAL_ENDS: notices.content,
    addressing.KIND: addressing.content,
    waiting.KIND: waiting.content,
    TRANSCRIPT: transcripts.content,
    confirming.KIND: confirming.question_content,
    **dict.fromkeys(documents.KINDS.values(), documents.mail_content),
    **dict.fromkeys(reminders.KINDS.values(), reminders.content),
    'new-device': lambda mail: Content(mail.facts, '/account#sessions'),
}
"""Kinds of mails that lead somewhere or say how something stands when they are sent; others say what was written."""


def job(settings: Settings) -> Worker | None:
    """What sends the mails, None where no mail server is set."""
    return MailDelivery(settings.mail_server) if settings.mail_server else None


class MailDelivery(Worker):
    """Sends by one server; what is written to the outbox while it runs is noticed at once."""

    def __init__(self, server: MailServer) -> None:
        super().__init__('mail delivery', self.deliver, every=IDLE, finish=FINISH)
        self.server = server
        self._in_hand: OutgoingMail | None = None
        self._troubles = 0
        self._tidied = float('-inf')

    def start(self) -> None:
        """Send until `stop`; harmless when it is running."""
        outbox.subscribe(self.wake)
        super().start()

    def stop(self) -> None:
        """Send no more; the mail under way gets a moment to get through."""
        outbox.unsubscribe(self.wake)
        super().stop()

    def deliver(self) -> float | None:
        """Send what is due; the seconds until the next look, None for the usual ones."""
        if self._in_hand:  # the database went away before it could be noted how that went
            outbox.let_go(self._in_hand)
            self._in_hand = None
        asked_in = recovery.answer()
        waiting = outbox.due()
        left = list(waiting)
        try:
            if waiting:
                with smtp.connected(self.server) as connection:
                    while left and not self.is_stopping:
                        self._in_hand = left[0]
                        self._send(connection, left[0])
                        self._in_hand = None
                        left.pop(0)
            elif time.monotonic() > self._tidied + TIDY:
                self._tidied = time.monotonic()
                outbox.tidy()
        except Trouble as trouble:
            pause = self._put_off(left, trouble)
            self._in_hand = None
            return pause
        self._troubles = 0
        return 0.0 if len(waiting) == outbox.BATCH else asked_in

    def _put_off(self, left: list[OutgoingMail], trouble: Trouble) -> float:
        """Keep what could not be sent for later; the seconds until then."""
        if not self._troubles:
            log.warning('the mail server cannot be used', reason=trouble.cause)
        if isinstance(trouble, smtp.Disconnected):  # the others must not wait behind it for ever
            outbox.refused(left.pop(0), str(trouble), for_good=False)
        outbox.delayed(left, str(trouble))
        self._troubles += 1
        return TROUBLE[min(self._troubles, len(TROUBLE)) - 1]

    def _send(self, connection: Connection, mail: OutgoingMail) -> None:
        if not outbox.claim(mail):
            return
        home = self.server.home
        try:
            content = CONTENTS.get(mail.kind, outbox.content)(mail)
            link, reply_to = content.path and f'{home}{content.path}', content.reply_to
            letter = letters.compose(mail.kind, content.facts, home=home, link=link, reply_to=reply_to)
            letter = replace(letter, files=content.files)
            smtp.send(self.server, connection, mail.id, letter, mail.recipient, mail.created_at)
        except (Trouble, Unavailable):
            raise
        except NotSent as reason:
            outbox.held(mail, reason)
        except Refused as refusal:
            outbox.refused(mail, str(refusal), for_good=refusal.for_good)
        except Exception as error:  # a defect of ours, or what an older version wrote: the others must not wait for it
            log.exception('a mail cannot be written', mail=mail.id, kind=mail.kind, error=type(error).__name__)
            outbox.refused(mail, 'This mail could not be written.', for_good=False)
        else:
            outbox.sent(mail)
