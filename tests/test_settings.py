"""Settings: what is taken, what is refused and in which words."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from data.runtime.settings import ConfigError, Settings, table
from tests.support.served import Served

ROOT = Path(__file__).parents[1]
PASSWORD = 'open-sesame-4711'
KEY = 'k3y-' * 10


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start every test in an empty folder with no setting made."""
    for name in list(os.environ):
        if name.startswith('BOTCADENCE_'):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(f'BOTCADENCE_{name}', value)
    return Settings.load()


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(monkeypatch, **settings)
    sentence = str(caught.value)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(('.', '?'))
    assert PASSWORD not in sentence
    return sentence


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
        ('DATA_DIR', '/dev/null', 'BOTCADENCE_DATA_DIR: /dev/null is not a folder to write in'),
        ('DATA_DIR', '/dev/null/var', 'BOTCADENCE_DATA_DIR: /dev/null/var is not a folder to write in'),
        ('DATABASE_URL', 'sqlite:////nowhere/at/all.db', 'BOTCADENCE_DATABASE_URL names a file in a folder that'),
        ('LOG_FORMAT', 'xml', 'BOTCADENCE_LOG_FORMAT must be text or json.'),
        ('LOG_LEVEL', 'loud', 'BOTCADENCE_LOG_LEVEL must be debug, info, warning or error.'),
        ('BACKUP_HOUR', '24', 'BOTCADENCE_BACKUP_HOUR must be an hour of the day from 0 to 23.'),
        ('BACKUP_KEEP', '0', 'BOTCADENCE_BACKUP_KEEP must be a number from 1 to 1000.'),
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


@pytest.mark.parametrize('scheme', ['postgres', 'postgresql', 'postgresql+psycopg'])
def test_it_takes_every_common_postgresql_address(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    settings = loaded(monkeypatch, DATABASE_URL=f'{scheme}://bot:p%40ss@db.example:5433/bots?sslmode=require')
    assert settings.database.render_as_string(hide_password=False) == (
        'postgresql+psycopg://bot:p%40ss@db.example:5433/bots?sslmode=require'
    )
    assert not settings.is_sqlite
    assert settings.database_path is None


@pytest.mark.parametrize(
    'value',
    [
        PASSWORD,
        f'mysql://bot:{PASSWORD}@localhost/bots',
        f'postgresql+psycopg2://bot:{PASSWORD}@localhost/bots',
        f'postgresql+asyncpg://bot:{PASSWORD}@localhost/bots',
        f'postgresql+psycopg://bot:{PASSWORD}@localhost',
        f'postgresql+psycopg://bot:{PASSWORD}@localhost:port/bots',
        'sqlite://',
        'sqlite:///',
        'sqlite:///:memory:',
        'sqlite://host/bots.db',
        'sqlite:///bots.db?mode=ro',
        'sqlite+aiosqlite:///bots.db',
    ],
)
def test_it_refuses_a_database_it_does_not_know(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    sentence = refused(monkeypatch, DATABASE_URL=value)
    assert 'sqlite:///folder/file.db or postgresql+psycopg://user:password@host/name' in sentence


def test_a_sqlite_file_becomes_an_absolute_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert loaded(monkeypatch, DATABASE_URL='sqlite:///bots.db').database_path == tmp_path / 'bots.db'


def test_every_setting_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        'HOST': 'localhost',
        'PORT': '9000',
        'ALLOW_INSECURE': '1',
        'PUBLIC_URL': 'http://bots.example.com',
        'DATA_DIR': str(tmp_path / 'elsewhere'),
        'DATABASE_URL': f'postgresql+psycopg://bot:{PASSWORD}@localhost/bots',
        'SECRET_KEY': KEY,
        'TRUSTED_PROXIES': '10.0.0.0/8',
        'LOG_FORMAT': 'json',
        'LOG_LEVEL': 'debug',
        'SMTP_URL': f'smtp://bots:{PASSWORD}@mail.example.com:587',
        'MAIL_FROM': 'Botcadence <bots@example.com>',
        'BACKUP_HOUR': '3',
        'BACKUP_KEEP': '30',
    }
    assert {name.lower() for name in given} == set(Settings.model_fields)
    for name, value in given.items():
        (tmp_path / name).write_text(f'{value}\n')
    settings = loaded(monkeypatch, **{f'{name}_FILE': str(tmp_path / name) for name in given})
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.database_url.get_secret_value() == given['DATABASE_URL']
    assert (settings.host, settings.port, settings.allow_insecure) == ('localhost', 9000, True)
    assert settings.data_dir == tmp_path / 'elsewhere'


def test_it_refuses_a_file_without_a_usable_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / 'empty').write_text(' \n')
    (tmp_path / 'bytes').write_bytes(b'\xff' * 40)
    for path, why in ((PASSWORD, 'No such file'), ('empty', 'empty'), ('bytes', 'not text'), ('.', 'directory')):
        sentence = refused(monkeypatch, SECRET_KEY_FILE=path)
        assert sentence.startswith('BOTCADENCE_SECRET_KEY_FILE: the file is')
        assert why in sentence


def test_it_refuses_a_setting_given_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / 'key').write_text(KEY)
    sentence = refused(monkeypatch, SECRET_KEY=KEY, SECRET_KEY_FILE='key')
    assert sentence == 'BOTCADENCE_SECRET_KEY and BOTCADENCE_SECRET_KEY_FILE are both set. Keep one of them.'


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {f'{name.upper()}{suffix}': '' for name in Settings.model_fields for suffix in ('', '_FILE')}
    assert loaded(monkeypatch, **empty).port == 8080


def test_it_names_a_misspelled_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, PROT='9000') == 'BOTCADENCE_PROT is not a setting. Did you mean BOTCADENCE_PORT?'


def test_variables_of_the_tests_are_no_misspelling(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(monkeypatch, REQUIRE_BROWSER='1', REQUIRE_POSTGRES='1', TEST_ANYTHING='1')


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


def test_a_mail_server_needs_a_sender_and_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f'smtp://bots:{PASSWORD}@mail.example.com'
    assert refused(monkeypatch, SMTP_URL=url).startswith('BOTCADENCE_MAIL_FROM is needed')
    settings = loaded(monkeypatch, SMTP_URL=url, MAIL_FROM='Botcadence <bots@example.com>')
    assert settings.mail_server is not None
    assert settings.mail_server.port == 587
    assert PASSWORD in settings.secrets
    assert PASSWORD not in f'{settings!r} {settings.mail_server!r}'


@pytest.mark.parametrize('url', ['http://x', 'mail.example.com', f'smtp://bots:{PASSWORD}@', 'smtp://x:y'])
def test_what_is_no_mail_server_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert refused(monkeypatch, SMTP_URL=url, MAIL_FROM='bots@example.com').startswith('BOTCADENCE_SMTP_URL must be')


@pytest.mark.parametrize('sender', ['x', 'a@b, c@d', 'bots@example.com\r\nBcc: x@y.test', 'Bots <>'])
def test_what_is_no_sender_is_refused(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    sentence = refused(monkeypatch, SMTP_URL='smtp://mail.example.com', MAIL_FROM=sender)
    assert sentence.startswith('BOTCADENCE_MAIL_FROM must be')


RAW = ['p@ss/w#rd', 'sesame/4711x', 'ses#ame4711x', 'ses?ame4711x', 'sesame@host/47#11', '47#1/1@sesame@']
RAW += ['47[11sesame', 'sesame]4711', 'sesame\t4711', '12#345678']
CURE = 'write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25, [ as %5B, ] as %5D, a space as %20.'


def quiet(sentence: str, password: str) -> bool:
    """Whether no four letters of a password are in a text (without the cure, which is the same for everybody)."""
    pieces = {password[at : at + 4] for at in range(len(password) - 3)}
    return not [piece for piece in pieces if piece in sentence.replace(CURE, '')]


@pytest.mark.parametrize('password', RAW)
def test_a_raw_sign_in_a_password_for_mail_is_told_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    for url in (f'smtp://bots:{password}@mail.example.com:587', f'smtps://b@example.com:{password}@mail.example.com'):
        sentence = refused(monkeypatch, SMTP_URL=url, MAIL_FROM='bots@example.com')
        assert sentence.startswith('BOTCADENCE_SMTP_URL is read otherwise than it was meant') and CURE in sentence
        assert quiet(sentence, password)


@pytest.mark.parametrize(
    'password',
    ['p@sssecret/w#rd', 'p@sssecret', 'p@ss?secret', 'p@12:34secret', 'secr%41t%zz', 'secret%ff', 'sec\tret'],
)
def test_a_raw_sign_in_a_password_of_the_database_is_told_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    sentence = refused(monkeypatch, DATABASE_URL=f'postgresql://bots:{password}@127.0.0.1/bots')
    assert sentence.startswith('BOTCADENCE_DATABASE_URL is read otherwise than it was meant') and CURE in sentence
    assert quiet(sentence, password)


@pytest.mark.parametrize('password', ['pass:word', 'a/b', 'a#b', 'a?b', 'a[b', 'a b', '50%off', 'Ünlaut'])
def test_a_raw_sign_that_can_mean_one_thing_only_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    settings = loaded(monkeypatch, DATABASE_URL=f'postgresql://b@example.com:{password}@127.0.0.1:5433/bots')
    at = settings.database
    assert (at.username, at.password, at.host, at.port) == ('b@example.com', password, '127.0.0.1', 5433)


@pytest.mark.parametrize('password', ['pass:word', 'p@ss', 'a b', '50%off', 'a&b=c', '%2F%40%3A%23%3F%25%5B%5D%20'])
def test_a_password_for_mail_is_taken_as_it_was_meant(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    url = f'smtp://b@example.com:{password}@mail.example.com'
    server = loaded(monkeypatch, SMTP_URL=url, MAIL_FROM='bots@example.com').mail_server
    assert server and (server.user, server.host) == ('b@example.com', 'mail.example.com')
    assert server.password == (password if not password.startswith('%') else '/@:#?%[] ')


def test_letters_that_no_mail_server_takes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refused(monkeypatch, SMTP_URL='smtp://bots:Schlüssel@mail.example.com', MAIL_FROM='bots@example.com')
    assert sentence == 'BOTCADENCE_SMTP_URL: a user name or a password for mail has letters and signs of ASCII only.'


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
