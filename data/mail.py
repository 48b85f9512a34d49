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

TIMEOUT = 30
"""Seconds that each answer is waited for until mails are handed in; smtplib itself would wait for ever."""

PATIENCE = 600
"""Seconds that each answer is waited for while a mail is handed in (RFC 5321 4.5.3.2.6).

Whoever gives up before the server does sends the same mail twice.
"""

CLOSING = 421
"""What a server answers that is about to hang up, whatever it was asked (RFC 5321 3.8)."""

HERE = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|::1')


class Trouble(Exception):
    """The server can't be used at all right now; the text is a sentence."""


class Broken(Trouble):
    """The connection ended in the middle of one mail: that one may be the reason."""


class Refused(Exception):
    """The server does not take this one mail; the text is a sentence, `for_good` whether trying again is in vain."""

    def __init__(self, code: int, said: bytes | str) -> None:
        super().__init__(f'The mail server refused it: {_answer(code, said)}')
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
        if not f'{user}{password}'.isascii():  # smtplib can't say anything else
            raise ValueError(url)
        return cls(parts.hostname, parts.port or (465 if secure else 587), secure, user, password, who(sender), home)

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted where the server can. Raises Trouble, also for what goes wrong meanwhile."""
        try:
            smtp = self._open()
            try:
                smtp.ehlo()
                if not self.secure and smtp.has_extn('starttls'):
                    smtp.starttls(context=self._trusted())
                    smtp.ehlo()
                elif self.user and not self.secure and not HERE.fullmatch(self.host):
                    raise Trouble('The mail server offers no encryption, so the password was not sent.')
                if self.user:
                    smtp.login(self.user, self.password)
                yield smtp
                with suppress(OSError, smtplib.SMTPException):  # everything has been handed in
                    _wait_for(smtp, TIMEOUT)
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPAuthenticationError as error:
            raise Trouble('The mail server does not accept the user name or the password.') from error
        except smtplib.SMTPNotSupportedError as error:
            raise Trouble('The mail server knows no way to sign in that we know.') from error
        except smtplib.SMTPResponseException as error:
            answer = _answer(error.smtp_code, error.smtp_error)
            raise Trouble(f'The mail server can not be used: {answer}') from error
        except ssl.SSLError as error:
            raise Trouble('The mail server can not prove who it is.') from error
        except (OSError, smtplib.SMTPException) as error:
            raise Trouble(
                f'The mail server {"does not answer in time" if _late(error) else "can not be reached"}.'
            ) from error

    def _open(self) -> smtplib.SMTP:
        name = urlsplit(self.home).hostname or 'localhost'
        if self.secure:
            return smtplib.SMTP_SSL(self.host, self.port, name, timeout=TIMEOUT, context=self._trusted())
        return smtplib.SMTP(self.host, self.port, name, timeout=TIMEOUT)

    def _trusted(self) -> ssl.SSLContext:
        """Who is believed to be the server: on this machine, where nobody is in between, whoever answers."""
        context = ssl.create_default_context()
        if HERE.fullmatch(self.host):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def send(self, smtp: smtplib.SMTP, mail_id: str, letter: Letter, recipient: str, at: datetime) -> None:
        """Hand one mail in, for one person; its Message-ID is the same however often this is tried.

        Raises Refused, Broken; Trouble where the server takes no mail from us at all; Invalid for what is no address.
        """
        to = emails.parse(recipient).key
        it = self._message(mail_id, letter, to, at)
        _wait_for(smtp, PATIENCE)
        try:
            smtp.send_message(it, self.sender.addr_spec, [to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _no(*error.recipients[to]) from error
        except smtplib.SMTPResponseException as error:
            if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != CLOSING:
                raise Trouble(f'The mail server takes no mail from {self.sender.addr_spec}.') from error
            raise _no(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Broken(f'The mail server {"does not answer in time" if _late(error) else "hung up"}.') from error

    def _message(self, mail_id: str, letter: Letter, to: str, at: datetime) -> EmailMessage:
        it = EmailMessage(policy=SMTP)
        it['From'], it['To'] = self.sender, Address(addr_spec=to)
        # Python decodes what looks like an encoded word (RFC 2047), and a line break in it begins another header.
        it['Subject'] = letter.subject.replace('=?', '=\u200b?')
        it['Date'] = format_datetime(at)
        it['Message-ID'] = f'<{mail_id}@{urlsplit(self.home).hostname}>'
        it['Auto-Submitted'] = 'auto-generated'
        if any(sign in str(value) for value in it.values() for sign in '\r\n\0'):
            raise ValueError('a header with a line break')
        it.set_content(letter.text, cte='quoted-printable')
        it.add_alternative(letter.html, subtype='html', cte='quoted-printable')
        return it


def _no(code: int, said: bytes | str) -> Exception:
    """What an answer to a mail means."""
    return Broken(f'The mail server hung up: {_answer(code, said)}') if code == CLOSING else Refused(code, said)


def _answer(code: int, said: bytes | str) -> str:
    """What a server has answered, fit for a screen."""
    text = said.decode('utf-8', 'replace') if isinstance(said, bytes) else said
    plain = ' '.join(''.join(letter if letter.isprintable() else ' ' for letter in text).split())
    return f'{code} {plain[:200]}'


def _wait_for(smtp: smtplib.SMTP, seconds: float) -> None:
    """Give the server so long for each answer from now on."""
    if smtp.sock:
        smtp.sock.settimeout(seconds)


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
