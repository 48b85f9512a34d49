"""Mail delivery among odd servers, rogues and suspended organizations: one mail each, and only where one should be."""

import json
import queue
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import clock, database
from data.changes import Change
from data.integrations import smtp
from data.jobs import mail_delivery
from data.jobs.mail_delivery import MailDelivery
from data.models import MailState, Role, Status, User
from data.problems import TooMany, Unavailable
from data.runtime import limits, mail_server, rate_limiter
from data.runtime.mail_server import MailServer
from data.security import tokens
from data.services import invitations, members, organizations
from data.services.invitations.links import Dead
from data.services.mail import letters, outbox
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of
from tests.support.probes import everything, rows, run
from tests.support.world import World, inside, pending

NINA, NOAH = 'nina@new.test', 'noah@new.test'
HOME = 'https://bots.example.com'
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
    server = MailServer.of(f'smtp://127.0.0.1:{free_port()}', 'Botcadence <bots@example.com>', HOME)
    mail_server.configure(server)
    yield server
    mail_server.configure(None)


def states(db: Engine) -> dict[str, tuple[str, str]]:
    mails = rows(db, 'SELECT recipient, state, problem FROM mails ORDER BY created_at')
    return {recipient: (state, problem) for recipient, state, problem in mails}


def due_again(db: Engine) -> None:
    run(db, 'UPDATE mails SET not_before = created_at')


def delivered(server: MailServer, box: Box | None = None) -> list[str]:
    """Who has got something once the server has been there for a moment."""
    box = box or Box()
    with running(box, server.port):
        MailDelivery(server).deliver()
    return [to for [to], _ in box.taken]


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


# what is on the wire -------------------------------------------------------------------------------------------------


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


# who sends ------------------------------------------------------------------------------------------------------------


def test_two_deliveries_at_once_send_no_mail_twice(world: World, db: Engine, server: MailServer) -> None:
    box = Box()
    box.thinks = 0.3
    invitations.invite(world.owner, ', '.join(f'{name}@new.test' for name in 'abcd'), Role.MEMBER)
    with running(box, server.port):
        other = threading.Thread(target=MailDelivery(server).deliver)
        other.start()
        assert box.begun.wait(10)
        MailDelivery(server).deliver()
        other.join(30)
    assert sorted(to for [to], _ in box.taken) == [f'{name}@new.test' for name in 'abcd']
    assert set(states(db).values()) == {('sent', '')}


def test_a_mail_is_in_one_hand_until_the_claim_runs_out(world: World, db: Engine, server: MailServer) -> None:
    """As after a crash with a mail in hand: it is the same mail that is sent later."""
    invitations.invite(world.owner, NINA, Role.MEMBER)
    [mail], [same] = outbox.due(), outbox.due()
    assert outbox.claim(mail)
    assert not outbox.claim(same)
    outbox.refused(same, 'From another hand', for_good=True)
    assert states(db) == {NINA: ('waiting', '')}
    assert delivered(server) == []
    now = clock.now()
    clock.source = lambda: now + outbox.CLAIM + timedelta(seconds=1)
    box = Box()
    assert delivered(server, box) == [NINA]
    assert box.mails_to(NINA)[0]['Message-ID'] == f'<{mail.id}@bots.example.com>'
    outbox.sent(mail)
    assert rows(db, 'SELECT attempts, claimed_until FROM mails') == [(1, None)]


def test_a_mail_in_hand_when_the_database_went_away_is_sent_soon(
    world: World, db: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    box, delivery = Box(), MailDelivery(server)
    with running(box, server.port):
        with monkeypatch.context() as patch:
            patch.setattr(outbox, 'sent', Mock(side_effect=Unavailable))
            with pytest.raises(Unavailable):
                delivery.deliver()
        delivery.deliver()
    assert len(box.mails_to(NINA)) == 2, 'at least once, with one Message-ID'
    assert len({str(message['Message-ID']) for message in box.mails_to(NINA)}) == 1
    assert states(db) == {NINA: ('sent', '')}


def test_after_a_crash_a_start_sends_what_was_in_hand(world: World, db: Engine, server: MailServer) -> None:
    """The process that starts is alone on the database: nobody else can have a mail in hand."""
    invitations.invite(world.owner, NINA, Role.MEMBER)
    [mail] = outbox.due()
    assert outbox.claim(mail)
    assert delivered(server) == []
    outbox.release_claims()
    assert delivered(server) == [NINA]
    outbox.release_claims()
    assert states(db) == {NINA: ('sent', '')}


# mails of a person ---------------------------------------------------------------------------------------------------


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of mail about an account, with a link."""
    wording = letters.Wording('Hello {name}', ('You are {name}.',), 'Go there')
    monkeypatch.setitem(letters.WORDINGS, 'greeting', wording)
    monkeypatch.setitem(mail_delivery.CONTENTS, 'greeting', lambda mail: outbox.Content(mail.facts, '/there'))
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


# what should be sent -------------------------------------------------------------------------------------------------


def test_a_suspended_organization_sends_no_invitations_until_it_is_active(
    world: World, db: Engine, server: MailServer
) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'For a test')
    assert delivered(server) == []
    assert states(db) == {NINA: ('waiting', 'Nobody can join this organization at the moment.')}
    organizations.change_status(world.organization_id, Status.ACTIVE, 'For a test')
    due_again(db)
    assert delivered(server) == [NINA]


@pytest.mark.parametrize(
    ('how', 'sentence'),
    [
        ('deleted', 'The organization does not exist any more.'),
        ('inviter', 'Whoever sent the invitation can’t invite people any more.'),
        ('expired', 'The invitation had expired.'),
        ('key', 'This link is from before the secret key was changed. Send the invitation again.'),
    ],
)
def test_an_invitation_that_nobody_could_accept_is_not_sent(
    world: World, db: Engine, server: MailServer, how: str, sentence: str
) -> None:
    invitations.invite(world.admin, NINA, Role.MEMBER)
    match how:
        case 'deleted':
            organizations.change_status(world.organization_id, Status.DELETING, 'For a test')
            organizations.change_status(world.organization_id, Status.DELETED, 'For a test')
        case 'inviter':
            run(db, "UPDATE memberships SET role = 'viewer' WHERE role = 'admin'")
        case 'expired':
            run(db, 'UPDATE invitations SET expires_at = created_at')
        case 'key':
            tokens.configure('another key for tests that is long enough')
    assert delivered(server) == []
    assert states(db) == {NINA: ('failed', sentence)}


def test_after_another_secret_key_a_link_is_made_anew(world: World, server: MailServer) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    tokens.configure('another key for tests that is long enough')
    [invitation] = pending(world.owner)
    with pytest.raises(Dead, match='Send the invitation again'):
        invitations.link(world.owner, invitation.id)
    invitations.resend(world.owner, invitation.id)
    assert invitations.link(world.owner, invitation.id)
    assert delivered(server) == [NINA]


def test_one_bad_row_holds_up_nobody(world: World, db: Engine, server: MailServer) -> None:
    for role, before in ((Role.MEMBER, Role.VIEWER), (Role.VIEWER, Role.MEMBER)):
        members.change_role(world.owner, world.viewer.user_id, role, expected=before)
    first = rows(db, 'SELECT id FROM mails ORDER BY created_at')[0][0]
    run(db, 'UPDATE mails SET facts = :facts WHERE id = :id', facts=json.dumps([1]), id=first)
    invitations.invite(world.owner, NINA, Role.MEMBER)
    assert sorted(delivered(server)) == [NINA, 'vera@acme.test']


def test_sending_again_while_it_is_noted(world: World, db: Engine, server: MailServer) -> None:
    """The delivery and the inviter have the same mail in hand: the second waits for the first."""
    invitations.invite(world.owner, NINA, Role.MEMBER)
    [invitation] = pending(world.owner)
    [waiting] = outbox.due()
    here, ends = threading.current_thread(), queue.SimpleQueue[Exception | None]()

    def resend() -> None:
        try:
            ends.put(invitations.resend(world.owner, invitation.id))
        except Exception as error:
            ends.put(error)

    inviter = threading.Thread(target=resend)

    def now() -> datetime:  # the delivery asks for it between reading the mail and writing it
        if threading.current_thread() is here and not inviter.ident:
            inviter.start()
            inviter.join(1)
        return invitation.created_at

    clock.source = now
    outbox.refused(waiting, 'No', for_good=True)
    assert ends.get(timeout=10) is None
    assert rows(db, 'SELECT state FROM mails ORDER BY state') == [('failed',), ('waiting',)]


# how much ------------------------------------------------------------------------------------------------------------


def test_nobody_is_flooded_by_sending_again(world: World) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    [invitation] = pending(world.owner)
    invitations.resend(world.owner, invitation.id)
    link = invitations.link(world.owner, invitation.id)
    with pytest.raises(TooMany, match='a moment ago'):
        invitations.resend(world.admin, invitation.id)
    assert invitations.link(world.owner, invitation.id) == link, 'nothing changed'


def test_an_address_gets_so_many_invitations_a_day_from_everybody_together(
    world: World, db: Engine, server: MailServer
) -> None:
    """The others wait; no organization learns from that who else invites."""
    box, times = Box(), limits.INVITED.amount + 3
    with running(box, server.port):
        for number in range(times):
            actor = (world.owner, world.stranger)[number % 2]
            invitations.invite(actor, ('nina@new.test', 'NINA@New.test')[number % 3 % 2], Role.MEMBER)
            MailDelivery(server).deliver()
            [invitation] = pending(actor)
            if number < times - 1:
                invitations.revoke(actor, invitation.id)
    assert len(box.taken) == limits.INVITED.amount
    assert (invitation.mail, invitation.problem) == (MailState.WAITING, '')
    assert outbox.due() == []
    rate_limiter.reset()
    due_again(db)
    assert len(delivered(server)) == 1


def test_a_person_with_many_organizations_is_one_person(world: World) -> None:
    def crowd(name: str) -> str:
        return '\n'.join(f'{name}{each}@new.example' for each in range(200))

    invitations.invite(world.owner, crowd('a'), Role.MEMBER)
    elsewhere = inside(world.owner, organizations.create(world.owner, 'Another').id)
    with pytest.raises(TooMany, match='You have sent many'):
        invitations.invite(elsewhere, crowd('b'), Role.MEMBER)


def test_a_role_that_stays_is_no_change(world: World, db: Engine, server: MailServer) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    before = everything(db)
    members.change_role(world.owner, world.viewer.user_id, Role.VIEWER, expected=Role.VIEWER)
    invitations.change_role(world.owner, pending(world.owner)[0].id, Role.MEMBER, expected=Role.MEMBER)
    assert everything(db) == before


def test_a_flood_of_one_kind_hides_no_removal(world: World, db: Engine, server: MailServer) -> None:
    roles = [Role.VIEWER, Role.MEMBER]
    for _ in range(limits.MAILS.amount // 2 + 10):
        for before, after in (roles, roles[::-1]):
            members.change_role(world.admin, world.viewer.user_id, after, expected=before)
    members.remove(world.admin, world.viewer.user_id)
    kinds = rows(db, 'SELECT kind, count(*) FROM mails GROUP BY kind ORDER BY kind')
    assert [tuple(it) for it in kinds] == [('removal', 1), ('removed', 1), ('role', limits.MAILS.amount)]


def test_what_is_old_is_looked_for_once_an_hour(
    world: World, db: Engine, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    delivery = MailDelivery(server)
    with running(Box(), server.port):
        delivery.deliver()
    now = clock.now()
    clock.source = lambda: now + outbox.KEPT + timedelta(days=1)
    delivery.deliver()
    assert states(db) == {}
    looks: list[None] = []
    monkeypatch.setattr(outbox, 'tidy', lambda: looks.append(None))
    delivery.deliver()
    assert looks == []
