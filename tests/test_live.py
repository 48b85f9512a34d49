"""What is live: a change reaches the screens that show it, and no screen that has gone."""

import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from nicegui.helpers import warnings
from sqlalchemy import Engine

from components.kit import form
from data import changes
from data.changes import Change
from data.models import Role
from data.problems import Forbidden, Invalid, Problem, Unavailable
from data.services import billing, members, organizations, phone_numbers
from data.services.audit import Topic
from tests.support.probes import refused
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, inside, join, organization

Visit = Callable[..., Awaitable[Visitor]]

NUMBER = {'country': 'DE', 'purpose': 'voice', 'label': ''}
ADDRESS = {
    'kind': 'company',
    'country': 'DE',
    'name': 'Olga',
    'company_name': 'Acme',
    'street_address': 'Unter den Linden 1',
    'city': 'Berlin',
    'postal_code': '10117',
}


class Held:
    """A call that waits until it is let go."""

    def __init__(self) -> None:
        self.reached, self.goes_on = threading.Event(), threading.Event()


@contextmanager
def held(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, problem: Problem | None = None
) -> Iterator[Held]:
    """Hold the first call that a screen makes of a service's function back until the end of this block.

    It ends with `problem` where there is one.
    """
    function, first = getattr(module, name), Held()

    def wait(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread() and not first.reached.is_set():
            first.reached.set()
            assert first.goes_on.wait(10)
            if problem:
                raise problem
        return function(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, wait)
        try:
            yield first
        finally:
            first.goes_on.set()


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
    billing.set_address(world.owner, ADDRESS, version=0)


def let_in(world: World) -> None:
    """Something that is new in a list of organizations."""
    join(world.stranger, world.owner, Role.MEMBER)


async def at_rest() -> None:
    """Wait until every dashboard has taken in what has changed."""
    from pages.shell import live

    await until(lambda: not any(viewer._working for viewer in live.viewers.values()))


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
        await olga.sees('Where this organization stands')
    await until(lambda: organization(world.owner).name == name)
    await at_rest()
    assert complaints() == []


@pytest.mark.parametrize('slow', [0, 3600], ids=['a save that takes a while', 'a save that takes none'])
async def test_a_save_is_sent_once_and_says_so_where_it_takes_a_while(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, published: list[Change], slow: int
) -> None:
    monkeypatch.setattr(form, 'SLOW', slow)
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/settings')
    with held(monkeypatch, organizations, 'rename') as first:
        olga.form('name').fill(name='Beta').send()
        await until(first.reached.is_set)
        olga.form('name').send()
        if slow:
            await at_rest()
            assert 'Saving…' not in olga.shown
        else:
            await olga.sees('Saving…')
    await olga.sees('Saved')
    await at_rest()
    assert [it.topic for it in published].count(Topic.ORGANIZATION) == 1


async def test_the_word_after_a_save_goes_with_the_last_of_them(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested: list[int] = []
    rest = form.Form._rest

    def noted(of: form.Form, version: int) -> None:
        rest(of, version)
        rested.append(version)

    monkeypatch.setattr(form.Form, '_rest', noted)
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/settings')
    for name, seconds in (('Beta', 0.3), ('Gamma', 2)):
        monkeypatch.setattr(form, 'PRAISE', seconds)
        olga.form('name').fill(name=name).send()
        await until(lambda name=name: organizations.names(world.owner)[world.organization_id] == name)
        await olga.sees('Saved')
    await until(lambda: len(rested) == 1)
    assert 'Saved' in olga.shown
    await until(lambda: len(rested) == 2)
    assert 'Saved' not in olga.shown


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


@pytest.mark.parametrize('path', ['', '/settings', '/members', '/activity', None])
async def test_what_changes_while_a_screen_is_read_is_on_it(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    """Read before the change, drawn after it: nothing watched in between."""
    from pages.shell.screens import SCREENS

    read = organizations.portion if path is None else organizations.picture
    once: list[str] = []

    def read_and_change(*args: Any, **kwargs: Any) -> Any:
        result = read(*args, **kwargs)
        if not once:
            once.append('changed')
            thread = threading.Thread(target=organizations.rename, args=(world.admin, 'Beta'), kwargs={'version': 2})
            thread.start()
            thread.join()
        return result

    if path is None:
        monkeypatch.setitem(SCREENS, '/organizations', replace(SCREENS['/organizations'], load=read_and_change))
    olga = await visit(email_of(world.owner))
    home = f'/organizations/{world.organization_id}'
    await olga.open(home + '/settings' if path == '' else home)
    await at_rest()
    if path is not None:
        monkeypatch.setattr(organizations, 'picture', read_and_change)
    await olga.go('/organizations' if path is None else home + path)
    await until(lambda: once)
    await until(lambda: 'Beta' in (olga.shown if path is None else olga.title))


async def test_who_may_see_less_meanwhile_is_sent_nothing_of_it(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing.set_address(world.owner, ADDRESS, version=0)
    home = f'/organizations/{world.organization_id}'
    adam = await visit(email_of(world.admin))
    await adam.open(home)
    await at_rest()
    read, demoted = organizations.picture, False

    def read_and_demote(*args: Any, **kwargs: Any) -> Any:
        nonlocal demoted
        picture = read(*args, **kwargs)
        if not demoted:
            demoted = True
            who, role = world.admin.user_id, Role.MEMBER
            change = partial(members.change_role, world.owner, who, role, expected=Role.ADMIN)
            thread = threading.Thread(target=change)
            thread.start()
            thread.join()
        return picture

    assert adam.client
    sent: list[object] = []
    emit = adam.client.outbox._emit

    async def noted(message: Any) -> None:
        sent.append(message)
        await emit(message)

    adam.client.outbox._emit = noted
    monkeypatch.setattr(organizations, 'picture', read_and_demote)
    await adam.go(f'{home}/settings')
    await adam.sees('see billing. You are a Member.')
    assert 'Unter den Linden' not in str(sent)
    await at_rest()
    adam.leave()
    members.change_role(world.owner, world.admin.user_id, Role.ADMIN, expected=Role.MEMBER)
    demoted = False
    answer = await adam.get(f'{home}/settings')
    assert demoted
    assert 'Unter den Linden' not in answer.text


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
    await until(lambda: 'Admin' in texts_of(vera, 'switcher-role'))
    members.remove(world.owner, world.viewer.user_id)
    own = inside(world.viewer, organizations.latest_of(world.viewer) or '').organization_id
    await until(lambda: links_of(vera)[0] == f'/organizations/{own}')
    assert names_in_switcher(vera) == ['vera']
    assert vera.path == '/organizations'


def texts_of(visitor: Visitor, name: str) -> list[str]:
    return [getattr(it, 'text', '') for it in visitor._elements() if name in it.classes]


def links_of(visitor: Visitor) -> list[str]:
    return [it.props['href'] for it in visitor._elements() if 'menu-link' in it.classes]


def names_in_switcher(visitor: Visitor) -> list[str]:
    """What the switcher says one is in."""
    return texts_of(visitor, 'switcher-button')


async def test_a_late_look_at_the_frame_does_not_bring_back_the_organization_before(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = organizations.create(world.owner, 'Own').id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}')
    await olga.go('/organizations')
    await until(lambda: olga.rows)
    await at_rest()
    with held(monkeypatch, organizations, 'membership') as first:
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
    await vera.sees('Only Owners and Admins can see the audit log. You are a Viewer.')
    members.change_role(world.owner, world.viewer.user_id, Role.ADMIN, expected=Role.VIEWER)
    await vera.sees('Export CSV')
    assert 'You are a Viewer' not in vera.shown
