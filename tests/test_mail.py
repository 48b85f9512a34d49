"""Mails: what they say, and that they arrive whatever the server does meanwhile."""

import re
import socket
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.database import transaction
from data.integrations import smtp
from data.jobs.mail_delivery import MailDelivery
from data.models import MailState, Role
from data.permissions import Permission, authorize
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import accounts, invitations, members
from data.services.audit import Topic
from data.services.mail import letters, outbox
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of
from tests.support.probes import rows, run, value
from tests.support.world import PASSWORD, World, pending

NINA = 'nina@new.test'
HOME = 'https://bots.example.com'
EVIL = 'evil.example/login'


@pytest.fixture
def port() -> Iterator[int]:
    """Where the mail server is, or will be; mail is set up."""
    number = free_port()
    mail_server.configure(server_at(number))
    yield number
    mail_server.configure(None)


def server_at(port: int, user: str = '') -> MailServer:
    return MailServer.of(f'smtp://{user}127.0.0.1:{port}', 'Botcadence <bots@example.com>', HOME)


def states(db: Engine) -> list[tuple[Any, ...]]:
    return rows(db, 'SELECT recipient, state, problem FROM mails ORDER BY created_at, recipient')


def due_again(db: Engine) -> None:
    run(db, 'UPDATE mails SET not_before = created_at')


def test_an_invitation_arrives_once(world: World, db: Engine, port: int) -> None:
    box = Box()
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
        MailDelivery(server_at(port)).deliver()
    [(recipients, message)] = box.taken
    assert recipients == [NINA]
    assert message['To'] == NINA
    assert message['From'] == 'Botcadence <bots@example.com>'
    assert message['Subject'] == 'You are invited to Acme'
    assert message['Message-ID'] == f'<{value(db, "SELECT id FROM mails")}@bots.example.com>'
    link = next(line for line in text_of(message).splitlines() if line.startswith(f'{HOME}/invitations/'))
    assert invitations.look(link.rpartition('/')[2]).email == NINA
    text, html = (message.get_body((kind,)) for kind in ('plain', 'html'))
    assert text and html
    assert link in text.get_content().splitlines()
    assert f'href="{link}"' in html.get_content()
    assert all(len(line) <= 200 for line in text.get_content().splitlines())
    assert pending(world.owner)[0].mail is MailState.SENT
    assert link.rpartition('/')[2] not in str(rows(db, 'SELECT * FROM mails'))


def test_without_a_server_nothing_is_written(world: World, db: Engine) -> None:
    invitations.invite(world.owner, NINA, Role.MEMBER)
    members.remove(world.owner, world.viewer.user_id)
    assert states(db) == []
    assert pending(world.owner)[0].mail is None


def test_a_server_that_is_away_loses_nothing(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    invitations.invite(world.owner, f'{NINA}, noah@new.test', Role.MEMBER)
    pauses = [delivery.deliver() for _ in range(5)]
    assert pauses == [5, 15, 60, 300, 300]
    assert {state[1:] for state in states(db)} == {('waiting', 'The mail server cannot be reached.')}
    assert pending(world.owner)[0].problem == 'The mail server cannot be reached.'
    with running(box, port):
        delivery.deliver()
    assert sorted(to for [to], _ in box.taken) == [NINA, 'noah@new.test']
    assert {state[1:] for state in states(db)} == {('sent', '')}


def test_a_server_that_hangs_is_not_waited_for_long(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, 'TIMEOUT', 0.2)
    with socket.create_server(('127.0.0.1', 0)) as silent:
        at = server_at(silent.getsockname()[1])
        mail_server.configure(at)
        try:
            invitations.invite(world.owner, NINA, Role.MEMBER)
            MailDelivery(at).deliver()
        finally:
            mail_server.configure(None)
    assert states(db) == [(NINA, 'waiting', 'The mail server does not answer in time.')]


def test_one_refused_recipient_does_not_hold_up_the_others(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    box.refuses = {'gone@new.test': '550 No such user', 'later@new.test': '451 Greylisted'}
    invitations.invite(world.owner, 'gone@new.test, later@new.test, nina@new.test', Role.MEMBER)
    with running(box, port):
        delivery.deliver()
        assert states(db) == [
            ('gone@new.test', 'failed', 'The mail server refused it: 550 No such user'),
            ('later@new.test', 'waiting', 'The mail server refused it: 451 Greylisted'),
            (NINA, 'sent', ''),
        ]
        box.refuses.clear()
        delivery.deliver()
        assert len(box.taken) == 1, 'it was tried again at once'
        due_again(db)
        delivery.deliver()
    assert [to for to, _ in box.taken] == [[NINA], ['later@new.test']]


def test_a_wrong_password_is_told_and_mended(world: World, db: Engine, port: int) -> None:
    box = Box()
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with running(box, port):
        MailDelivery(server_at(port, 'bots:wrong@')).deliver()
        assert states(db) == [(NINA, 'waiting', 'The mail server does not accept the user name or the password.')]
        MailDelivery(server_at(port, 'bots:right@')).deliver()
    assert len(box.taken) == 1


def test_a_server_that_takes_nothing_from_us_is_asked_again(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    box.refuses_senders = '550 Not from you'
    invitations.invite(world.owner, f'{NINA}, noah@new.test', Role.MEMBER)
    with running(box, port):
        delivery.deliver()
        assert {state[1:] for state in states(db)} == {
            ('waiting', 'The mail server takes no mail from bots@example.com.')
        }
        box.refuses_senders = ''
        delivery.deliver()
    assert len(box.taken) == 2


def test_a_mail_that_can_not_be_written_does_not_hold_up_the_others(world: World, db: Engine, port: int) -> None:
    box = Box()
    invitations.invite(world.owner, f'{NINA}, noah@new.test, nora@new.test', Role.MEMBER)
    run(db, "UPDATE mails SET recipient = 'no address' WHERE recipient = :nina", nina=NINA)
    run(db, "UPDATE mails SET kind = 'unknown' WHERE recipient = 'noah@new.test'")
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    assert [to for to, _ in box.taken] == [['nora@new.test']]
    assert [state[1:] for state in states(db)] == [('waiting', 'This mail could not be written.')] * 2 + [('sent', '')]


def test_a_mail_that_the_server_hangs_up_on_does_not_hold_up_the_others(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    box.hangs_up_on = NINA
    for address in (NINA, 'noah@new.test', 'nora@new.test'):
        invitations.invite(world.owner, address, Role.MEMBER)
    with running(box, port):
        assert delivery.deliver() == 5
        assert states(db) == [
            (NINA, 'waiting', 'The mail server hung up.'),
            ('noah@new.test', 'waiting', 'The mail server hung up.'),
            ('nora@new.test', 'waiting', 'The mail server hung up.'),
        ]
        delivery.deliver()
        assert [to for to, _ in box.taken] == [['noah@new.test'], ['nora@new.test']]
        box.hangs_up_on = ''
        due_again(db)
        delivery.deliver()
    assert box.mails_to(NINA)


def test_a_mail_that_was_not_noted_as_sent_is_the_same_mail(world: World, db: Engine, port: int) -> None:
    """As after a crash between handing it in and noting that."""
    box, delivery = Box(), MailDelivery(server_at(port))
    invitations.invite(world.owner, NINA, Role.MEMBER)
    with running(box, port):
        delivery.deliver()
        run(db, "UPDATE mails SET state = 'waiting', sent_at = NULL, not_before = created_at")
        delivery.deliver()
    first, second = (message for _, message in box.taken)
    assert first['Message-ID'] == second['Message-ID']


def test_what_nobody_needs_any_more_is_not_sent(world: World, db: Engine, port: int) -> None:
    box = Box()
    invitations.invite(world.owner, f'{NINA}, noah@new.test', Role.MEMBER)
    ids = {it.email: it.id for it in pending(world.owner)}
    invitations.revoke(world.owner, ids[NINA])
    invitations.resend(world.owner, ids['noah@new.test'])
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    assert [to for to, _ in box.taken] == [['noah@new.test']]


def test_what_changes_while_others_are_sent_counts(world: World, db: Engine, port: int) -> None:
    """A slow server takes minutes for what is due: what is revoked or sent again meanwhile goes out as it is then."""
    box = Box()
    invitations.invite(world.owner, f'{NINA}, noah@new.test, nora@new.test', Role.MEMBER)
    ids = {it.email: it.id for it in pending(world.owner)}
    waiting = outbox.due()
    invitations.revoke(world.owner, ids[NINA])
    invitations.resend(world.owner, ids['noah@new.test'])
    with running(box, port), smtp.connected(server_at(port)) as connection:
        for mail in waiting:
            MailDelivery(server_at(port))._send(connection, mail)
        assert [to for to, _ in box.taken] == [['nora@new.test']]
        MailDelivery(server_at(port)).deliver()
    assert [to for to, _ in box.taken] == [['nora@new.test'], ['noah@new.test']]


def test_removal_and_another_role_are_told(world: World, db: Engine, port: int) -> None:
    box = Box()
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    members.remove(world.admin, world.viewer.user_id)
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    assert sorted((to[0], str(message['Subject'])) for to, message in box.taken) == [
        ('olga@acme.test', 'vera@acme.test is no longer a member of Acme'),
        ('vera@acme.test', 'You are no longer a member of Acme'),
        ('vera@acme.test', 'You are now Member of Acme'),
    ]


def test_whoever_did_it_is_not_named_to_themselves_as_somebody_else(world: World, db: Engine, port: int) -> None:
    members.remove(world.owner, world.viewer.user_id)
    members.change_role(world.admin, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    box = Box()
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    said = {
        recipients[0]: ' '.join(message.get_body(('plain',)).get_content().split()) for recipients, message in box.taken
    }
    assert 'You removed vera@acme.test from Acme.' in said['olga@acme.test']
    assert 'You changed your role in Acme from Admin to Member.' in said['adam@acme.test']
    assert 'olga@acme.test removed you from Acme.' in said['vera@acme.test']


def test_the_thread_sends_at_once_and_goes_on_after_trouble(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    with running(box, port):
        delivery.start()
        try:
            invitations.invite(world.owner, NINA, Role.MEMBER)
            box.wait_for(NINA)
        finally:
            delivery.stop()
    assert states(db) == [(NINA, 'sent', '')]


def test_whatever_act_writes_a_mail_it_is_sent_at_once(world: World, db: Engine, port: int) -> None:
    box, delivery = Box(), MailDelivery(server_at(port))
    with running(box, port):
        delivery.start()
        try:
            invitations.invite(world.owner, NINA, Role.MEMBER)
            box.wait_for(NINA)
            with transaction(world.owner) as tx:
                member = authorize(tx, world.owner, Permission.ORGANIZATION_RENAME)
                outbox.write(tx, member, 'removed', 'somebody@new.test')
            assert box.wait_for('somebody@new.test')
        finally:
            delivery.stop()


def test_only_mails_with_invitations_refresh_a_screen(
    world: World, db: Engine, port: int, published: list[Change]
) -> None:
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    published.clear()
    with running(Box(), port):
        MailDelivery(server_at(port)).deliver()
        assert published == []
        invitations.invite(world.owner, NINA, Role.MEMBER)
        published.clear()
        MailDelivery(server_at(port)).deliver()
    assert published == [Change(world.organization_id, Topic.INVITATION)]


NAMES = [EVIL, 'https://evil.example', 'evil.example', 'www.evil.example', 'a@evil.example', 'mailto:a@evil.example']


@pytest.mark.parametrize('name', [*NAMES, '<b>x</b>', '{0.__class__} %s', '💶', 'Dr. No: 2.0'])
def test_nobodys_name_is_a_link_or_markup(name: str) -> None:
    facts = {'organization': name, 'by': 'olga@acme.test', 'role': 'Member', 'email': NINA, 'until': 'x'}
    letter = letters.compose('invitation', facts, home=HOME, link=f'{HOME}/invitations/x')
    for text in (letter.text, letter.html):
        assert 'evil.example' not in text
        assert 'https://evil' not in text
        assert not re.search('[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', text)
        assert {'olga@acme.test', NINA} <= set(re.split(r'[\s<>,]', text)), 'as they were typed'
        assert '<b>' not in letter.html
    assert letter.subject == f'You are invited to {name}'


@pytest.mark.parametrize('name', ['מאפיית השכונה!', 'شركة (2)', '<i>'])
def test_a_name_in_a_mail_keeps_its_direction_to_itself(name: str) -> None:
    facts = {'organization': name, 'by': 'olga@acme.test', 'role': 'Member', 'email': NINA, 'until': 'x'}
    letter = letters.compose('invitation', facts, home=HOME)
    assert (
        f'<bdi>olga@acme.test</bdi> invites you to <bdi>{escape(name)}</bdi> on Botcadence, as Member.' in letter.html
    )
    assert f'<bdi>{NINA}</bdi>' in letter.html
    assert f'olga@acme.test invites you to {name} on Botcadence' in letter.text


def test_an_address_that_begins_like_a_page_is_no_link_to_it() -> None:
    facts = {'organization': 'Acme', 'by': f'{EVIL}@x.test', 'role': 'Member', 'email': NINA, 'until': 'x'}
    assert 'evil.example' not in letters.compose('invitation', facts, home=HOME).text


@pytest.mark.parametrize(
    'name', ['Acme', 'Ann’s team', 'Team 2.0', 'St. Gallen', '24/7', 'Q&A: sales', 'R&D +49', 'A.']
)
def test_a_name_that_is_no_link_stays_as_it_is(name: str) -> None:
    assert letters.unlinked(name) == name


def test_addresses_copied_out_of_mails_sign_in(world: World, db: Engine, port: int) -> None:
    """What stands in the text of a mail is pasted into the form, with what a mail program writes around it."""
    box = Box()
    invitations.invite(world.owner, NINA, Role.MEMBER)
    members.remove(world.admin, world.viewer.user_id)
    with running(box, port):
        MailDelivery(server_at(port)).deliver()
    copied = {
        word
        for _, message in box.taken
        for body in (message.get_body(('plain',)), message.get_body(('html',)))
        for word in re.split(r'[\s<>]', body.get_content() if body else '')
        if '@' in word
    }
    assert {'olga@acme.test', 'adam@acme.test', 'vera@acme.test', 'nina@new.test,'} <= copied
    for address in ('olga@acme.test', 'adam@acme.test', 'vera@acme.test'):
        for pasted in (address, f'\u202a{address}\u202c', address.replace('@', '@\u200b').replace('.', '.\u200b')):
            assert accounts.sign_in(pasted, PASSWORD)


@pytest.mark.parametrize('address', ['a@b.test\r\nBcc: x@y.test', 'a@b.test, x@y.test', 'a\x00@b.test'])
def test_no_address_becomes_two(address: str, port: int) -> None:
    box, server = Box(), server_at(port)
    letter = smtp.Letter('Hello', 'x', 'x')
    with running(box, port), smtp.connected(server) as connection, pytest.raises(Exception, match='address'):
        smtp.send(server, connection, 'x', letter, address, smtp.datetime(2026, 1, 1))
    assert box.taken == []


@pytest.mark.parametrize(
    'url', ['', 'http://x', 'smtp://', 'smtp://x/path', 'smtp://x?y=1', 'smtp://x:99999', 'smtp://b:%C3%BC@x', 'x']
)
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        MailServer.of(url, 'bots@example.com', HOME)
