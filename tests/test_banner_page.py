"""The banner: every screen of an organization that is not as usual says what that is, why, and whom to ask."""

from collections.abc import Awaitable, Callable

import pytest

from components.kit.banner import Banner
from data.models import Role, Status
from data.permissions import STATUS_RULES
from data.services import members, organizations
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, join, organization

Visit = Callable[..., Awaitable[Visitor]]

BEFORE = {Status.RESTRICTED: [Status.PAST_DUE]}
"""What has to come before a status, where it can't follow `active`."""

UNUSUAL = [it for it in Status if it not in (Status.ACTIVE, Status.DELETED)]
SCREENS = '', '/members', '/activity', '/settings'


def bring_to(world: World, status: Status, reason: str = 'The reason of it') -> None:
    """Let Acme stand like this."""
    for each in [*BEFORE.get(status, []), status]:
        organizations.change_status(world.organization_id, each, reason)


def banner_of(visitor: Visitor) -> str:
    """All that the banner says, '' where there is none."""
    [banner] = [it for it in visitor._elements() if isinstance(it, Banner)]
    if not banner.props['word']:
        return ''
    said = [banner.props[it] for it in ('word', 'since', 'meaning', 'reason', 'hint')]
    return '\n'.join([*said, *banner.props['people']])


@pytest.mark.parametrize('screen', SCREENS)
@pytest.mark.parametrize('role', list(Role))
@pytest.mark.parametrize('status', UNUSUAL)
async def test_every_screen_says_how_it_stands_and_whom_to_ask(
    visit: Visit, world: World, status: Status, role: Role, screen: str
) -> None:
    bring_to(world, status)
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}{screen}')
    rule, now = STATUS_RULES[status], organization(world.owner)
    said = [rule.word, now.status_since.isoformat(), rule.meaning, 'Reason: The reason of it']
    if role is Role.OWNER:
        said += ['Ask the administrator of this installation about it.']
    else:
        said += ['Ask an Owner about it:', 'olga@acme.test']
    assert banner_of(visitor).splitlines() == said
    assert visitor.shown.count(rule.meaning) == 1
    assert visitor.shown.count('Reason: The reason of it') == 1


@pytest.mark.parametrize('screen', SCREENS)
@pytest.mark.parametrize('role', [Role.OWNER, Role.VIEWER])
async def test_it_comes_and_goes_on_every_open_screen(visit: Visit, world: World, role: Role, screen: str) -> None:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}{screen}')
    assert banner_of(visitor) == ''
    for status in UNUSUAL:
        bring_to(world, status)
        await until(lambda word=STATUS_RULES[status].word: banner_of(visitor).startswith(word))
        organizations.change_status(world.organization_id, Status.ACTIVE, '')
        await until(lambda: banner_of(visitor) == '')


async def test_it_goes_where_one_goes(visit: Visit, world: World) -> None:
    own = next(it.id for it in organizations.portion(world.viewer).rows if it.id != world.organization_id)
    bring_to(world, Status.SUSPENDED)
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}')
    for path, word in ((own, ''), (world.organization_id, 'Suspended'), (f'{world.organization_id}/nothing', '')):
        await vera.go(f'/organizations/{path}')
        await until(lambda word=word: banner_of(vera).partition('\n')[0] == word)
    await vera.go(f'/organizations/{world.organization_id}/settings')
    await until(lambda: banner_of(vera))
    await vera.go('/organizations')
    await until(lambda: banner_of(vera) == '')
    organizations.change_status(world.organization_id, Status.ACTIVE, '')
    bring_to(world, Status.PAST_DUE)
    await until(lambda: any(row.get('status') == 'Past due' for row in vera.rows))
    assert banner_of(vera) == '', 'this is the screen of a person'


async def test_it_names_who_is_an_owner_now(visit: Visit, world: World) -> None:
    bring_to(world, Status.PAST_DUE)
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}/members')
    assert banner_of(vera).endswith('it:\nolga@acme.test')
    members.change_role(world.owner, world.member.user_id, Role.OWNER, expected=Role.MEMBER)
    await until(lambda: banner_of(vera).endswith('it:\nolga@acme.test\nmia@acme.test'))
    members.change_role(world.member, world.owner.user_id, Role.MEMBER, expected=Role.OWNER)
    await until(lambda: banner_of(vera).endswith('it:\nmia@acme.test'))
    for newcomer in world.newcomers:
        join(world.member, newcomer, Role.OWNER)
    await until(lambda: banner_of(vera).count('@') == 3)
    members.change_role(world.member, world.viewer.user_id, Role.OWNER, expected=Role.VIEWER)
    await until(lambda: banner_of(vera).endswith('Ask the administrator of this installation about it.'))
