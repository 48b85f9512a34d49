"""`send-test-mail`: one sentence about what a real mail server answers, or about what keeps it from being asked."""

import json
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from data.commands import app
from data.integrations import smtp, smtp_causes
from data.runtime.service_urls import CURE
from tests.support import loggers
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of

CERTIFICATES = Path(__file__).with_name('support') / 'certificates'
"""An authority of our own, and what it has signed for mail.test: good from 2020 to 2120, and on one day of 2020."""

PASSWORD = 'sesame-4711'
NINA = 'nina@new.test'
Send = Callable[..., Result]


@pytest.fixture
def send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    """Send a test mail through the server at an address; the names below .test are this machine."""
    known = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith('.nowhere.test'):
            raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
        return known('127.0.0.1' if str(host).endswith('.test') else host, *rest, **more)

    monkeypatch.setattr(socket, 'getaddrinfo', look_up)
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_MAIL_FROM', 'Botcadence <bots@example.com>')
    monkeypatch.delenv('SSL_CERT_FILE', raising=False)
    monkeypatch.setattr(logging.getLogger('mail.log'), 'propagate', False)  # the server's own, in this process

    def call(url: str, *arguments: str) -> Result:
        monkeypatch.setenv('BOTCADENCE_SMTP_URL', url)
        with loggers.kept():
            result = CliRunner().invoke(app, ['send-test-mail', *(arguments or [NINA])])
        assert 'Traceback' not in result.output and PASSWORD not in result.output
        assert len(result.output.splitlines()) == 1 or 'Usage' in result.output
        return result

    yield call


def certificate(name: str = 'mail.test') -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / f'{name}.pem')
    return context


def said(result: Result) -> tuple[int, str]:
    return result.exit_code, result.stdout.strip()


def test_a_mail_is_sent(send: Send) -> None:
    box, port = Box(), free_port()
    with running(box, port):
        assert said(send(f'smtp://127.0.0.1:{port}')) == (
            0,
            f'127.0.0.1 has taken a mail from bots@example.com to {NINA}, unencrypted.',
        )
        assert json.loads(send(f'smtp://bots:right@127.0.0.1:{port}', NINA, '--json').stdout)['ok'] is True
    message = box.wait_for(NINA, 2)[0]
    assert message['Subject'] == 'A test mail from Botcadence'
    assert 'to see whether mails arrive' in text_of(message)


@pytest.mark.parametrize('scheme', ['smtp', 'smtps'])
def test_a_mail_is_sent_over_tls_where_the_authority_is_named(
    send: Send, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port, tls = Box(), free_port(), certificate()
    how = {'tls': tls} if scheme == 'smtp' else {'from_the_first_byte': tls}
    with running(box, port, **how):
        unknown = send(f'{scheme}://bots:right@mail.test:{port}')
        assert said(unknown) == (
            1,
            'The certificate of mail.test is not accepted: it is signed by somebody unknown here. '
            'Name the file of the one who signed it in SSL_CERT_FILE.',
        )
        monkeypatch.setenv('SSL_CERT_FILE', str(CERTIFICATES / 'authority.pem'))
        assert said(send(f'{scheme}://bots:right@mail.test:{port}')) == (
            0,
            f'mail.test has taken a mail from bots@example.com to {NINA}, over TLS.',
        )
        other = send(f'{scheme}://bots:right@other.test:{port}')
        assert said(other) == (1, 'The certificate of other.test is not accepted: it is for another host name.')
    assert len(box.taken) == 1


def test_a_certificate_that_has_run_out_is_named(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SSL_CERT_FILE', str(CERTIFICATES / 'authority.pem'))
    port = free_port()
    with running(Box(), port, certificate('mail.test-over')):
        result = send(f'smtp://mail.test:{port}')
    assert said(result) == (1, 'The certificate of mail.test is not accepted: it has expired.')


def test_tls_that_is_expected_from_the_first_byte(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """Port 465 asked plainly: each waits for the other."""
    monkeypatch.setattr(smtp, 'TIMEOUT', 0.5)
    port = free_port()
    with running(Box(), port, from_the_first_byte=certificate()):
        assert said(send(f'smtp://mail.test:{port}')) == (1, smtp_causes.SPEAKS_TLS_AT_ONCE)
        monkeypatch.setattr(smtp, 'TIMEOUT', 600)
        monkeypatch.setattr(smtp_causes, 'IMPLICIT_TLS', port)  # where that is usual, nobody waits at all
        assert said(send(f'smtp://mail.test:{port}')) == (1, smtp_causes.SPEAKS_TLS_AT_ONCE)


@pytest.mark.parametrize('tls', [None, certificate()], ids=['plain', 'STARTTLS'])
def test_tls_that_is_not_expected_from_the_first_byte(send: Send, tls: ssl.SSLContext | None) -> None:
    """Port 587 asked in TLS."""
    port = free_port()
    with running(Box(), port, tls):
        assert said(send(f'smtps://mail.test:{port}')) == (1, smtp_causes.SPEAKS_PLAINLY_AT_FIRST)


def test_a_server_that_speaks_plainly_on_the_port_for_tls_is_asked_plainly(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setattr(smtp_causes, 'IMPLICIT_TLS', port)
    with running(Box(), port):
        assert send(f'smtp://127.0.0.1:{port}').exit_code == 0


def test_a_wrong_password_is_told_with_the_codes_for_signs(send: Send) -> None:
    port = free_port()
    with running(Box(), port):
        result = send(f'smtp://bots:{PASSWORD}@127.0.0.1:{port}')
    assert said(result) == (1, f'The mail server does not accept the user name or the password. {CURE}.')


def test_a_password_is_wanted(send: Send) -> None:
    port = free_port()
    with running(Box(), port, certificate(), wants_password=True):
        assert said(send(f'smtp://127.0.0.1:{port}')) == (1, 'The mail server wants a user name and a password.')


def test_a_password_is_not_sent_readably(send: Send) -> None:
    port = free_port()
    with running(Box(), port):
        result = send(f'smtp://bots:{PASSWORD}@mail.test:{port}')
    assert said(result) == (1, 'The mail server offers no encryption, so the password was not sent.')


def test_starttls_is_wanted_and_not_offered(send: Send) -> None:
    box, port = Box(), free_port()
    box.refuses_senders = '530 5.7.0 Must issue a STARTTLS command first'
    with running(box, port):
        result = send(f'smtp://127.0.0.1:{port}')
    assert said(result) == (1, 'The mail server takes mails over TLS only, and offers none.')


def test_sender_and_recipient_that_are_refused(send: Send) -> None:
    box, port = Box(), free_port()
    with running(box, port):
        box.refuses = {NINA: '550 No such user'}
        assert said(send(f'smtp://127.0.0.1:{port}')) == (1, 'The mail server refused it: 550 No such user')
        box.refuses_senders = '553 Not yours'
        sentence = 'The mail server takes no mail from bots@example.com: 553 Not yours'
        assert said(send(f'smtp://127.0.0.1:{port}')) == (1, sentence)


def test_nobody_listens(send: Send) -> None:
    port = free_port()
    assert said(send(f'smtp://mail.test:{port}')) == (1, f'Nothing listens on port {port} of mail.test.')


@pytest.mark.parametrize('host', ['mail.nowhere.test', 'a' * 64])
def test_a_name_that_nobody_has(send: Send, host: str) -> None:
    assert said(send(f'smtp://{host}')) == (1, f'The name {host} cannot be found.')


@pytest.mark.parametrize('scheme', ['smtp', 'smtps'])
def test_a_server_that_is_silent(send: Send, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, 'TIMEOUT', 0.3)
    with closing(socket.create_server(('127.0.0.1', 0))) as silent:
        port = silent.getsockname()[1]
        result = send(f'{scheme}://mail.test:{port}')
    assert said(result) == (1, f'No answer in time from port {port} of mail.test.')


def test_wrong_use(send: Send) -> None:
    assert (send('').exit_code, send('').stderr) == (2, 'No mail server is set: BOTCADENCE_SMTP_URL is empty.\n')
    assert send('smtp://127.0.0.1', 'nobody').exit_code == 2
    raw = send('smtp://bots:ses/ame@127.0.0.1')
    assert raw.exit_code == 2 and '%2F' in raw.stderr and 'ses' not in raw.stderr.replace('uses', '')
