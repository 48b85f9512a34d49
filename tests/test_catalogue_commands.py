"""The catalogue on the command line: checked, applied, shown, and whatever is no file of one."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from data import database
from data.changes import Change
from data.commands import app
from data.operations import catalogues as files
from data.runtime import instance_lock, mail_server
from data.services import plans
from data.services.usage import days
from tests.support import catalogues, loggers
from tests.support.probes import everything, rows, run, value
from tests.support.world import World

OK, WRONG, MISUSED, UNAVAILABLE = range(4)
SAMPLE = Path(__file__).parents[1] / 'data' / 'catalogue.sample.toml'
Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, database_url: str, db: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run a command in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    def call(*arguments: object) -> Result:
        with loggers.kept():
            result = CliRunner().invoke(app, ['catalogue', *map(str, arguments)])
        assert isinstance(result.exception, SystemExit | None) and 'Traceback' not in result.output
        return result

    yield call
    instance_lock.release()
    mail_server.configure(None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / 'catalogue.toml'
    path.write_text(catalogues.TEXT, encoding='utf-8')
    return path


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == OK, result.output
    return dict(json.loads(result.stdout))


def test_check_says_what_would_become_different_and_changes_nothing(
    cli: Cli, file: Path, world: World, db: Engine
) -> None:
    before = everything(db)
    done = cli('check', file)
    assert done.exit_code == OK
    assert done.stdout.splitlines() == [
        'Free: new, version 1. No organization has it.',
        'Team: new, version 1. No organization has it.',
        'Business: new, version 1. No organization has it.',
        '8 organizations without a plan would begin with the default one.',
    ]
    assert everything(db) == before
    said = answer(cli('check', file, '--json'))
    assert (said['ok'], said['first'], said['same'], said['without']) == (True, True, False, 8)
    assert said['plans'][1] == {
        'id': 'team',
        'name': 'Team',
        'fate': 'new',
        'changes': [],
        'version': 1,
        'organizations': 0,
    }


def test_apply_lets_it_hold_and_everybody_begins_with_the_default_plan(
    cli: Cli, file: Path, world: World, db: Engine, published: list[Change]
) -> None:
    number = value(db, 'SELECT count(*) FROM organizations')
    done = cli('apply', file)
    assert done.stdout.splitlines()[-1] == f'{number} organizations without a plan began with the default one.'
    assert rows(db, 'SELECT plan, plan_version, count(*) FROM subscriptions GROUP BY plan, plan_version') == [
        ('free', 1, number)
    ]
    assert world.organization_id in {change.organization_id for change in published}
    recorded = rows(db, "SELECT organization_id, actor_email FROM audit_events WHERE action = 'billing:renew'")
    assert len(recorded) == number and {email for _, email in recorded} == {'Botcadence'}
    shown = cli('show').stdout.splitlines()
    assert shown[:4] == [
        'EUR, days of UTC; periods begin on day 1 of a month.',
        'Botcadence GmbH, DE; transfers to DE89 3704 0044 0532 0130 00.',
        'VAT 19\u00a0%, CH 0\u00a0%, FR 20\u00a0%',
        'INV-{year}-{n:06}: 14 days to pay, 14 more until it is read-only.',
    ]
    assert shown[5:10] == [
        'Free (free, version 1): free',
        '    3 members at most',
        '    500 messages at most',
        '    2 projects at most',
        f'    {number} organizations with version 1',
    ]
    assert 'Team (team, version 1): €49.00 a month, 14 days free' in shown


def test_what_was_applied_is_applied_once(cli: Cli, file: Path, world: World, db: Engine) -> None:
    assert answer(cli('apply', file, '--json'))['begun'] == value(db, 'SELECT count(*) FROM organizations')
    before = everything(db)
    again = answer(cli('apply', file, '--json'))
    assert (again['same'], again['begun'], again['without']) == (True, 0, 0)
    assert everything(db) == before
    assert cli('apply', file).stdout.splitlines()[0] == 'Nothing has changed.'
    assert cli('check', file).stdout.splitlines()[0] == 'Nothing would change.'


def test_who_has_a_plan_keeps_its_version_and_is_counted_before(cli: Cli, file: Path, world: World, db: Engine) -> None:
    cli('apply', file)
    number = value(db, 'SELECT count(*) FROM organizations')
    before = rows(db, 'SELECT * FROM subscriptions'), rows(db, 'SELECT * FROM billing_periods')
    more = 'messages = { included = 500, over = "block" }', 'messages = { included = 400 }'
    file.write_text(catalogues.changed(more), encoding='utf-8')
    expected = [
        'Free: version 2 for whoever begins with it from now on. '
        f'{number} organizations have it and keep what was agreed.',
        '    messages: 500 messages at most → 400 messages at most',
    ]
    assert cli('check', file).stdout.splitlines()[:2] == expected
    assert cli('apply', file).stdout.splitlines()[:2] == expected
    assert (rows(db, 'SELECT * FROM subscriptions'), rows(db, 'SELECT * FROM billing_periods')) == before
    assert value(db, "SELECT cap FROM usage_limits WHERE metric = 'messages' LIMIT 1") == 500
    shown = answer(cli('show', '--json'))
    assert shown['organizations'] == {'free': {'1': number}, 'team': {}, 'business': {}}
    assert shown['catalogue']['plans'][0]['version'] == 2


def test_what_broke_off_is_made_up_for(cli: Cli, file: Path, world: World, db: Engine) -> None:
    plans.apply(catalogues.TEXT)
    assert value(db, 'SELECT count(*) FROM subscriptions') == 0
    said = answer(cli('apply', file, '--json'))
    assert (said['same'], said['begun']) == (True, value(db, 'SELECT count(*) FROM organizations'))


def test_mistakes_are_listed_a_line_for_each(cli: Cli, file: Path, db: Engine) -> None:
    text = catalogues.changed(('"49.00"', '"49,00"'), ('time_zone = "UTC"', 'time_zone = "CET+1"'))
    file.write_text(text, encoding='utf-8')
    before = everything(db)
    for command in ('check', 'apply'):
        done = cli(command, file)
        assert done.exit_code == WRONG
        first, second = done.stdout.splitlines()
        assert first.startswith('plan.team.price: Write the amount with a point')
        assert second.startswith('time_zone: This machine knows no such time zone.')
        said = json.loads(cli(command, file, '--json').stdout)
        assert said['ok'] is False and list(said['wrong']) == ['plan.team.price', 'time_zone']
    assert everything(db) == before


def test_without_a_catalogue_there_is_none_to_show(cli: Cli, db: Engine) -> None:
    done = cli('show')
    assert (done.exit_code, done.stdout) == (OK, 'There is no catalogue: nothing is billed, and no screen says so.\n')
    assert answer(cli('show', '--json')) == {'catalogue': None}


def test_texts_of_a_catalogue_do_nothing_to_a_terminal(cli: Cli, file: Path, db: Engine) -> None:
    file.write_text(catalogues.changed(('name = "Team"', 'name = "Te\u2028am"')) + '"\\u001b[2J" = 1', encoding='utf-8')
    for command in ('check', 'apply'):
        assert not re.search('[\x00-\x09\x0b-\x1f\u2028]', cli(command, file).output)


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_what_is_no_file_of_a_catalogue_is_refused(cli: Cli, file: Path, tmp_path: Path) -> None:
    """A link is followed, for that is how a cluster mounts its files; what it leads to must be a file."""
    pipe, endless, lost, loop = (tmp_path / name for name in ('pipe', 'endless', 'lost', 'loop'))
    os.mkfifo(pipe)
    endless.symlink_to('/dev/zero')
    lost.symlink_to(tmp_path / 'nothing')
    loop.symlink_to(loop)
    large, latin = tmp_path / 'large', tmp_path / 'latin'
    large.write_bytes(b'#' * 5_000_000)
    latin.write_bytes('name = "Köln"'.encode('latin-1'))
    said = {
        pipe: 'is not a file.',
        endless: 'is not a file.',
        tmp_path: 'can’t be read: Is a directory.',
        lost: 'can’t be read: No such file or directory.',
        loop: 'can’t be read: Too many levels of symbolic links.',
        large: 'is too large: a catalogue has 1,000,000 bytes at most.',
        latin: 'is not UTF-8: byte 10 is none of it.',
    }
    for path, sentence in said.items():
        done = cli('check', path)
        assert (done.exit_code, done.stderr) == (MISUSED, f'{path} {sentence}\n'), path
    link = tmp_path / 'link'
    link.symlink_to(file)
    assert cli('check', link).exit_code == OK


def test_the_sample_is_a_catalogue_and_so_is_all_that_it_mentions(db: Engine) -> None:
    text = files.text_of(SAMPLE)
    catalogue = plans.read(text)
    assert [plan.name for plan in catalogue.plans] == ['Free', 'Team', 'Business']
    assert plans.check(text).doubts == ()
    spoken = re.sub(r'^# (\w+ = )', r'\1', text, flags=re.MULTILINE)
    assert spoken.count('\n# ') < text.count('\n# ') - 10
    full = plans.read(spoken)
    assert full.plans == catalogue.plans, 'what is taken where nothing is said'
    usual = {name: getattr(catalogue, name) for name in ('anchor', 'review_hours', 'number', 'payment_days', 'default')}
    assert {name: getattr(full, name) for name in usual} == usual
    assert full.tax.reverse_charge and full.tax.rates == {'FR': 20_000, 'CH': 0}


def test_the_zone_of_the_settings_is_that_of_the_catalogue(
    cli: Cli, file: Path, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('BOTCADENCE_TIME_ZONE', 'Europe/Berlin')
    done = cli('check', file)
    assert done.exit_code == WRONG and 'Days are those of Europe/Berlin here' in done.stdout
    file.write_text(catalogues.changed(('time_zone = "UTC"', 'time_zone = "Europe/Berlin"')), encoding='utf-8')
    assert cli('apply', file).exit_code == OK
    assert value(db, 'SELECT time_zone FROM billing_settings') == 'Europe/Berlin' == days.time_zone()
    run(db, "UPDATE billing_settings SET catalogue_hash = ''")
    with database.accounts(writes=False) as tx:
        assert plans.current(tx) is None
