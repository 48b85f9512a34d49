"""What tests of mail delivery share: mail that is set up, and what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from data.jobs.mail_delivery import MailDelivery
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from tests.support.ports import free_port
from tests.support.post_office import Box, running
from tests.support.probes import rows, run

NINA, NOAH = 'nina@new.test', 'noah@new.test'
HOME = 'https://bots.example.com'


@contextmanager
def mail_set_up() -> Iterator[MailServer]:
    """Where the mail server is, or will be; mail is set up."""
    server = MailServer.of(f'smtp://127.0.0.1:{free_port()}', 'Botcadence <bots@example.com>', HOME)
    mail_server.configure(server)
    try:
        yield server
    finally:
        mail_server.configure(None)


@contextmanager
def mail_in_any_case() -> Iterator[None]:
    """Mail is set up, as it may be already."""
    if mail_server.is_configured():
        yield
    else:
        with mail_set_up():
            yield


def states(db: Engine) -> dict[str, tuple[str, str]]:
    """How the mail to each address stands, and why."""
    mails = rows(db, 'SELECT recipient, state, problem FROM mails ORDER BY created_at')
    return {recipient: (state, problem) for recipient, state, problem in mails}


def due_again(db: Engine) -> None:
    """Let no mail wait any longer."""
    run(db, 'UPDATE mails SET not_before = created_at')


def delivered(server: MailServer, box: Box | None = None) -> list[str]:
    """Who has got something once the server has been there for a moment."""
    box = box or Box()
    with running(box, server.port):
        MailDelivery(server).deliver()
    return [to for [to], _ in box.taken]
