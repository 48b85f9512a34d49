"""Requests that nobody's browser makes: uploads, forged headers, floods of pages, other hosts."""

from collections.abc import Callable
from socket import create_connection

import httpx
import pytest

from data.runtime.limits import BODY
from tests.support.raw import Fetched, Person, new, sql
from tests.support.served import PASSWORD, PATIENCE, Served

# what is posted ------------------------------------------------------------------------------------------------------


def test_nothing_is_uploaded_and_nothing_large_is_read(server: Served, olga: Person, page: Fetched) -> None:
    own = {'Origin': server.url}
    upload = f'/_nicegui/client/{page.id}/upload/1'
    assert olga.http.post(upload, content=b'x' * 5_000_000, headers=own).status_code == 403
    assert olga.http.post('/auth/sign-in', content=b'x' * (BODY + 1), headers=own).status_code == 413
    assert olga.http.post('/auth/sign-in', content=iter([b'x' * 1000]), headers=own).status_code == 411
    with create_connection(('127.0.0.1', server.port), PATIENCE) as wire:
        head = f'POST /auth/sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: {server.url}\r\nContent-Length: {10**12}'
        wire.sendall(f'{head}\r\n\r\n'.encode())
        assert b' 413 ' in wire.recv(100), 'before any of it has come'


def test_what_is_not_http_is_answered_in_a_few_words(server: Served) -> None:
    for nonsense in (b'hello\r\n\r\n', b'GET / HTTP/9\r\n\r\n', b'GET /\r\x00\n\r\n'):
        with create_connection(('127.0.0.1', server.port), PATIENCE) as wire:
            wire.sendall(nonsense)
            answer = wire.recv(1000).lower()
            assert b' 400 ' in answer.splitlines()[0]
            assert b'server:' not in answer
            assert len(answer) < 300


# what is forged ------------------------------------------------------------------------------------------------------


def test_a_forwarded_address_is_not_believed(server: Served, come: Callable[..., Person]) -> None:
    email = new('forger')
    assert come().sign_up(email, X_Forwarded_For='203.0.113.9', X_Forwarded_Proto='https').status_code == 303
    assert sql(server, 'SELECT network FROM account_events WHERE email_key = ?', email) == [('127.0.0.1',)]


def test_a_trusted_proxy_is_believed_and_the_client_before_it_is_not(
    serve: Callable[..., Served], come: Callable[..., Person]
) -> None:
    server = serve(BOTCADENCE_TRUSTED_PROXIES='127.0.0.1')
    john = come(at=server)
    assert john.sign_up('john@acme.test', X_Forwarded_For='198.51.100.1, 203.0.113.9').status_code == 303
    assert sql(server, 'SELECT network FROM account_events') == [('203.0.113.9',)]


@pytest.mark.parametrize('host', ['evil.test', '127.0.0.1.evil.test', 'localhost@evil.test', '', '[::2]', 'a b'])
def test_another_host_is_not_served(server: Served, page: Fetched, host: str) -> None:
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
    here = httpx.get(f'{server.url}/sign-in')
    assert (here.status_code, here.headers['location']) == (302, 'https://bots.example.com/sign-in')
    assert 'set-cookie' not in here.headers
    assert httpx.get(f'{server.url}/healthz').status_code == 200, 'from this machine itself'


def test_on_this_machine_the_cookie_is_plain(server: Served) -> None:
    answer = httpx.get(f'{server.url}/sign-in')
    name, *flags = answer.headers['set-cookie'].lower().split('; ')
    assert name.startswith('session=')
    assert {'path=/', 'httponly', 'samesite=lax'} <= set(flags)
    assert 'secure' not in flags
    assert 'strict-transport-security' not in answer.headers


@pytest.mark.parametrize('path', ['/', '/sign-in', '/sign-up', '/organizations', '/healthz', '/theme.css', '/nothing'])
def test_head_says_what_get_says_without_the_body(olga: Person, come: Callable[..., Person], path: str) -> None:
    for http in (olga.http, come().http):
        known, asked = http.get(path), http.head(path)
        assert (asked.status_code, asked.content) == (known.status_code, b'')
        assert asked.headers.get('location') == known.headers.get('location')
