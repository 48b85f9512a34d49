"""The guard: when a page is nobody's any more, and what its events do."""

import asyncio
import gc
import json
import subprocess
import sys
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui import nicegui as inside
from nicegui.element import Element
from sqlalchemy import Engine

from components.kit.choice import Choice
from data.problems import Unavailable
from data.services.accounts import sessions
from tests.support.probes import run
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]
ROOT = Path(inside.__file__).parent
SQLITE = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)

# whose page it is ----------------------------------------------------------------------------------------------------


def environment(client: Client, session: dict[str, Any], document: str = 'one') -> dict[str, Any]:
    """What a socket comes with."""
    query = f'client_id={client.id}&document_id={document}&tab_id=t&next_message_id=0&implicit_handshake=false'
    scope = {'type': 'websocket', 'session': session, 'client': ('203.0.113.9', 1), 'headers': []}
    return {'QUERY_STRING': query, 'asgi.scope': scope}


async def is_let_in(client: Client, session: dict[str, Any], document: str = 'one') -> bool:
    """Whether a socket gets the page."""
    from socketio.exceptions import ConnectionRefusedError as Refused

    from pages.server import sockets

    try:
        await sockets.connect('sid', environment(client, session, document))
    except Refused:
        return False
    return True


@SQLITE
async def test_a_page_belongs_to_the_session_that_loaded_it(visit: Visit, world: World) -> None:
    olga, phone, sam = [await visit(email) for email in ('olga@acme.test', 'olga@acme.test', 'sam@other.test')]
    client = await olga.open(f'/organizations/{world.organization_id}')
    assert not await is_let_in(client, {})
    assert not await is_let_in(client, {'id': olga.session['id']})
    assert not await is_let_in(client, sam.session)
    assert not await is_let_in(client, phone.session), 'the same person, another browser'
    assert await is_let_in(client, olga.session)
    assert not await is_let_in(client, olga.session, 'another document')
    assert await is_let_in(client, olga.session), 'the network was gone for a moment'


@SQLITE
async def test_a_page_of_nobody_belongs_to_nobody(visit: Visit, world: World) -> None:
    someone, olga = await visit(), await visit('olga@acme.test')
    client = await someone.open('/sign-in')
    assert not await is_let_in(client, olga.session)
    assert await is_let_in(client, {})


@SQLITE
async def test_signing_out_ends_every_page_of_the_session_at_once(visit: Visit, world: World) -> None:
    from pages.shell import live

    olga, phone = await visit('olga@acme.test'), await visit('olga@acme.test')
    path = f'/organizations/{world.organization_id}'
    first, second, other = [await it.open(path) for it in (olga, olga, phone)]
    ids = live.session_ids()
    assert len(ids) == 2
    session = olga.session
    await olga.post('/auth/sign-out')
    assert [live.has_ended(client.id) for client in (first, second, other)] == [True, True, False]
    assert len(live.session_ids()) == 1
    assert not await is_let_in(first, session)
    assert [*live.here(world.organization_id)] == ['olga@acme.test'], 'at the phone'
    assert [*live.here(world.organization_id)] == ['olga@acme.test']
    await until(lambda: not first.elements and not second.elements)
    assert other.elements


@SQLITE
@pytest.mark.parametrize('how', ['deleted', 'idle', 'over'])
async def test_a_session_that_ends_elsewhere_is_noticed(visit: Visit, world: World, db: Engine, how: str) -> None:
    from pages.server import sockets
    from pages.shell import live

    olga, sam = await visit('olga@acme.test'), await visit('sam@other.test')
    client = await olga.open(f'/organizations/{world.organization_id}')
    other = await sam.open((await sam.get('/')).headers['location'])
    await sockets.look_again()
    assert not live.has_ended(client.id)
    session_id = live.viewers[client.id].actor.session_id
    if how == 'deleted':
        run(db, 'DELETE FROM sessions WHERE id = :id', id=session_id)
    else:
        column = 'seen_at' if how == 'idle' else 'expires_at'
        run(db, f"UPDATE sessions SET {column} = '2020-01-01 00:00:00' WHERE id = :id", id=session_id)
    await sockets.look_again()
    assert live.has_ended(client.id)
    assert not live.has_ended(other.id)


@SQLITE
async def test_a_database_that_is_silent_signs_nobody_out(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.server import sockets
    from pages.shell import live

    olga = await visit('olga@acme.test')
    client = await olga.open(f'/organizations/{world.organization_id}')

    def silent(_: object) -> set[str]:
        raise Unavailable

    monkeypatch.setattr(sessions, 'ended_of', silent)
    await sockets.look_again()
    assert not live.has_ended(client.id)


@SQLITE
async def test_it_looks_by_itself(visit: Visit, world: World, db: Engine) -> None:
    from pages.server import sockets
    from pages.shell import live

    olga = await visit('olga@acme.test')
    client = await olga.open(f'/organizations/{world.organization_id}')
    run(db, 'DELETE FROM sessions')
    task = asyncio.create_task(sockets.again_and_again(sockets.look_again, 0.01))
    await until(lambda: live.has_ended(client.id))
    task.cancel()


def test_sessions_that_are_over(world: World, db: Engine) -> None:
    ids = {world.owner.session_id, world.member.session_id}
    assert sessions.ended_of(ids) == set()
    assert sessions.ended_of([]) == set()
    assert sessions.ended_of({*ids, 'never'}) == {'never'}
    run(db, 'DELETE FROM sessions WHERE id = :id', id=world.member.session_id)
    assert sessions.ended_of(ids) == {world.member.session_id}


# pages that nobody opens ---------------------------------------------------------------------------------------------


@SQLITE
async def test_of_many_pages_that_nobody_opens_the_newest_are_kept(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.server import sockets

    olga, robot = await visit('olga@acme.test'), await visit()
    await olga.get(f'/organizations/{world.organization_id}')
    opened = await robot.open('/sign-in')
    for _ in range(5):
        await robot.get('/sign-in')
    before = list(Client.instances)
    monkeypatch.setattr(sockets, 'UNOPENED', 2)
    await sockets.forget_unopened()
    assert list(Client.instances) == before, 'their time has not run out'
    monkeypatch.setattr(sockets, 'OPENS_WITHIN', -1)
    await sockets.forget_unopened()
    dashboard = before[0]
    assert list(Client.instances) == [dashboard, opened.id, *before[-2:]]


@SQLITE
async def test_a_page_that_is_gone_leaves_nothing_to_the_garbage_collector(visit: Visit) -> None:
    robot = await visit()
    await robot.get('/sign-in')
    [page] = Client.instances
    left = [weakref.ref(element.props) for element in Client.instances[page].elements.values()]
    assert len(left) > 10
    gc.disable()
    try:
        Client.instances[page].delete()
        await until(lambda: not any(it() for it in left))
    finally:
        gc.enable()


def test_the_collector_begins_after_the_start_and_never_looks_at_what_was_loaded() -> None:
    script = """
import gc
import main
assert not gc.isenabled()
from pages.server import start
start._settle()
assert gc.isenabled()
assert gc.get_freeze_count() > len(gc.get_objects())
"""
    subprocess.run([sys.executable, '-c', script], cwd=Path(__file__).parents[1], check=True, timeout=60)


@SQLITE
async def test_a_test_is_collected_from_the_first(user: object) -> None:
    assert gc.isenabled()


# what its events do --------------------------------------------------------------------------------------------------


@SQLITE
async def test_an_event_counts_only_from_its_own_socket_and_while_the_session_lives(visit: Visit, world: World) -> None:
    from pages.server import sockets
    from pages.shell import live

    olga = await visit('olga@acme.test')
    client = await olga.open(f'/organizations/{world.organization_id}')
    [own] = client._socket_to_document_id
    heard: list[object] = []
    with client.content:
        element = ui.element('div').on('click', lambda event: heard.append(event.args), [None])
    [listener] = element._event_listeners

    def say(sid: str = own, **instead: object) -> None:
        said = {'client_id': client.id, 'id': element.id, 'listener_id': listener, 'args': ['1']}
        sockets.event(sid, said | instead)

    say()
    assert heard == [1]
    say(sid='another')
    say(client_id='another')
    say(id=10**9)
    say(listener_id='another')
    say(args=['1', '2'])  # it does not fit
    assert heard == [1]
    for number in range(2, 50):
        say(args=[str(number)])
    assert heard == list(range(1, 50)), 'in their order, at once'
    live.end_session(live.viewers[client.id].actor.session_id)
    say()
    assert len(heard) == 49


@SQLITE
async def test_who_clicks_again_and_again_gets_one_dialog(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    client = await olga.open('/organizations')
    button = next(it for it in client.elements.values() if isinstance(it, ui.button) and it.text == 'New organization')
    before = set(client.elements)
    olga._fire(button, 'click')
    made = len(client.elements)
    gone = [weakref.ref(it) for it in client.layout if isinstance(it, ui.dialog)]
    assert len(gone) == 1
    for _ in range(20):
        olga._fire(button, 'click')
    assert len(client.elements) == made > len(before)
    [box] = [it for it in client.layout if isinstance(it, ui.dialog)]
    olga._fire(box, 'hide')
    assert set(client.elements) == before, 'and nothing when it is closed'
    gc.collect()
    assert gone[0]() is None


@SQLITE
async def test_a_question_stands_before_a_dialog_and_there_is_one(visit: Visit) -> None:
    from components.kit.dialog import Question, confirm, dialog

    client = await (await visit()).open('/sign-in')

    async def ask() -> bool:
        with client.content:
            return await confirm('Sure?', 'Think again.', action='Go')

    def questions() -> list[Element]:
        return [it for it in client.layout if isinstance(it, Question)]

    with client.content, dialog('Under it') as under:
        pass
    first = asyncio.create_task(ask())
    await until(questions)
    second = asyncio.create_task(ask())
    assert await first is False
    assert len(questions()) == 1
    assert not under.is_deleted
    with client.content, dialog('Another') as another:
        pass
    assert await second is False
    assert (questions(), under.is_deleted, another.is_deleted) == ([], True, False)


@SQLITE
@pytest.mark.parametrize(
    ('make', 'kind', 'fit', 'unfit'),
    [
        (lambda: ui.input('x'), 'update:value', ['x', '', None], [1, True, [], {}, 1.5]),
        (lambda: ui.textarea('x'), 'update:value', ['x', None], [1, True, [], {}]),
        (lambda: ui.checkbox('x'), 'update:modelValue', [True, False], ['maybe', 1, None, [], {}]),
        (lambda: ui.dialog(), 'update:modelValue', [True, False], ['maybe', 1, None, [], {}]),
        (
            lambda: ui.select(['a', 'b']),
            'update:modelValue',
            [{'value': 0, 'label': 'a'}, {'value': 1}],
            [None, {'value': 2}, {'value': -1}, {'value': True}, {'value': '0'}, {}, 0, 'a', True, [], [{'value': 0}]],
        ),
        (
            lambda: ui.select(['a', 'b'], multiple=True),
            'update:modelValue',
            [[], [{'value': 0}, {'value': 1}]],
            [[{'value': 2}], [0], ['a'], 0, 'a', [[]]],
        ),
        (
            lambda: Choice({'a': 'A'}, label='x', value=None, search=False),
            'update:value',
            [{'key': 'a', 'reset': 0}, {'key': None, 'reset': 3}, {'key': 'gone meanwhile', 'reset': 0}],
            [
                None,
                'a',
                0,
                {},
                [],
                {'key': 'a'},
                {'key': 0, 'reset': 0},
                {'key': 'a', 'reset': True},
                {'key': [], 'reset': 1},
            ],
        ),
        (lambda: ui.button('x', on_click=print), 'click', [], [1, None, {}, 'x']),
        (lambda: ui.element('a').on('it', print), 'it', [1, None, 'x', [], {}], []),
        (lambda: ui.element('a').on('it', print, ['key']), 'it', [{'key': 1}], [1, None, 'x', [], {}, {'other': 1}]),
    ],
)
async def test_a_value_has_the_kind_its_element_holds(
    visit: Visit, make: Callable[[], Element], kind: str, fit: list[object], unfit: list[object]
) -> None:
    from pages.server.event_filter import fits

    client = await (await visit()).open('/sign-in')
    with client.content:
        element = make()
    listener = next(it for it in element._event_listeners.values() if it.type == kind)
    keys = any(listener.args or [])
    assert fits(element, listener, []) is (not keys and not kind.startswith('update:'))
    for value in fit:
        assert fits(element, listener, [None if value is None else json.dumps(value)]), value
    for value in unfit:
        assert not fits(element, listener, [None if value is None else json.dumps(value)]), value


@SQLITE
async def test_a_path_is_a_text(visit: Visit) -> None:
    from pages.server.event_filter import fits

    client = await (await visit()).open('/sign-in')
    for listener in client.layout._event_listeners.values():
        assert fits(client.layout, listener, ['"/organizations"'])
        for wrong in ([], ['1'], ['[]'], ['null'], [None], ['"/"', '"/"']):
            assert not fits(client.layout, listener, wrong)


def test_the_collector_never_looks_at_what_a_command_has_loaded() -> None:
    script = """
import gc, runpy, sys
sys.argv = ['data', '--help']
try:
    runpy.run_module('data', run_name='__main__')
except SystemExit:
    assert gc.get_freeze_count() > len(gc.get_objects())
"""
    subprocess.run([sys.executable, '-c', script], cwd=Path(__file__).parents[1], check=True, timeout=60)
