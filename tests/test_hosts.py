"""Where the application is: only requests for its own host come in, others are told or sent."""

from pathlib import Path
from typing import Any

import pytest

from data.runtime.settings import Settings
from tests.support.gate import Inside, Message, status


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.mark.parametrize(
    ('public_url', 'origins'),
    [
        ('https://bots.example.com', {'https://bots.example.com'}),
        ('https://bots.example.com:8443', {'https://bots.example.com:8443'}),
        ('http://192.168.1.5:8080', {'http://192.168.1.5:8080'}),
        ('http://localhost.example.com', {'http://localhost.example.com'}),
        ('http://127.0.0.1:8080', {'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'}),
        ('http://[::1]:8080', {'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'}),
        ('http://localhost', {'http://127.0.0.1', 'http://localhost', 'http://[::1]'}),
        (
            'https://bots.localhost:8443',
            {'https://bots.localhost:8443', 'https://127.0.0.1:8443', 'https://localhost:8443', 'https://[::1]:8443'},
        ),
    ],
)
def test_the_names_of_this_machine_are_one(public_url: str, origins: set[str]) -> None:
    from pages.server.addresses import origins_of

    assert origins_of(public_url) == origins


@pytest.mark.parametrize(
    ('host', 'answer'),
    [
        *((host, 200) for host in ('bots.example.com', 'BOTS.example.com', 'bots.example.com:443')),
        *(
            (host, 302)
            for host in (
                'bots.example.com:8',
                'localhost',
                'localhost:8080',
                '127.0.0.1',
                '127.0.0.1:1',
                '[::1]',
                '[::1]:8080',
            )
        ),
        *(
            (host, 421)
            for host in ('', '-', 'evil.test', 'bots.example.com.evil.test', 'evilbots.example.com', '127.0.0.2')
        ),
        *(
            (host, 421)
            for host in ('localhost@evil.test', 'localhost:x', 'localhost:', 'localhost/', 'localhost, evil')
        ),
        *((host, 421) for host in ('bots.example.com.', '10.0.0.1', '[::2]', '[::1', ' localhost', '\xe9')),
    ],
)
async def test_only_requests_for_its_own_host_are_served(tmp_path: Path, host: str, answer: int) -> None:
    settings = Settings(data_dir=tmp_path, public_url='https://bots.example.com')
    assert await status(settings, host=host) == answer


async def answer_of(
    settings: Settings, path: str, host: str, method: str = 'GET', **headers: str
) -> tuple[int, str, str]:
    """The status, where it leads, and what it says; 200 where the gate lets it through."""
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = {'host': host, **headers}
    pairs = [(name.replace('_', '-').encode(), text.encode()) for name, text in given.items()]
    path, _, query = path.partition('?')
    scope = {'type': 'http', 'method': method, 'path': path, 'query_string': query.encode(), 'headers': pairs}
    await RequestFilter(Inside(), settings)({**scope, 'client': None}, None, send)
    location = dict(sent[0]['headers']).get(b'location', b'').decode()
    return sent[0]['status'], location, sent[1]['body'].decode() if len(sent) > 1 else ''


PUBLIC = 'https://bots.example.com'


@pytest.mark.parametrize(
    ('path', 'location'),
    [
        ('/', f'{PUBLIC}/'),
        ('/sign-in?next=/organizations', f'{PUBLIC}/sign-in?next=/organizations'),
        ('/invitations/x y', f'{PUBLIC}/invitations/x%20y'),
        ('/a\r\nX: y', f'{PUBLIC}/a%0D%0AX:%20y'),
        *((path, '') for path in ('/healthz', '/assets/theme.css', '/favicon.ico', '//evil.test', '/_nicegui/x')),
    ],
)
@pytest.mark.parametrize('host', ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST'])
async def test_who_opens_it_by_a_name_of_this_machine_is_sent_to_its_address(
    tmp_path: Path, path: str, location: str, host: str
) -> None:
    """There, no form could be posted: its origin would be another one."""
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    for method in ('GET', 'HEAD'):
        assert (await answer_of(settings, path, host, method))[:2] == ((302, location) if location else (200, ''))


async def test_who_came_over_http_to_a_web_server_in_front_is_sent_to_https(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC, trusted_proxies='127.0.0.1')
    plain, safe = {'x_forwarded_proto': 'http'}, {'x_forwarded_proto': 'https'}
    assert (await answer_of(settings, '/x', 'bots.example.com', **plain))[:2] == (302, f'{PUBLIC}/x')
    assert (await answer_of(settings, '/x', 'bots.example.com', **safe))[0] == 200


@pytest.mark.parametrize(
    ('path', 'location'),
    [
        ('/sign-in/', '/sign-in'),
        ('/invitations/abc//', '/invitations/abc'),
        ('/ü/', '/%C3%BC'),
        ('/', ''),
        ('//', ''),
        ('//evil.example/', ''),
        ('/\\evil.example/', '/%5Cevil.example'),
    ],
)
async def test_a_slash_too_many_leads_to_where_one_is(tmp_path: Path, path: str, location: str) -> None:
    """Web servers in front often tell neither the scheme nor the port; an answer that names them leads nowhere."""
    settings = Settings(data_dir=tmp_path, public_url='https://bots.example.com:8443', trusted_proxies='127.0.0.1')
    for method in ('GET', 'HEAD'):
        answer = await answer_of(settings, path, 'bots.example.com', method, via='1.1 web')
        assert answer[:2] == ((302, location) if location else (200, ''))


@pytest.mark.parametrize('name', ['x_forwarded_for', 'x_forwarded_server', 'x_real_ip', 'via'])
async def test_a_web_server_in_front_that_asks_in_the_name_of_this_machine_is_answered(
    tmp_path: Path, name: str
) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    assert (await answer_of(settings, '/x', '127.0.0.1:8080', **{name: '203.0.113.9'}))[0] == 200


async def test_nobody_is_sent_round_and_round(tmp_path: Path) -> None:
    """A web server in front that says nothing of itself and asks in the name of this machine, as nginx does untold."""
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    statuses = [(await answer_of(settings, '/x', '127.0.0.1:8080'))[0] for _ in range(7)]
    assert statuses == [302] * 5 + [200] * 2, 'browsers follow twenty'


@pytest.mark.parametrize(
    ('public', 'host', 'is_sent'),
    [
        ('http://box.lan:8080', 'box.lan:9090', True),
        ('http://box.lan:8080', 'box.lan:80', True),
        ('http://box.lan:8080', 'BOX.lan', True),
        ('http://box.lan:8080', 'box.lan:8080', False),
        ('http://box.lan', 'box.lan:8080', True),
        ('http://box.lan', 'box.lan', False),
        ('http://box.lan', 'box.lan:80', False),
        ('https://box.lan:8443', 'box.lan:443', True),
        ('https://box.lan:8443', 'box.lan', False),  # web servers in front often leave the port out
        ('http://[fd00::5]:8080', '[fd00::5]:9090', True),
        ('http://[fd00::5]:8080', '[fd00::5]:8080', False),
        ('http://localhost:9000', '127.0.0.1:9090', True),
        ('http://localhost:9000', 'localhost', False),
    ],
)
async def test_who_opens_it_by_another_port_is_sent_to_its_address(
    tmp_path: Path, public: str, host: str, is_sent: bool
) -> None:
    settings = Settings(data_dir=tmp_path, allow_insecure=True, public_url=public)
    expected = (302, f'{public}/sign-in?next=/x') if is_sent else (200, '')
    for method in ('GET', 'HEAD'):
        assert (await answer_of(settings, '/sign-in?next=/x', host, method))[:2] == expected
    assert (await answer_of(settings, '/sign-in', host, via='1.1 web'))[0] == 200, 'whoever passes it on knows better'
    if is_sent:
        statuses = [(await answer_of(settings, '/y', host))[0] for _ in range(7)]
        assert statuses == [302] * 5 + [200] * 2, 'nobody is sent round and round'


@pytest.mark.parametrize('host', ['localhost:9090', '127.0.0.1:9090', '[::1]:9090', '127.0.0.1:80'])
async def test_who_opens_it_by_another_port_where_nobody_has_said_where_it_is_is_told(
    settings: Settings, host: str
) -> None:
    """Sent to 127.0.0.1 they might find nothing: behind a tunnel that is another machine."""
    for _ in range(7):
        status, location, page = await answer_of(settings, '/sign-in', host)
        assert (status, location) == (421, '')
    assert '<a class="link" href="http://127.0.0.1:8080">Go to http://127.0.0.1:8080</a>' in page
    assert 'BOTCADENCE_PUBLIC_URL' in page
    assert (await answer_of(settings, '/sign-in', host, x_real_ip='203.0.113.9'))[0] == 200
    assert (await answer_of(settings, '/healthz', host))[0] == 200


@pytest.mark.parametrize(
    'host', ['localhost.:8080', 'localhost.', '127.0.0.1.:8080', '127.0.0.2:8080', 'x.localhost:8080', 'LOCALHOST.']
)
async def test_this_machine_by_another_name_gets_a_link(settings: Settings, host: str) -> None:
    status, location, page = await answer_of(settings, '/x', host)
    assert (status, location) == (421, '')
    assert '<a class="link" href="http://127.0.0.1:8080">Go to http://127.0.0.1:8080</a>' in page


@pytest.mark.parametrize(
    ('origin', 'is_near'),
    [
        ('http://box.lan', True),
        ('http://box.lan:9090', True),
        ('https://box.lan:8080', True),
        ('http://evil.test', False),
        ('http://box.lan.evil.test', False),
        ('http://evil.test/box.lan:8080@', False),
        ('null', False),
        ('', False),
    ],
)
async def test_a_form_that_was_open_at_another_port_is_refused_with_the_way_there(
    tmp_path: Path, origin: str, is_near: bool
) -> None:
    settings = Settings(data_dir=tmp_path, allow_insecure=True, public_url='http://box.lan:8080')
    status, _, page = await answer_of(settings, '/auth/sign-in', 'box.lan:8080', 'POST', origin=origin)
    assert status == 403
    assert ('href="http://box.lan:8080"' in page) is is_near
    assert ('href="/"' in page) is not is_near


async def test_where_it_is_not_the_page_says_where_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url=PUBLIC)
    status, _, page = await answer_of(settings, '/x', '203.0.113.9:8080')
    assert status == 421
    assert f'<a class="link" href="{PUBLIC}">Go to {PUBLIC}</a>' in page
    assert 'href="/"' not in page
    assert (await answer_of(settings, '/assets/theme.css', '203.0.113.9:8080'))[0] == 200, 'the page looks like one'


async def test_where_nobody_has_said_where_it_is_the_page_says_what_to_set(settings: Settings) -> None:
    status, _, page = await answer_of(settings, '/x', '192.168.1.5:8080')
    assert status == 421
    assert 'BOTCADENCE_PUBLIC_URL' in page
    assert '<a ' not in page
    assert '192.168' not in page, 'it repeats nothing that a stranger has said'


async def test_two_hosts_are_none(settings: Settings) -> None:
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    hosts = [(b'host', b'localhost'), (b'host', b'localhost')]
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': hosts, 'client': None}
    await RequestFilter(Inside(), settings)(scope, None, send)
    assert sent[0]['status'] == 421


async def test_what_is_never_believed_does_not_come_in(settings: Settings) -> None:
    from pages.server.request_filter import RequestFilter

    async def send(message: Any) -> None:
        pass

    inside = Inside()
    names = [b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded', b'x-kept']
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'client': None}
    scope['headers'] = [(b'host', b'localhost'), *((name, b'evil') for name in names)]
    await RequestFilter(inside, settings)(scope, None, send)
    assert [name for name, _ in inside.scopes[0]['headers']] == [b'host', b'x-kept']
