"""A mail sent to see whether mails arrive, past the outbox and without the database."""

from dataclasses import dataclass

from data import clock
from data.inputs import emails
from data.integrations import smtp
from data.models import new_id
from data.operations.sqlite_backup import Progress
from data.runtime.mail_server import MailServer
from data.runtime.settings import ConfigError, Settings
from data.services.mail import letters


@dataclass(frozen=True)
class Result:
    """Whether the mail server took the mail, and what happened as a sentence."""

    ok: bool
    sentence: str


def send_test(settings: Settings, address: str, progress: Progress) -> Result:
    """Hand a mail to this address in now. Raises ConfigError where no server is set, Invalid('email')."""
    server = settings.mail_server
    if server is None:
        raise ConfigError('No mail server is set: BOTCADENCE_SMTP_URL is empty.')
    to = emails.parse(address).shown
    progress(f'Asking {server.host}')
    try:
        is_encrypted = _hand_in(server, to)
    except smtp.Trouble as trouble:
        return Result(False, trouble.cause)
    except smtp.Refused as refusal:
        return Result(False, str(refusal))
    how = 'over TLS' if is_encrypted else 'unencrypted'
    return Result(True, f'{server.host} has taken a mail from {server.sender.addr_spec} to {to}, {how}.')


def _hand_in(server: MailServer, to: str) -> bool:
    letter = letters.compose('test', {}, home=server.home)
    with smtp.connected(server) as connection:
        smtp.send(server, connection, new_id(), letter, to, clock.now())
        return smtp.is_encrypted(connection)
