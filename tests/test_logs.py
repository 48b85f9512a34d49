"""What is logged: every event once, on one line, readable or as JSON, and never a secret."""

import asyncio
import io
import json
import logging
import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from data.problems import Unavailable
from data.runtime import logs, redaction
from tests.load.tab import Tab, Visitor
from tests.support import loggers
from tests.support.faulty import SECRET
from tests.support.served import Served

TOKEN = secrets.token_urlsafe(32)
CLIENT = '3f0c2f6a-8f3e-4a39-9f0e-0123456789ab'


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards logging is as it was."""
    with loggers.kept():
        yield io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_a_line(stream: io.StringIO) -> None:
    logs.configure('json', stream=stream)
    logs.log.info('two\nlines', who='olga@acme.test', count=3, nested={'names': ['a\r\nb']})
    logging.getLogger('nicegui').warning('from %s', 'NiceGUI')
    first, second = lines(stream)
    assert first.pop('timestamp')
    assert first == {
        'level': 'info',
        'logger': 'botcadence',
        'event': 'two\nlines',
        'who': 'olga@acme.test',
        'count': 3,
        'nested': {'names': ['a\r\nb']},
    }
    assert (second['level'], second['logger'], second['event']) == ('warning', 'nicegui', 'from NiceGUI')


def test_text_is_one_line_an_event_whatever_is_in_it(stream: io.StringIO) -> None:
    logs.configure('text', stream=stream)
    logs.log.info('a\nb', who='c\r\nd', agent='x\x1b[31m\u2028y\u202e', empty='')
    logging.getLogger('nicegui').error('forged\n2026-01-01T00:00:00Z info botcadence nothing happened')
    assert len(stream.getvalue().splitlines()) == 2
    assert stream.getvalue().replace('\n', '').isprintable()
    assert r'who="c\\u000d\\u000ad"' in stream.getvalue()


@pytest.mark.parametrize(
    'event',
    [
        {'password': 'PASS word 1'},
        {'confirmation': 'PASS word 1'},
        {'form': {'Password': 'PASS word 1', 'deep': [{'new_password': 'PASS word 1'}]}},
        {'headers': {'Cookie': f'session={TOKEN}', 'Authorization': f'Bearer {TOKEN}'}},
        {'client_id': CLIENT, 'session_token': TOKEN},
        {'line': f'GET /x?client_id={CLIENT}&token={TOKEN} HTTP/1.1'},
        {'line': f'GET /invitations/{TOKEN} HTTP/1.1'},
        {'line': 'GET /reset-password/PASSword1 HTTP/1.1'},
        {'line': 'GET /verify-email/PASSword1?next=/ HTTP/1.1'},
        {'line': 'GET /confirm-contact/PASSword1 HTTP/1.1'},
        {'line': f'Cookie: session={TOKEN}; theme=PASSword1\r\n'},
        {'line': 'Authorization: Basic PASSword1=='},
        {'line': 'postgresql+psycopg://bot:PASSword1@db.example/bots'},
        {'line': '{"password": "PASS word 1", "email": "olga@acme.test"}'},
        {'line': "password='PASS word 1'"},
        {'line': f'a page {CLIENT} is gone'},
        {'line': f'somebody came with {TOKEN}'},
        {'line': f'session eyJpZCI6ICIxIiwgInRva2VuIjogIn{TOKEN}==.aGkx.{TOKEN[:27]}'},
        {'line': 'the secret is KNOWN ONE.'},
    ],
)
@pytest.mark.parametrize('form', ['text', 'json'])
def test_no_secret_is_shown(stream: io.StringIO, form: str, event: dict[str, object]) -> None:
    logs.configure(form, known=['KNOWN ONE', ''], stream=stream)
    logs.log.warning('something', **event)
    logging.getLogger('uvicorn.error').warning(str(event))
    try:
        raise RuntimeError(event)
    except RuntimeError as error:
        logs.defect(error)
    text = stream.getvalue()
    assert redaction.HIDDEN in text
    for secret in (TOKEN, TOKEN[:27], CLIENT, 'PASS', 'word 1', 'KNOWN ONE'):
        assert secret not in text, secret


def test_what_is_no_secret_stays(stream: io.StringIO) -> None:
    logs.configure('text', stream=stream)
    harmless = (
        'File "data/services/organizations.py", line 12, in test_it_makes_the_secret_key_once_for_the_owner_only',
        '/organizations/w65agwd7ax2m255v/settings',
        'SELECT name FROM users WHERE id = ? AND email_key = ?',
        'olga@acme.test has signed in from 192.0.2.7',
        'http://127.0.0.1:8080/sign-in',
        'session = identify(tx, actor)',
    )
    for text in harmless:
        logs.log.info(text)
        assert text in stream.getvalue()


@pytest.mark.parametrize('form', ['text', 'json'])
def test_a_defect_has_one_number_and_one_traceback(stream: io.StringIO, form: str) -> None:
    logs.configure(form, stream=stream)
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        logging.getLogger('nicegui').exception(error)
        number = logs.defect(error)
        assert logs.defect(error) == number
        logging.getLogger('uvicorn.error').error('Exception in ASGI application', exc_info=error)
    assert re.fullmatch('[0-9a-f]{8}', number)
    assert stream.getvalue().count('Traceback') == 1
    assert stream.getvalue().count(number) == 1


def test_a_traceback_in_text_can_not_pass_for_other_lines(stream: io.StringIO) -> None:
    logs.configure('text', stream=stream)
    logs.defect(ValueError('oh\n2026-01-01T00:00:00Z info botcadence all is well'))
    head, *trace = stream.getvalue().splitlines()
    assert ' error botcadence defect reference=' in head
    assert trace and all(line.startswith('    | ') for line in trace)


def test_what_people_were_told_is_no_defect(stream: io.StringIO) -> None:
    logs.configure('text', stream=stream)
    logging.getLogger('nicegui').exception(Unavailable(), exc_info=Unavailable())
    assert stream.getvalue() == ''


def test_the_level_can_be_chosen(stream: io.StringIO) -> None:
    logs.configure('text', 'warning', stream=stream)
    logs.log.info('too little')
    logging.getLogger('nicegui').info('too little')
    logs.log.warning('enough')
    assert 'too little' not in stream.getvalue()
    assert 'enough' in stream.getvalue()


def test_configured_twice_it_says_everything_once(stream: io.StringIO) -> None:
    logs.configure('text', stream=io.StringIO())
    logs.configure('text', stream=stream)
    logs.log.info('once')
    assert stream.getvalue().count('once') == 1


# the running server --------------------------------------------------------------------------------------------------

FAILING = ('/faulty/route', '/faulty/page', '/faulty/async', '/faulty/task')


@pytest.mark.parametrize('form', ['text', 'json'])
def test_the_log_of_a_server_in_which_everything_fails(tmp_path: Path, form: str) -> None:
    server = Served(tmp_path, command=[sys.executable, '-m', 'tests.support.faulty'], BOTCADENCE_LOG_FORMAT=form)
    try:
        secrets_seen, answers = asyncio.run(everything_fails(server.url))
    finally:
        assert server.stop() == 0
    log = server.log
    assert log.count('Traceback') == len(FAILING) + 1
    numbers = re.findall(r'reference["=: ]+([0-9a-f]{8})', log)
    assert len(numbers) == len(set(numbers)) == len(FAILING) + 1
    for answer in answers:
        [number] = re.findall('Reference ([0-9a-f]{8})', answer)
        assert number in numbers
        assert 'Mishap' not in answer and SECRET not in answer
    for secret in (SECRET, *secrets_seen):
        assert secret not in log
    head, *rest = log.splitlines()
    assert head.startswith('Botcadence is at http://')
    for line in rest:
        if form == 'json':
            assert json.loads(line)['level'] in ('warning', 'error')
        else:
            assert re.match(r'\d{4}-\d\d-\d\dT[\d:.]+Z (warning|error) \w|    \| ', line), line


async def everything_fails(url: str) -> tuple[list[str], list[str]]:
    """Sign up, run into every failure; the secrets that went over the wire, and what people saw."""
    form = {'email': 'olga@acme.test', 'password': 'gray owl under ice', 'confirmation': 'gray owl under ice'}
    answers = []
    async with Visitor.of(url) as visitor:
        await visitor.post('/auth/sign-up', form)
        for path in FAILING:
            async with visitor.http.get(path, params={'token': SECRET}) as response:
                assert response.status == (200 if path == '/faulty/task' else 500)
                if response.status == 500:
                    answers.append(await response.text())
        async with visitor.http.get('/nowhere', params={'token': SECRET}) as response:
            assert response.status == 404
        async with Tab.open(visitor, '/faulty/button') as tab:
            await tab.fire(tab.find(lambda it: it['tag'] == 'q-btn'), 'click')
            await tab.until('Failing')
            client = tab.client_id
        cookies = list(visitor.cookies().values())
        async with aiohttp.ClientSession(url) as stranger, stranger.get(f'/sign-in?password={SECRET}') as response:
            assert response.status == 200
    return [client, *cookies, form['password']], answers
