"""Mails of a person: they are of no organization, and wait, are refused and forgotten like others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import clock, database
from data.changes import Change
from data.jobs import mail_delivery
from data.jobs.mail_delivery import MailDelivery
from data.models import User
from data.runtime import limits
from data.runtime.mail_server import MailServer
from data.services.mail import outbox, wordings
from data.services.mail.contents import Content
from tests.support.mailing import HOME, delivered, mail_set_up
from tests.support.post_office import Box, running, text_of
from tests.support.probes import rows
from tests.support.world import World


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Where the mail server is, or will be; mail is set up."""
    with mail_set_up() as server:
        yield server


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of mail about an account, with a link."""
    wording = wordings.Wording('Hello {name}', ('You are {name}.',), 'Go there')
    monkeypatch.setitem(wordings.WORDINGS, 'greeting', wording)
    monkeypatch.setitem(mail_delivery.CONTENTS, 'greeting', lambda mail: Content(mail.facts, '/there'))
    return 'greeting'


def greet(kind: str) -> None:
    with database.accounts() as tx:
        olga = tx.exec(select(User).where(User.email_key == 'olga@acme.test')).one()
        outbox.write_to_person(tx, olga, kind, name='Olga')


def test_a_person_gets_mail_that_is_of_no_organization(
    world: World, db: Engine, server: MailServer, greeting: str, published: list[Change]
) -> None:
    box, delivery = Box(), MailDelivery(server)
    with running(box, server.port):
        delivery.start()
        try:
            greet(greeting)
            [message] = box.wait_for('olga@acme.test')
        finally:
            delivery.stop()
    assert message['Subject'] == 'Hello Olga'
    assert f'{HOME}/there' in text_of(message).splitlines()
    assert rows(db, 'SELECT state, user_id, problem FROM personal_mails') == [('sent', world.owner.user_id, '')]
    assert rows(db, 'SELECT * FROM mails') == []
    assert published == []


def test_mails_of_persons_wait_are_refused_and_forgotten_like_others(
    world: World, db: Engine, server: MailServer, greeting: str
) -> None:
    states = 'SELECT state, problem FROM personal_mails'
    greet(greeting)
    MailDelivery(server).deliver()
    assert rows(db, states) == [('waiting', 'The mail server cannot be reached.')]
    box = Box()
    box.refuses = {'olga@acme.test': '550 No such user'}
    assert delivered(server, box) == []
    assert rows(db, states) == [('failed', 'The mail server refused it: 550 No such user')]
    now = clock.now()
    clock.source = lambda: now + outbox.KEPT + timedelta(days=1)
    MailDelivery(server).deliver()
    assert rows(db, states) == []


def test_a_flood_of_mails_to_one_person_ends(world: World, db: Engine, server: MailServer, greeting: str) -> None:
    for _ in range(limits.MAILS.amount + 5):
        greet(greeting)
    assert rows(db, 'SELECT count(*) FROM personal_mails') == [(limits.MAILS.amount,)]
