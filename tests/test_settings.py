"""Settings: what is taken, what is refused and in which words."""

import os
import re
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from data.runtime.account_rules import AccountRules, SignUp
from data.runtime.setting_table import table
from data.runtime.settings import Settings
from tests.support.configured import KEY, PASSWORD, loaded, nothing_set, refused
from tests.support.served import Served

ROOT = Path(__file__).parents[1]


clean = pytest.fixture(autouse=True)(nothing_set)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_needs_no_settings(tmp_path: Path) -> None:
    settings = Settings.load()
    assert (settings.host, settings.port) == ('127.0.0.1', 8080)
    assert settings.public_url == 'http://127.0.0.1:8080'
    assert settings.data_dir == tmp_path / 'var'
    assert settings.database_path == tmp_path / 'var' / 'botcadence.db'
    assert settings.is_sqlite
    assert not settings.secure


def test_it_makes_the_secret_key_once_for_the_owner_only(tmp_path: Path) -> None:
    first = Settings.load().secret_key.get_secret_value()
    assert len(first) >= 32
    assert mode(tmp_path / 'var') == 0o700
    assert mode(tmp_path / 'var' / 'secret_key') == 0o600
    assert Settings.load().secret_key.get_secret_value() == first
    assert [path.name for path in (tmp_path / 'var').iterdir()] == ['secret_key']


def test_it_makes_no_key_where_one_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert loaded(monkeypatch, SECRET_KEY=KEY).secret_key.get_secret_value() == KEY
    assert mode(tmp_path / 'var') == 0o700
    assert not list((tmp_path / 'var').iterdir())


def test_it_makes_nothing_when_a_setting_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refused(monkeypatch, PORT='0')
    assert not list(tmp_path.iterdir())


def test_it_closes_an_empty_data_folder_but_leaves_a_used_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, files, expected in (('empty', [], 0o700), ('used', ['notes.txt'], 0o755)):
        folder = tmp_path / name
        folder.mkdir()
        folder.chmod(0o755)
        for file in files:
            (folder / file).touch()
        loaded(monkeypatch, DATA_DIR=str(folder))
        assert mode(folder) == expected


def test_it_refuses_a_data_folder_it_may_not_write_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, 'access', lambda *_: False)
    assert refused(monkeypatch) == f'BOTCADENCE_DATA_DIR: {tmp_path}/var is not a folder to write in (no permission).'


def test_it_refuses_a_short_or_empty_kept_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = tmp_path / 'var' / 'secret_key'
    key.parent.mkdir()
    key.write_text(PASSWORD)
    assert 'too short' in refused(monkeypatch)
    key.write_text('')
    assert 'empty' in refused(monkeypatch)
    key.write_bytes(b'\xff' * 64)
    assert 'not text' in refused(monkeypatch)


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f'postgresql+psycopg://bot:{PASSWORD}@localhost/bots'
    settings = loaded(monkeypatch, SECRET_KEY=KEY, DATABASE_URL=address)
    for text in (repr(settings), str(settings), repr(settings.model_dump()), repr(settings.database)):
        assert KEY not in text
        assert PASSWORD not in text
    assert settings.database_url.get_secret_value() == address


@pytest.mark.parametrize(
    ('name', 'value', 'taken'),
    [('LOG_LEVEL', 'INFO', 'info'), ('LOG_LEVEL', 'Warning', 'warning'), ('LOG_FORMAT', 'JSON', 'json')],
)
def test_words_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch, name: str, value: str, taken: str) -> None:
    assert getattr(loaded(monkeypatch, **{name: value}), name.lower()) == taken


def test_the_rules_for_accounts_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch).account_rules == AccountRules()
    given = {'SIGN_UP': 'Invited', 'SIGN_UP_DOMAINS': '@Acme.test, müller.de', 'PASSWORDS': 'off', 'SESSION_DAYS': '2'}
    provider = {'ISSUER': 'https://id.acme.test', 'CLIENT_ID': 'us', 'CLIENT_SECRET': PASSWORD}
    given |= {f'OIDC_ACME_{name}': text for name, text in provider.items()}
    rules = loaded(monkeypatch, **given).account_rules
    assert (rules.sign_up, rules.passwords, rules.absolute) == (SignUp.INVITED, False, timedelta(days=2))
    assert rules.domains == {'acme.test', 'xn--mller-kva.de'}


@pytest.mark.parametrize(
    ('name', 'value', 'says'),
    [
        ('HOST', 'not a host', 'BOTCADENCE_HOST must be an IP address or a host name.'),
        ('PORT', '0', 'BOTCADENCE_PORT must be a number from 1 to 65535.'),
        ('PORT', '65536', 'BOTCADENCE_PORT must be a number from 1 to 65535.'),
        ('PORT', PASSWORD, 'BOTCADENCE_PORT must be a number from 1 to 65535.'),
        ('ALLOW_INSECURE', 'perhaps', 'BOTCADENCE_ALLOW_INSECURE must be 1 or 0.'),
        ('SECRET_KEY', PASSWORD, 'BOTCADENCE_SECRET_KEY must be at least 32 characters long.'),
        ('PUBLIC_URL', 'http://bots.example.com', 'BOTCADENCE_PUBLIC_URL: http://bots.example.com lets passwords'),
        ('HOST', '192.168.1.5', 'BOTCADENCE_PUBLIC_URL: http://192.168.1.5:8080 lets passwords'),
        ('PUBLIC_URL', 'http://0.0.0.0:8080', 'BOTCADENCE_PUBLIC_URL: 0.0.0.0 is every network, and no address that'),
        ('PUBLIC_URL', 'https://[::]', 'BOTCADENCE_PUBLIC_URL: [::] is every network, and no address that people'),
        ('WIDGET_URL', 'http://chat.example.com', 'BOTCADENCE_WIDGET_URL: http://chat.example.com lets passwords'),
        ('WIDGET_URL', 'http://127.0.0.1:9999', 'BOTCADENCE_WIDGET_URL needs another host name than BOTCADENCE_PUBLIC'),
        ('WIDGET_URL', 'chat.example.com/x', 'BOTCADENCE_WIDGET_URL must be https://'),
        ('DATA_DIR', '/dev/null', 'BOTCADENCE_DATA_DIR: /dev/null is not a folder to write in'),
        ('DATA_DIR', '/dev/null/var', 'BOTCADENCE_DATA_DIR: /dev/null/var is not a folder to write in'),
        ('DATABASE_URL', 'sqlite:////nowhere/at/all.db', 'BOTCADENCE_DATABASE_URL names a file in a folder that'),
        ('LOG_FORMAT', 'xml', 'BOTCADENCE_LOG_FORMAT must be text or json.'),
        ('LOG_LEVEL', 'loud', 'BOTCADENCE_LOG_LEVEL must be debug, info, warning or error.'),
        ('BACKUP_HOUR', '24', 'BOTCADENCE_BACKUP_HOUR must be an hour of the day from 0 to 23.'),
        ('BACKUP_KEEP', '0', 'BOTCADENCE_BACKUP_KEEP must be a number from 1 to 1000.'),
        ('SIGN_UP', 'perhaps', 'BOTCADENCE_SIGN_UP must be open, invited or closed.'),
        ('SIGN_UP_DOMAINS', 'acme.test, no domain', 'BOTCADENCE_SIGN_UP_DOMAINS must be domains such as example.com'),
        ('SIGN_UP_DOMAINS', 'olga@acme.test', 'BOTCADENCE_SIGN_UP_DOMAINS must be domains such as example.com'),
        ('PASSWORDS', 'perhaps', 'BOTCADENCE_PASSWORDS must be on or off.'),
        ('SESSION_IDLE_DAYS', '0', 'BOTCADENCE_SESSION_IDLE_DAYS must be a number of days from 1 to 365.'),
        ('SESSION_DAYS', '366', 'BOTCADENCE_SESSION_DAYS must be a number of days from 1 to 365.'),
        ('TRUSTED_PROXIES', 'caddy', 'BOTCADENCE_TRUSTED_PROXIES must be IP addresses or networks such as'),
        ('TRUSTED_PROXIES', '*', 'BOTCADENCE_TRUSTED_PROXIES must be IP addresses or networks such as'),
        ('TRUSTED_PROXIES', '10.0.0.1/8', 'BOTCADENCE_TRUSTED_PROXIES must be IP addresses or networks such as'),
        ('TRUSTED_PROXIES', '10.1.1.1, ::/0', 'BOTCADENCE_TRUSTED_PROXIES: a network of everybody would let anybody'),
    ],
)
def test_it_refuses(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    assert refused(monkeypatch, **{name: value}).startswith(says)


@pytest.mark.parametrize(
    'value',
    [
        'bots.example.com',
        'ftp://bots.example.com',
        'https://',
        'https://bots.example.com/app',
        'https://bots.example.com/?a=1',
        'https://bots.example.com?',
        'https://bots.example.com#',
        f'https://bot:{PASSWORD}@bots.example.com',
        f'http://bot:{PASSWORD}@bots.example.com',
        'https://bots.example.com:99999',
        'https://bots example.com',
        'https://*.example.com',
        'https://bots.example.com:0',
        'https://bots.example.com,https://b.example.com',
        'bots.example.com:8080',
        'http://localhost:8080//',
    ],
)
def test_it_refuses_a_public_url_that_is_no_origin(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refused(monkeypatch, PUBLIC_URL=value).startswith('BOTCADENCE_PUBLIC_URL must be https://')


@pytest.mark.parametrize(
    ('value', 'origin'),
    [
        ('https://bots.example.com/', 'https://bots.example.com'),
        ('HTTPS://Bots.Example.com:443', 'https://bots.example.com'),
        ('https://bots.example.com:8443', 'https://bots.example.com:8443'),
        ('https://bücher.example', 'https://xn--bcher-kva.example'),
        ('http://localhost:9000', 'http://localhost:9000'),
        ('http://127.0.0.1:80', 'http://127.0.0.1'),
        ('http://[::1]:8080', 'http://[::1]:8080'),
        (' https://bots.example.com/ ', 'https://bots.example.com'),
        ('https://bots.example.com.', 'https://bots.example.com'),
        ('https://bots.example.com.:8443/', 'https://bots.example.com:8443'),
        ('https://[2001:DB8:0::1]:443', 'https://[2001:db8::1]'),
        ('https://пример.рф:8443', 'https://xn--e1afmkfd.xn--p1ai:8443'),
    ],
)
def test_it_writes_a_public_url_as_browsers_do(monkeypatch: pytest.MonkeyPatch, value: str, origin: str) -> None:
    settings = loaded(monkeypatch, PUBLIC_URL=value)
    assert settings.public_url == origin
    assert settings.secure == origin.startswith('https')


def test_it_allows_plain_http_when_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, PUBLIC_URL='http://bots.example.com', ALLOW_INSECURE='1')
    assert settings.public_url == 'http://bots.example.com'


@pytest.mark.parametrize(
    ('host', 'origin'),
    [
        ('0.0.0.0', 'http://127.0.0.1:9000'),
        ('::', 'http://[::1]:9000'),
        ('::1', 'http://[::1]:9000'),
        ('localhost', 'http://localhost:9000'),
    ],
)
def test_the_public_url_follows_host_and_port(monkeypatch: pytest.MonkeyPatch, host: str, origin: str) -> None:
    assert loaded(monkeypatch, HOST=host, PORT='9000').public_url == origin


def test_it_takes_several_trusted_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, TRUSTED_PROXIES='127.0.0.1, 10.0.0.0/8,2001:db8::1')
    assert settings.trusted_proxies.split(',') == ['127.0.0.1/32', '10.0.0.0/8', '2001:db8::1/128']


@pytest.mark.parametrize('host', ['0.0.0.0:8080', 'localhost:8080', '[::]', 'http://0.0.0.0', '*'])
def test_a_host_to_listen_on_has_no_port(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert refused(monkeypatch, HOST=host) == 'BOTCADENCE_HOST must be an IP address or a host name.'


def test_a_wrong_setting_ends_the_start_with_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, 'BOTCADENCE_PORT': 'many', 'BOTCADENCE_DATA_DIR': str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, 'main.py'], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stderr == 'BOTCADENCE_PORT must be a number from 1 to 65535.\n'
    assert ended.stdout == ''


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')
    assert readme.split('<!-- settings -->')[1].split('<!-- /settings -->')[0].strip() == table()


@pytest.mark.skipif(sys.platform == 'win32', reason='It has no limits on the size of files.')
def test_a_full_disk_stops_the_start_with_one_line_and_leaves_no_half_key(tmp_path: Path) -> None:
    """As a disk without room: no byte can be written to any file."""
    import resource

    def nothing_fits() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    ended = subprocess.run(
        [sys.executable, '-m', 'data', 'migrate'],
        cwd=ROOT,
        env={**os.environ, 'BOTCADENCE_DATA_DIR': str(tmp_path / 'var')},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=nothing_fits,
    )
    assert ended.returncode == 2
    assert ended.stderr == f'The secret key {tmp_path}/var/secret_key cannot be written (File too large).\n'
    assert not (tmp_path / 'var' / 'secret_key').exists()


@pytest.mark.parametrize(
    ('given', 'is_told'),
    [
        ({}, False),
        ({'HOST': '0.0.0.0'}, True),
        ({'HOST': '::'}, True),
        ({'HOST': '0.0.0.0', 'PUBLIC_URL': 'http://localhost:9000'}, True),
        ({'HOST': '0.0.0.0', 'PUBLIC_URL': 'http://localhost'}, True),
        ({'HOST': '::1', 'PUBLIC_URL': 'http://[::1]:9000'}, False),
        ({'HOST': '0.0.0.0', 'PUBLIC_URL': 'https://bots.example.com'}, False),
        ({'HOST': '0.0.0.0', 'PUBLIC_URL': 'http://192.168.1.5:8080', 'ALLOW_INSECURE': '1'}, False),
    ],
    ids=str,
)
def test_the_start_says_when_nobody_else_can_come_in(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], is_told: bool
) -> None:
    from pages.server.start import _advice

    advice = _advice(loaded(monkeypatch, **given))
    assert bool(advice) == is_told
    if is_told:
        assert 'set BOTCADENCE_PUBLIC_URL to the address that people type' in advice
        assert re.search(r'http://\d+\.\d+\.\d+\.\d+:8080 with BOTCADENCE_ALLOW_INSECURE=1\.$', advice)


def test_the_server_says_it_when_it_starts(tmp_path: Path) -> None:
    server = Served(tmp_path, BOTCADENCE_HOST='0.0.0.0')
    server.stop()
    said, advice = server.log.splitlines()
    assert said.startswith('Botcadence is at http://127.0.0.1:')
    assert advice.startswith('It listens on 0.0.0.0, but only this machine can use it: set BOTCADENCE_PUBLIC_URL to')
