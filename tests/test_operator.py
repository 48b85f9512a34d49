"""What whoever runs an installation looks up and sets by the command line, in words for them."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from data.commands import app
from data.models import Role, Status
from data.operations import directory, terminal
from data.runtime import instance_lock, mail_server
from data.services import accounts, organizations
from data.services.accounts import sessions
from data.services.mail import letters
from tests.load.tab import Tab, Visitor
from tests.support import loggers
from tests.support.probes import rows, run, value
from tests.support.served import Served
from tests.support.world import PASSWORD, World, introduce, put

ROOT = Path(__file__).parents[1]
OTHER = 'blue heron over fog'
OK, WRONG, MISUSED, UNAVAILABLE = range(4)
Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, database_url: str, db: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run a command in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    def call(*arguments: str, stdin: str = '') -> Result:
        with loggers.kept():
            result = CliRunner().invoke(app, arguments, input=stdin)
        assert isinstance(result.exception, SystemExit | None) and 'Traceback' not in result.output
        return result

    yield call
    instance_lock.release()
    mail_server.configure(None)


def named(db: Engine, organization_id: str, name: str) -> None:
    """Another name, around all services."""
    from data.inputs import texts

    set_name = 'UPDATE organizations SET name = :name, name_key = :key WHERE id = :id'
    run(db, set_name, name=name, key=texts.search_key(name), id=organization_id)


def listed(cli: Cli, *arguments: str) -> dict[str, Any]:
    done = cli('list', '--json', *arguments)
    assert done.exit_code == OK
    return dict(json.loads(done.stdout))


# list ----------------------------------------------------------------------------------------------------------------


def test_the_organizations_are_listed(cli: Cli, world: World, db: Engine) -> None:
    every = listed(cli)
    assert every['more'] == 0
    assert len(every['organizations']) == value(db, 'SELECT count(*) FROM organizations')
    [acme] = [row for row in every['organizations'] if row['name'] == 'Acme']
    assert acme['id'] == world.organization_id
    assert (acme['status'], acme['owners'], acme['people']) == ('active', ['olga@acme.test'], 4)
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT[\d:.]+\+00:00', acme['active_at'])
    line = next(line for line in cli('list').stdout.splitlines() if line.endswith('Acme (olga@acme.test)'))
    assert re.fullmatch(
        rf'{world.organization_id}  active      4 people    \d{{4}}-\d\d-\d\d \d\d:\d\d  Acme \(olga@acme\.test\)', line
    )


def test_owners_are_listed_by_name_and_address(cli: Cli, world: World) -> None:
    introduce(world.owner, 'Olga Berg')
    assert [it['owner_names'] for it in listed(cli, '--search', 'berg')['organizations']] == [['Olga Berg']]
    assert cli('list', '--search', 'Olga Berg').stdout.endswith('  Acme (Olga Berg <olga@acme.test>)\n')


def test_a_list_is_searched_and_bounded(cli: Cli, world: World, db: Engine) -> None:
    for search in ('ACM', 'acme', world.organization_id):
        assert world.organization_id in {row['id'] for row in listed(cli, '--search', search)['organizations']}, search
    for row in listed(cli, '--search', 'Olga@')['organizations']:
        assert 'olga@acme.test' in row['owners']
    assert listed(cli, '--search', '%')['organizations'] == []
    assert cli('list', '--search', 'nonsense').stdout == 'There is no organization like this.\n'
    total = value(db, 'SELECT count(*) FROM organizations')
    few = listed(cli, '--limit', '2')
    assert len(few['organizations']) == 2 and few['more'] == total - 2
    assert cli('list', '--limit', '2').stdout.splitlines()[-1] == f'and {total - 2} more'
    for much in (10_001, 100_000, 2**63):  # PostgreSQL takes 65,535 parameters
        done = cli('list', '--limit', str(much))
        assert (done.exit_code, done.stderr) == (MISUSED, 'Ask for 10,000 organizations at most.\n')


def test_many_owners_are_counted(cli: Cli, world: World, db: Engine) -> None:
    for person in (world.admin, world.viewer, world.stranger):
        put(db, person, world.organization_id, Role.OWNER)
    assert '(adam@acme.test, olga@acme.test, ' in cli('list', '--search', 'acme').stdout
    assert ' and 1 more)' in cli('list', '--search', 'acme').stdout


EVIL = ['\x1b[2J\x1b]0;x\x07', 'Acme\u202eemcA', 'A\u200bcme', 'A\r\ncme', '\x9b31m', 'A\u2066cme', '\U000e0041']


@pytest.mark.parametrize('name', EVIL)
def test_a_name_does_nothing_to_a_terminal(cli: Cli, world: World, db: Engine, name: str) -> None:
    """Names of another time, or written around the application."""
    run(
        db,
        'UPDATE organizations SET name = :name, name_key = :name WHERE id = :id',
        name=name,
        id=world.organization_id,
    )
    for done in (cli('list'), cli('suspend', world.organization_id, '--reason', 'x'), cli('list', '--search', name)):
        for sign in set(name) - set('Acmexe[]0;J231m'):
            assert sign not in done.output.replace('\n', '') or sign == '\n'
    assert len(cli('list').stdout.splitlines()) == value(db, 'SELECT count(*) FROM organizations')
    refused = cli('reinstate', name + 'x')
    assert len(refused.stderr.splitlines()) == 1 and not set(refused.stderr) & set(
        '\x1b\u202e\u200b\x9b\u2066\U000e0041'
    )


def test_what_people_write_stays_readable() -> None:
    for text in ('Zoë & Søn', 'שלום', '東京', 'عربي', '👩\u200d👩\u200d👧', 'मराठी\u200d'):
        assert terminal.plain(text) == text


# names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('word', ['Acme', 'ACME', ' acme ', 'ａｃｍｅ'])
def test_a_name_is_as_good_as_an_id(cli: Cli, world: World, word: str) -> None:
    assert cli('suspend', word, '--reason', 'Not paid').stdout == 'Acme is suspended.\n'
    assert organizations.membership(world.owner).organization.status is Status.SUSPENDED
    assert cli('reinstate', word).stdout == 'Acme is active.\n'
    assert 'events are as they were written' in cli('verify-audit', word).stdout


def test_a_name_that_several_have_is_told_with_their_ids(cli: Cli, world: World, db: Engine) -> None:
    named(db, world.stranger.organization_id, 'ACME')
    for command in (['suspend', 'acme', '--reason', 'x'], ['reinstate', 'acme'], ['verify-audit', 'acme']):
        done = cli(*command)
        assert done.exit_code == MISUSED
        assert done.stderr.startswith('Several organizations are called “acme”. Say which by its id: ')
        assert f'{world.organization_id} (active)' in done.stderr
        assert f'{world.stranger.organization_id} (active)' in done.stderr
    assert cli('suspend', world.organization_id, '--reason', 'x').exit_code == OK


def test_a_name_that_looks_like_the_id_of_another_is_that_id(cli: Cli, world: World, db: Engine) -> None:
    named(db, world.stranger.organization_id, world.organization_id)
    assert directory.id_of(world.organization_id) == world.organization_id


@pytest.mark.parametrize('word', ['nobody', 'a' * 16, '', '%', 'Acm', "' OR 1=1 --", '\x1b[2J', 'x' * 5000])
def test_an_organization_that_is_not_there(cli: Cli, world: World, word: str) -> None:
    for command in (['suspend', '--reason', 'x', '--', word], ['reinstate', '--', word]):
        done = cli(*command)
        assert done.exit_code == MISUSED and len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith('There is no organization “') and 'python -m data list' in done.stderr


# set-password --------------------------------------------------------------------------------------------------------


def test_a_password_is_set_and_every_session_ends(cli: Cli, world: World, db: Engine) -> None:
    token = accounts.sign_in('olga@acme.test', PASSWORD)
    there = value(db, 'SELECT count(*) FROM sessions WHERE user_id = :id', id=world.owner.user_id)
    others = value(db, 'SELECT count(*) FROM sessions') - there
    done = cli('set-password', ' OLGA@acme.test', '--json', stdin=f'{OTHER}\n')
    assert done.exit_code == OK
    assert json.loads(done.stdout) == {'email': 'OLGA@acme.test', 'sessions_ended': there}
    assert sessions.of_token(token) is None
    assert value(db, 'SELECT count(*) FROM sessions') == others, 'nobody else is signed out'
    with pytest.raises(accounts.WrongCredentials):
        accounts.sign_in('olga@acme.test', PASSWORD)
    assert accounts.sign_in('olga@acme.test', OTHER)
    acts = rows(db, "SELECT user_id, outcome FROM account_events WHERE action = 'account:set_password'")
    assert acts == [(world.owner.user_id, 'done')]
    assert rows(db, 'SELECT * FROM personal_mails') == [], 'there is no mail server'
    assert OTHER not in done.output


@pytest.mark.parametrize(
    ('email', 'password', 'says'),
    [
        ('olga@acme.test', 'short', 'Use at least 8 characters.'),
        ('olga@acme.test', 'password1', 'Too many people use a password like this.'),
        ('olga@acme.test', 'olga@acme.test', 'Your email address and our name are easy to guess.'),
        ('olga@acme.test', '', 'Enter a password.'),
        ('nobody@acme.test', OTHER, 'Nobody has an account with the address nobody@acme.test.'),
        ('nonsense', OTHER, 'Enter an email address like name@example.com.'),
    ],
)
def test_not_every_password_is_set(cli: Cli, world: World, email: str, password: str, says: str) -> None:
    done = cli('set-password', email, stdin=f'{password}\n')
    assert done.exit_code == MISUSED and done.stderr.startswith(says) and not done.stdout
    assert accounts.sign_in('olga@acme.test', PASSWORD)


def test_the_person_is_told_by_mail(cli: Cli, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BOTCADENCE_SMTP_URL', 'smtp://mail.example.com')
    monkeypatch.setenv('BOTCADENCE_MAIL_FROM', 'bots@example.com')
    done = cli('set-password', 'olga@acme.test', stdin=f'{OTHER}\n')
    assert done.stdout.endswith('They are told by mail.\n')
    assert rows(db, 'SELECT kind, recipient FROM personal_mails') == [('password', 'olga@acme.test')]
    letter = letters.compose('password', {}, home='https://bots.example.com')
    assert 'signed out' in letter.text and OTHER not in letter.text


def test_a_password_is_never_an_argument(cli: Cli, world: World) -> None:
    done = cli('set-password', 'olga@acme.test', OTHER)
    assert done.exit_code == MISUSED and 'Usage: ' in done.stderr


def test_a_terminal_asks_twice(cli: Cli, world: World, tmp_path: Path) -> None:
    """In a terminal of its own: what is typed is not shown."""
    import pty

    child, master = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, '-m', 'data', 'set-password', 'olga@acme.test'])
    seen = b''
    for prompt, typed in ((b'Password: ', OTHER), (b'Once more: ', OTHER + 'x')):
        while not seen.endswith(prompt):
            seen += os.read(master, 1000)
        os.write(master, f'{typed}\n'.encode())
    while True:
        try:
            seen += os.read(master, 1000)
        except OSError:
            break
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == MISUSED
    assert b'The two passwords are not the same.' in seen and OTHER.encode() not in seen
    assert accounts.sign_in('olga@acme.test', PASSWORD)


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_a_terminal_that_lacks_letters_is_given_their_codes(
    world: World, db: Engine, database_url: str, tmp_path: Path
) -> None:
    named(db, world.organization_id, 'Zürich Café')
    said = by_itself(database_url, tmp_path, 'list', '--search', 'zürich', PYTHONIOENCODING='ascii', NO_COLOR='1')
    assert (said.returncode, said.stderr) == (OK, '')
    assert r'Z\xfcrich Caf\xe9' in said.stdout


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.skipif(not Path('/dev/full').exists(), reason='It has no file that is always full.')
def test_an_answer_that_can_not_be_written_is_one_line(
    world: World, db: Engine, database_url: str, tmp_path: Path
) -> None:
    with open('/dev/full', 'w', encoding='utf-8') as full:
        said = by_itself(database_url, tmp_path, 'suspend', world.organization_id, '--reason', 'unpaid', stdout=full)
    assert said.returncode == WRONG
    assert said.stderr == 'What was asked for is done, but the answer cannot be written (No space left on device).\n'
    assert value(db, 'SELECT status FROM organizations WHERE id = :id', id=world.organization_id) == 'suspended'


def by_itself(
    database_url: str, home: Path, *arguments: str, stdout: Any = subprocess.PIPE, **environment: str
) -> 'subprocess.CompletedProcess[str]':
    """A command as a process of its own."""
    place = {'BOTCADENCE_DATA_DIR': str(home), 'BOTCADENCE_DATABASE_URL': database_url}
    command = [sys.executable, '-m', 'data', *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **place, **environment}, stdout=stdout, stderr=subprocess.PIPE,
        text=True, encoding='utf-8', timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize('limit', ['0', '-1', '1.5', 'all'])
def test_a_list_of_none_is_no_list(cli: Cli, world: World, limit: str) -> None:
    done = cli('list', '--limit', limit)
    assert done.exit_code == MISUSED and 'Usage: ' in done.stderr


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_an_open_screen_is_signed_out_while_the_server_runs(
    world: World, db: Engine, database_url: str, tmp_path: Path
) -> None:
    db.dispose()
    place = {'BOTCADENCE_DATA_DIR': str(tmp_path), 'BOTCADENCE_DATABASE_URL': database_url}
    server = Served(tmp_path, BOTCADENCE_DATABASE_URL=database_url)

    def set_password() -> None:
        command = [sys.executable, '-m', 'data', 'set-password', 'olga@acme.test']
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, **place}, input=OTHER, text=True, check=True, capture_output=True
        )

    async def seen() -> None:
        async with Visitor.of(server.url) as visitor:
            await visitor.post('/auth/sign-in', {'email': 'olga@acme.test', 'password': PASSWORD})
            async with Tab.open(visitor, f'/organizations/{world.organization_id}') as tab:
                await asyncio.to_thread(set_password)
                await tab.until('leaving', '/sign-in')
            await visitor.post('/auth/sign-in', {'email': 'olga@acme.test', 'password': OTHER})
            assert 'Acme' in (await visitor.get(f'/organizations/{world.organization_id}'))[1]

    try:
        asyncio.run(seen())
    finally:
        assert server.stop() == 0
    assert 'Traceback' not in server.log
