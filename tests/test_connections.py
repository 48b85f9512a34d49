"""Connections before there is a request: half-sent ones, endless ones, and far too many of them."""

import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from socket import create_connection
from socket import socket as Wire
from urllib.request import urlopen

import pytest

from data.runtime import limits
from data.services import projects, sources
from pages.server.waiting import WaitingRoom
from tests.support.raw import SOCKET, Person, query, socket
from tests.support.served import MAIN, PATIENCE, Served
from tests.support.steps import standing

IMPATIENT = 'from data.runtime.limits import PATIENCE as p; p.update(dict.fromkeys(p, 1)); import main; main.main()'
"""The same program; a client has one second for each step."""

HEALTH = 'GET /healthz HTTP/1.1\nHost: localhost\n'
FORM = 'POST /auth/sign-in HTTP/1.1\nHost: localhost\nOrigin: http://localhost\nContent-Type: {}\n'
FILE = (
    'PUT /organizations/{0}/projects/{0}/files?name=x.md HTTP/1.1\nHost: localhost\nOrigin: http://localhost\n'.format(
        'a' * 16
    )
)
URLENCODED, MULTIPART = 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'


def form(body: str = '', *, length: int = 100, kind: str = URLENCODED, more: str = '') -> str:
    """The beginning of a form, or all of it."""
    return f'{FORM.format(kind)}Content-Length: {length}\n{more}\n{body}'


@pytest.fixture(scope='module')
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that waits a second; in the end nothing of all this is in its log."""
    server = Served(tmp_path_factory.mktemp('served'), (sys.executable, '-c', IMPATIENT))
    yield server
    assert server.stop() == 0
    assert server.log.splitlines() == [f'Botcadence is at {server.url}']


def answers(server: Served, sent: str, *, again: bytes = b'') -> list[int]:
    """The statuses of all that the server answers until it hangs up; `again` and again in between."""
    with create_connection(('127.0.0.1', server.port), PATIENCE) as wire:
        heard = b''
        try:
            wire.sendall(sent.replace('localhost\n', f'localhost:{server.port}\n').replace('\n', '\r\n').encode())
            wire.settimeout(0.05 if again else PATIENCE)
            for _ in range(20 * PATIENCE):
                try:
                    heard += (part := wire.recv(65536))
                    if not part:
                        break
                except TimeoutError:
                    assert again, 'It never hangs up.'
                    wire.sendall(again)
            else:
                raise AssertionError('It never hangs up.')
        except (ConnectionResetError, BrokenPipeError):
            pass
    return [int(status) for status in re.findall(rb'HTTP/1\.1 (\d+)', heard)]


@pytest.mark.parametrize(
    ('sent', 'again', 'answered'),
    [
        ('', b'', []),
        ('GET / HTT', b'', [408]),
        ('GET /healthz HTTP/1.1\nX-A: ', b'a', [408]),
        ('GET /healthz HTTP/1.1\n', b'A: b\r\n', [408]),
        (HEALTH + '\n', b'', [200]),
        (HEALTH + '\n' + HEALTH, b'a', [200, 408]),
        (HEALTH + 'Content-Length: 9\n\n', b'', [408]),
        (HEALTH + 'Content-Length: 99999\n\n', b'a', [200]),
        (form(), b'', [408]),
        (form('email='), b'', [408]),
        (form('email=', length=limits.BODY), b'a', [408]),
        (form('--x\n', kind=MULTIPART), b'', [408]),
        (form(more='Expect: 100-continue\n'), b'', [100, 408]),
        (form(length=limits.BODY + 1), b'a', [413]),
        ('GET /' + 'a' * 99_999, b'', [414]),
        ('GET / HTTP/1.1\nA: ' + 'a' * 99_999, b'', [431]),
        ('GET / HTTP/1.1\n' + 'A: b\n' * 9_999, b'', [431]),
        ('GET / HTTP/1.1\n' + f'A: {"b" * 999}\n' * 99, b'', [431]),
        (FORM.format(URLENCODED) + 'Transfer-Encoding: chunked\n\n', b'1\r\na\r\n', [411]),
        (f'{FILE}Content-Length: {limits.BODY + 1}\n\n', b'a', [401]),
        (f'{FILE}Content-Length: {limits.FILE + 1}\n\n', b'a', [413]),
        (HEALTH + 'Transfer-Encoding: chunked\n\n0\n' + 'A: b\n' * 9_999, b'', [411]),
        (HEALTH + 'Transfer-Encoding: chunked\n\n1;a=' + 'b' * 9_999, b'b', [411]),
        ('hello\n\n', b'', [400]),
    ],
    ids=lambda value: str(value)[:40].replace('\n', ' '),
)
def test_nobody_is_waited_for_in_vain(impatient: Served, sent: str, again: bytes, answered: list[int]) -> None:
    assert answers(impatient, sent, again=again) == answered


def test_a_file_that_does_not_come_is_not_waited_for_longer(impatient: Served) -> None:
    person, email = Person(impatient), 'olga@acme.com'
    assert person.sign_up(email).status_code == 303
    at = person.home.rpartition('/')[2]
    with standing(impatient, email, at) as actor:
        project = projects.create(actor, {'name': 'Shop'}).id
    path = f'/organizations/{at}/projects/{project}/files?name=x.md'
    head = f'PUT {path} HTTP/1.1\nHost: localhost\nOrigin: http://localhost\nCookie: {person.cookie}\n'
    assert answers(impatient, f'{head}Content-Length: {limits.FILE}\n\n# Half of it') == [408]
    with standing(impatient, email, at) as actor:
        assert sources.portion(actor, project, 'file').total == 0
    person.http.close()


def test_requests_that_come_at_once_are_all_answered_and_a_flood_of_them_is_not(impatient: Served) -> None:
    long = f'{HEALTH}X-A: {"a" * 3000}\n\n'
    assert answers(impatient, (HEALTH + '\n') * 10) == [200] * 10
    assert answers(impatient, long * 10) == [200] * 10
    assert 200 not in answers(impatient, (HEALTH + '\n') * 9_999)


def test_whoever_sends_half_of_a_second_request_and_goes_disturbs_nobody(impatient: Served) -> None:
    """The one before is still being answered: what it says then goes nowhere, and that is no defect."""
    for _ in range(50):
        with create_connection(('127.0.0.1', impatient.port), PATIENCE) as wire:
            again = 'GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n' * 3
            wire.sendall(again.encode() + form('x').replace('\n', '\r\n').encode())
    assert impatient.answers()


def test_whoever_asks_for_a_socket_before_they_are_answered_gets_none(impatient: Served) -> None:
    head = f'Host: localhost:{impatient.port}\r\n'
    upgrade = f'GET / HTTP/1.1\r\n{head}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
    for _ in range(50):
        with create_connection(('127.0.0.1', impatient.port), PATIENCE) as wire:
            wire.sendall(f'GET /sign-in HTTP/1.1\r\n{head}\r\n{upgrade}'.encode())
    assert impatient.answers()
    assert 'Traceback' not in impatient.log


BODIES = [
    (b'', 0),
    (b'email=' + b'%ff' * 9, None),
    (b'email=\xff\xfe&password=\xff&confirmation=%', None),
    (b'&'.join([b'a=1'] * 500), None),
    (b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--x--\r\n', None),
    (b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--\r\n', None),
    (b'--x\r\nContent-Disposition: form-data\r\n\r\na', None),
    (b'--y\r\n', None),
    (b'{"email": "a@b.test"}', None),
    (b'email=a', 3),
    (b'a' * (limits.BODY + 1), None),
]
KINDS = [
    URLENCODED,
    MULTIPART,
    'multipart/form-data',
    'multipart/form-data; boundary=x; charset=none',
    'text/plain',
    '',
]
ROUTES = ['/auth/sign-in', '/auth/sign-up', '/auth/sign-out', '/invitations/{}/accept', '/invitations/{}/decline']


@pytest.mark.parametrize('route', ROUTES)
def test_what_can_not_be_read_is_no_defect(impatient: Served, route: str) -> None:
    for body, length in BODIES:
        for kind in KINDS:
            head = f'POST {route.format("a" * 43)} HTTP/1.1\r\nHost: localhost:{impatient.port}\r\n'
            head += f'Origin: {impatient.url}\r\nConnection: close\r\nContent-Type: {kind}\r\n'
            with create_connection(('127.0.0.1', impatient.port), PATIENCE) as wire:
                wire.sendall(f'{head}Content-Length: {len(body) if length is None else length}\r\n\r\n'.encode() + body)
                status = int(wire.recv(65536).split()[1])
            assert status in (303, 400, 404, 413, 429), (body[:40], kind)
    assert 'Traceback' not in impatient.log


# sockets -------------------------------------------------------------------------------------------------------------


def upgraded(server: Served, person: Person) -> Wire:
    """A WebSocket for a page of this person, opened by hand: nothing in it reads or answers by itself."""
    wire = create_connection(('127.0.0.1', server.port), PATIENCE)
    head = f'GET {SOCKET}?{query(person.open("/sign-in"))} HTTP/1.1\r\nHost: localhost:{server.port}\r\n'
    head += f'Origin: {server.url}\r\nCookie: {person.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    wire.sendall(f'{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {"A" * 22}==\r\n\r\n'.encode())
    assert b' 101 ' in wire.recv(100)
    wire.sendall(bytes([0x81, 0x82, 0, 0, 0, 0]) + b'40')
    return wire


def test_a_message_that_has_begun_has_to_end(impatient: Served) -> None:
    person = Person(impatient)
    with upgraded(impatient, person) as wire:
        wire.sendall(bytes([0x01, 0x81, 0, 0, 0, 0]) + b'4')
        while wire.recv(1000):
            pass
    person.http.close()


def test_whoever_asks_and_does_not_read_is_answered_no_more(impatient: Served) -> None:
    person = Person(impatient)
    before, ping = megabytes(impatient), bytes([0x89, 0xFD, 0, 0, 0, 0]) + b'a' * 125
    with upgraded(impatient, person) as wire, pytest.raises(OSError):
        for _ in range(10_000):  # 131 MB
            wire.sendall(ping * 100)
        raise AssertionError('It never hangs up.')
    assert megabytes(impatient) - before < 30
    person.http.close()


# far too many --------------------------------------------------------------------------------------------------------

MANY = 5000
BEGINNINGS = {
    'said nothing': '',
    'half of the headers': 'GET /sign-in HTTP/1.1\nHost: localhost\nX-A: ',
    'nearly too much': 'GET /sign-in HTTP/1.1\nHost: localhost\n' + ''.join(f'{n}: {"a" * 140}\n' for n in range(95)),
    'half of a form': form('email='),
    'nearly all of a form': form('a' * (limits.BODY - 1), length=limits.BODY),
    'a socket that says nothing': (
        f'GET {SOCKET}?EIO=4&transport=websocket&client_id=a&tab_id=a&document_id=a&next_message_id=0 HTTP/1.1\n'
        f'Host: localhost\nOrigin: http://localhost\nUpgrade: websocket\nConnection: Upgrade\n'
        f'Sec-WebSocket-Version: 13\nSec-WebSocket-Key: {"A" * 22}==\n\n'
    ),
}


@pytest.fixture
def many_files() -> Iterator[None]:
    """Room for the sockets of this process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < MANY + 500:
        pytest.skip(f'This machine allows {before[1]} files.')
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], MANY + 500), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def megabytes(server: Served) -> float:
    """The memory of a server."""
    status = Path(f'/proc/{server.process.pid}/status').read_text(encoding='utf-8')
    return int(re.search(r'VmRSS:\s+(\d+)', status)[1]) / 1024  # type: ignore[index]


def connections(server: Served) -> int:
    """What a server has open."""
    return len(list(Path(f'/proc/{server.process.pid}/fd').iterdir()))


@pytest.mark.slow
@pytest.mark.skipif(not Path('/proc').exists(), reason='Only Linux says how much memory another process has.')
@pytest.mark.parametrize('beginning', BEGINNINGS)
def test_thousands_that_send_half_a_request_disturb_nobody(tmp_path: Path, many_files: None, beginning: str) -> None:
    """With 1,024 files, as systemd begins: whoever was there works on, others come in, and memory stays as it was."""
    server = Served(tmp_path, ('/bin/sh', '-c', f'ulimit -n 1024; exec {" ".join(MAIN)}'))
    olga = Person(server)
    olga.sign_up('olga@acme.test')
    page, wires = olga.open(), []
    said = BEGINNINGS[beginning].replace('\n', '\r\n').replace('//localhost', f'//localhost:{server.port}')
    try:
        with socket(server, page) as live:
            assert live.enter() and live.shake(page)
            before = megabytes(server)
            for number in range(MANY):
                wires.append(create_connection(('127.0.0.1', server.port), PATIENCE))
                wires[-1].sendall(said.encode())
                if number % 100 == 0:
                    assert connections(server) < 1000
                    assert urlopen(f'{server.url}/healthz', timeout=PATIENCE).read() == b'{"status":"ok"}'
            assert live.is_heard(page)
            assert olga.http.get('/organizations').status_code == 200
            assert megabytes(server) - before < 30
    finally:
        for each in [olga.http, *wires]:
            each.close()
        server.stop()
    assert server.stop() == 0
    said = [line for line in server.log.splitlines() if not line.endswith('what="no hello" network=127.0.0.1')]
    assert said == [f'Botcadence is at {server.url}']


# who goes ------------------------------------------------------------------------------------------------------------


class Guest:
    """A connection that remembers how it ended."""

    def __init__(self, network: str = '') -> None:
        self.network, self.ended = network, ''

    def give_up(self) -> None:
        self.ended = 'gave up'

    def abort(self) -> None:
        self.ended = 'aborted'


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock, which stands still."""
    now = [1000.0]
    monkeypatch.setattr(time, 'monotonic', lambda: now[0])
    return now


@pytest.mark.parametrize('files', [64, 256, 1024, 10_240, 2**20])
def test_there_is_always_room_for_files_and_for_requests(files: int) -> None:
    room = WaitingRoom(files)
    assert room.connections <= files - min(limits.FILES_KEPT, files // 4)
    assert 0 < room.waited <= limits.WAITED_FOR
    assert room.sockets + room.waited < room.connections, 'some connections are for requests that are being answered'


@pytest.mark.parametrize(
    ('address', 'network'),
    [
        ('203.0.113.9', '203.0.113.9'),
        ('2001:db8::1', '2001:db8::/64'),
        ('::ffff:203.0.113.9', '203.0.113.9'),
        ('127.0.0.1', ''),
        ('::1', ''),
        ('10.1.2.3', ''),
        ('2001:db8:1::5', ''),
        ('', ''),
    ],
)
def test_a_web_server_in_front_is_no_network(address: str, network: str) -> None:
    assert WaitingRoom(1024, '10.0.0.0/8,2001:db8:1::5/128').network(address) == network


async def test_of_too_many_in_one_network_the_oldest_go(
    monkeypatch: pytest.MonkeyPatch, monotonic: list[float]
) -> None:
    monkeypatch.setattr(limits, 'WAITED_FOR_HERE', 3)
    room, guests = WaitingRoom(1024), [Guest('203.0.113.9') for _ in range(5)]
    others = [Guest('203.0.113.10'), *(Guest() for _ in range(9))]
    for guest in [*others, *guests]:
        room.enter(guest, 10, is_silent=False)
        monotonic[0] += 0.01
    await room.look()
    assert not any(guest.ended for guest in guests), 'they may have said something already'
    monotonic[0] += 1
    await room.look()
    assert [guest.ended for guest in guests] == ['aborted'] * 2 + [''] * 3
    assert not any(guest.ended for guest in others)


async def test_sixty_tabs_that_open_at_once_behind_one_address_are_not_too_many(monotonic: list[float]) -> None:
    """On slow phones all of their connections wait for the next request, or are read from, for seconds."""
    room, tabs = WaitingRoom(10_240), 60
    connections_of_browser = 6  # at once to one host: Chromium, Firefox and Safari
    guests = [Guest('203.0.113.9') for _ in range(tabs * connections_of_browser)]
    for guest in guests:
        room.enter(guest, 10, is_silent=False)
        monotonic[0] += 0.01
    monotonic[0] += 1
    await room.look()
    assert not any(guest.ended for guest in guests)


def test_of_too_many_in_all_the_oldest_go_at_once_and_those_who_said_nothing_a_moment_later(
    monotonic: list[float],
) -> None:
    room = WaitingRoom(1024)
    silent, begun = [Guest() for _ in range(3)], [Guest() for _ in range(room.waited + 2)]
    for guest in silent:
        room.enter(guest, 10, is_silent=True)
    for guest in begun:
        room.enter(guest, 10, is_silent=False)
    assert [guest.ended for guest in begun[:4]] == ['aborted', 'aborted', '', '']
    assert not any(guest.ended for guest in silent)
    assert room.make_room(room.connections)
    assert not begun[2].ended
    assert room.make_room(room.connections + 1)
    assert begun[2].ended


def test_where_nobody_is_waited_for_there_is_no_room() -> None:
    room = WaitingRoom(1024)
    assert room.make_room(room.connections)
    assert not room.make_room(room.connections + 1)


async def test_whose_time_is_over_is_given_up(monotonic: list[float]) -> None:
    room, slow, quick, gone = WaitingRoom(1024), Guest(), Guest(), Guest()
    room.enter(slow, 10, is_silent=False)
    room.enter(quick, 5, is_silent=True)
    room.enter(gone, 5, is_silent=False)
    room.leave(gone)
    monotonic[0] += 6
    await room.look()
    assert (slow.ended, quick.ended, gone.ended) == ('', 'gave up', '')
    monotonic[0] += 6
    await room.look()
    assert (slow.ended, quick.ended, gone.ended) == ('gave up', 'gave up', '')
