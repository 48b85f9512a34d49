"""The mail server: the one file that knows SMTP."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from data.inputs import emails
from data.letters import Letter
from data.problems import Invalid

Connection = smtplib.SMTP

TIMEOUT = 10
"""Seconds that one answer of the server is waited for; smtplib itself would wait for ever."""

HERE = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|::1')


class Trouble(Exception):
    """The server can't be used at all right now; the text is a sentence."""


class Broken(Trouble):
    """The connection ended in the middle of one mail: that one may be the reason."""


class Refused(Exception):
    """The server does not take this one mail; the text is a sentence, `for_good` whether trying again is in vain."""

    def __init__(self, code: int, said: bytes | str) -> None:
        text = said.decode('utf-8', 'replace') if isinstance(said, bytes) else said
        plain = ' '.join(''.join(letter if letter.isprintable() else ' ' for letter in text).split())[:200]
        super().__init__(f'The mail server refused it: {code} {plain}')
        self.for_good = 500 <= code < 600


@dataclass(frozen=True)
class Server:
    """Where mails are handed in, and whom they are from."""

    host: str
    port: int
    secure: bool
    user: str
    password: str = field(repr=False)
    sender: Address
    home: str

    @classmethod
    def of(cls, url: str, sender: str, home: str) -> 'Server':
        """The server at an address like smtp://user:password@host:587; `home` is our own. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ('smtp', 'smtps') or not parts.hostname or parts.path not in ('', '/') or parts.query:
            raise ValueError(url)
        secure = parts.scheme == 'smtps'
        user, password = unquote(parts.username or ''), unquote(parts.password or '')
        return cls(parts.hostname, parts.port or (465 if secure else 587), secure, user, password, who(sender), home)

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted where the server can. Raises Trouble, also for what goes wrong meanwhile."""
        try:
            smtp = self._open()
            try:
                smtp.ehlo()
                if not self.secure and smtp.has_extn('starttls'):
                    smtp.starttls(context=ssl.create_default_context())
                    smtp.ehlo()
                elif self.user and not self.secure and not HERE.fullmatch(self.host):
                    raise Trouble('The mail server offers no encryption, so the password was not sent.')
                if self.user:
                    smtp.login(self.user, self.password)
                yield smtp
                with suppress(OSError, smtplib.SMTPException):  # everything has been handed in
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPAuthenticationError as error:
            raise Trouble('The mail server does not accept the user name or the password.') from error
        except ssl.SSLError as error:
            raise Trouble('The mail server can not prove who it is.') from error
        except (OSError, smtplib.SMTPException) as error:
            raise Trouble(
                f'The mail server {"does not answer in time" if _late(error) else "can not be reached"}.'
            ) from error

    def _open(self) -> smtplib.SMTP:
        name = urlsplit(self.home).hostname or 'localhost'
        if self.secure:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, name, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, name, timeout=TIMEOUT)

    def send(self, smtp: smtplib.SMTP, mail_id: str, letter: Letter, recipient: str, at: datetime) -> None:
        """Hand one mail in, for one person; its Message-ID is the same however often this is tried.

        Raises Refused, Broken; Trouble where the server takes no mail from us at all; Invalid for what is no address.
        """
        to = emails.parse(recipient).key
        it = EmailMessage(policy=SMTP)
        it['From'], it['To'], it['Subject'] = self.sender, Address(addr_spec=to), letter.subject
        it['Date'] = format_datetime(at)
        it['Message-ID'] = f'<{mail_id}@{urlsplit(self.home).hostname}>'
        it['Auto-Submitted'] = 'auto-generated'
        it.set_content(letter.text, cte='quoted-printable')
        it.add_alternative(letter.html, subtype='html', cte='quoted-printable')
        try:
            smtp.send_message(it, self.sender.addr_spec, [to])
        except smtplib.SMTPRecipientsRefused as error:
            raise Refused(*error.recipients[to]) from error
        except smtplib.SMTPSenderRefused as error:
            raise Trouble(f'The mail server takes no mail from {self.sender.addr_spec}.') from error
        except smtplib.SMTPResponseException as error:
            raise Refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Broken(f'The mail server {"does not answer in time" if _late(error) else "hung up"}.') from error


def _late(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def who(sender: str) -> Address:
    """The sender from `Name <address>` or an address. Raises ValueError."""
    name, address = parseaddr(sender)
    if not sender.isprintable():
        raise ValueError(sender)
    try:
        return Address(name, addr_spec=emails.parse(address).key)
    except Invalid as problem:
        raise ValueError(sender) from problem


_servers: list[Server] = []


def use(server: Server | None) -> None:
    """Send mails by this server from now on, or none at all."""
    _servers[:] = [server] if server else []


def is_set_up() -> bool:
    """Whether mails are sent at all."""
    return bool(_servers)
