"""Usage on the command line: limits are set and shown, a month is read."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from data import changes, clock, database
from data.changes import Change
from data.commands import app
from data.database import System
from data.jobs import other_processes
from data.jobs.other_processes import EventPoller
from data.models import Project, Status
from data.runtime import instance_lock, mail_server
from data.services import organizations, usage
from data.services.audit import Topic
from data.services.usage import Metric, exporting
from tests.support import loggers
from tests.support.probes import everything, rows, value
from tests.support.world import World

OK, WRONG, MISUSED, UNAVAILABLE = range(4)
Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, database_url: str, db: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run a command in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    def call(*arguments: str) -> Result:
        with loggers.kept():
            result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, SystemExit | None) and 'Traceback' not in result.output
        return result

    yield call
    instance_lock.release()
    mail_server.configure(None)


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == OK, result.output
    return dict(json.loads(result.stdout))


def record(world: World, number: int, key: str = 'one') -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, number, key)


# limit ---------------------------------------------------------------------------------------------------------------


def test_as_installed_nothing_is_limited(cli: Cli, world: World) -> None:
    record(world, 1_234)
    done = cli('limit', 'acme')
    assert done.exit_code == OK
    assert done.stdout.splitlines() == [
        'Acme',
        '       1,234 messages this month  no limit',
        '           4 members              no limit',
        '           0 projects             no limit',
        '           0 bytes                no limit',
    ]
    shown = answer(cli('limit', world.organization_id, '--json'))
    assert (shown['organization'], shown['name']) == (world.organization_id, 'Acme')
    assert shown['limits'][0] == {'metric': 'messages', 'used': 1234, 'limit': None, 'told': 0}
    assert [it['metric'] for it in shown['limits']] == ['messages', 'members', 'projects', 'storage']


def test_a_limit_is_set_shown_lowered_and_lifted(cli: Cli, world: World) -> None:
    record(world, 8_000)
    done = cli('limit', 'Acme', 'messages', '10000')
    assert (done.exit_code, done.stdout) == (
        OK,
        'Acme may have 10,000 messages a month. Used this month: 8,000.\n',
    )
    shown = answer(cli('limit', 'Acme', 'messages', '--json'))
    assert shown['limits'] == [{'metric': 'messages', 'used': 8000, 'limit': 10000, 'told': 80}]
    assert cli('limit', 'Acme', 'messages', '100').stdout.endswith('They stay; there can be no more.\n')
    assert answer(cli('limit', 'Acme', 'members', '3', '--json'))['limits'] == [
        {'metric': 'members', 'used': 4, 'limit': 3, 'told': 100}
    ]
    assert cli('limit', 'Acme', 'messages', 'None').stdout.startswith(
        'Acme has no limit of messages. Used this month: 8,000'
    )
    assert cli('limit', 'Acme', 'storage', '1800000').stdout == (
        'Acme may have 1.8 MB of knowledge at once. Used now: 0 bytes.\n'
    )
    assert cli('limit', 'Acme', 'storage', 'none').stdout == 'Acme has no limit of storage. Used now: 0 bytes.\n'
    assert [it['limit'] for it in answer(cli('limit', 'Acme', '--json'))['limits']] == [None, 3, None, None]


def test_owners_are_told_where_mail_is_set_up(
    cli: Cli, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('BOTCADENCE_SMTP_URL', 'smtp://127.0.0.1:25')
    monkeypatch.setenv('BOTCADENCE_MAIL_FROM', 'bots@example.com')
    monkeypatch.setenv('BOTCADENCE_PUBLIC_URL', 'https://bots.example.com')
    assert cli('limit', 'Acme', 'members', '4').exit_code == OK
    assert rows(db, 'SELECT kind, recipient FROM mails') == [('limit-reached', 'olga@acme.test')]


def test_open_screens_hear_of_it(cli: Cli, world: World, db: Engine) -> None:
    heard: list[Change] = []
    poller = EventPoller()
    poller.look()
    cli('limit', 'Acme', 'messages', '10000')
    other_processes._own.clear()  # as if another process had written it
    changes.listen(heard.append)
    poller.look()
    assert Change(world.organization_id, Topic.USAGE, 'the administrator') in heard


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (['limit'], 'ORGANIZATION'),
        (['limit', 'Acme', 'seats', '3'], "'seats' is not one of"),
        (['limit', 'Acme', 'members', '-1'], 'No such option'),
        (['limit', 'Acme', 'members', '10.000'], 'whole number'),
        (['limit', 'Acme', 'members', '10,000'], 'whole number'),
        (['limit', 'Acme', 'members', '1e3'], 'whole number'),
        (['limit', 'Acme', 'members', '٣'], 'whole number'),
        (['limit', 'Acme', 'members', ''], 'whole number'),
        (['limit', 'Acme', 'members', '9' * 30], 'whole number'),
        (['limit', 'Acme', 'members', '9' * 19], 'A limit is a whole number from 0 to'),
        (['limit', 'nowhere', 'members', '3'], 'There is no organization “nowhere”.'),
        (['limit', 'a' * 16, 'members', '3'], 'There is no organization'),
    ],
    ids=range(12),
)
def test_what_is_no_limit_changes_nothing(cli: Cli, world: World, db: Engine, arguments: list[str], says: str) -> None:
    before = everything(db)
    done = cli(*arguments)
    assert done.exit_code == MISUSED
    assert says in ' '.join(done.stderr.split())
    assert everything(db) == before


def test_a_suspended_organization_can_be_limited_and_a_deleted_one_as_well(cli: Cli, world: World, db: Engine) -> None:
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'Not paid')
    assert cli('limit', world.organization_id, 'members', '3').exit_code == OK
    organizations.change_status(world.organization_id, Status.DELETING, '')
    organizations.change_status(world.organization_id, Status.DELETED, '')
    assert cli('limit', world.organization_id, 'members', '2').exit_code == OK
    assert value(db, 'SELECT cap FROM usage_limits') == 2


# usage ---------------------------------------------------------------------------------------------------------------


def at(day: datetime) -> None:
    clock.source = lambda: day


@pytest.fixture
def spring(world: World) -> World:
    """Acme in March and April 2027, with 30 messages on the third of March and 12 of a project on the tenth."""
    at(datetime(2027, 3, 3, 12, tzinfo=UTC))
    record(world, 30, 'first')
    at(datetime(2027, 3, 10, 12, tzinfo=UTC))
    with database.transaction(System(world.organization_id)) as tx:
        project = Project(organization_id=world.organization_id, name='=Bot\x07', name_key='bot')
        tx.add(project)
        tx.flush()
        usage.change_level(tx, Metric.PROJECTS, 1)
        usage.record(tx, Metric.MESSAGES, 12, 'second', project_id=project.id)
    at(datetime(2027, 4, 2, 12, tzinfo=UTC))
    return world


def test_a_month_is_read(cli: Cli, spring: World, db: Engine) -> None:
    before = everything(db)
    done = cli('usage', 'Acme', '--month', '2027-03')
    assert (done.exit_code, done.stdout.splitlines()) == (
        OK,
        [
            'Acme, 2027-03',
            '          42 messages',
            '         124 seat-days',
            '           1 projects',
            '           0 bytes',
        ],
    )
    assert cli('usage', 'Acme').stdout.splitlines()[:3] == [
        'Acme, 2027-04',
        '           0 messages',
        '           8 seat-days',
    ]
    shown = answer(cli('usage', spring.organization_id, '--month', '2027-03', '--json'))
    assert shown['totals'] == {'messages': 42, 'members': 124, 'projects': 1, 'storage': 0}
    assert (shown['month'], shown['complete'], shown['organization']) == ('2027-03', True, spring.organization_id)
    assert [(it['day'], it['quantity']) for it in shown['rows'] if it['metric'] == 'messages'] == [
        ('2027-03-03', 30),
        ('2027-03-10', 12),
    ]
    assert sum(it['quantity'] for it in shown['rows'] if it['metric'] == 'members') == 124
    assert everything(db) == before, 'reading changes nothing'


def test_a_month_comes_as_csv_that_does_nothing_to_a_terminal(cli: Cli, spring: World) -> None:
    done = cli('usage', 'Acme', '--month', '2027-03', '--csv')
    found = list(csv.reader(done.stdout.splitlines()))
    assert found[0] == ['day', 'metric', 'unit', 'project_id', 'project', 'quantity']
    assert ['2027-03-03', 'messages', 'messages', '', '', '30'] in found
    [bot] = [it for it in found if it[0] == '2027-03-10' and it[1] == 'messages']
    assert bot[4:] == ["'=Bot\\u0007", '12']
    assert '\x07' not in done.stdout


@pytest.mark.parametrize(
    'month', ['2027-3', '2027-13', '2027-05', '9999-01', 'March', '2027-03-01', '0000-01', "' OR 1=1"]
)
def test_what_is_no_month_is_said(cli: Cli, spring: World, month: str) -> None:
    done = cli('usage', 'Acme', '--month', month)
    assert (done.exit_code, done.stderr) == (MISUSED, 'Choose a month, as 2027-03, up to this one.\n')


def test_a_month_is_csv_or_json(cli: Cli, spring: World) -> None:
    done = cli('usage', 'Acme', '--csv', '--json')
    assert (done.exit_code, 'not both' in done.stderr) == (MISUSED, True)


def test_what_is_too_much_for_one_answer_is_said(cli: Cli, spring: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, 'EXPORT_LIMIT', 5)
    done = cli('usage', 'Acme', '--month', '2027-03', '--csv')
    assert done.stderr == 'Only the first 5 rows are printed.\n'
    assert len(done.stdout.splitlines()) == 6
    assert answer(cli('usage', 'Acme', '--month', '2027-03', '--json'))['complete'] is False
