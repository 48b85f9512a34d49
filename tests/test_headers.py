"""Every answer carries the headers that keep browsers from doing what they should not."""

import re
from collections.abc import Awaitable, Callable

import httpx
import nicegui
import pytest
from nicegui import Client, app, core
from nicegui.app.app import prune_user_storage

from tests.support.visitors import ORIGIN, OURS, Visitor
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]

STATIC = f'/_nicegui/{nicegui.__version__}/static'
FILES = ['/assets/theme.css', '/assets/script.js', '/favicon.ico', f'{STATIC}/nicegui.js', f'{STATIC}/fonts.css']
ANSWERS = {
    '/': 303,
    '/sign-in': 200,
    '/sign-up': 200,
    '/organizations': 303,
    '/organizations/nothing/settings': 303,
    '/nowhere': 404,
    '/docs': 404,
    '/openapi.json': 404,
    '/auth/sign-in': 405,
    '/healthz': 200,
    '/_nicegui_ws/socket.io/?EIO=4&transport=polling': 400,
    '/_nicegui/client/x/upload/1': 404,
    f'{STATIC}/nothing.js': 404,
    f'{STATIC}/': 404,
    **dict.fromkeys(FILES, 200),
}
FILE = {'Content-Type': 'multipart/form-data; boundary=x'}
POLICY = {
    'default-src': {"'none'"},
    'script-src': {"'self'", "'unsafe-eval'"},
    'style-src': {"'self'", "'unsafe-inline'"},
    'img-src': {"'self'", 'data:'},
    'font-src': {"'self'", 'data:'},
    'connect-src': {"'self'"},
    'object-src': {"'none'"},
    'base-uri': {"'none'"},
    'frame-ancestors': {"'none'"},
    'form-action': {"'self'"},
}


def policy(answer: httpx.Response) -> dict[str, set[str]]:
    """The content security policy of an answer, without its nonce."""
    parts = (part.split() for part in answer.headers['content-security-policy'].split(';'))
    return {name: {each for each in allowed if not each.startswith("'nonce-")} for name, *allowed in parts}


def nonce(answer: httpx.Response) -> str:
    """The nonce of an answer."""
    found = re.search(r"'nonce-([\w-]{22})'", answer.headers['content-security-policy'])
    assert found
    return found[1]


def is_dressed(answer: httpx.Response) -> None:
    """Make sure that everything is there, once."""
    assert policy(answer) == POLICY
    headers = answer.headers
    assert headers.get_list('x-content-type-options') == ['nosniff']
    assert headers.get_list('referrer-policy') == ['same-origin']
    assert headers.get_list('cross-origin-opener-policy') == ['same-origin']
    assert 'camera=()' in headers['permissions-policy']
    assert {'server', 'x-powered-by', 'strict-transport-security', 'access-control-allow-origin'}.isdisjoint(headers)


@pytest.mark.parametrize('path', ANSWERS)
async def test_every_answer_has_them(visit: Visit, path: str) -> None:
    someone = await visit()
    answer = await someone.get(path)
    assert answer.status_code == ANSWERS[path]
    is_dressed(answer)
    evil = await someone.http_client.get(path, headers={'Origin': 'https://evil.test'})
    is_dressed(evil)


SEES_A_PAGE = {'/sign-in', '/sign-up'}
GOES_AWAY = [
    '/invitations/x',
    f'/invitations/{"a" * 43}',
    '/robots.txt',
    '/.well-known/security.txt',
    '/nowhere?next=/',
]


@pytest.mark.parametrize('path', [*ANSWERS, *GOES_AWAY])
async def test_only_who_sees_a_page_gets_a_cookie(visit: Visit, path: str) -> None:
    someone, kept = await visit(), set(app.storage._users)
    for method in ('GET', 'HEAD', 'OPTIONS'):
        answer = await someone.http_client.request(method, path)
        gets_one = path in SEES_A_PAGE and method != 'OPTIONS'
        assert ('set-cookie' in answer.headers) == gets_one, method
        assert bool(set(app.storage._users) - kept) == gets_one, method
        someone.http_client.cookies.clear()
        kept = set(app.storage._users)


async def test_nicegui_still_finds_the_number_of_whoever_was_sent_elsewhere(visit: Visit) -> None:
    someone = await visit()
    await someone.http_client.get('/organizations')
    assert all('id' in client.request.session for client in Client.instances.values())
    await prune_user_storage(force=True)


async def test_whoever_posts_something_gets_a_cookie_only_with_something_in_it(visit: Visit) -> None:
    someone, kept = await visit(), set(app.storage._users)
    for path in ('/auth/sign-out', f'/invitations/{"a" * 43}/accept', f'/invitations/{"a" * 43}/decline', '/nowhere'):
        answer = await someone.post(path)
        assert 'set-cookie' not in answer.headers, path
    assert set(app.storage._users) == kept
    assert 'set-cookie' in (await someone.sign_in('nobody@acme.test')).headers
    assert 'nobody@acme.test' in (await someone.get('/sign-in')).text


async def test_so_has_what_is_posted_and_what_is_refused(visit: Visit, world: World) -> None:
    olga = await visit()
    is_dressed(await olga.post('/auth/sign-in', {'Origin': 'https://evil.test'}))
    is_dressed(await olga.sign_in('olga@acme.test', 'wrong'))
    is_dressed(await olga.sign_in('olga@acme.test'))
    for screen in ('', '/settings', '/nothing'):
        is_dressed(await olga.get(f'/organizations/{world.organization_id}{screen}'))
    is_dressed(await olga.http_client.get('/', headers={'Host': 'evil.test'}))
    is_dressed(await olga.http_client.request('TRACE', '/'))
    is_dressed(await olga.http_client.options('/auth/sign-in'))


async def test_what_the_libraries_refuse_is_told_in_a_sentence_of_ours(visit: Visit) -> None:
    someone = await visit()
    file = '--x\r\nContent-Disposition: form-data; name="email"; filename="x"\r\n\r\nx\r\n--x--\r\n'
    answers = [
        (405, await someone.get('/auth/sign-in')),
        (405, await someone.post('/assets/theme.css')),
        (400, await someone.post('/auth/sign-in', OURS | {'Content-Type': 'multipart/form-data'})),
        (400, await someone.http_client.post('/auth/sign-in', content=file, headers=OURS | FILE)),
    ]
    for status, answer in answers:
        assert answer.status_code == status
        is_dressed(answer)
        assert answer.headers['content-type'].startswith('text/html')
        assert 'That did not work' in answer.text
        assert not re.search('detail|Method Not Allowed|boundary|Too many', answer.text)
    assert [answer.headers.get('allow') for _, answer in answers] == ['POST', 'GET', None, None]


async def test_so_has_a_defect_which_says_nothing_else(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    await visit()

    @app.get('/boom')
    async def boom() -> None:
        raise RuntimeError('postgresql://bot:secret@db')

    transport = httpx.ASGITransport(core.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        answer = await http.get('/boom')
    caplog.clear()
    app.remove_route('/boom')
    assert answer.status_code == 500
    is_dressed(answer)
    assert 'secret' not in answer.text
    assert 'RuntimeError' not in answer.text


async def test_the_scripts_of_a_page_have_the_nonce_of_this_answer_only(visit: Visit) -> None:
    someone = await visit()
    answers = [await someone.get('/sign-in') for _ in range(3)]
    assert len({nonce(answer) for answer in answers}) == 3
    for answer in answers:
        scripts = re.findall(r'<script\b([^>]*)>', answer.text)
        inline = [script for script in scripts if ' src=' not in script]
        assert len(inline) >= 4
        assert all(f'nonce="{nonce(answer)}"' in script for script in inline)


async def test_a_script_that_somebody_else_put_there_has_none(visit: Visit) -> None:
    from nicegui import ui

    await visit()

    @ui.page('/injected')
    def injected() -> None:
        ui.add_body_html('<script>window.XSS = 1</script>')

    answer = await (await visit()).get('/injected')
    assert '<script>window.XSS' in answer.text


@pytest.mark.parametrize('path', [*FILES, '/healthz', f'{STATIC}/nothing.js'])
async def test_what_is_the_same_for_everybody_sets_no_cookie(visit: Visit, path: str) -> None:
    assert 'set-cookie' not in (await (await visit()).get(path)).headers


async def test_a_page_is_kept_by_nobody(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    for path in ('/sign-in', f'/organizations/{world.organization_id}', '/nowhere'):
        answer = await olga.get(path)
        assert answer.status_code == 303 or answer.headers['cache-control'] == 'no-store'


async def test_the_length_is_right(visit: Visit) -> None:
    answer = await (await visit()).get('/sign-in')
    assert int(answer.headers['content-length']) == len(answer.content)
