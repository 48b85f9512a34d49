"""First steps: told by what is in the database, to whoever may do them, until they are done or put away."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from test_billing import GERMAN

from components.kit.checklist import Checklist
from data import clock
from data.database import Actor
from data.models import Role, Status
from data.problems import SignedOut
from data.services import billing_address, first_steps, invitations, members, organizations, projects
from data.services.first_steps import FirstStep
from tests.support.probes import refused
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, inside, join, organization, pending, sign_up

Visit = Callable[..., Awaitable[Visitor]]

NAME, PROJECT, INVITE, ADDRESS = FirstStep
FRESH = {NAME: False, PROJECT: False, INVITE: False, ADDRESS: False}


def steps(actor: Actor) -> dict[FirstStep, bool]:
    """What the overview offers to do."""
    return organizations.overview(actor).steps


def rename(actor: Actor, name: str) -> None:
    organizations.rename(actor, name, version=organization(actor).version)


def test_whoever_has_just_signed_up_has_all_of_them_before_them(world: World) -> None:
    assert steps(world.stranger) == FRESH
    assert steps(sign_up('a.b+c@new.test')) == FRESH


def test_the_name_is_chosen_by_renaming_even_back_or_with_the_organization(world: World) -> None:
    sam = world.stranger
    rename(sam, 'Sam and company')
    assert steps(sam)[NAME]
    rename(sam, 'sam')
    assert steps(sam)[NAME], 'somebody has chosen this one'
    made = inside(sam, organizations.create(sam, 'Beta').id)
    assert steps(made) == {**FRESH, NAME: True}


def test_people_are_invited_while_somebody_is_asked_or_has_come(world: World) -> None:
    sam = world.stranger
    invitations.invite(sam, 'one@new.test', Role.MEMBER)
    assert steps(sam)[INVITE]
    invitations.revoke(sam, pending(sam)[0].id)
    assert not steps(sam)[INVITE], 'it was taken back'
    invitations.invite(sam, 'two@new.test', Role.MEMBER)
    invitations.decline(invitations.link(sam, pending(sam)[0].id))
    assert not steps(sam)[INVITE], 'nobody has come'
    nina = join(sam, world.newcomers[0], Role.MEMBER)
    assert steps(sam)[INVITE]
    members.leave(nina)
    assert steps(sam)[INVITE], 'somebody was here'


def test_an_address_of_bills_is_there_or_not(world: World) -> None:
    billing_address.set_address(world.stranger, GERMAN, version=0)
    assert steps(world.stranger) == {**FRESH, ADDRESS: True}


def test_a_first_project_is_there_until_it_is_gone_for_good(world: World) -> None:
    mia = join(world.stranger, world.newcomers[0], Role.MEMBER)
    made = projects.create(mia, {'name': 'Helpdesk'})
    assert steps(world.stranger) == {**FRESH, PROJECT: True, INVITE: True}
    assert steps(mia) == {}, 'it was theirs to do'
    projects.archive(mia, made.id)
    projects.delete(mia, made.id, 'Helpdesk')
    assert steps(world.stranger)[PROJECT], 'it can be restored'
    now = datetime.now(UTC)
    clock.source = lambda: now + timedelta(days=31)
    assert projects.erase_due() == 1
    clock.source = clock._system
    assert not steps(world.stranger)[PROJECT]


def test_what_others_do_elsewhere_ticks_nothing_off(world: World) -> None:
    nina = world.newcomers[0]
    rename(world.stranger, 'Others')
    billing_address.set_address(world.stranger, GERMAN, version=0)
    invitations.invite(world.stranger, 'one@new.test', Role.MEMBER)
    projects.create(world.stranger, {'name': 'Helpdesk'})
    assert steps(nina) == FRESH


def test_all_done_is_nothing_to_do(world: World) -> None:
    assert steps(world.owner) == {NAME: True, PROJECT: False, INVITE: True, ADDRESS: False}
    projects.create(world.member, {'name': 'Helpdesk'})
    assert steps(world.owner) == {NAME: True, PROJECT: True, INVITE: True, ADDRESS: False}
    assert steps(world.admin) == steps(world.member) == {}, 'what is left is not theirs to do'
    billing_address.set_address(world.owner, GERMAN, version=0)
    assert steps(world.owner) == {}


@pytest.mark.parametrize(
    ('role', 'offered'),
    [
        (Role.OWNER, [NAME, PROJECT, INVITE, ADDRESS]),
        (Role.ADMIN, [NAME, PROJECT, INVITE]),
        (Role.MEMBER, [PROJECT]),
        (Role.VIEWER, []),
    ],
)
def test_they_are_offered_to_whoever_may_do_them(world: World, role: Role, offered: list[FirstStep]) -> None:
    nina = world.newcomers[0]
    home = join(world.stranger, nina, role)
    assert list(steps(home)) == offered


@pytest.mark.parametrize(
    ('status', 'offered'),
    [
        (Status.PAST_DUE, [NAME, PROJECT, INVITE, ADDRESS]),
        (Status.SUSPENDED, []),
        (Status.DELETING, [NAME, ADDRESS]),
    ],
)
def test_a_status_leaves_what_can_be_done_now(world: World, status: Status, offered: list[FirstStep]) -> None:
    organizations.change_status(world.stranger.organization_id, status, 'For a test')
    assert list(steps(world.stranger)) == offered


def test_who_puts_them_away_does_so_for_themselves_and_here(world: World) -> None:
    sam = world.stranger
    nina = join(sam, world.newcomers[0], Role.OWNER)
    other = inside(sam, organizations.create(sam, 'Beta').id)
    first_steps.put_away(sam)
    assert steps(sam) == {}
    assert list(steps(nina)) == list(steps(other)) == list(FirstStep)
    first_steps.put_away(world.intruder)
    assert steps(world.owner), 'a stranger puts nothing away'
    refused(SignedOut, lambda: first_steps.put_away(Actor('x', sam.user_id, sam.organization_id, '')))


# on the overview -----------------------------------------------------------------------------------------------------


def drawn(visitor: Visitor) -> dict[str, bool]:
    """The list on the page: what is to do, and whether it is done; empty where it is not shown."""
    [checklist] = [it for it in visitor._elements() if isinstance(it, Checklist)]
    assert checklist.visible is bool(checklist.props['items'])
    return {text: done for text, _, done in checklist.props['items']}


ASKED = [
    'Name your organization',
    'Make your first project',
    'Invite the people you work with',
    'Fill in the billing address',
]


async def overview_of(visit: Visit, actor: Actor) -> Visitor:
    visitor = await visit(email_of(actor))
    await visitor.open(f'/organizations/{actor.organization_id}')
    return visitor


async def test_the_list_ticks_itself_off_and_goes(visit: Visit, world: World) -> None:
    sam = world.stranger
    visitor = await overview_of(visit, sam)
    assert drawn(visitor) == dict.fromkeys(ASKED, False)
    [checklist] = [it for it in visitor._elements() if isinstance(it, Checklist)]
    screens = [path.rpartition('/')[2] for _, path, _ in checklist.props['items']]
    assert screens == ['settings#organization-name', 'projects', 'members', 'settings#billing-address']
    rename(sam, 'Sam and company')
    await until(lambda: drawn(visitor) == {**dict.fromkeys(ASKED, False), ASKED[0]: True})
    billing_address.set_address(sam, GERMAN, version=0)
    await until(lambda: list(drawn(visitor).values()) == [True, False, False, True])
    projects.create(sam, {'name': 'Helpdesk'})
    await until(lambda: list(drawn(visitor).values()) == [True, True, False, True])
    invitations.invite(sam, 'one@new.test', Role.MEMBER)
    await until(lambda: drawn(visitor) == {})
    assert 'First steps' not in visitor.shown


async def test_it_comes_with_the_role(visit: Visit, world: World) -> None:
    nina = join(world.stranger, world.newcomers[0], Role.VIEWER)
    visitor = await overview_of(visit, nina)
    assert drawn(visitor) == {}
    members.change_role(world.stranger, nina.user_id, Role.ADMIN, expected=Role.VIEWER)
    await until(lambda: drawn(visitor) == {ASKED[0]: False, ASKED[1]: False, ASKED[2]: True})


async def test_it_is_put_away_by_hand_and_stays_away(visit: Visit, world: World) -> None:
    visitor = await overview_of(visit, world.stranger)
    visitor.press('Hide this list')
    await until(lambda: drawn(visitor) == {})
    rename(world.stranger, 'Sam and company')
    await until(lambda: 'Sam and company' in visitor.title)
    assert drawn(visitor) == {}
    again = await overview_of(visit, world.stranger)
    assert drawn(again) == {}
