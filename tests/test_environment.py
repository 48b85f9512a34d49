"""Variables of the environment: read as they were meant, by themselves or from files, or refused in a sentence."""

from pathlib import Path

import pytest

from data.runtime.settings import SEVERAL, Settings
from tests.support.configured import DATABASE, KEY, PASSWORD, loaded, nothing_set, refused

clean = pytest.fixture(autouse=True)(nothing_set)


def test_every_setting_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        'HOST': 'localhost',
        'PORT': '9000',
        'SIGN_UP': 'invited',
        'SIGN_UP_DOMAINS': 'acme.test',
        'PASSWORDS': 'on',
        'SESSION_IDLE_DAYS': '3',
        'SESSION_DAYS': '14',
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
        'TIME_ZONE': 'Asia/Kathmandu',
        'WIDGET_URL': 'http://chat.example.com',
    }
    assert {name.lower() for name in given} == set(Settings.model_fields) - {SEVERAL}
    for name, value in given.items():
        (tmp_path / name).write_text(f'{value}\n')
    settings = loaded(monkeypatch, **{f'{name}_FILE': str(tmp_path / name) for name in given})
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.database_url.get_secret_value() == given['DATABASE_URL']
    assert (settings.host, settings.port, settings.allow_insecure) == ('localhost', 9000, True)
    assert settings.data_dir == tmp_path / 'elsewhere'


@pytest.mark.parametrize('text', ['\ufeff{}\r\n', '{}\r\n\r\n', '  {}'], ids=['byte order mark', 'CRLF', 'blanks'])
def test_a_file_written_on_windows_says_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / 'url').write_bytes(text.format(DATABASE).encode())
    assert loaded(monkeypatch, DATABASE_URL_FILE='url').database_url.get_secret_value() == DATABASE


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
    empty = {
        f'{name.upper()}{suffix}': '' for name in Settings.model_fields.keys() - {SEVERAL} for suffix in ('', '_FILE')
    }
    assert loaded(monkeypatch, **empty).port == 8080


def test_it_names_a_misspelled_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, PROT='9000') == 'BOTCADENCE_PROT is not a setting. Did you mean BOTCADENCE_PORT?'


@pytest.mark.parametrize('name', ['botcadence_port', 'BOTCADENCE_port', 'Botcadence_Port', 'botcadence_prot'])
def test_a_setting_in_small_letters_is_a_misspelled_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, '9000')
    assert refused(monkeypatch) == f'{name} is not a setting. Did you mean BOTCADENCE_PORT?'


WRITTEN_BY_HAND = {
    'HOST': '0.0.0.0',
    'PORT': '9000',
    'ALLOW_INSECURE': '1',
    'PUBLIC_URL': 'https://bots.example.com',
    'DATA_DIR': 'elsewhere',
    'DATABASE_URL': DATABASE,
    'LOG_LEVEL': 'debug',
    'SMTP_URL': f'smtp://bots:{PASSWORD}@mail.example.com',
    'MAIL_FROM': 'Botcadence <bots@example.com>',
    'BACKUP_HOUR': '3',
    'TRUSTED_PROXIES': '10.0.0.0/8',
}
"""As in a file of variables, which docker takes line by line (`docker run --env-file`)."""


@pytest.mark.parametrize('end', ['\r', ' ', '\t', '\u00a0'], ids=repr)
def test_what_is_not_seen_at_the_end_of_a_line_is_no_part_of_a_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: str
) -> None:
    settings = loaded(monkeypatch, **{name: value + end for name, value in WRITTEN_BY_HAND.items()})
    assert (settings.host, settings.port, settings.allow_insecure) == ('0.0.0.0', 9000, True)
    assert settings.data_dir == tmp_path / 'elsewhere'
    assert settings.database_url.get_secret_value() == DATABASE
    assert settings.mail_server
    assert settings.mail_server.host == 'mail.example.com'
    assert (settings.log_level, settings.backup_hour) == ('debug', 3)


def test_a_line_that_ends_behind_its_sign_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f'{name.upper()}{suffix}' for name in Settings.model_fields.keys() - {SEVERAL} for suffix in ('', '_FILE')]
    assert loaded(monkeypatch, **dict.fromkeys(names, '\r')).port == 8080


@pytest.mark.parametrize('quote', ['"', "'"])
@pytest.mark.parametrize('name', WRITTEN_BY_HAND)
def test_quotes_around_a_setting_are_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, quote: str
) -> None:
    sentence = refused(monkeypatch, **{name: f'{quote}{WRITTEN_BY_HAND[name]}{quote}'})
    assert sentence == f'BOTCADENCE_{name} stands in quotes, which docker keeps as a part of it. Leave them out.'
    assert not list(tmp_path.iterdir())


def test_a_key_may_have_quotes_and_a_sender_a_name_in_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, SECRET_KEY=f'"{KEY}"', MAIL_FROM='"Bots, Inc." <bots@example.com>')
    assert settings.secret_key.get_secret_value() == f'"{KEY}"'
    assert settings.mail_from == '"Bots, Inc." <bots@example.com>'


def test_variables_of_the_tests_are_no_misspelling(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(monkeypatch, REQUIRE_BROWSER='1', REQUIRE_POSTGRES='1', TEST_ANYTHING='1')
