"""A new day and a new month on open screens, where nobody does anything at that moment."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from components.kit.banner import Banner
from components.kit.figures import Figures
from data import clock
from data.database import System, transaction
from data.services import usage
from data.services.usage import Metric, days
from data.services.usage.limits import set_limit
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]


def let_it_be(moment: datetime) -> None:
    """Set the clock."""
    clock.source = lambda: moment


def said(visitor: Visitor) -> tuple[str, str]:
    """The word of the banner, and how many messages the overview tells of, '' where it is not shown."""
    [banner] = [it for it in visitor._elements() if isinstance(it, Banner)]
    items = [it.props['items'] for it in visitor._elements() if isinstance(it, Figures)]
    return banner.props['word'], items[0][0][1] if items else ''


async def test_what_is_said_of_a_month_goes_with_it(visit: Visit, world: World) -> None:
    from pages.shell.new_day import NewDay

    last = days.next_month(days.today()) - timedelta(days=1)
    eve = clock.now().replace(year=last.year, month=last.month, day=last.day, hour=23, minute=50)
    let_it_be(eve)
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    with transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 10, 'of a test')
    olga, adam, vera = await visit('olga@acme.test'), await visit('adam@acme.test'), await visit('vera@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    await adam.open(f'/organizations/{world.organization_id}/members')
    await vera.open(f'/organizations/{world.organization_id}')
    await vera.go('/organizations')
    await until(lambda: vera.rows and vera.rows[0]['limit'] == 'Limit reached')
    assert (said(olga), said(adam)) == (('Limit reached', '10'), ('Limit reached', ''))
    calendar = NewDay()
    await calendar.look()
    let_it_be(eve + timedelta(minutes=20))
    await calendar.look()
    await until(lambda: (said(olga), said(adam)) == (('', '0'), ('', '')))
    await until(lambda: vera.rows[0]['limit'] == '')


@pytest.mark.parametrize(
    ('later', 'topics'), [(0, []), (1, ['usage']), (-1, ['usage']), (40, ['usage', 'organization'])]
)
async def test_each_day_and_each_month_is_told_once(
    visit: Visit, world: World, later: int, topics: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import new_day

    told: list[tuple[str, str]] = []
    monkeypatch.setattr(new_day, 'spread_here', lambda change: told.append((change.organization_id, change.topic)))
    olga, adam = await visit('olga@acme.test'), await visit('adam@acme.test')
    let_it_be(datetime(2026, 11, 15, 12, tzinfo=clock.now().tzinfo))
    for visitor in (olga, adam):
        await visitor.open(f'/organizations/{world.organization_id}')
    calendar = new_day.NewDay()
    let_it_be(clock.now() + timedelta(days=later))
    await calendar.look()
    await calendar.look()
    assert told == [(world.organization_id, topic) for topic in topics]
