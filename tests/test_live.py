"""What is live: a change reaches the screens that show it, and no screen that has gone."""

import logging
from collections.abc import Awaitable, Callable
from types import ModuleType
from unittest.mock import Mock

import pytest
from nicegui.helpers import warnings
from sqlalchemy import Engine
from test_billing import GERMAN

from components.kit.switcher import Switcher
from data import changes
from data.changes import Change
from data.models import Role
from data.problems import Forbidden, Invalid, Problem, Unavailable
from data.services import billing_address, members, organizations, phone_numbers
from data.services.audit import Topic
from tests.support.probes import refused
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest, held
from tests.support.world import World, email_of, inside, join, organization

Visit = Callable[..., Awaitable[Visitor]]

NUMBER = {'country': 'DE', 'purpose': 'voice', 'label': ''}


@pytest.fixture
def complaints(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What NiceGUI has complained about so far; it does so once per process, unless it is made to forget that."""
    warnings.reset()
    return lambda: [it.getMessage() for it in caplog.records if it.levelno >= logging.WARNING]


def rename(world: World) -> None:
    """Something that every screen of the organization, and every card of it, shows."""
    organizations.rename(world.admin, 'Beta', version=organization(world.owner).version)


def set_address(world: World) -> None:
    """Something that the settings show."""
    billing_address.set_address(world.owner, GERMAN, version=0)


def let_in(world: World) -> None:
    """Something that is new in a list of organizations."""
    join(world.stranger, world.owner, Role.MEMBER)


@pytest.mark.parametrize('problem', [None, Unavailable()], ids=['answers', 'fails'])
@pytest.mark.parametrize(
    ('screen', 'service', 'name', 'happens'),
    [
        ('', organizations, 'picture', rename),
        ('/settings', organizations, 'picture', rename),
        ('/settings', organizations, 'picture', set_address),
        ('/members', organizations, 'picture', rename),
        ('/activity', organizations, 'picture', rename),
        (None, organizations, 'card', set_address),
        (None, organizations, 'portion', let_in),
    ],
)
async def test_a_refresh_that_comes_too_late_draws_nothing(
    visit: Visit,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    complaints: Callable[[], list[str]],
    screen: str | None,
    service: ModuleType,
    name: str,
    happens: Callable[[World], None],
    problem: Problem | None,
) -> None:
    home = f'/organizations/{world.organization_id}'
    start = '/organizations' if screen is None else home + screen
    olga = await visit(email_of(world.owner))
    await olga.open(start)
    await at_rest()
    with held(monkeypatch, service, name, problem) as first:
        happens(world)
        await until(first.reached.is_set)
        await olga.go('/organizations' if screen == '' else home)
    await at_rest()
    await olga.sees('Beta' if happens is rename else 'Acme')
    assert not olga.notify.contains('out of date'), 'the screen it is about has gone'
    assert complaints() == []


async def test_a_late_look_does_not_bring_back_the_organization_before(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}')
    await at_rest()
    with held(monkeypatch, organizations, 'picture') as first:
        rename(world)
        await until(first.reached.is_set)
        await olga.go(f'/organizations/{own}')
        await until(lambda: olga.title == 'Overview · Own · Botcadence')
    await at_rest()
    assert olga.title == 'Overview · Own · Botcadence'
    there = inside(world.owner, own)
    organizations.rename(there, 'Mine', version=organization(there).version)
    await until(lambda: olga.title == 'Overview · Mine · Botcadence')


@pytest.mark.parametrize(
    ('problem', 'name'), [(None, 'Beta'), (Invalid(name='Not this one.'), 'Acme')], ids=['is done', 'fails']
)
async def test_an_act_whose_screen_has_gone_draws_nothing(
    visit: Visit,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    complaints: Callable[[], list[str]],
    problem: Problem | None,
    name: str,
) -> None:
    home = f'/organizations/{world.organization_id}'
    olga = await visit(email_of(world.owner))
    await olga.open(f'{home}/settings')
    await at_rest()
    with held(monkeypatch, organizations, 'rename', problem) as first:
        olga.form('name').fill(name='Beta').send()
        await until(first.reached.is_set)
        olga.navigate.to(home)
        await olga.sees('Leave without saving?')
        olga.press('Leave')
        await olga.sees('How this organization is doing')
    await until(lambda: organization(world.owner).name == name)
    await at_rest()
    assert complaints() == []


async def test_a_page_whose_browser_has_gone_is_refreshed_once_it_is_back(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import live

    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}')
    await at_rest()
    looked = Mock(wraps=organizations.picture)
    monkeypatch.setattr(organizations, 'picture', looked)
    vera.leave()
    for name in ('Beta', 'Gamma', 'Delta'):
        organizations.rename(world.owner, name, version=organization(world.owner).version)
    [viewer] = live.viewers.values()
    await until(lambda: viewer._pending)
    await at_rest()
    assert looked.call_count == 0, 'nobody looks'
    await vera.come_back()
    await until(lambda: vera.title == 'Overview · Delta · Botcadence')
    await at_rest()
    assert looked.call_count == 1


async def test_losing_one_organization_says_nothing_of_the_one_on_screen(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = organizations.create(world.viewer, 'Own').id
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}')
    await at_rest()
    with held(monkeypatch, organizations, 'picture') as first:
        rename(world)
        await until(first.reached.is_set)
        await vera.go(f'/organizations/{own}/settings')
        await vera.sees('Organization settings')
        vera.form('name').fill(name='Typed')
        members.remove(world.owner, world.viewer.user_id)
    await at_rest()
    assert vera.path == f'/organizations/{own}/settings'
    assert vera.form('name')['name'] == 'Typed'
    assert not vera.notify.contains('no longer have access')


async def test_a_refusal_costs_a_list_of_organizations_nothing(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await visit(email_of(world.owner))
    await olga.open('/organizations')
    await at_rest()
    asked = Mock(side_effect=organizations.portion)
    monkeypatch.setattr(organizations, 'portion', asked)
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    rename(world)
    await until(lambda: asked.call_count)
    await at_rest()
    assert asked.call_count == 1, 'once for the name'


async def test_only_who_watches_a_row_asks_when_it_changes(
    visit: Visit, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import live

    one, other = (
        phone_numbers.add(world.owner, {**NUMBER, 'number': number}).id for number in ('030 123456', '030 1234567')
    )
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}/members')
    await at_rest()
    [viewer] = live.viewers.values()
    seen: list[str] = []
    looked = Mock(wraps=organizations.picture)
    monkeypatch.setattr(organizations, 'picture', looked)
    with viewer.client.content:
        live.watch(Topic.PHONE, subject=one)(lambda _, change: seen.append(change.subject))
        live.watch(Topic.PRESENCE)(lambda _, change: seen.append(change.topic))
    phone_numbers.make_primary(world.owner, other)
    changes.publish([Change(world.organization_id, Topic.PRESENCE)])
    await until(lambda: seen == ['presence'])
    assert looked.call_count == 0
    phone_numbers.make_primary(world.owner, one)
    await until(lambda: seen == ['presence', one])
    changes.publish([Change(world.organization_id, Topic.PHONE)])
    await until(lambda: seen == ['presence', one, ''])
    changes.publish(Change(world.organization_id, Topic.PHONE, subject=it) for it in (one, other))
    await until(lambda: seen == ['presence', one, '', ''])
    assert looked.call_count == 3
    organizations.rename(world.owner, 'Beta', version=organization(world.owner).version)
    await until(lambda: vera.title == 'Team members · Beta · Botcadence')


async def test_the_frame_around_the_list_of_organizations_is_live(visit: Visit, world: World) -> None:
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}')
    await vera.go('/organizations')
    rename(world)
    await until(lambda: 'Beta' in names_in_switcher(vera))
    members.change_role(world.owner, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    await until(lambda: switcher_of(vera).props['role'] == 'Admin')
    members.remove(world.owner, world.viewer.user_id)
    own = inside(world.viewer, organizations.latest_of(world.viewer) or '').organization_id
    await until(lambda: links_of(vera)[0] == f'/organizations/{own}')
    assert names_in_switcher(vera) == ['vera']
    assert vera.path == '/organizations'


def switcher_of(visitor: Visitor) -> Switcher:
    return next(it for it in visitor._elements() if isinstance(it, Switcher))


def links_of(visitor: Visitor) -> list[str]:
    return [it.props['href'] for it in visitor._elements() if 'menu-link' in it.classes and 'href' in it.props]


def names_in_switcher(visitor: Visitor) -> list[str]:
    """What the switcher says one is in."""
    return [switcher_of(visitor).props['name']]


async def test_a_late_look_at_the_frame_does_not_bring_back_the_organization_before(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}')
    await olga.go('/organizations')
    await until(lambda: olga.rows)
    await at_rest()
    with held(monkeypatch, organizations, 'whereabouts') as first:
        rename(world)
        await until(first.reached.is_set)
        await olga.go(f'/organizations/{own}')
        await until(lambda: olga.title == 'Overview · Own · Botcadence')
    await at_rest()
    assert (names_in_switcher(olga), links_of(olga)[0]) == (['Own'], f'/organizations/{own}')


async def test_a_defect_in_one_part_keeps_no_other_from_what_has_changed(
    visit: Visit, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    from pages.shell import live

    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}/members')
    await at_rest()
    [viewer] = live.viewers.values()
    seen: list[str] = []

    def stumble(_: object, change: Change) -> None:
        raise ValueError(change.topic)

    with viewer.client.content:
        live.watch(Topic.PHONE)(stumble)
        live.watch(Topic.BILLING)(lambda _, change: seen.append(change.topic))
    for topic in (Topic.PHONE, Topic.BILLING):
        live.spread(Change(world.organization_id, topic))
    await until(lambda: seen == ['billing'])
    await vera.is_told('Something went wrong on our side.')
    caplog.clear()  # the defect was on purpose


async def test_a_screen_that_was_refused_is_shown_as_soon_as_it_may_be(visit: Visit, world: World) -> None:
    vera = await visit(email_of(world.viewer))
    await vera.open(f'/organizations/{world.organization_id}/activity')
    await vera.sees('Only Owners and Admins can see the activity log. You are a Viewer.')
    members.change_role(world.owner, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    await vera.sees('Export CSV')
    assert 'You are a Viewer' not in vera.shown
