"""How much mail anybody gets: nobody is flooded, and a flood hides nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.jobs.mail_delivery import MailDelivery
from data.models import MailState, Role
from data.problems import TooMany
from data.runtime import limits, rate_limiter
from data.runtime.mail_server import MailServer
from data.services import invitations, members, organizations
from data.services.mail import outbox
from tests.support.mailing import NINA, delivered, due_again, mail_set_up, states
from tests.support.post_office import Box, running
from tests.support.probes import everything, rows
from tests.support.world import World, inside, pending


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Where the mail server is, or will be; mail is set up."""
    with mail_set_up() as server:
        yield server


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
