"""Mail delivery among rogues and suspended organizations: one mail each, and only where one should be."""

import json
import queue
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import Engine

from data import clock
from data.jobs.mail_delivery import MailDelivery
from data.models import Role, Status
from data.problems import Unavailable
from data.runtime.mail_server import MailServer
from data.security import tokens
from data.services import invitations, members, organizations
from data.services.invitations.links import Dead
from data.services.mail import outbox
from tests.support.mailing import NINA, delivered, due_again, mail_set_up, states
from tests.support.post_office import Box, running
from tests.support.probes import rows, run
from tests.support.world import World, pending


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Where the mail server is, or will be; mail is set up."""
    with mail_set_up() as server:
        yield server


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


# what should be sent --------------------------------------------------------------------------------------------------


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
