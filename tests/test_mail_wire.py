"""Mails on the wire, among odd servers: what the lines say, and what the other side answers."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import clock
from data.integrations import smtp
from data.jobs.mail_delivery import MailDelivery
from data.models import Role
from data.runtime.mail_server import MailServer
from data.services import invitations, members, organizations
from data.services.mail import outbox
from tests.support.mailing import HOME, NINA, NOAH, delivered, due_again, mail_set_up, states
from tests.support.post_office import Box, running
from tests.support.world import World

SNAKEOIL = Path(__file__).with_name('support') / 'snakeoil.pem'
"""A certificate that nobody but its owner has signed, as Debian's mail servers come with; and its key."""
HEADERS = {
    'From',
    'To',
    'Reply-To',
    'Subject',
    'Date',
    'Message-ID',
    'Auto-Submitted',
    'MIME-Version',
    'Content-Type',
    'X-Peer',
    'X-MailFrom',
    'X-RcptTo',
}


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Where the mail server is, or will be; mail is set up."""
    with mail_set_up() as server:
        yield server


@contextmanager
def answering(server: MailServer, *lines: str) -> Iterator[None]:
    """A server that says these lines, one whenever it is asked something, the first at once."""

    def talk(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            for line in lines:
                connection.sendall(f'{line}\r\n'.encode())
                connection.recv(1000)

    with socket.create_server((server.host, server.port)) as listener:
        thread = threading.Thread(target=talk, args=[listener])
        thread.start()
        yield
        thread.join(10)


@pytest.mark.parametrize(
    ('home', 'name'),
    [
        ('https://bots.example.com', 'bots.example.com'),
        ('https://bots.example.com:8443', 'bots.example.com'),
        ('http://localhost:8080', 'localhost'),
        ('http://192.168.1.5:8080', '[192.168.1.5]'),
        ('http://[2001:db8::1]:8080', '[IPv6:2001:db8::1]'),
    ],
)
def test_a_machine_without_a_name_is_an_address_in_brackets(server: MailServer, home: str, name: str) -> None:
    """RFC 5321, 4.1.3; servers refuse a bare one as a name that no machine has."""
    box, letter = Box(), smtp.Letter('A subject', 'Text', '<p>Text</p>')
    at_home = replace(server, home=home)
    with running(box, server.port), smtp.connected(at_home) as connection:
        smtp.send(at_home, connection, '7', letter, NINA, clock.now())
    assert box.greeted_by == name
    assert box.mails_to(NINA)[0]['Message-ID'] == f'<7@{name}>'
    assert not box.mails_to(NINA)[0].defects


@pytest.mark.parametrize(
    'name',
    [
        '=?utf-8?q?=0D=0ABcc:_x@y.test?=',
        '=?utf-8?b?DQpCY2M6IHhAeS50ZXN0?=',
        '=?utf-8?q?=0D=0A=0D=0AAnother_body?=',
        'A =?utf-8?q?=0ABcc:_x@y.test?= B',
        '=?utf-8?q?=00?=',
        '=?us-ascii*en?q?=0D=0ABcc:_x@y.test?=',
    ],
)
def test_no_name_is_a_header(world: World, db: Engine, server: MailServer, name: str) -> None:
    box = Box()
    organizations.rename(world.owner, name, version=2)
    invitations.invite(world.owner, NINA, Role.MEMBER)
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    assert len(delivered(server, box)) == 2
    for (_, message), raw in zip(box.taken, box.raw, strict=True):
        assert set(message.keys()) <= HEADERS
        head, _, _ = raw.partition(b'\r\n\r\n')
        assert {line.partition(b':')[0].decode() for line in head.split(b'\r\n') if line[:1] != b' '} <= HEADERS
        assert b'\0' not in raw
        assert str(message['Subject']).replace('= ?', '=?').endswith(name)


@pytest.mark.parametrize(
    'name',
    [
        'شركة الأمل للتجارة والصناعة والخدمات العامة والاستشارات الهندسية المحدودة بالقاه',
        'Общество с ограниченной ответственностью «Рога и Копыта» в городе Черноморске',
        'Zażółć gęślą jaźń Spółka z ograniczoną odpowiedzialnością w Łodzi, ul. Żółta 5',
        'Ä ' * 39 + 'Ä',
        '山田 商店 ' * 13,
        '🏳️‍🌈 👩‍👩‍👧‍👦 ' * 5,
        'A name of an organization in plain ASCII that is long enough for two lines of it',
    ],
)
def test_a_long_name_arrives_as_it_is_with_all_its_spaces(
    world: World, db: Engine, server: MailServer, name: str
) -> None:
    """A line has at most 78 characters (RFC 5322 2.1.1), and an encoded word 75 (RFC 2047 2)."""
    box, name = Box(), name.strip()
    organizations.rename(world.owner, name, version=2)
    invitations.invite(world.owner, NINA, Role.MEMBER)
    delivered(server, box)
    [(_, message)], [raw] = box.taken, box.raw
    assert str(message['Subject']) == f'You are invited to {name}'
    head, _, _ = raw.partition(b'\r\n\r\n')
    assert max(len(line) for line in head.split(b'\r\n')) <= 78
    assert max((len(word) for word in re.findall(rb'=\?\S+\?=', head)), default=0) <= 75


def test_a_mail_whose_server_thinks_long_is_sent_once(
    world: World, db: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, 'TIMEOUT', 0.3)
    box = Box()
    box.thinks = 0.8
    invitations.invite(world.owner, NINA, Role.MEMBER)
    assert delivered(server, box) == [NINA]
    assert states(db) == {NINA: ('sent', '')}


def test_a_server_that_never_says_good_bye_is_left_alone(
    world: World, db: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, 'TIMEOUT', 0.3)
    box = Box()
    box.says_bye.clear()
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with running(box, server.port):
        MailDelivery(server).deliver()
        assert not box.says_bye.is_set()
        box.says_bye.set()
    assert states(db) == {NINA: ('sent', '')}


def test_whoever_stops_waits_for_the_mail_under_way(world: World, db: Engine, server: MailServer) -> None:
    box, delivery = Box(), MailDelivery(server)
    box.thinks = 0.5
    with running(box, server.port):
        delivery.start()
        invitations.invite(world.owner, NINA, Role.MEMBER)
        assert box.begun.wait(10)
        delivery.stop()
        assert states(db) == {NINA: ('sent', '')}


def test_a_server_on_this_machine_may_sign_its_own_certificate(world: World, db: Engine, server: MailServer) -> None:
    box, tls = Box(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(SNAKEOIL)
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with running(box, server.port, tls):
        MailDelivery(server).deliver()
    assert states(db) == {NINA: ('sent', '')}


@pytest.mark.parametrize(
    ('lines', 'sentence'),
    [
        (['554 Go away'], 'The mail server cannot be used: 554 Go away'),
        (
            ['220 mx.test', '250-mx.test\r\n250 STARTTLS', '454 TLS not available'],
            'The mail server cannot be used: 454 TLS not available',
        ),
        (['220 mx.test', '250 mx.test'], 'The mail server knows no way to sign in that we know.'),
    ],
)
def test_what_the_server_says_is_told(
    world: World, db: Engine, server: MailServer, lines: list[str], sentence: str
) -> None:
    user = 'bots:right@' if 'sign in' in sentence else ''
    at = MailServer.of(f'smtp://{user}127.0.0.1:{server.port}', 'bots@example.com', HOME)
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with answering(server, *lines):
        MailDelivery(at).deliver()
    assert states(db) == {NINA: ('waiting', sentence)}


def test_a_server_about_to_hang_up_blames_nobody_for_good(world: World, db: Engine, server: MailServer) -> None:
    box, delivery = Box(), MailDelivery(server)
    box.refuses = {NINA: '421 Too many mails'}
    for address in (NINA, NOAH):
        invitations.invite(world.owner, address, Role.MEMBER)
    with running(box, server.port):
        assert delivery.deliver() == 5
        delivery.deliver()
        box.refuses.clear()
        due_again(db)
        delivery.deliver()
    assert sorted(to for [to], _ in box.taken) == [NINA, NOAH]


def test_after_days_without_a_server_it_is_given_up(world: World, db: Engine, server: MailServer) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    MailDelivery(server).deliver()
    assert states(db)[NINA][0] == 'waiting'
    now = clock.now()
    clock.source = lambda: now + outbox.GIVE_UP + timedelta(hours=1)
    MailDelivery(server).deliver()
    assert states(db) == {NINA: ('failed', 'The mail server cannot be reached.')}
    assert delivered(server) == []
