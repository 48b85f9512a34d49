"""The usage screen: who sees it, what it says of a month, what of it is live, what one takes along."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import Engine

from components.kit.chart import MOST_SERIES, DayChart
from components.kit.choice import Choice
from components.usage import FigureChooser, Shares
from data import changes, clock, database
from data.changes import Change
from data.database import System
from data.models import Role, UserSession
from data.services import organizations, projects, usage
from data.services.audit import Topic
from data.services.usage import Event, Metric, exporting, looking
from tests.support.probes import run
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest
from tests.support.world import World, email_of, organization

Visit = Callable[..., Awaitable[Visitor]]

NOW = datetime(2027, 3, 15, 12, tzinfo=UTC)
HOSTILE = (':x', '<img src=x onerror=alert(1)>', '__proto__', ':legend', 'constructor')


@pytest.fixture(autouse=True)
def in_march(monkeypatch: pytest.MonkeyPatch, db: Engine) -> None:
    """It is a day in the middle of March, and since January there is everybody."""
    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)
    clock.source = lambda: NOW
    run(db, "UPDATE organizations SET created_at = '2027-01-20 12:00:00+00:00'")
    run(db, 'DELETE FROM seat_spans')


def use(world: World, *events: Event, cap: int | None = None) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, events)
        if cap is not None:
            usage.set_cap(tx, Metric.MESSAGES, cap)


def messages(quantity: int, key: str, project_id: str = '', ago: int = 0) -> Event:
    return Event(Metric.MESSAGES, quantity, key, project_id, NOW - timedelta(days=ago))


def project(world: World, name: str) -> str:
    return projects.create(world.owner, {'name': name}).id


async def usage_of(visit: Visit, world: World, role: Role = Role.OWNER) -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/billing')
    await visitor.sees('Usage', email_of(world.of(role)))
    return visitor


def part(visitor: Visitor, kind: type[Any]) -> Any:
    return next(it for it in visitor._elements() if isinstance(it, kind))


def chart(visitor: Visitor) -> dict[str, Any]:
    """What the chart is drawn from."""
    return dict(part(visitor, DayChart).props)


def drawn(visitor: Visitor) -> dict[str, dict[int, int]]:
    """The bars of the chart: the days on which a series has something."""
    series = chart(visitor)['series']
    return {it['name']: {day: value for day, value in enumerate(it['values'], 1) if value} for it in series}


def figures(visitor: Visitor) -> dict[str, tuple[str, ...]]:
    """Each figure: number and unit, what it was before, how much of a limit it is."""
    items = part(visitor, FigureChooser).props['items']
    return {name: (f'{number} {unit}', before, measured) for _, name, number, unit, before, _, measured, _ in items}


def shares(visitor: Visitor) -> list[tuple[str, str, int]]:
    return list(part(visitor, Shares).props['values'])


def choose(visitor: Visitor, key: object) -> None:
    visitor._fire(part(visitor, FigureChooser), 'choose', key)


def pick_month(visitor: Visitor, month: str) -> None:
    field = next(it for it in visitor._elements() if isinstance(it, Choice))
    with field:
        field.choose(month)


# who sees it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', [Role.OWNER, Role.ADMIN])
async def test_owners_and_admins_see_it(visit: Visit, world: World, role: Role) -> None:
    visitor = await usage_of(visit, world, role)
    assert visitor.title == 'Usage · Acme · Botcadence'
    await visitor.sees('Export CSV')


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_others_are_told_why_not(visit: Visit, world: World, role: Role) -> None:
    visitor = await usage_of(visit, world, role)
    assert f'Only Owners and Admins can see the usage. You are a {role.label}.' in visitor.shown
    assert 'Export CSV' not in visitor.shown
    assert not [it for it in visitor._elements() if isinstance(it, DayChart)]


async def test_a_stranger_finds_nothing(visit: Visit, world: World) -> None:
    sam = await visit('sam@other.test')
    answer = await sam.get(f'/organizations/{world.organization_id}/billing')
    assert answer.status_code == 303
    assert world.organization_id not in answer.headers['location']


async def test_it_stands_in_the_menu_after_the_people(visit: Visit, world: World) -> None:
    await usage_of(visit, world)
    from pages.shell.screens import SCREENS, Menu

    menu = [screen.title for screen in SCREENS.values() if screen.menu is Menu.ORGANIZATION]
    assert menu[menu.index('Team members') + 1] == 'Usage'


# what it says --------------------------------------------------------------------------------------------------------


async def test_where_nothing_was_used_it_says_so(visit: Visit, world: World) -> None:
    olga = await usage_of(visit, world)
    assert chart(olga)['nothing'] == (
        'No messages in March 2027. As soon as an agent answers somebody, that is counted here.'
    )
    assert figures(olga)['Messages'] == ('0 messages', 'None by this day of February either.', '')
    assert 'By project' not in olga.shown


async def test_a_month_is_compared_with_the_one_before(visit: Visit, world: World) -> None:
    use(world, messages(8000, 'now'), messages(13, 'before', ago=1), messages(13, 'then', ago=29))
    with database.transaction(System(world.organization_id)) as tx:
        usage.change_level(tx, Metric.STORAGE, 1_500_000)
    olga = await usage_of(visit, world)
    assert figures(olga) == {
        'Messages': ('8,013 messages', '8,000 more than by this day of February.', ''),
        'Members': ('0 seat-days', 'None by this day of February either.', ''),
        'Projects': ('0 projects', 'None in February.', ''),
        'Storage': ('1.5 MB', 'None in February.', ''),
    }
    assert drawn(olga) == {'Messages': {14: 13, 15: 8000}}
    assert chart(olga)['title'] == 'Messages by day, March 2027'
    assert chart(olga)['sentence'] == (
        'Messages by day in March 2027: the most on one day is 8,000 messages, on 15 March. '
        'The table below says it of each day.'
    )
    [series] = chart(olga)['series']
    assert series['words'] == (*['0'] * 13, '13', '8,000', *[''] * 16), 'days to come have nothing yet'
    pick_month(olga, '2027-02')
    await until(lambda: drawn(olga) == {'Messages': {14: 13}})
    assert figures(olga)['Messages'] == ('13 messages', 'None in January.', '')
    pick_month(olga, '2027-01')
    await until(lambda: figures(olga)['Messages'] == ('0 messages', '', ''))


async def test_a_month_can_be_chosen_as_soon_as_there_is_another_one(visit: Visit, world: World, db: Engine) -> None:
    run(db, "UPDATE organizations SET created_at = '2027-03-01 12:00:00+00:00'")
    use(world, messages(13, 'march'))
    olga = await usage_of(visit, world)
    assert figures(olga)['Messages'] == ('13 messages', '', '')
    assert 'Month' not in olga.shown
    clock.source = lambda: datetime(2027, 4, 1, tzinfo=UTC)
    changes.publish([Change(world.organization_id, Topic.USAGE)])
    await until(lambda: 'Month' in olga.shown)
    assert figures(olga)['Messages'] == ('0 messages', 'None by this day of March either.', '')
    pick_month(olga, '2027-03')
    await until(lambda: figures(olga)['Messages'][0] == '13 messages')


async def test_a_limit_is_said_where_there_is_one(visit: Visit, world: World) -> None:
    use(world, messages(8013, 'many'), cap=10_000)
    olga = await usage_of(visit, world)
    assert [measured for _, _, measured in figures(olga).values()] == ['8,013 of 10,000 messages', '', '', '']
    shown = part(olga, FigureChooser).props['items'][0]
    assert (shown[5], shown[7]) == (80, 'warn')
    use(world, messages(1987, 'more'))
    await until(lambda: figures(olga)['Messages'][2] == '10,000 of 10,000 messages')
    assert part(olga, FigureChooser).props['items'][0][7] == 'danger'
    pick_month(olga, '2027-02')
    await until(lambda: figures(olga)['Messages'][0] == '0 messages')
    assert figures(olga)['Messages'][2] == '', 'it is about the present month'


async def test_a_limit_is_said_also_where_more_was_taken_back_than_used(visit: Visit, world: World) -> None:
    use(world, Event(Metric.MESSAGES, -5, 'back', at=NOW, correction=True), cap=100)
    olga = await usage_of(visit, world)
    shown = part(olga, FigureChooser).props['items'][0]
    assert (shown[2], shown[5], shown[6]) == ('-5', 0, '-5 of 100 messages')


async def test_a_limit_of_what_is_there_at_once_says_what_is_there_now(visit: Visit, world: World) -> None:
    for name in ('Shop', 'Store'):
        last = project(world, name)
    projects.archive(world.owner, last)
    with database.transaction(System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.PROJECTS, 5)
    assert figures(await usage_of(visit, world))['Projects'] == (
        '2 projects',
        'None in February.',
        '1 of 5 projects now',
    )


async def test_nothing_is_for_sale(visit: Visit, world: World) -> None:
    use(world, messages(1, 'a', project(world, 'Shop')))
    olga = await usage_of(visit, world)
    said = (olga.shown + json.dumps(chart(olga), default=str)).casefold()
    assert not [word for word in ('plan', 'price', 'upgrade', 'invoice', 'billing', 'limit') if word in said]


async def test_another_metric_is_a_press_away(visit: Visit, world: World) -> None:
    shop = project(world, 'Shop')
    use(world, messages(1, 'a', shop))
    with database.transaction(System(world.organization_id)) as tx:
        usage.change_level(tx, Metric.STORAGE, 2500, project_id=shop)
    olga = await usage_of(visit, world)
    choose(olga, 'storage')
    await until(lambda: chart(olga)['title'] == 'Storage by day, March 2027')
    assert drawn(olga) == {'Storage': {15: 2500}}
    assert chart(olga)['scale'] == (1000, ' kB')
    assert chart(olga)['series'][0]['words'][14] == '2.5 kB'
    assert shares(olga) == [('Shop', '2.5 kB', 100)]
    for nonsense in ('plan', '__proto__', None, 5, ['messages'], {'key': 'messages'}, 'x' * 10_000):
        choose(olga, nonsense)
    choose(olga, 'messages')
    await until(lambda: shares(olga) == [('Shop', '1', 100)])
    choose(olga, 'members')
    await until(lambda: chart(olga)['nothing'] == 'No members in March 2027.')
    assert not part(olga, Shares).visible
    assert olga.notify.messages == []


async def test_the_largest_projects_stand_on_top_of_each_other(visit: Visit, world: World) -> None:
    ids = [project(world, name) for name in HOSTILE]
    use(world, messages(1, 'none', ago=1), *(messages(10 * (9 - at), str(at), it) for at, it in enumerate(ids)))
    olga = await usage_of(visit, world)
    assert drawn(olga) == {':x': {15: 90}, HOSTILE[1]: {15: 80}, '__proto__': {15: 70}, 'Others': {14: 1, 15: 110}}
    assert len(chart(olga)['series']) == MOST_SERIES
    assert chart(olga)['totals'][13:15] == ('1', '350')
    assert shares(olga) == [
        (':x', '90', 100),
        (HOSTILE[1], '80', 88),
        ('__proto__', '70', 77),
        (':legend', '60', 66),
        ('constructor', '50', 55),
        ('No project', '1', 1),
    ]


async def test_no_name_is_a_key_of_what_a_chart_is_drawn_from(visit: Visit, world: World) -> None:
    """A key that begins with a colon runs as a script in NiceGUI's own chart."""
    use(world, *(messages(5, name, project(world, name)) for name in HOSTILE))
    olga = await usage_of(visit, world)
    keys: list[object] = []

    def collect(value: object) -> None:
        if isinstance(value, dict):
            keys.extend(value)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
            collect(each)

    for element in (part(olga, DayChart), part(olga, Shares), part(olga, FigureChooser)):
        collect(dict(element.props))
    assert 'values' in keys
    assert not [key for key in keys if key in HOSTILE or str(key).startswith(':')]


# what is live --------------------------------------------------------------------------------------------------------


async def test_what_is_used_is_there_at_once(visit: Visit, world: World) -> None:
    olga = await usage_of(visit, world)
    shop = project(world, 'Shop')
    use(world, messages(3, 'a', shop))
    await until(lambda: figures(olga)['Messages'][0] == '3 messages' and shares(olga) == [('Shop', '3', 100)])
    assert chart(olga)['nothing'] == ''
    projects.change(world.owner, shop, {'name': 'Store'}, version=1)
    await until(lambda: shares(olga) == [('Store', '3', 100)])


async def test_a_burst_is_drawn_a_few_times_and_the_last_of_it_always(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await usage_of(visit, world)
    await at_rest()
    looked = Mock(side_effect=looking.month)
    monkeypatch.setattr(looking, 'month', looked)
    here = Change(world.organization_id, Topic.USAGE)
    for _ in range(2):
        changes.publish([here] * 2500)
        await until(lambda before=looked.call_count: looked.call_count > before)
        await at_rest()
    assert looked.call_count == 2
    use(world, messages(7, 'last'))
    changes.publish([here] * 100)
    await until(lambda: figures(olga)['Messages'][0] == '7 messages')


async def test_nothing_else_waits_for_usage(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = await usage_of(visit, world)
    from pages.shell import live, pace

    monkeypatch.setattr(pace, 'REST', 3600)
    use(world, messages(1, 'a'))
    await until(lambda: figures(olga)['Messages'][0] == '1 message')
    use(world, messages(1, 'b'))
    organizations.rename(world.admin, 'Beta', version=organization(world.owner).version)
    await until(lambda: olga.title == 'Usage · Beta · Botcadence')
    await at_rest()
    key = world.organization_id, Topic.USAGE
    assert list(live._pace._waiting) == [key], 'that rests for an hour'
    live._pace._next(live._pace._loop, key)
    await until(lambda: figures(olga)['Messages'][0] == '2 messages')


async def test_what_was_asked_for_meanwhile_is_not_drawn_over(visit: Visit, world: World) -> None:
    use(world, messages(1, 'a'), messages(9, 'before', ago=20))
    olga = await usage_of(visit, world)
    pick_month(olga, '2027-02')
    await until(lambda: figures(olga)['Messages'][0] == '9 messages')
    use(world, messages(4, 'b'))
    await at_rest()
    assert figures(olga)['Messages'][0] == '9 messages'
    pick_month(olga, '')
    await until(lambda: figures(olga)['Messages'][0] == '5 messages')


async def test_a_month_that_is_over_can_be_chosen_on_a_screen_that_is_open(visit: Visit, world: World) -> None:
    use(world, messages(7, 'a'))
    olga = await usage_of(visit, world)
    field = next(it for it in olga._elements() if isinstance(it, Choice))
    assert list(field.options) == ['', '2027-02', '2027-01']
    pick_month(olga, '2027-02')
    clock.source = lambda: NOW + timedelta(days=17)
    use(world, Event(Metric.MESSAGES, 1, 'b'))
    await until(lambda: list(field.options) == ['', '2027-03', '2027-02', '2027-01'])
    assert field.value == '2027-02'
    pick_month(olga, '2027-03')
    await until(lambda: figures(olga)['Messages'][0] == '7 messages')


# what one takes along ------------------------------------------------------------------------------------------------


async def test_a_file_is_of_the_month_on_screen(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    use(world, messages(1, 'a'), messages(9, 'before', ago=20))
    olga = await usage_of(visit, world)
    taken: list[tuple[bytes, str, str]] = []
    monkeypatch.setattr(type(olga.download), '__call__', lambda _, *given: taken.append(given))
    olga.press('Export CSV')
    await olga.is_told('Exported 1 row.')
    pick_month(olga, '2027-02')
    await until(lambda: figures(olga)['Messages'][0] == '9 messages')
    olga.press('Export JSON')
    await until(lambda: len(taken) == 2)
    (sheet, sheet_name, sheet_kind), (content, name, kind) = taken
    assert (sheet_name, sheet_kind, name, kind) == (
        'usage-Acme-2027-03.csv',
        'text/csv',
        'usage-Acme-2027-02.json',
        'application/json',
    )
    assert b'2027-03-15' in sheet
    assert [(row['day'], row['quantity']) for row in json.loads(content)] == [('2027-02-23', 9)]


async def test_more_than_fits_into_a_file_is_said(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    use(world, messages(1, 'a'), messages(1, 'b', ago=1))
    olga = await usage_of(visit, world)
    monkeypatch.setattr(exporting, 'EXPORT_LIMIT', 1)
    olga.press('Export CSV')
    await olga.is_told('and no more')


async def test_an_export_by_somebody_demoted_meanwhile_gives_nothing(visit: Visit, world: World, db: Engine) -> None:
    adam = await usage_of(visit, world, Role.ADMIN)
    change = "UPDATE memberships SET role = 'viewer' WHERE organization_id = :at AND user_id = :id"
    run(db, change, at=world.organization_id, id=world.admin.user_id)
    adam.press('Export CSV')
    await adam.is_told('Only Owners and Admins can see the usage. You are a Viewer.')
    assert adam.download.http_responses == []
