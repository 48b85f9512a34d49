"""Who reads the answer to a mail: whoever has invited somebody; nobody in particular for what the instance tells."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.integrations import smtp
from data.jobs.mail_delivery import MailDelivery
from data.models import Role
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import invitations, members
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of
from tests.support.probes import run
from tests.support.world import World, pending

NINA = 'nina@new.test'


@pytest.fixture
def port() -> Iterator[int]:
    """Where the mail server is; mail is set up."""
    number = free_port()
    mail_server.configure(server_at(number))
    yield number
    mail_server.configure(None)


def server_at(port: int) -> MailServer:
    return MailServer.of(f'smtp://127.0.0.1:{port}', 'Botcadence <bots@example.com>', 'https://bots.example.com')


def delivered(port: int) -> Box:
    box = Box()
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    return box


def test_the_answer_to_an_invitation_goes_to_who_has_sent_it(world: World, db: Engine, port: int) -> None:
    invitations.invite(world.admin, NINA, Role.MEMBER)
    [mail] = delivered(port).mails_to(NINA)
    assert (mail['Reply-To'], mail['From']) == ('adam@acme.test', 'Botcadence <bots@example.com>')
    assert 'adam@acme.test invites you to Acme' in text_of(mail)
    assert 'UTC, and for one use' in text_of(mail), 'whose clock it is'


def test_and_to_who_stands_for_it_when_it_is_sent(world: World, db: Engine, port: int) -> None:
    invitations.invite(world.admin, NINA, Role.MEMBER)
    invitations.change_role(world.owner, pending(world.owner)[0].id, Role.OWNER, expected=Role.MEMBER)
    [mail] = delivered(port).mails_to(NINA)
    assert mail['Reply-To'] == 'olga@acme.test'
    assert 'olga@acme.test invites you to Acme on Botcadence, as Owner.' in text_of(mail)


def test_what_the_instance_tells_is_answered_to_the_instance(world: World, db: Engine, port: int) -> None:
    members.change_role(world.owner, world.member.user_id, Role.ADMIN, expected=Role.MEMBER)
    members.remove(world.owner, world.viewer.user_id)
    box = delivered(port)
    assert sorted(to for [to], _ in box.taken) == ['mia@acme.test', 'olga@acme.test', 'vera@acme.test']
    assert [mail['Reply-To'] for _, mail in box.taken] == [None] * 3


@pytest.mark.parametrize(
    'address',
    [
        'a@x.example\r\nBcc: victim@x.example',
        'a@x.example\nSubject: y',
        'a@x.example\x00',
        '=?utf-8?q?a=0d=0aBcc:_victim?=@x.example',
        'not an address',
        '@',
    ],
)
def test_no_inviter_is_another_header(address: str, world: World, db: Engine, port: int) -> None:
    """Whatever stands in the row: it is one address in one header, or there is none."""
    invitations.invite(world.admin, NINA, Role.MEMBER)
    run(db, 'UPDATE invitations SET invited_by_email = :address', address=address.replace('\x00', ''))
    box = Box()
    letter = smtp.Letter('Hello', 'x', 'x', reply_to=address)
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
        with smtp.connected(server_at(port)) as connection:
            smtp.send(server_at(port), connection, 'x', letter, NINA, smtp.datetime(2026, 1, 1))
    assert box.taken, 'it is sent all the same'
    for to, mail in box.taken:
        assert to == [NINA]
        assert mail['Bcc'] is None
        assert len(mail.get_all('Subject', [])) == 1
        assert mail['Reply-To'] in (None, 'a@x.example')
    for raw in box.raw:
        assert b'victim' not in raw.partition(b'\r\n\r\n')[0]
