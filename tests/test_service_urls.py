"""Addresses of the database and of the mail server: what is taken, and what is told of a password in them."""

import string
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import quote

import pytest

from data.runtime.mail_server import sender_of
from data.runtime.settings import ConfigError
from tests.support.configured import PASSWORD, loaded, nothing_set, refused

clean = pytest.fixture(autouse=True)(nothing_set)


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


@pytest.mark.parametrize('scheme', ['PostgreSQL', 'POSTGRES', 'Postgresql+Psycopg', 'postgreSQL'])
def test_the_scheme_of_a_database_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """RFC 3986 3.1."""
    settings = loaded(monkeypatch, DATABASE_URL=f'{scheme}://Bot:SeSaMe@db.example/Bots')
    assert settings.database.render_as_string(hide_password=False) == (
        'postgresql+psycopg://Bot:SeSaMe@db.example/Bots'
    )


def test_the_scheme_of_a_file_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert loaded(monkeypatch, DATABASE_URL='SQLite:///Bots.db').database_path == tmp_path / 'Bots.db'


def test_a_sqlite_file_becomes_an_absolute_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert loaded(monkeypatch, DATABASE_URL='sqlite:///bots.db').database_path == tmp_path / 'bots.db'


def test_a_mail_server_needs_a_sender_and_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f'smtp://bots:{PASSWORD}@mail.example.com'
    assert refused(monkeypatch, SMTP_URL=url).startswith('BOTCADENCE_MAIL_FROM is needed')
    settings = loaded(monkeypatch, SMTP_URL=url, MAIL_FROM='Botcadence <bots@example.com>')
    assert settings.mail_server is not None
    assert settings.mail_server.port == 587
    assert PASSWORD in settings.secrets
    assert PASSWORD not in f'{settings!r} {settings.mail_server!r}'


@pytest.mark.parametrize(
    'url', ['http://x', 'mail.example.com', f'smtp://bots:{PASSWORD}@', 'smtp://x:y', 'smtp://x:0']
)
def test_what_is_no_mail_server_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert refused(monkeypatch, SMTP_URL=url, MAIL_FROM='bots@example.com').startswith('BOTCADENCE_SMTP_URL must be')


@pytest.mark.parametrize('sender', ['x', 'a@b, c@d', 'bots@example.com\r\nBcc: x@y.test', 'Bots <>'])
def test_what_is_no_sender_is_refused(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    sentence = refused(monkeypatch, SMTP_URL='smtp://mail.example.com', MAIL_FROM=sender)
    assert sentence.startswith('BOTCADENCE_MAIL_FROM must be')


@pytest.mark.parametrize(
    ('sender', 'name'),
    [
        ('Bots, Inc. <bots@example.com>', 'Bots, Inc.'),
        ('"Bots, Inc." <bots@example.com>', 'Bots, Inc.'),
        ('Bots: Team <bots@example.com>', 'Bots: Team'),
        ('Bots; Team <bots@example.com>', 'Bots; Team'),
        ('Bots@Home [x] <bots@example.com>', 'Bots@Home [x]'),
        ('"The \\"Bots\\"" <bots@example.com>', 'The "Bots"'),
        ('bots@example.com (Bots)', 'Bots'),
        ('<bots@example.com>', ''),
        ('bots@example.com', ''),
    ],
)
def test_a_sender_has_the_name_that_is_written_also_without_quotes(sender: str, name: str) -> None:
    assert sender_of(sender) == Address(name, addr_spec='bots@example.com')


@pytest.mark.parametrize('sender', ['bots@example.com, x@example.com', 'Bots <bots@example.com>, x@example.com'])
def test_of_two_senders_none_is_lost_in_silence(sender: str) -> None:
    with pytest.raises(ValueError, match='example'):
        sender_of(sender)


RAW = ['p@ss/w#rd', 'sesame/4711x', 'ses#ame4711x', 'ses?ame4711x', 'sesame@host/47#11', '47#1/1@sesame@']
RAW += ['47[11sesame', 'sesame]4711', 'sesame\t4711', '12#345678']
CURE = (
    r'write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25, [ as %5B, ] as %5D, \ as %5C, a space as %20.'
)


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


@pytest.mark.parametrize('sign', string.punctuation)
def test_whatever_sign_of_a_keyboard_is_refused_has_its_code_in_the_cure(
    monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """Also the one in a user of Windows: DOMAIN\\user."""
    try:
        server = loaded(
            monkeypatch, MAIL_FROM='a@b.test', SMTP_URL=f'smtp://bots{sign}one:{PASSWORD}@mx.test'
        ).mail_server
    except ConfigError as refused:
        assert f' {sign} as {quote(sign, safe="")}' in str(refused)
    else:
        assert server and server.host == 'mx.test'


@pytest.mark.parametrize('password', ['pass:word', 'p@ss', 'a b', '50%off', 'a&b=c', '%2F%40%3A%23%3F%25%5B%5D%20'])
def test_a_password_for_mail_is_taken_as_it_was_meant(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    url = f'smtp://b@example.com:{password}@mail.example.com'
    server = loaded(monkeypatch, SMTP_URL=url, MAIL_FROM='bots@example.com').mail_server
    assert server and (server.user, server.host) == ('b@example.com', 'mail.example.com')
    assert server.password == (password if not password.startswith('%') else '/@:#?%[] ')


def test_letters_that_no_mail_server_takes_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refused(monkeypatch, SMTP_URL='smtp://bots:Schlüssel@mail.example.com', MAIL_FROM='bots@example.com')
    assert sentence == 'BOTCADENCE_SMTP_URL: a user name or a password for mail has letters and signs of ASCII only.'
