"""What comes over a socket that is open: nonsense, too large, too much, or of the wrong kind."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from data.runtime.limits import EVENTS_AT_ONCE, FLOOD, FRAME
from tests.support.raw import Fetched, Person, frame, socket, sql
from tests.support.served import Served

STRANGE = [
    *('', ' ', '9', 'x', '4', '49', '2probe', '5', '6', '0', '40', '40{}', '40/admin,', '44{}', '45', '451-[]', '46'),
    *('42', '42{', '42[', '42[]', '42{}', '42null', '42"event"', '42[1,2]', '42["event"]', '42["event",1,2,3]', '43[]'),
    *(
        '42["event",{}]',
        '42["event",[]]',
        '42["event",null]',
        '42["event","x"]',
        '42["disconnect"]',
        '42["connect",{}]',
    ),
    *('42["ack",{}]', '42["handshake",{}]', '42["javascript_response",{}]', '42["unknown",{}]', '42["*",{}]'),
    '42' + '9' * 500 + '["event",{}]',
    '42' + '[' * 5000,
    '42["event",' + '{"a":' * 3000 + '1' + '}' * 3000 + ']',
    '42["event",{"client_id":"\\u0000","id":0,"listener_id":"\\ud800","args":[]}]',
]


def test_strange_frames_cost_one_line_and_the_page_goes_on(
    server: Served, page: Fetched, logged: Callable[[], list[str]]
) -> None:
    event = json.loads(page.go('/organizations')[2:])[1]
    odd = [
        {key: value for key, value in event.items() if key != missing} for missing in ('id', 'client_id', 'listener_id')
    ]
    odd += [{**event, key: value} for key in event for value in (None, True, -1, 1.5, 10**30, [], {}, 'x' * 1000)]
    odd += [{**event, 'args': args} for args in ([1], [{}], ['{'], ['undefined'], ['NaN'], '[]', {'0': 1})]
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        for strange in [*STRANGE, *(frame('event', **each) for each in odd)]:
            own.say(strange)
        own.say(
            frame('ack', client_id=page.id, next_message_id='x'), frame('ack', client_id=page.id, next_message_id=-1)
        )
        own.connection.send(b'42["event",{}]')
        assert own.is_heard(page)
    lines = logged()
    assert len(lines) == 1, lines
    assert page.id not in lines[0]


def test_unknown_ids_are_ignored_without_a_word(server: Served, page: Fetched, logged: Callable[[], list[str]]) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(page.go('/organizations', id=10**9), page.go('/organizations', listener_id='x'))
        own.say(page.go('/organizations', client_id='x'), page.go('/organizations', client_id=''))
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)
        assert own.is_heard(page)
    assert logged() == []


def test_nobody_writes_into_the_log(server: Served, page: Fetched) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(frame('log', client_id=page.id, level='error', message='forged\n2026-01-01 all is well'))
        assert own.is_heard(page)
    assert 'forged' not in server.log


@pytest.mark.parametrize('size', [FRAME + 1, 2_000_000, 20_000_000])
def test_a_frame_that_is_too_large_closes_the_socket(
    server: Served, page: Fetched, logged: Callable[[], list[str]], size: int
) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        with suppress(ConnectionClosed):
            own.say(page.go('/' + 'x' * size))
        assert own.hear('42', containing='xxxx') == ''
    assert len(logged()) <= 1
    with socket(server, page) as again:
        assert again.enter().startswith('40'), 'the browser comes back'


def test_a_large_frame_is_fine(server: Served, page: Fetched) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(page.go('/organizations?' + 'x' * (FRAME - 1000)))
        assert own.is_heard(page)


def test_frames_do_not_grow_when_they_are_unpacked(server: Served, page: Fetched) -> None:
    with socket(server, page) as own:
        assert own.connection.response is not None
        assert 'sec-websocket-extensions' not in own.connection.response.headers


def test_a_flood_closes_its_own_socket_and_nobody_else_notices(
    server: Served, olga: Person, page: Fetched, mallory: Person, logged: Callable[[], list[str]]
) -> None:
    home, theirs, closed = olga.home, mallory.open(), threading.Event()
    sent = 0

    def flood() -> None:
        nonlocal sent
        with socket(server, theirs) as evil:
            evil.enter()
            with suppress(ConnectionClosed):
                while sent < 20_000:
                    evil.say(theirs.go('/organizations'))
                    sent += 1
            while evil.hear():
                pass
            closed.set()

    with socket(server, page) as own:
        assert own.enter().startswith('40')
        thread = threading.Thread(target=flood)
        thread.start()
        turns = 0
        while thread.is_alive():
            turns += 1
            assert own.is_heard(page)
            assert own.is_heard(page, f'{home}/settings', 'Organization name')
        thread.join()
        assert own.is_heard(page)
    assert turns
    assert closed.is_set()
    assert sent > FLOOD + EVENTS_AT_ONCE
    assert len(logged()) == 1


WRONG = [12345, -1, 1e308, True, None, [], [1], {}, {'value': 99, 'label': 'x'}, {'a': {'b': 1}}, '\x00', 'x' * 5000]


@pytest.mark.parametrize('screen', ['', '/settings', '/activity', 'organizations'])
def test_type_confusion_is_refused_and_nothing_breaks(
    server: Served, olga: Person, logged: Callable[[], list[str]], screen: str
) -> None:
    def kept() -> list[tuple[object, ...]]:
        return sql(server, 'SELECT id, name, status FROM organizations ORDER BY id')

    before, path = kept(), f'{olga.home}{screen}' if screen != 'organizations' else '/organizations'
    for value in WRONG:
        page = olga.open(path)
        heard = [(int(key), it) for key, element in page.elements.items() for it in element.get('events', ())]
        with socket(server, page) as own:
            assert own.enter().startswith('40')
            for number, listener in heard[: EVENTS_AT_ONCE - 10]:
                said = {'id': number, 'client_id': page.id, 'listener_id': listener['listener_id']}
                own.say(frame('event', **said, args=[json.dumps(value)]))
            assert own.shake(page)
    assert kept() == before
    assert not [line for line in logged() if ' error ' in line], 'no defect'
