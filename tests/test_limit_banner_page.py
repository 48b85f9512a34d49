"""A limit that is near or reached on every screen of an organization: who is told what, and that it comes and goes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from components.kit.banner import Banner
from data.database import System, transaction
from data.models import Role, Status
from data.services import organizations, projects, usage
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]

SCREENS = '', '/members', '/activity', '/settings'
HAS = 'This organization may have 10 messages a month'
REACHED = [
    'Limit reached',
    f'{HAS} and has reached that. Visitors get no more answers until the next month begins.',
]
NEAR = ['80\N{NO-BREAK SPACE}% of messages used', f'{HAS}.']


def answer(world: World, quantity: int) -> None:
    """Count so many messages of Acme."""
    with transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, quantity, f'of a test {quantity}')


def banner_of(visitor: Visitor) -> list[str]:
    """All that the banner says, and where its link leads."""
    [banner] = [it for it in visitor._elements() if isinstance(it, Banner)]
    said = [banner.props[it] for it in ('word', 'since', 'meaning', 'reason', 'hint')]
    return [it for it in (*said, *banner.props['people'], banner.props['path']) if it]


def expected(world: World, role: Role, step: int) -> list[str]:
    """What somebody with this role is told."""
    link = [f'/organizations/{world.organization_id}/billing'] if role in (Role.OWNER, Role.ADMIN) else []
    if step == 80:
        return [*NEAR, *link] if link else []
    if role is Role.OWNER:
        return [*REACHED, 'Ask the administrator of this installation about it.', *link]
    return [*REACHED, 'Ask an Owner about it:', 'olga@acme.test', *link]


@pytest.mark.parametrize(
    ('role', 'screen'),
    [*((role, '') for role in Role), *((role, it) for role in (Role.OWNER, Role.VIEWER) for it in SCREENS[1:])],
)
async def test_it_comes_and_goes_on_every_open_screen(visit: Visit, world: World, role: Role, screen: str) -> None:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}{screen}')
    assert banner_of(visitor) == []
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    for quantity, step in ((8, 80), (2, 100)):
        answer(world, quantity)
        await until(lambda step=step: banner_of(visitor) == expected(world, role, step))
    again = await visit(email_of(world.of(role)))
    await again.open(f'/organizations/{world.organization_id}{screen}')
    assert banner_of(again) == expected(world, role, 100)
    set_limit(world.organization_id, Metric.MESSAGES, 11)
    await until(lambda: banner_of(visitor)[:1] == (NEAR[:1] if expected(world, role, 80) else []))
    set_limit(world.organization_id, Metric.MESSAGES, None)
    await until(lambda: banner_of(visitor) == banner_of(again) == [])


async def test_as_installed_no_word_of_it_is_anywhere(visit: Visit, world: World) -> None:
    answer(world, 10**9)
    for number in range(12):
        projects.create(world.owner, {'name': f'Number {number}'})
    olga = await visit('olga@acme.test')
    for path in (f'/organizations/{world.organization_id}', '/organizations'):
        await olga.open(path)
        await until(lambda: olga.rows)
        for word in ('limit', 'plan', 'price', 'upgrade', 'may have', '%'):
            assert word not in olga.shown.lower(), (path, word)


async def test_a_status_comes_first_and_one_thing_at_a_time(visit: Visit, world: World) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    set_limit(world.organization_id, Metric.PROJECTS, 1)
    answer(world, 9)
    vera, olga = await visit(email_of(world.viewer)), await visit(email_of(world.owner))
    for visitor in (vera, olga):
        await visitor.open(f'/organizations/{world.organization_id}')
    assert (banner_of(vera), banner_of(olga)[:1]) == ([], NEAR[:1])
    projects.create(world.member, {'name': 'One'})
    for visitor in (vera, olga):
        await until(lambda visitor=visitor: 'No other project can be created' in str(banner_of(visitor)))
        assert 'messages' not in str(banner_of(visitor)), 'only what is worst'
    answer(world, 1)
    for visitor in (vera, olga):
        await until(lambda visitor=visitor: 'Visitors get no more answers' in str(banner_of(visitor)))
        assert 'No other project can be created' in banner_of(visitor)[1].split('\n')[1], 'a line each'
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'Spam was sent')
    for visitor in (vera, olga):
        await until(lambda visitor=visitor: banner_of(visitor)[0] == 'Suspended')
        assert 'may have' not in str(banner_of(visitor))
        assert f'/organizations/{world.organization_id}/billing' not in banner_of(visitor)
    organizations.change_status(world.organization_id, Status.ACTIVE, '')
    for visitor in (vera, olga):
        await until(lambda visitor=visitor: banner_of(visitor)[0] == 'Limit reached')


async def test_it_stays_where_it_belongs(visit: Visit, world: World) -> None:
    own = next(it.id for it in organizations.portion(world.viewer).rows if it.id != world.organization_id)
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world, 10)
    vera = await visit(email_of(world.viewer))
    for path, words in (
        (f'/{world.organization_id}', REACHED),
        (f'/{own}', []),
        ('', []),
        (f'/{world.organization_id}', REACHED),
    ):
        await vera.open(f'/organizations{path}')
        await until(lambda words=words: banner_of(vera)[:2] == words)


async def test_what_is_used_meanwhile_reads_nothing_for_the_frame(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import pictures

    read: list[object] = []
    original = pictures.of_parts

    def of_parts(*args: Any) -> Any:
        read.append(args)
        return original(*args)

    set_limit(world.organization_id, Metric.MESSAGES, 1_000)
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/members')
    monkeypatch.setattr(pictures, 'of_parts', of_parts)
    for quantity in range(1, 30):
        answer(world, quantity)
    answer(world, 365)  # 800 in all
    await until(lambda: banner_of(olga)[:1] == NEAR[:1])
    assert len(read) == 1
