"""A real mail server on this machine, which keeps what it takes and refuses what it is told to."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import AuthResult, LoginPassword

PATIENCE = 10
"""Seconds within which a mail arrives."""


class Box:
    """The server's handler: `taken` are recipients and message of each mail, `refuses` answers by address.

    `raw` are the same mails as they came over the wire, `greeted_by` is the name of the last one who brought some,
    `thinks` the seconds until it says that it has one, `begun` is set meanwhile; it answers to QUIT once `says_bye` is
    set.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refuses: dict[str, str] = {}
        self.refuses_senders = ''
        self.hangs_up_on = ''
        self.raw: list[bytes] = []
        self.greeted_by = ''
        self.thinks = 0.0
        self.begun = threading.Event()
        self.says_bye = threading.Event()
        self.says_bye.set()
        self._arrived = threading.Condition()

    async def handle_MAIL(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        if self.refuses_senders:
            return self.refuses_senders
        envelope.mail_from = address
        return '250 OK'

    async def handle_RCPT(self, server: Any, _: Any, envelope: Any, address: str, __: Any) -> str:
        if address == self.hangs_up_on:
            server.transport.close()
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, _: Any, session: Any, envelope: Any) -> str:
        self.greeted_by = session.host_name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.begun.set()
        await asyncio.sleep(self.thinks)
        self.raw.append(envelope.content)
        with self._arrived:
            self.taken.append((envelope.rcpt_tos, message))
            self._arrived.notify_all()
        return '250 OK'

    async def handle_QUIT(self, _: Any, __: Any, ___: Any) -> str:
        while not self.says_bye.is_set():
            await asyncio.sleep(0.01)
        return '221 Bye'

    def wait_for(self, address: str, number: int = 1) -> list[EmailMessage]:
        """The mails to somebody, as soon as there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails_to(address)) >= number, PATIENCE), self.taken
            return self.mails_to(address)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What has arrived for somebody."""
        return [message for to, message in self.taken if to == [address]]


def text_of(message: EmailMessage) -> str:
    """What a terminal shows of a mail."""
    body = message.get_body(('plain',))
    assert body
    return str(body.get_content())


def check_password(_: Any, __: Any, ___: Any, ____: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b'bots', b'right')
    return AuthResult(success=right, handled=False)


class _Server(Controller):
    tls: ssl.SSLContext | None = None
    wants_password = False

    def factory(self) -> Protocol:
        return Protocol(
            self.handler,
            authenticator=check_password,
            auth_require_tls=self.wants_password,
            hostname='mx.test',
            tls_context=self.tls,
            require_starttls=self.tls is not None,
            auth_required=self.wants_password,
        )


@contextmanager
def running(
    box: Box,
    port: int,
    tls: ssl.SSLContext | None = None,
    *,
    from_the_first_byte: ssl.SSLContext | None = None,
    wants_password: bool = False,
) -> Iterator[None]:
    """The server takes mails meanwhile, encrypted ones only where it has a certificate: by STARTTLS, or at once."""
    server = _Server(box, hostname='127.0.0.1', port=port, ssl_context=from_the_first_byte)
    server.tls, server.wants_password = tls, wants_password
    server.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_conversations_end(server), server.loop).result(PATIENCE)
        server.stop()


async def _conversations_end(server: Controller) -> None:
    """Stopping closes the loop at once: what still listens to somebody would be complained about in a test to come."""
    server.server.close()
    conversations = asyncio.all_tasks() - {asyncio.current_task()}
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)
