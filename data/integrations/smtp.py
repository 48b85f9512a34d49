"""SMTP: how mails are handed in to the mail server, and what its answers mean."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from data.inputs import emails
from data.integrations import smtp_causes
from data.problems import Invalid
from data.runtime.mail_server import MailServer

Connection = smtplib.SMTP

TIMEOUT = 30
"""Seconds that each answer is waited for until mails are handed in; smtplib itself would wait for ever."""

HAND_IN_TIMEOUT = 600
"""Seconds that each answer is waited for while a mail is handed in (RFC 5321 4.5.3.2.6).

Whoever gives up before the server does sends the same mail twice.
"""

CLOSING = 421
"""What a server answers that is about to hang up, whatever it was asked (RFC 5321 3.8)."""

WANTS_MORE = 530
"""What it answers where something has to come before mails: STARTTLS (RFC 3207 4), or a password (RFC 4954 6)."""

LOOPBACK_HOST = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|::1')


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a mail; its name is ASCII, its media type has two parts, as 'application/pdf'."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Letter:
    """A mail in words; `reply_to` is the address of whoever reads the answers, '' for whoever it is from."""

    subject: str
    text: str
    html: str
    reply_to: str = ''
    files: tuple[Attachment, ...] = ()


class _Policy(EmailPolicy):
    """How mails are written; Python's own way loses spaces of a subject that is not ASCII and takes two lines."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != 'Subject' or value.isascii():
            return super().fold_binary(name, value)
        encoded = Header(str(value), 'utf-8', 75, name).encode(linesep=self.linesep)
        return f'{name}: {encoded}{self.linesep}'.encode('ascii')


class Trouble(Exception):
    """The server can't be used at all right now; the text is a sentence for everybody.

    `cause` is the same for whoever runs Botcadence, who may know of machines and ports and can do something about it.
    """

    def __init__(self, sentence: str, cause: str = '') -> None:
        super().__init__(sentence)
        self.cause = cause or sentence


class Disconnected(Trouble):
    """The connection ended in the middle of one mail: that one may be the reason."""


class Refused(Exception):
    """The server does not take this one mail; the text is a sentence, `for_good` whether trying again is in vain."""

    def __init__(self, code: int, text: bytes | str) -> None:
        super().__init__(f'The mail server refused it: {_answer(code, text)}')
        self.for_good = 500 <= code < 600


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted where the server can. Raises Trouble, also for what goes wrong meanwhile."""
    try:
        smtp = _open(server)
        try:
            _introduce(server, smtp)
            yield smtp
            with suppress(OSError, smtplib.SMTPException):  # everything has been handed in
                _wait_for(smtp, TIMEOUT)
                smtp.quit()
        finally:
            smtp.close()
    except (OSError, UnicodeError, smtplib.SMTPException) as error:  # UnicodeError: a name that no machine can have
        raise _trouble(error, server) from error


def _open(server: MailServer) -> smtplib.SMTP:
    if server.secure:
        return smtplib.SMTP_SSL(server.host, server.port, server.our_name, timeout=TIMEOUT, context=_trusted(server))
    # Each would wait for the other to begin.
    if server.port == smtp_causes.IMPLICIT_TLS and smtp_causes.speaks_tls(server):
        raise Trouble(smtp_causes.SPEAKS_TLS_AT_ONCE)
    return smtplib.SMTP(server.host, server.port, server.our_name, timeout=TIMEOUT)


def _introduce(server: MailServer, smtp: smtplib.SMTP) -> None:
    """Encrypt where the server can, and sign in where it has a password."""
    smtp.ehlo()
    if not server.secure and smtp.has_extn('starttls'):
        smtp.starttls(context=_trusted(server))
        smtp.ehlo()
    elif server.user and not server.secure and not LOOPBACK_HOST.fullmatch(server.host):
        raise Trouble('The mail server offers no encryption, so the password was not sent.')
    if server.user:
        smtp.login(server.user, server.password)


def _trouble(error: Exception, server: MailServer) -> Trouble:
    """What an error means that ends a connection, or keeps one from beginning."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Trouble('The mail server knows no way to sign in that we know.')
    if isinstance(error, smtplib.SMTPResponseException):
        if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
            wrong = 'The mail server does not accept the user name or the password.'
            return Trouble(wrong, smtp_causes.WRONG_PASSWORD)
        return Trouble(f'The mail server cannot be used: {_answer(error.smtp_code, error.smtp_error)}')
    if other := smtp_causes.other_protocol(error, server, TIMEOUT):
        return Trouble(other)
    cause = smtp_causes.cause(error, server)
    if isinstance(error, ssl.SSLError):
        return Trouble('The mail server cannot prove who it is.', cause)
    return Trouble(f'The mail server {"does not answer in time" if _late(error) else "cannot be reached"}.', cause)


def _trusted(server: MailServer) -> ssl.SSLContext:
    """Who is believed to be the server: on this machine, where nobody is in between, whoever answers."""
    context = ssl.create_default_context()
    if LOOPBACK_HOST.fullmatch(server.host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def send(server: MailServer, smtp: smtplib.SMTP, mail_id: str, letter: Letter, recipient: str, at: datetime) -> None:
    """Hand one mail in, for one person; its Message-ID is the same however often this is tried.

    Raises Refused, Disconnected; Trouble where the server takes no mail from us at all; Invalid for what is no address.
    """
    to = emails.parse(recipient).key
    message = _message(server, mail_id, letter, to, at)
    _wait_for(smtp, HAND_IN_TIMEOUT)
    try:
        smtp.send_message(message, server.sender.addr_spec, [to])
    except smtplib.SMTPRecipientsRefused as error:
        raise _problem(*error.recipients[to]) from error
    except smtplib.SMTPResponseException as error:
        if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != CLOSING:
            raise _sender_refused(error, server) from error
        raise _problem(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Disconnected(f'The mail server {"does not answer in time" if _late(error) else "hung up"}.') from error


def is_encrypted(smtp: smtplib.SMTP) -> bool:
    """Whether what is handed in over a connection can be read by nobody on the way to the server."""
    return isinstance(smtp.sock, ssl.SSLSocket)


def _message(server: MailServer, mail_id: str, letter: Letter, to: str, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=_Policy(linesep='\r\n'))
    message['From'], message['To'] = server.sender, Address(addr_spec=to)
    if letter.reply_to:
        with suppress(Invalid):  # a mail without an answer is better than none
            message['Reply-To'] = Address(addr_spec=emails.parse(letter.reply_to).key)
    # Python decodes what looks like an encoded word (RFC 2047), and a line break in it begins another header.
    message['Subject'] = letter.subject.replace('=?', '= ?')
    message['Date'] = format_datetime(at)
    message['Message-ID'] = f'<{mail_id}@{server.our_name}>'
    message['Auto-Submitted'] = 'auto-generated'
    if any(sign in str(value) for value in message.values() for sign in '\r\n\0'):
        raise ValueError('a header with a line break')
    message.set_content(letter.text, cte='quoted-printable')
    message.add_alternative(letter.html, subtype='html', cte='quoted-printable')
    for file in letter.files:
        kind, _, sort = file.media_type.partition('/')
        message.add_attachment(file.content, maintype=kind, subtype=sort, filename=file.name)
    return message


def _sender_refused(error: smtplib.SMTPSenderRefused, server: MailServer) -> Trouble:
    """What it means that the server does not even hear whom a mail is for."""
    answer = _answer(error.smtp_code, error.smtp_error)
    if error.smtp_code == WANTS_MORE and 'STARTTLS' in answer.upper():
        return Trouble('The mail server takes mails over TLS only, and offers none.')
    if error.smtp_code == WANTS_MORE:
        return Trouble('The mail server wants a user name and a password.')
    sentence = f'The mail server takes no mail from {server.sender.addr_spec}'
    return Trouble(f'{sentence}.', f'{sentence}: {answer}')


def _problem(code: int, text: bytes | str) -> Exception:
    """What an answer to a mail means."""
    if code == CLOSING:
        return Disconnected(f'The mail server hung up: {_answer(code, text)}')
    return Refused(code, text)


def _answer(code: int, text: bytes | str) -> str:
    """What a server has answered, fit for a screen."""
    decoded = text.decode('utf-8', 'replace') if isinstance(text, bytes) else text
    plain = ' '.join(''.join(letter if letter.isprintable() else ' ' for letter in decoded).split())
    return f'{code} {plain[:200]}'


def _wait_for(smtp: smtplib.SMTP, seconds: float) -> None:
    """Give the server so long for each answer from now on."""
    if smtp.sock:
        smtp.sock.settimeout(seconds)


def _late(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
