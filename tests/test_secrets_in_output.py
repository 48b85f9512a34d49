"""No output of the start or of any command holds four letters of a password, however that was put into an address."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from data.commands import app
from data.database import schema
from data.runtime import instance_lock, logs
from data.runtime.settings import ConfigError, Settings
from tests.support import loggers
from tests.support.ports import free_port
from tests.support.post_office import Box, running

ROOT = Path(__file__).parents[1]
SIGNS = '/@:#?%[] \\&=+;!$\'"`{}|<>~^*()\t\n\x00\x7f'
PASSWORDS = st.text('qxzjQXZJ' + SIGNS + 'üß中💶\u202e\udcff', min_size=4, max_size=24)
"""Letters that none of our own words has four of in a row, with every sign that means something in an address."""

HOW = st.sampled_from([str, quote, lambda password: quote(password, safe='')])
COMMANDS = [
    ('check',),
    ('migrate',),
    ('backup',),
    ('restore', 'nothing.db'),
    ('verify-audit',),
    ('create-owner', 'olga@acme.test'),
    ('suspend', 'Acme', '--reason', 'x'),
    ('reinstate', 'Acme'),
    ('prune',),
    ('list', '--search', 'Acme'),
    ('set-password', 'olga@acme.test'),
    ('reset-link', 'olga@acme.test'),
    ('send-test-mail', 'nina@new.test'),
]
ADDRESSES = {
    'BOTCADENCE_DATABASE_URL': ['postgresql://bots:{}@127.0.0.1:1/bots', 'postgresql://127.0.0.1:1/bots?password={}'],
    'BOTCADENCE_SMTP_URL': ['smtp://bots:{}@127.0.0.1:1', 'smtps://bots@example.com:{}@127.0.0.1:1'],
    'BOTCADENCE_PUBLIC_URL': ['https://bots:{}@bots.example.com', 'http://bots:{}@bots.example.com'],
}
MANY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_MAIL_FROM', 'bots@example.com')
    yield monkeypatch
    instance_lock.release()


def put(setting: pytest.MonkeyPatch, name: str, address: str, password: str) -> bool:
    """Set this and none of the others; False where no environment can hold it."""
    for other in ADDRESSES:
        setting.delenv(other, raising=False)
    try:
        setting.setenv(name, address.format(password))
    except ValueError:  # a NUL
        return False
    return True


def pieces_in(output: str, password: str) -> set[str]:
    return {password[at : at + 4] for at in range(len(password) - 3) if password[at : at + 4] in output}


def started() -> str:
    """What a start prints and logs, the traceback of a crash included, as far as that is about its settings."""
    output = io.StringIO()
    with redirect_stderr(output), loggers.kept():
        try:
            loaded = Settings.load()
            logs.configure('text', 'debug', loaded.secrets)
            url = loaded.database_url.get_secret_value()
            instance_lock.acquire(loaded.data_dir, url)
            schema.prepare(url, loaded.data_dir / 'backups')
        except (ConfigError, instance_lock.Busy, schema.SchemaError) as problem:
            print(problem, file=sys.stderr)
            logs.log.error('and with everything that led there', exc_info=problem)
    instance_lock.release()
    return output.getvalue()


@pytest.mark.parametrize(('name', 'address'), [(name, each) for name, known in ADDRESSES.items() for each in known])
@given(password=PASSWORDS, how=HOW)
@example(password='p@ssjqxz/w#rd', how=str)
@example(password='&qxzjqx=zjqx', how=str)
@MANY
def test_a_start_tells_no_part_of_a_password(
    setting: pytest.MonkeyPatch, name: str, address: str, password: str, how: object
) -> None:
    assert callable(how)
    if (
        put(setting, name, address, how(password.encode('utf-8', 'surrogateescape')))
        if how is not str
        else put(setting, name, address, password)
    ):
        assert pieces_in(started(), password) == set()


@pytest.mark.parametrize('command', COMMANDS, ids=lambda command: command[0])
@given(
    password=PASSWORDS,
    how=HOW,
    place=st.sampled_from([(name, each) for name, known in ADDRESSES.items() for each in known[:1]]),
)
@example(password='p@ssjqxz/w#rd', how=str, place=('BOTCADENCE_DATABASE_URL', 'postgresql://bots:{}@127.0.0.1/bots'))
@settings(MANY, max_examples=15)
def test_no_command_tells_a_part_of_a_password(
    setting: pytest.MonkeyPatch, command: tuple[str, ...], password: str, how: object, place: tuple[str, str]
) -> None:
    assert callable(how)
    encodable = password.encode('utf-8', 'surrogateescape') if how is not str else password
    if not put(setting, *place, how(encodable)):
        return
    with loggers.kept():
        result = CliRunner().invoke(app, command, input='gray owl under ice\n')
    instance_lock.release()
    assert isinstance(result.exception, SystemExit | None), repr(result.exception)
    assert pieces_in(result.output, password) == set()


@given(password=PASSWORDS, how=HOW)
@settings(MANY, max_examples=40)
def test_a_mail_server_that_refuses_a_password_makes_nobody_tell_it(
    setting: pytest.MonkeyPatch, password: str, how: object
) -> None:
    assert callable(how)
    port = free_port()
    encodable = password.encode('utf-8', 'surrogateescape') if how is not str else password
    if put(setting, 'BOTCADENCE_SMTP_URL', f'smtp://bots:{{}}@127.0.0.1:{port}', how(encodable)):
        with running(Box(), port), loggers.kept():
            result = CliRunner().invoke(app, ['send-test-mail', 'nina@new.test'])
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert result.exit_code in (1, 2) and pieces_in(result.output, password) == set()


def test_the_process_itself_tells_none() -> None:
    """As the report said it: `failed to resolve host 'sssecret'`."""
    environment = {**os.environ, 'BOTCADENCE_DATABASE_URL': 'postgresql://bots:p@sssecret/w#rd@127.0.0.1/bots'}
    for program in (['main.py'], ['-m', 'data', 'check'], ['-m', 'data', 'migrate', '--json']):
        ended = subprocess.run(
            [sys.executable, *program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 2
        assert '%2F' in ended.stdout + ended.stderr and '%40' in ended.stdout + ended.stderr
        assert pieces_in(ended.stdout + ended.stderr, 'p@sssecret/w#rd') == set()
