"""Frames: a screen comes as one update and one script, however it is reached, and whatever happens meanwhile."""

import inspect
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from nicegui import run, ui
from nicegui.outbox import Message, Outbox
from sqlalchemy import Engine

from data.problems import Unavailable
from data.services import organizations, projects
from tests.support.probes import statements
from tests.support.visitors import Visitor, until
from tests.support.waiting import held
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions that were called in a thread."""
    called: list[str] = []
    original = run.io_bound

    async def noted(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        called.append(getattr(function, '__name__', str(function)))
        return await original(function, *args, **kwargs)

    monkeypatch.setattr(run, 'io_bound', noted)
    return called


@pytest.fixture(autouse=True)
def _unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """That somebody is here is written down when all that is counted here is over."""
    from pages.shell import presence

    monkeypatch.setattr(presence, 'LATER', 60)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held is held until the screen stands, however slow this machine is."""
    from pages.shell import frames

    monkeypatch.setattr(frames, 'LONGEST', 60)


def listen(visitor: Visitor) -> list[tuple[str, Any]]:
    """What is sent to a browser from now on: kind and content."""
    assert visitor.client
    sent: list[tuple[str, Any]] = []
    outbox = visitor.client.outbox
    original = outbox._emit

    async def emit(message: Message) -> None:
        sent.append((message[1], dict(message[2])))
        await original(message)

    outbox._emit = emit
    return sent


async def quiet(visitor: Visitor) -> None:
    """Wait until the page has nothing more to send."""
    from pages.shell import live

    assert visitor.client
    outbox = visitor.client.outbox
    open_ones = [viewer for viewer in live.viewers.values() if viewer.connected]
    await until(lambda: not any(viewer._working or viewer._pending for viewer in open_ones))
    await until(lambda: not outbox.updates and not outbox.messages and '_set_enqueue_event' not in vars(outbox))


async def opened(visit: Visit, world: World, path: str = '') -> Visitor:
    """The Owner's dashboard, with nothing left to do."""
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}{path}')
    await quiet(olga)
    return olga


def kinds(sent: list[tuple[str, Any]]) -> list[str]:
    return [kind for kind, _ in sent]


WAYS = {
    'overview': ('{home}', 5, 'How this organization is doing'),
    'members': ('{home}/members', 4, 'Who belongs to this organization'),
    'activity': ('{home}/activity', 2, 'Who did what in this organization'),
    'settings': ('{home}/settings', 3, 'What this organization is called'),
    'organizations': ('/organizations', 3, 'Everything you see belongs to one of your organizations'),
}
"""Every screen of the menu, how many statements it may take (the first is who asks), and what it begins with.

The overview reads people and steps, projects, usage and the latest of the record: one each.
"""


@pytest.mark.parametrize('name', WAYS)
@pytest.mark.usefixtures('patient')
async def test_going_there_takes_one_hop_one_transaction_and_one_update(
    visit: Visit, world: World, db: Engine, hops: list[str], name: str
) -> None:
    way, most, begins = WAYS[name]
    before = 'settings' if name == 'overview' else 'overview'
    olga = await opened(visit, world, '/settings' if name == 'overview' else '')
    path, back = way.format(home=f'/organizations/{world.organization_id}'), olga.path
    for there, words in ((path, begins), (back, WAYS[before][2])):  # what draws it is in the browser from now on
        await olga.go(there)
        await olga.sees(words)
        await quiet(olga)
    assert olga.client
    sent, there_before = listen(olga), dict(olga.client.elements)
    hops.clear()
    with statements(db) as seen:
        await olga.go(path)
        await until(lambda: 'run_javascript' in kinds(sent))
        await quiet(olga)
    assert hops == ['of_screen']
    again = [there_before[number] for number, element in sent[0][1].items() if element and number in there_before]
    assert sorted(it.classes[0] for it in again) == ['menu-link', 'menu-link', 'nicegui-sub-pages'], 'the marks only'
    assert len(seen) <= most, seen
    assert kinds(sent) == ['update', 'run_javascript']
    assert 'document.title' in sent[1][1]['code']


@pytest.mark.usefixtures('patient')
async def test_the_account_takes_one_hop_and_one_update(
    visit: Visit, world: World, db: Engine, hops: list[str]
) -> None:
    olga = await opened(visit, world)
    home, begins = f'/organizations/{world.organization_id}', WAYS['overview'][2]
    for path, words in (('/account', 'Your account'), (home, begins)):  # what draws it is in the browser from now on
        await olga.go(path)
        await olga.sees(words)
        await quiet(olga)
    sent = listen(olga)
    hops.clear()
    with statements(db) as seen:
        await olga.go('/account')
        await until(lambda: 'run_javascript' in kinds(sent))
        await quiet(olga)
    assert hops == ['of_screen']
    assert kinds(sent) == ['update', 'run_javascript']
    assert len(seen) <= 16, seen  # one or two for each card


@pytest.mark.usefixtures('patient')
async def test_going_into_a_project_and_out_again_takes_one_hop_and_one_update(
    visit: Visit, world: World, db: Engine, hops: list[str]
) -> None:
    home, olga = f'/organizations/{world.organization_id}', await opened(visit, world)
    project = f'{home}/projects/{projects.create(world.owner, {"name": "Website", "description": ""}).id}'
    for path in (project, f'{home}/settings'):  # what draws it is in the browser from now on
        await olga.go(path)
        await quiet(olga)
    assert olga.client
    sent = listen(olga)
    for path, most, begins in ((project, 6, 'All projects'), (f'{home}/settings', 3, 'What this organization')):
        known = dict(olga.client.elements)
        sent.clear()
        hops.clear()
        with statements(db) as seen:
            await olga.go(path)
            await until(lambda: 'run_javascript' in kinds(sent))
            await quiet(olga)
        await olga.sees(begins)
        assert (hops, kinds(sent)) == (['of_screen'], ['update', 'run_javascript'])
        again = [known[number] for number, element in sent[0][1].items() if element and number in known]
        frame = {'menu', 'menu-link', 'switcher', 'nicegui-sub-pages'}
        assert {it.classes[0] for it in again} == frame, 'the group of the menu, the marks, and the name'
        assert len(again) <= 12, 'seven entries of the menu come or go'
        assert len(seen) <= most, seen
        assert sent[1][1]['code'].count('document.title') == 1


async def test_what_is_done_to_a_project_takes_one_hop_and_one_update(
    visit: Visit, world: World, db: Engine, hops: list[str]
) -> None:
    made = projects.create(world.owner, {'name': 'Website', 'description': ''})
    olga = await opened(visit, world, f'/projects/{made.id}')
    sent = listen(olga)
    projects.change(world.owner, made.id, {'name': 'Shop'}, version=made.version)
    hops.clear()
    with statements(db) as seen:
        await until(lambda: 'update' in kinds(sent))
        await quiet(olga)
    assert (hops, kinds(sent).count('update')) == (['of_parts'], 1)
    assert len(seen) <= 5, seen  # two of them are what goes on in it
    sent.clear()
    other = projects.create(world.owner, {'name': 'Another', 'description': ''})
    projects.change(world.owner, other.id, {'name': 'Yet another'}, version=1)
    await until(lambda: hops.count('of_parts') == 2)  # it is counted, too: that there is one more
    await quiet(olga)
    assert sent == [], 'of another project nothing is drawn'


@pytest.mark.parametrize('name', WAYS)
async def test_asking_for_it_takes_one_hop(visit: Visit, world: World, db: Engine, hops: list[str], name: str) -> None:
    way, most, _ = WAYS[name]
    await opened(visit, world)
    again = await visit(email_of(world.owner))
    hops.clear()
    with statements(db) as seen:
        await again.get(way.format(home=f'/organizations/{world.organization_id}'))
    assert hops == ['opening']
    assert len(seen) <= most + (3 if name == 'organizations' else 1), seen


@pytest.mark.usefixtures('patient')
async def test_a_switch_costs_what_a_first_visit_does(visit: Visit, world: World, db: Engine, hops: list[str]) -> None:
    others = [organizations.create(world.owner, f'Other {number}').id for number in range(6)]
    olga = await opened(visit, world)
    await olga.go(f'/organizations/{others[-1]}')
    await quiet(olga)
    sent, sizes = listen(olga), []
    for other in others:
        sent.clear()
        hops.clear()
        with statements(db) as seen:
            await olga.go(f'/organizations/{other}')
            await until(lambda: 'run_javascript' in kinds(sent))
            await quiet(olga)
        assert (hops, len(seen), kinds(sent)) == (['of_screen'], 5, ['update', 'run_javascript'])
        sizes.append(len(str(sent[0][1])))
    assert max(sizes) - min(sizes) < 200, 'the switcher does not grow with each of them'


async def test_a_change_takes_one_hop_and_one_update_where_it_is_shown(
    visit: Visit, world: World, db: Engine, hops: list[str]
) -> None:
    for path, most in (('', 5), ('/members', 5), ('/settings', 3), ('/activity', 2)):
        olga = await opened(visit, world, path)
        sent = listen(olga)
        now = organizations.membership(world.owner).organization
        organizations.rename(world.owner, f'{now.name}!', version=now.version)
        hops.clear()
        with statements(db) as seen:
            await until(lambda sent=sent: 'update' in kinds(sent))
            await quiet(olga)
        assert (hops, kinds(sent).count('update')) == (['of_parts'], 1), path
        assert len(seen) <= most, (path, seen)
        olga.leave()


async def test_while_the_database_is_locked_something_is_seen_to_happen(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await opened(visit, world)
    sent = listen(olga)
    with held(monkeypatch, organizations, 'picture') as first:
        await olga.go(f'/organizations/{world.organization_id}/settings')
        await until(first.reached.is_set)
        await until(lambda: sent)
        assert 'Organization settings' not in str(sent), 'only that the screen is empty'
        assert 'How this organization is doing' not in olga.shown
    await olga.sees('Organization settings')
    await quiet(olga)
    assert kinds(sent).count('update') == 2


@pytest.mark.usefixtures('patient')
async def test_the_last_click_wins_and_nothing_is_drawn_twice(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await opened(visit, world)
    elements = len(olga.client.elements) if olga.client else 0
    sent, home = listen(olga), f'/organizations/{world.organization_id}'
    with held(monkeypatch, organizations, 'picture') as first:
        olga.navigate.to(f'{home}/settings')
        await until(first.reached.is_set)
        await olga.go(f'{home}/members')
        await olga.sees('Who belongs to this organization')
    await quiet(olga)
    assert 'Organization settings' not in olga.shown
    assert 'Phone numbers' not in str(sent)
    for number in range(20):
        olga.navigate.to(home if number % 2 else f'{home}/settings')
    await until(lambda: olga.title == 'Overview · Acme · Botcadence' and olga.shown.count('Latest activity') == 1)
    await quiet(olga)
    assert olga.path == home
    assert olga.client
    assert len(olga.client.elements) == elements


async def test_what_can_not_be_built_is_sent_like_what_can(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    olga = await opened(visit, world)
    sent, home = listen(olga), f'/organizations/{world.organization_id}'
    for error in (Unavailable(), ValueError('a defect')):
        with held(monkeypatch, organizations, 'picture', error) as first:
            await olga.go(f'{home}/settings')
            await until(first.reached.is_set)
        await olga.sees('This screen could not be shown', 'Try again')
        await quiet(olga)
        [again] = [it for it in olga._elements() if getattr(it, 'text', '') == 'Try again']
        assert again.props['href'] == f'{home}/settings'
        await olga.go(again.props['href'])
        await olga.sees('Organization settings')
        await quiet(olga)
        await olga.go(home)
        await olga.sees('How this organization is doing')
        await quiet(olga)
    caplog.clear()  # the defect was on purpose
    sent.clear()
    await olga.go(f'{home}/nothing')
    await olga.sees('There is nothing here')
    await quiet(olga)
    assert kinds(sent)[0] == 'update'


async def test_a_handler_that_fails_while_a_screen_is_built_is_told_of(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError('a defect')

    olga = await opened(visit, world)
    assert olga.client
    with olga.client.layout:
        ui.button('Fail', on_click=fail)
    with held(monkeypatch, organizations, 'picture') as first:
        await olga.go(f'/organizations/{world.organization_id}/settings')
        await until(first.reached.is_set)
        olga.press('Fail')
        await olga.is_told('Something went wrong on our side.')
    caplog.clear()  # the defect was on purpose
    await olga.sees('Organization settings')
    await quiet(olga)


async def test_who_goes_away_while_a_screen_is_built_finds_it_when_they_are_back(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await opened(visit, world)
    with held(monkeypatch, organizations, 'picture') as first:
        await olga.go(f'/organizations/{world.organization_id}/settings')
        await until(first.reached.is_set)
        olga.leave()
    await olga.sees('Organization settings')
    assert olga.client
    outbox = olga.client.outbox
    await until(lambda: '_set_enqueue_event' not in vars(outbox))


# what it stands on: where one of these fails, a new version of NiceGUI has changed it ---------------------------------


def test_all_that_is_sent_waits_for_one_event() -> None:
    source = inspect.getsource(Outbox)
    assert source.count('self._set_enqueue_event()') == 5, 'update, delete, message, rewind, stop'
    assert source.count('self._enqueue_event.wait()') == 1
    assert source.count('self._enqueue_event.set()') == 2, 'by that method, and when it begins'
    assert not hasattr(Outbox, '__slots__')


async def test_the_address_of_a_screen_that_never_stood_is_not_put_into_the_address_bar(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import frames

    monkeypatch.setattr(frames, 'LONGEST', 60)
    olga = await opened(visit, world)
    sent, home = listen(olga), f'/organizations/{world.organization_id}'
    assert olga.client
    with held(monkeypatch, organizations, 'picture') as first:
        with olga.client:
            await olga.client.sub_pages_router._handle_navigate(f'{home}/settings')
        outbox = olga.client.outbox
        await until(lambda: first.reached.is_set() and 'pushState' in str(outbox.messages))
        with olga.client:
            await olga.client.sub_pages_router._handle_open(f'{home}/members')  # the Back button: the browser was first
        await olga.sees('Who belongs to this organization')
    await quiet(olga)
    assert 'pushState' not in str(sent)
    with olga.client:
        await olga.client.sub_pages_router._handle_navigate(f'{home}/settings')
    await olga.sees('Organization settings')
    await quiet(olga)
    assert f'{home}/settings' in str(sent)


def script(code: str, **more: object) -> Message:
    return 'page', 'run_javascript', {'code': code, **more}


def test_scripts_in_a_row_are_one() -> None:
    from pages.shell.frames import joined

    other: Message = ('page', 'notify', {'message': 'x'})
    asking = script('ask()', request_id='1')
    sent = deque([script('one()'), script('const a = 1'), other, script('const a = 2'), asking, script('three()')])
    assert joined(sent) == deque(
        [script('{one()\n}\n{const a = 1\n}'), other, script('{const a = 2\n}'), asking, script('{three()\n}')]
    )
