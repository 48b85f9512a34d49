"""The postman: a thread of the running process that sends what is in the outbox.

A mail is sent at least once: where the process dies between handing it in and noting that, it is sent again, with the
same Message-ID, by which mail programs know that it is the same.
"""

import threading
import time

import structlog

from data import changes
from data.changes import Change, Topic
from data.integrations import smtp
from data.integrations.smtp import Broken, Connection, Refused, Trouble
from data.models import Mail
from data.runtime.mail_server import MailServer
from data.services.invitations import mail as invitations_mail
from data.services.mail import letters, outbox

LOOK = 30.0
"""Seconds between two looks when nothing has happened."""

TROUBLE = (5.0, 15.0, 60.0, 300.0)
"""Seconds until the next try after the server could not be used; the last one holds from then on."""

TIDY = 3600.0
"""Seconds between two looks for what is so old that it can go."""

FINISH = 3.0
"""Seconds that the mail under way has to get through when the process ends."""

CONTENTS = {'invitation': invitations_mail.content}
"""Kinds of mails that are about something as it stands when they are sent; the others were put into words before."""

log = structlog.get_logger('botcadence')


class Post:
    """Sends by one server."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._awake, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name='post', daemon=True)
        self._troubles = 0
        self._tidied = float('-inf')

    def begin(self) -> None:
        """Send, in a thread, until `end`; what is written to the outbox is noticed at once."""
        changes.listen(self._hear)
        self._thread.start()

    def end(self) -> None:
        """Stop sending; a mail that is being handed in would be sent again at the next start, so it is waited for."""
        self._stopped.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(FINISH)

    def _hear(self, change: Change) -> None:
        if change.topic in (Topic.INVITATIONS, Topic.MEMBERS) and threading.current_thread() is not self._thread:
            self._awake.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._awake.clear()
            try:
                pause = self.deliver()
            except Exception as error:  # a database that is away comes back
                log.warning('mails are not sent', reason=' '.join(str(error).split()))
                pause = LOOK
            self._awake.wait(pause)

    def deliver(self) -> float:
        """Send what is due; the seconds until the next look."""
        waiting = outbox.due()
        left = list(waiting)
        try:
            if waiting:
                with smtp.connected(self.server) as connection:
                    while left and not self._stopped.is_set():
                        self._send(connection, left[0])
                        left.pop(0)
            elif time.monotonic() > self._tidied + TIDY:
                self._tidied = time.monotonic()
                outbox.forget()
        except Trouble as trouble:
            if not self._troubles:
                log.warning('the mail server can not be used', reason=str(trouble))
            if isinstance(trouble, Broken):  # the others must not wait behind it for ever
                outbox.refused(left.pop(0), str(trouble), for_good=False)
            outbox.delayed(left, str(trouble))
            self._troubles += 1
            return TROUBLE[min(self._troubles, len(TROUBLE)) - 1]
        self._troubles = 0
        return 0.0 if len(waiting) == outbox.BATCH else LOOK

    def _send(self, connection: Connection, it: Mail) -> None:
        try:
            content = CONTENTS.get(it.kind, outbox.content)(it)
        except outbox.NotSent as no:
            outbox.held(it, no)
            return
        home = self.server.home
        link = f'{home}/invitations/{content.token}' if content.token else ''
        try:
            letter = letters.compose(it.kind, content.facts, home=home, link=link)
            smtp.send(self.server, connection, it.id, letter, it.recipient, it.created_at)
        except Trouble:
            raise
        except Refused as refusal:
            outbox.refused(it, str(refusal), for_good=refusal.for_good)
        except Exception as error:  # a defect of ours, or what an older version wrote: the others must not wait for it
            log.exception('a mail can not be written', mail=it.id, kind=it.kind, error=type(error).__name__)
            outbox.refused(it, 'This mail could not be written.', for_good=False)
        else:
            outbox.sent(it)
