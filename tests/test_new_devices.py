"""A sign-in from a browser that an account was never seen on: told by mail, once, and never the first time."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.runtime import limits
from data.runtime.mail_server import MailServer
from data.services import accounts
from tests.support.mailing import HOME, delivered, mail_set_up
from tests.support.post_office import Box, text_of
from tests.support.probes import happens_whole_or_not_at_all, rows, run, value
from tests.support.world import NETWORK, PASSWORD, at_home

JOHN = 'john@acme.test'
FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{}.0) Gecko/20100101 Firefox/{}.0'
OLD, NEWER = FIREFOX.format(130, 130), FIREFOX.format(140, 140)
PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile/15E148 Safari/604.1'
WRITTEN = "SELECT facts FROM personal_mails WHERE kind = 'new-device'"


@pytest.fixture(autouse=True)
def server(db: Engine) -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def come(agent: str, network: str = NETWORK) -> str:
    return accounts.sign_in(JOHN, PASSWORD, network=network, agent=agent)


def told(db: Engine) -> int:
    return int(value(db, f'SELECT count(*) FROM ({WRITTEN}) AS written'))


@pytest.fixture
def john(db: Engine) -> None:
    accounts.sign_up(JOHN, PASSWORD, PASSWORD, network=NETWORK, agent=OLD)


@pytest.mark.usefixtures('john')
def test_it_says_what_when_where_and_what_to_do(db: Engine, server: MailServer) -> None:
    come(PHONE, '198.51.100.4')
    box = Box()
    assert set(delivered(server, box)) == {JOHN}
    [text] = [text_of(message) for _, message in box.taken if 'new sign-in' in message['Subject']]
    for words in ('Safari on iPhone', '198.51.100.4', 'UTC', 'change your password', f'{HOME}/account#sessions'):
        assert words in text, text
    assert 'iPhone OS 17_5' not in text, 'nothing of what a browser calls itself'


@pytest.mark.usefixtures('john')
def test_a_browser_that_is_known_is_not_told_not_even_a_newer_one(db: Engine) -> None:
    come(OLD)
    come(NEWER)
    assert told(db) == 0
    come(PHONE)
    come(PHONE)
    assert told(db) == 1


@pytest.mark.usefixtures('john')
def test_it_is_known_for_longer_than_the_session_lives(db: Engine) -> None:
    come(PHONE)
    run(db, 'DELETE FROM sessions')
    come(PHONE)
    come(OLD)
    assert told(db) == 1


def test_the_first_time_is_nothing_new(db: Engine) -> None:
    accounts.sign_up(JOHN, PASSWORD, PASSWORD)  # as the command line does it: nobody came with a browser
    come(PHONE)
    assert told(db) == 0
    come(OLD)
    assert told(db) == 1


@pytest.mark.usefixtures('john', 'unthrottled')
def test_a_flood_of_browsers_is_no_flood_of_mails(db: Engine) -> None:
    most = limits.NEW_DEVICES.amount
    for browser in ('Edg', 'OPR', 'SamsungBrowser', 'Vivaldi', 'YaBrowser', 'DuckDuckGo', 'Chrome'):
        come(f'{browser}/1 (Windows)')
    assert told(db) == most < 7


@pytest.mark.usefixtures('john')
def test_it_is_part_of_the_sign_in(db: Engine) -> None:
    assert happens_whole_or_not_at_all(db, lambda: come(PHONE), []) == 3
    assert at_home(come(PHONE)).user_id
    assert told(db) == 1


@pytest.mark.usefixtures('john')
def test_who_is_refused_is_not_told(db: Engine) -> None:
    with pytest.raises(accounts.WrongCredentials):
        accounts.sign_in(JOHN, 'wrong', network=NETWORK, agent=PHONE)
    assert rows(db, WRITTEN) == []
    come(PHONE)
    assert told(db) == 1, 'a browser that was refused is none where the account was seen'
