"""`reset-link`: the way back in that whoever runs the installation hands out."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from data import clock
from data.commands import app
from data.operations.terminal import MISUSED, OK
from data.runtime import account_rules, mail_server
from data.runtime.account_rules import AccountRules
from data.services import accounts
from data.services.accounts import recovery
from tests.support import loggers
from tests.support.probes import everything, rows
from tests.support.world import PASSWORD, World

OLGA, NEW = 'olga@acme.test', 'teal harbor under glass'
Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, database_url: str, db: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """The command line on the database of this test."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    monkeypatch.setenv('BOTCADENCE_PUBLIC_URL', 'https://bots.example.com')

    def call(*arguments: str) -> Result:
        with loggers.kept():
            return CliRunner().invoke(app, ['reset-link', *arguments])

    yield call
    mail_server.configure(None)
    account_rules.configure(AccountRules())


def test_it_prints_a_link_at_the_public_address_that_works_once(cli: Cli, world: World, db: Engine) -> None:
    done = cli(' OLGA@acme.test', '--json')
    assert done.exit_code == OK
    said = json.loads(done.stdout)
    assert said['email'] == 'OLGA@acme.test'
    assert timedelta(minutes=59) < datetime.fromisoformat(said['until']) - clock.now() <= timedelta(hours=1)
    home, _, token = said['link'].rpartition('/reset-password/')
    assert home == 'https://bots.example.com'
    assert token not in repr(everything(db))
    acts = "SELECT user_id, outcome FROM account_events WHERE action = 'account:reset_link'"
    assert rows(db, acts) == [(world.owner.user_id, 'done')]
    assert accounts.sign_in(OLGA, PASSWORD), 'nothing has changed yet'
    recovery.reset(token, NEW, NEW)
    assert accounts.sign_in(OLGA, NEW)


def test_it_says_until_when_and_for_whom(cli: Cli, world: World) -> None:
    link, until = cli(OLGA).stdout.splitlines()
    assert link.startswith('https://bots.example.com/reset-password/')
    assert until.startswith('Good until ') and until.endswith(f'for one use. Give it to nobody but {OLGA}.')


@pytest.mark.parametrize(
    ('email', 'says'),
    [
        ('nobody@acme.test', 'Nobody has an account with the address nobody@acme.test.'),
        ('nonsense', 'Enter an email address like name@example.com.'),
    ],
)
def test_there_is_none_for_who_has_no_account(cli: Cli, world: World, email: str, says: str) -> None:
    done = cli(email)
    assert done.exit_code == MISUSED and done.stderr.startswith(says) and not done.stdout


def test_there_is_none_where_there_are_no_passwords(cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BOTCADENCE_PASSWORDS', 'off')
    monkeypatch.setenv('BOTCADENCE_OIDC_ACME_ISSUER', 'https://id.example.com')
    monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_ID', 'us')
    monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_SECRET', 'secret-of-ours')
    done = cli(OLGA)
    assert done.exit_code == MISUSED and 'There are no passwords here.' in done.stderr
