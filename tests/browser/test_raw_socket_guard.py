"""Attacks on the sockets of a server that runs, as an outsider would try them: no browser, no manners."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from socket import create_connection

import httpx
import pytest
from raw import SOCKET, Page, Person, frame, query, refused, socket, sql
from served import PASSWORD, PATIENCE, Served
from websockets.exceptions import ConnectionClosed

from data.limits import BODY, EVENTS_AT_ONCE, FLOOD, FRAME

RELOAD = 'Implicit handshake failed'
numbers = iter(range(10**6))
Come = Callable[..., Person]


@pytest.fixture
def come(server: Served) -> Iterator[Come]:
    """Somebody, signed up where an address is given."""
    came: list[Person] = []

    def come(email: str = '', at: Served = server) -> Person:
        came.append(Person(at))
        if email:
            assert came[-1].sign_up(email).status_code == 303
        return came[-1]

    yield come
    for person in came:
        person.http.close()


def new(name: str) -> str:
    """An address that nobody has used here."""
    return f'{name}{next(numbers)}@acme.test'


@pytest.fixture
def olga(come: Come) -> Person:
    """Somebody who is signed in."""
    return come(new('olga'))


@pytest.fixture
def mallory(come: Come) -> Person:
    """Somebody who is signed in, too, and means no good."""
    return come(new('mallory'))


@pytest.fixture
def page(olga: Person) -> Page:
    """Olga's dashboard."""
    return olga.open()


@pytest.fixture
def logged(server: Served) -> Iterator[Callable[[], list[str]]]:
    """What the server has logged since the test began."""
    begin = len(server.log)
    yield lambda: server.log[begin:].splitlines()


# who may open one ----------------------------------------------------------------------------------------------------


def test_the_page_itself_is_let_in_and_listened_to(server: Served, page: Page) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40{"sid"')
        assert own.is_heard(page)


@pytest.mark.parametrize('origin', ['https://evil.test', 'null', '-', 'http://127.0.0.1:1', 'https://127.0.0.1:{port}'])
def test_a_socket_of_another_site_is_refused(server: Served, page: Page, origin: str) -> None:
    answer = refused(server, page, origin=origin.replace('{port}', str(server.port)))
    assert answer.status_code == 403
    assert 'access-control-allow-origin' not in answer.headers


@pytest.mark.parametrize('name', ['localhost', '127.0.0.1', '[::1]'])
def test_a_socket_may_name_this_machine_as_it_likes(server: Served, page: Page, name: str) -> None:
    with socket(server, page, origin=f'http://{name}:{server.port}') as own:
        assert own.enter().startswith('40')


@pytest.mark.parametrize('origin', ['', 'https://evil.test', 'null'])
def test_there_is_no_polling_for_any_site(server: Served, olga: Person, page: Page, origin: str) -> None:
    asked = query(page, transport='polling')
    for method in ('GET', 'POST', 'OPTIONS'):
        headers = {'Origin': origin or server.url, 'Access-Control-Request-Method': 'POST'}
        answer = olga.http.request(method, f'{SOCKET}?{asked}', headers=headers)
        assert answer.status_code == 400
        assert 'access-control-allow-origin' not in answer.headers
        assert "default-src 'none'" in answer.headers['content-security-policy']


def test_without_its_cookie_a_page_has_no_socket(server: Served, page: Page) -> None:
    with socket(server, page, cookie='-') as stolen:
        assert RELOAD in stolen.enter()
        stolen.say(page.go('/organizations'))
        assert stolen.hear() == ''


def test_with_the_cookie_of_somebody_else_a_page_has_no_socket(server: Served, page: Page, mallory: Person) -> None:
    with socket(server, page, cookie=mallory.cookie) as stolen:
        assert RELOAD in stolen.enter()


def test_with_a_forged_cookie_a_page_has_no_socket(server: Served, page: Page) -> None:
    name, value = page.cookie.split('=', 1)
    forged = f'{name}={value[:-1]}{"A" if value[-1] != "A" else "B"}'
    with socket(server, page, cookie=forged) as stolen:
        assert RELOAD in stolen.enter()


def test_a_socket_of_another_page_can_not_act_on_this_one(server: Served, page: Page, mallory: Person) -> None:
    theirs = mallory.open()
    with socket(server, page) as own, socket(server, theirs) as third:
        assert own.enter().startswith('40')
        assert third.enter().startswith('40')
        third.say(page.go('/organizations'), frame('ack', client_id=page.id, next_message_id=10**9))
        third.say(frame('javascript_response', client_id=page.id, request_id='x', result=1))
        assert third.shake(page) == '437[false]'
        assert third.is_heard(theirs), 'its own page does listen to it'
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)


def test_a_socket_that_shook_no_hand_is_not_listened_to(server: Served, page: Page) -> None:
    with socket(server, page) as own, socket(server, page, implicit_handshake='false') as second:
        assert own.enter().startswith('40')
        assert second.enter().startswith('40')
        second.say(page.go('/organizations'))
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)


def test_a_page_that_was_fetched_ahead_shakes_hands_later(server: Served, page: Page) -> None:
    with socket(server, page, implicit_handshake='false') as own:
        assert own.enter().startswith('40')
        assert own.shake(page) == '437[true]'
        assert own.is_heard(page)


@pytest.mark.parametrize('other', ['tab_id', 'document_id'])
def test_a_page_belongs_to_one_document_in_one_tab(server: Served, page: Page, other: str) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        with socket(server, page, **{other: 'another'}) as second:
            assert RELOAD in second.enter()
        with socket(server, page, implicit_handshake='false') as third:
            third.enter()
            setattr(page, other.removesuffix('_id'), 'another')
            assert third.shake(page) == '437[false]'


@pytest.mark.parametrize(
    'instead',
    [
        {'client_id': ''},
        {'client_id': 'x' * 65},
        {'client_id': '../../etc'},
        {'tab_id': ''},
        {'document_id': ''},
        {'next_message_id': ''},
        {'next_message_id': 'abc'},
        {'next_message_id': '-1'},
        {'next_message_id': '9' * 400},
        {'EIO': '3'},
        {'transport': 'polling'},
        {'sid': 'abcdef'},
        {'old_tab_id': '\x00'},
        {'path': '/_nicegui_ws/'},
        {'path': '/_nicegui_ws/other/'},
        {'path': '/'},
    ],
    ids=str,
)
def test_a_strange_query_opens_no_socket(
    server: Served, page: Page, logged: Callable[[], list[str]], instead: dict[str, str]
) -> None:
    answer = refused(server, page, **instead)
    assert answer.status_code == 400
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert logged() == []


def test_the_id_of_a_page_that_is_gone_means_load_again(server: Served, page: Page) -> None:
    with socket(server, page, client_id='00000000-0000-4000-8000-000000000000') as late:
        assert RELOAD in late.enter()


# whose session is over -----------------------------------------------------------------------------------------------


def test_signing_out_ends_every_page_of_the_session_and_no_other(server: Served, come: Come) -> None:
    email = new('olga')
    olga, phone = come(email), come()
    assert phone.sign_in(email).status_code == 303
    home, first, second, elsewhere = olga.home, olga.open(), olga.open('/organizations'), phone.open()
    with (
        socket(server, first) as one,
        socket(server, second) as two,
        socket(server, elsewhere) as three,
    ):
        assert all(it.enter().startswith('40') for it in (one, two, three))
        old = olga.cookie
        assert olga.post('/auth/sign-out').headers['location'] == '/sign-in'
        for it, page in ((one, first), (two, second)):
            assert it.hear('42["run_javascript"', containing='/sign-in')
            it.say(page.go('/organizations'), page.go(f'{home}/settings'))
            everything = it.hear('42["update"', containing='"0":null')
            assert 'Settings' not in everything
            assert 'Organizations' not in everything
        assert three.is_heard(elsewhere)
    for page in (first, second):
        with socket(server, page, cookie=old) as again:
            assert RELOAD in again.enter()
    replayed = httpx.get(f'{server.url}{home}', headers={'Cookie': old})
    assert replayed.headers['location'].startswith('/sign-in')


def test_a_session_that_is_ended_elsewhere_is_noticed(server: Served, page: Page, olga: Person) -> None:
    [[user]] = sql(server, 'SELECT user_id FROM sessions ORDER BY created_at DESC LIMIT 1')
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        sql(server, 'DELETE FROM sessions WHERE user_id = ?', user)
        assert own.hear('42["run_javascript"', containing='/sign-in')
        assert own.hear('42["update"', containing='"0":null')
    with socket(server, page) as again:
        assert RELOAD in again.enter()


def test_a_cookie_from_before_signing_in_opens_nothing_afterwards(server: Served, come: Come) -> None:
    victim = come()
    victim.http.get('/sign-in')
    planted = victim.cookie
    assert victim.sign_up(new('victim')).status_code == 303
    assert victim.cookie != planted
    page = victim.open()
    assert httpx.get(f'{server.url}/', headers={'Cookie': planted}).headers['location'] == '/sign-in'
    with socket(server, page, cookie=planted) as stolen:
        assert RELOAD in stolen.enter()


def test_whoever_signs_in_elsewhere_meanwhile_gets_no_socket_for_the_old_page(server: Served, come: Come) -> None:
    anonymous = come()
    before = anonymous.open('/sign-in')
    assert anonymous.sign_up(new('late')).status_code == 303
    with socket(server, before, cookie=anonymous.cookie) as late:
        assert RELOAD in late.enter()


# what may come in ----------------------------------------------------------------------------------------------------

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
    server: Served, page: Page, logged: Callable[[], list[str]]
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


def test_unknown_ids_are_ignored_without_a_word(server: Served, page: Page, logged: Callable[[], list[str]]) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(page.go('/organizations', id=10**9), page.go('/organizations', listener_id='x'))
        own.say(page.go('/organizations', client_id='x'), page.go('/organizations', client_id=''))
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)
        assert own.is_heard(page)
    assert logged() == []


def test_nobody_writes_into_the_log(server: Served, page: Page) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(frame('log', client_id=page.id, level='error', message='forged\n2026-01-01 all is well'))
        assert own.is_heard(page)
    assert 'forged' not in server.log


@pytest.mark.parametrize('size', [FRAME + 1, 2_000_000, 20_000_000])
def test_a_frame_that_is_too_large_closes_the_socket(
    server: Served, page: Page, logged: Callable[[], list[str]], size: int
) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        with suppress(ConnectionClosed):
            own.say(page.go('/' + 'x' * size))
        assert own.hear('42', containing='xxxx') == ''
    assert len(logged()) <= 1
    with socket(server, page) as again:
        assert again.enter().startswith('40'), 'the browser comes back'


def test_a_large_frame_is_fine(server: Served, page: Page) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        own.say(page.go('/organizations?' + 'x' * (FRAME - 1000)))
        assert own.is_heard(page)


def test_frames_do_not_grow_when_they_are_unpacked(server: Served, page: Page) -> None:
    with socket(server, page) as own:
        assert own.connection.response is not None
        assert 'sec-websocket-extensions' not in own.connection.response.headers


def test_a_flood_closes_its_own_socket_and_nobody_else_notices(
    server: Served, olga: Person, page: Page, mallory: Person, logged: Callable[[], list[str]]
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


# what is posted ------------------------------------------------------------------------------------------------------


def test_nothing_is_uploaded_and_nothing_large_is_read(server: Served, olga: Person, page: Page) -> None:
    own = {'Origin': server.url}
    upload = f'/_nicegui/client/{page.id}/upload/1'
    assert olga.http.post(upload, content=b'x' * 5_000_000, headers=own).status_code == 403
    assert olga.http.post('/auth/sign-in', content=b'x' * (BODY + 1), headers=own).status_code == 413
    assert olga.http.post('/auth/sign-in', content=iter([b'x' * 1000]), headers=own).status_code == 411
    with create_connection(('127.0.0.1', server.port), PATIENCE) as wire:
        head = f'POST /auth/sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: {server.url}\r\nContent-Length: {10**12}'
        wire.sendall(f'{head}\r\n\r\n'.encode())
        assert b' 413 ' in wire.recv(100), 'before any of it has come'


# what is forged ------------------------------------------------------------------------------------------------------


def test_a_forwarded_address_is_not_believed(server: Served, come: Come) -> None:
    email = new('forger')
    assert come().sign_up(email, X_Forwarded_For='203.0.113.9', X_Forwarded_Proto='https').status_code == 303
    assert sql(server, 'SELECT network FROM account_events WHERE email_key = ?', email) == [('127.0.0.1',)]


def test_a_trusted_proxy_is_believed_and_the_client_before_it_is_not(serve: Callable[..., Served], come: Come) -> None:
    server = serve(BOTCADENCE_TRUSTED_PROXIES='127.0.0.1')
    john = come(at=server)
    assert john.sign_up('john@acme.test', X_Forwarded_For='198.51.100.1, 203.0.113.9').status_code == 303
    assert sql(server, 'SELECT network FROM account_events') == [('203.0.113.9',)]


@pytest.mark.parametrize('host', ['evil.test', '127.0.0.1.evil.test', 'localhost@evil.test', '', '[::2]', 'a b'])
def test_another_host_is_not_served(server: Served, page: Page, host: str) -> None:
    answer = httpx.get(f'{server.url}/sign-in', headers={'Host': host})
    assert answer.status_code in (400, 421)
    assert 'evil' not in answer.text


def test_a_forwarded_host_or_prefix_changes_nothing(server: Served, olga: Person) -> None:
    forged = {'X-Forwarded-Host': 'evil.test', 'X-Forwarded-Prefix': '//evil.test', 'Forwarded': 'host=evil.test'}
    answers = [olga.http.get(path, headers=forged) for path in ('/', '/sign-in', '/organizations', '/nowhere')]
    assert all('evil' not in answer.text + str(answer.headers) for answer in answers)


# too much from one network -------------------------------------------------------------------------------------------


def test_too_many_pages_of_one_network_are_refused_before_they_are_built(serve: Callable[..., Served]) -> None:
    server = serve(BOTCADENCE_TRUSTED_PROXIES='127.0.0.1')
    with httpx.Client(base_url=server.url) as http:
        robot = {'X-Forwarded-For': '198.51.100.1'}
        statuses = [http.get('/nowhere', headers=robot).status_code for _ in range(601)]
        assert statuses == [404] * 600 + [429]
        answer = http.get('/sign-in', headers=robot)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers['retry-after']) <= 60
        assert 'Try again' in answer.text
        assert 'set-cookie' not in answer.headers
        assert http.get('/assets/theme.css', headers=robot).status_code == 200
        assert http.get('/healthz', headers=robot).status_code == 200
        assert http.get('/sign-in', headers={'X-Forwarded-For': '198.51.100.2'}).status_code == 200
        assert http.get('/sign-in', headers={'X-Forwarded-For': '2001:db8::1'}).status_code == 200


# over https ----------------------------------------------------------------------------------------------------------


def test_behind_https_the_cookie_is_bound_to_host_and_transport(serve: Callable[..., Served]) -> None:
    server = serve(BOTCADENCE_PUBLIC_URL='https://bots.example.com')
    headers = {'Host': 'bots.example.com', 'Origin': 'https://bots.example.com'}
    form = {'email': 'john@acme.test', 'password': PASSWORD, 'confirmation': PASSWORD}
    answer = httpx.post(f'{server.url}/auth/sign-up', data=form, headers=headers)
    name, *flags = answer.headers['set-cookie'].lower().split('; ')
    assert name.startswith('__host-session=')
    assert {'path=/', 'secure', 'httponly', 'samesite=lax'} <= set(flags)
    assert not any(flag.startswith('domain') for flag in flags)
    assert answer.headers['strict-transport-security'] == 'max-age=31536000'
    assert 'server' not in answer.headers
    for wrong in ('http://bots.example.com', 'https://bots.example.com:8443', server.url):
        assert (
            httpx.post(f'{server.url}/auth/sign-up', data=form, headers={**headers, 'Origin': wrong}).status_code == 403
        )
    assert httpx.get(f'{server.url}/sign-in', headers={'Host': 'evil.test'}).status_code == 421
    assert httpx.get(f'{server.url}/sign-in').status_code == 200, 'from this machine itself'


def test_on_this_machine_the_cookie_is_plain(server: Served) -> None:
    answer = httpx.get(f'{server.url}/sign-in')
    name, *flags = answer.headers['set-cookie'].lower().split('; ')
    assert name.startswith('session=')
    assert {'path=/', 'httponly', 'samesite=lax'} <= set(flags)
    assert 'secure' not in flags
    assert 'strict-transport-security' not in answer.headers
