"""Presence: who has an organization open is told to its people, and to nobody else."""

from collections.abc import Awaitable, Callable

from data.models import Role
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest
from tests.support.world import World, email_of, join

Visit = Callable[..., Awaitable[Visitor]]


def here_on(visitor: Visitor) -> dict[str, object]:
    """What each line of a screen says about who is here, by the address or the organization it is about."""
    return {row.get('email') or row['id']: row['here'] for row in visitor.rows if 'here' in row}


async def test_nobody_is_seen_in_an_organization_that_they_do_not_have_open(visit: Visit, world: World) -> None:
    from pages.shell import live

    acme, other = world.organization_id, world.stranger.organization_id
    join(world.owner, world.stranger, Role.MEMBER)  # Sam belongs to both, and has his own open
    vera, sam = await visit(email_of(world.viewer)), await visit('sam@other.test')
    await sam.open(f'/organizations/{other}')
    await vera.open(f'/organizations/{acme}')
    await at_rest()
    assert ([*live.here(acme)], [*live.here(other)]) == (['vera@acme.test'], ['sam@other.test'])
    assert 'sam@other.test' not in vera.shown
    assert 'vera@acme.test' not in sam.shown
    await vera.go(f'/organizations/{acme}/members')
    await until(lambda: here_on(vera).get('vera@acme.test') is True)
    assert here_on(vera)['sam@other.test'] is False

    await sam.go(f'/organizations/{acme}')
    await until(lambda: here_on(vera)['sam@other.test'] is True)
    await sam.go(f'/organizations/{other}')
    await until(lambda: here_on(vera)['sam@other.test'] is False)


async def test_a_card_names_who_is_in_its_own_organization(visit: Visit, world: World) -> None:
    acme, other = world.organization_id, world.stranger.organization_id
    join(world.stranger, world.owner, Role.MEMBER)  # Olga belongs to both
    sam = await visit('sam@other.test')
    await sam.open(f'/organizations/{other}')
    olga, adam = await visit(email_of(world.owner)), await visit(email_of(world.admin))
    await olga.open('/organizations')
    await until(lambda: here_on(olga).get(other))
    assert not here_on(olga)[acme]
    await adam.open(f'/organizations/{acme}')
    await until(lambda: here_on(olga)[acme])
    assert 'sam' in str(here_on(olga)[other])
    assert 'adam' not in str(here_on(olga)[other])
    assert 'adam' in str(here_on(olga)[acme])


async def test_somebody_to_answer_is_here_who_may_and_has_a_screen_open(visit: Visit, world: World) -> None:
    from data.services import conversations

    acme, other = world.organization_id, world.stranger.organization_id
    vera, mia = await visit(email_of(world.viewer)), await visit(email_of(world.member))
    await vera.open(f'/organizations/{acme}')
    assert not conversations.is_anybody_here(acme), 'a Viewer answers nobody'
    await mia.open(f'/organizations/{acme}')
    await until(lambda: conversations.is_anybody_here(acme))
    assert not conversations.is_anybody_here(other)
    await mia.go('/organizations')
    await until(lambda: not conversations.is_anybody_here(acme))
