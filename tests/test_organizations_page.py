"""The organizations of a person: cards, search, making another one, and what others do meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nicegui import run
from sqlalchemy import Engine

from components.kit.grid import Grid
from data.changes import Change
from data.database import System, transaction
from data.models import Role, Status
from data.services import members, organizations, phone_numbers, usage
from data.services.audit import Topic
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.probes import value
from tests.support.visitors import Visitor, until
from tests.support.world import World, inside, join

Visit = Callable[..., Awaitable[Visitor]]

NOTHING = 'None of your organizations matches your search.'


@pytest.fixture
def many(world: World) -> list[str]:
    """The names of 150 more organizations of the Owner."""
    names = [f'Branch {number:03}' for number in range(150)]
    for name in names:
        organizations.create(world.owner, name)
    return names


async def picker_of(visit: Visit, email: str) -> Visitor:
    visitor = await visit(email)
    await visitor.open('/organizations')
    assert visitor.title == 'Organizations · Botcadence'
    await until(lambda: visitor.rows)
    return visitor


def names(visitor: Visitor) -> list[str]:
    return [row['name'] for row in visitor.rows]


def answer(world: World, quantity: int) -> None:
    """Count so many messages of Acme."""
    with transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, quantity, f'of a test {quantity}')


def search(visitor: Visitor, text: object) -> None:
    box = next(it for it in visitor._elements() if it.props.get('type') == 'search')
    with box:
        box.value = text


async def test_a_card_tells_name_role_status_and_members(visit: Visit, world: World) -> None:
    vera = await picker_of(visit, 'vera@acme.test')
    assert names(vera) == ['Acme', 'vera']
    acme, own = vera.rows
    assert (acme['role'], acme['status'], acme['members']) == ('Viewer', 'Active', 4)
    assert (own['role'], own['status'], own['members']) == ('Owner', 'Active', 1)
    assert acme['path'] == f'/organizations/{world.organization_id}'
    assert acme['active_at']


async def test_the_active_one_carries_a_mark(visit: Visit, world: World) -> None:
    vera = await visit('vera@acme.test')
    await vera.open(f'/organizations/{world.organization_id}')
    await vera.open('/organizations')
    await until(lambda: vera.rows)
    assert [row['active'] for row in vera.rows] == [True, False]


async def test_one_organization_needs_no_search(visit: Visit, world: World) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    assert 'Search' not in sam.shown
    vera = await picker_of(visit, 'vera@acme.test')
    assert 'Search' in vera.shown


async def test_many_come_in_portions(visit: Visit, world: World, many: list[str]) -> None:
    olga = await picker_of(visit, 'olga@acme.test')
    assert names(olga) == ['Acme', *many][:30]
    olga.press('Show more (30 of 151)')
    await until(lambda: len(olga.rows) == 120)
    olga.press('Show more (120 of 151)')
    await until(lambda: len(olga.rows) == 151)
    assert names(olga) == ['Acme', *many]
    assert 'Show more' not in olga.shown


async def test_no_card_is_lost_between_two_portions(visit: Visit, world: World, many: list[str]) -> None:
    olga = await picker_of(visit, 'olga@acme.test')
    third = organizations.portion(world.owner).rows[3]
    organizations.rename(inside(world.owner, third.id), 'Zeta', version=1)
    await until(lambda: third.name not in names(olga))
    olga.press('Show more (30 of 151)')
    await until(lambda: len(olga.rows) == 120)
    olga.press('Show more (120 of 151)')
    await until(lambda: len(olga.rows) == 151)
    assert names(olga) == ['Acme', *(name for name in many if name != third.name), 'Zeta']


async def test_what_is_left_is_counted_when_a_card_goes(visit: Visit, world: World) -> None:
    for number in range(40):
        organizations.create(world.viewer, f'Branch {number:03}')
    vera = await picker_of(visit, 'vera@acme.test')
    await vera.sees('Show more (30 of 42)')
    members.remove(world.owner, world.viewer.user_id)
    await vera.sees('Show more (30 of 41)')
    assert (len(vera.rows), 'Acme' in names(vera)) == (30, False)


async def test_search_finds_what_is_not_drawn(visit: Visit, world: World, many: list[str]) -> None:
    olga = await picker_of(visit, 'olga@acme.test')
    search(olga, 'RANCH 14')
    await until(lambda: names(olga) == many[140:])
    search(olga, '%')
    await olga.sees(NOTHING)
    assert olga.rows == []
    search(olga, '')
    await until(lambda: len(olga.rows) == 30)
    assert NOTHING not in olga.shown


@pytest.mark.parametrize('strange', [None, 7, [], {}, True, 'x' * 100_000, '\x00', '\ud800', "'; DROP TABLE users;--"])
async def test_a_strange_search_is_harmless(visit: Visit, world: World, strange: object) -> None:
    vera = await picker_of(visit, 'vera@acme.test')
    search(vera, strange)
    search(vera, 'acm')
    await until(lambda: names(vera) == ['Acme'])


async def test_a_new_organization_is_entered_at_once(visit: Visit, world: World) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    sam.press('New organization')
    await sam.sees('Create organization')
    sam.form('new').fill(name=' Beta ').send()
    await until(lambda: sam.title == 'Overview · Beta · Botcadence')
    assert 'Owner' in sam.shown
    beta = next(card for card in organizations.portion(world.stranger).rows if card.name == 'Beta')
    assert sam.path == f'/organizations/{beta.id}'
    assert (await sam.get('/')).headers['location'] == sam.path


@pytest.mark.parametrize('name', ['', '  ', '\u3164', 'x' * 81, 'a\u202eb', 7, {'a': 1}, ['x']], ids=repr)
async def test_an_unusable_name_makes_nothing(visit: Visit, world: World, db: Engine, name: object) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    before = value(db, 'SELECT count(*) FROM organizations')
    sam.press('New organization')
    await sam.sees('Create organization')
    sam.form('new').fill(name=name).send()
    if name:
        await until(lambda: sam.form('new').error('name'))
    assert value(db, 'SELECT count(*) FROM organizations') == before
    assert sam.path == '/organizations'


async def test_entering_twice_makes_one(visit: Visit, world: World) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    sam.press('New organization')
    await sam.sees('Create organization')
    form = sam.form('new').fill(name='Beta')
    form.send()
    form.send()
    await until(lambda: sam.title == 'Overview · Beta · Botcadence')
    assert organizations.portion(world.stranger).total == 2


async def test_being_let_in_shows_a_new_card(visit: Visit, world: World) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    assert names(sam) == ['sam']
    join(world.owner, world.stranger, Role.MEMBER)
    await until(lambda: names(sam) == ['Acme', 'sam'])
    await sam.sees('Search')


async def test_cards_follow_what_happens_there(visit: Visit, world: World) -> None:
    vera = await picker_of(visit, 'vera@acme.test')
    organizations.rename(world.owner, 'Zeta', version=2)
    await until(lambda: 'Zeta' in names(vera))
    members.change_role(world.owner, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    organizations.change_status(world.organization_id, Status.PAST_DUE, '')
    await until(lambda: ('Zeta', 'Admin', 'Past due') in [(it['name'], it['role'], it['status']) for it in vera.rows])
    members.remove(world.owner, world.viewer.user_id)
    await until(lambda: names(vera) == ['vera'])


async def test_a_card_tells_which_limit_is_near_or_reached(visit: Visit, world: World) -> None:
    olga, vera = await picker_of(visit, 'olga@acme.test'), await picker_of(visit, 'vera@acme.test')
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    for quantity, seen in ((8, ('80\N{NO-BREAK SPACE}% of messages used', '')), (2, ('Limit reached',) * 2)):
        answer(world, quantity)
        await until(lambda seen=seen: (olga.rows[0]['limit'], vera.rows[0]['limit']) == seen)
    assert (olga.rows[0]['limit_tone'], olga.rows[0]['status']) == ('danger', 'Active')
    assert vera.rows[1]['limit'] == '', 'that is another one'
    phone_numbers.add(world.owner, {'country': 'US', 'number': '(202) 456-1414', 'label': '', 'purpose': 'voice'})
    before = vera.rows[0]['active_at']
    await until(lambda: vera.rows[0]['active_at'] != before)
    assert vera.rows[0]['limit'] == 'Limit reached', 'a card that is drawn anew says it, too'
    set_limit(world.organization_id, Metric.MESSAGES, None)
    await until(lambda: (olga.rows[0]['limit'], vera.rows[0]['limit']) == ('', ''))


async def test_what_is_used_meanwhile_draws_no_card_and_reads_nothing(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell.viewers import viewers

    set_limit(world.organization_id, Metric.MESSAGES, 1_000)
    vera = await picker_of(visit, 'vera@acme.test')
    assert vera.client
    viewer, came, hops = viewers[vera.client.id], list[str](), list[str]()
    [grid] = [it for it in vera._elements() if isinstance(it, Grid)]
    before, receive, original = grid.props['edition'], viewer._apply, run.io_bound

    async def apply(change: Change) -> None:
        await receive(change)
        came.append(change.topic)

    async def noted(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        hops.append(getattr(function, '__name__', ''))
        return await original(function, *args, **kwargs)

    monkeypatch.setattr(viewer, '_apply', apply)
    monkeypatch.setattr(run, 'io_bound', noted)
    for number in range(1, 4):
        for quantity in range(10):
            answer(world, 10 * number + quantity)
        await until(lambda number=number: len(came) == number)
    assert set(came) == {Topic.USAGE}
    assert (grid.props['edition'], hops) == (before, [])
    answer(world, 1_000 - sum(range(10, 40)))
    await until(lambda: vera.rows[0]['limit'] == 'Limit reached')
    assert hops == ['fetch'], 'all cards, once'


async def test_a_card_tells_who_is_here(visit: Visit, world: World) -> None:
    vera = await picker_of(visit, 'vera@acme.test')
    assert vera.rows[0]['here'] == []
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    await until(lambda: [person['name'] for person in vera.rows[0]['here']] == ['olga@acme.test'])
    await olga.open('/organizations')
    assert [person['name'] for person in vera.rows[0]['here']]


async def test_what_happens_elsewhere_does_not_come_here(visit: Visit, world: World) -> None:
    sam = await picker_of(visit, 'sam@other.test')
    before = sam.rows
    organizations.rename(world.owner, 'Zeta', version=2)
    join(world.owner, world.newcomers[0], Role.MEMBER)
    nina = await picker_of(visit, 'nina@new.test')
    assert names(nina) == ['nina', 'Zeta']
    assert sam.rows == before
