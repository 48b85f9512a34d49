"""What people find in their mail: the links, and what a mail says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from data.jobs.mail_delivery import MailDelivery
from data.runtime import mail_server
from data.services.accounts import recovery
from tests.support.mailing import HOME, mail_set_up
from tests.support.post_office import Box, running, text_of


class PostOffice:
    """A mail server that is there for as long as a test, and what it has brought to whom."""

    def __init__(self, box: Box, delivery: MailDelivery) -> None:
        self.box, self._delivery = box, delivery

    def deliver(self) -> None:
        """Send what is due, now."""
        self._delivery.deliver()

    def to(self, address: str) -> list[str]:
        """The subjects of what has arrived for somebody, oldest first."""
        self.deliver()
        return [str(message['Subject']) for message in self.box.mails_to(address.lower())]

    def text(self, address: str) -> str:
        """What the newest mail to somebody says."""
        self.deliver()
        return text_of(self.box.mails_to(address.lower())[-1])

    def link(self, address: str) -> str:
        """The path in the newest mail to somebody."""
        lines = self.text(address).splitlines()
        [link] = [line.removeprefix(HOME) for line in lines if line.startswith(f'{HOME}/')]
        return link

    def token(self, address: str) -> str:
        """The secret in the newest mail to somebody."""
        return self.link(address).rpartition('/')[2]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Mail is set up, and a real server takes it; what was asked for is answered at once."""
    with mail_set_up() as server, patch.object(recovery, 'LATER', timedelta()):
        box = Box()
        with running(box, server.port):
            assert mail_server.is_configured()
            yield PostOffice(box, MailDelivery(server))
