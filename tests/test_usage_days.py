"""Days of usage: in the time zone of the installation, which stays as it is once something was counted."""

import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import clock, database
from data.database import System
from data.runtime.data_dir import ConfigError
from data.services import usage
from data.services.usage import Metric, days
from tests.support.configured import loaded, nothing_set, refused
from tests.support.probes import rows, run, value
from tests.support.world import World

ROOT = Path(__file__).parents[1]


@pytest.fixture
def nothing_counted(world: World, db: Engine) -> None:
    """As an installation is in which nobody has used anything."""
    for table in ('billing_settings', 'usage_events', 'usage_days'):
        run(db, f'DELETE FROM {table}')


def use(world: World, key: str) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 1, key)


@pytest.mark.parametrize(
    ('zone', 'moment', 'day'),
    [
        ('UTC', datetime(2027, 3, 31, 23, 59, 59, 999999, UTC), date(2027, 3, 31)),
        ('Asia/Kathmandu', datetime(2027, 3, 31, 18, 14, tzinfo=UTC), date(2027, 3, 31)),
        ('Asia/Kathmandu', datetime(2027, 3, 31, 18, 15, tzinfo=UTC), date(2027, 4, 1)),
        ('Europe/Berlin', datetime(2027, 3, 28, 21, 59, tzinfo=UTC), date(2027, 3, 28)),
        ('Europe/Berlin', datetime(2027, 3, 28, 22, 0, tzinfo=UTC), date(2027, 3, 29)),
        ('Europe/Berlin', datetime(2027, 10, 31, 22, 59, tzinfo=UTC), date(2027, 10, 31)),
        ('America/Santiago', datetime(2027, 9, 5, 3, 59, tzinfo=UTC), date(2027, 9, 4)),
        ('America/Santiago', datetime(2027, 9, 5, 4, 0, tzinfo=UTC), date(2027, 9, 5)),
        ('Pacific/Kiritimati', datetime(2028, 2, 29, 10, 0, tzinfo=UTC), date(2028, 3, 1)),
    ],
)
def test_a_day_is_that_of_the_zone(zone: str, moment: datetime, day: date) -> None:
    days.configure(zone)
    assert days.day_of(moment) == day
    clock.source = lambda: moment
    assert days.today() == day


def test_months() -> None:
    assert days.month_of(date(2028, 2, 29)) == date(2028, 2, 1)
    assert [days.next_month(date(2027, 12, day)) for day in (1, 31)] == [date(2028, 1, 1)] * 2
    assert days.next_month(date(2028, 1, 31)) == date(2028, 2, 1)
    assert days.hour_of(datetime.fromisoformat('2027-03-31T00:10:00+05:45')) == datetime(2027, 3, 30, 18, tzinfo=UTC)


@pytest.mark.usefixtures('nothing_counted')
def test_the_zone_is_written_down_with_what_is_counted_first(world: World, db: Engine) -> None:
    days.settle('Asia/Kathmandu')
    days.settle('Europe/Berlin')
    with suppress(ZeroDivisionError), database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 1, 'x')
        raise ZeroDivisionError
    days.settle('Asia/Kathmandu')
    clock.source = lambda: datetime(2027, 3, 31, 20, 0, tzinfo=UTC)
    use(world, 'one')
    use(world, 'two')
    assert rows(db, 'SELECT id, time_zone FROM billing_settings') == [(1, 'Asia/Kathmandu')]
    assert str(value(db, 'SELECT day FROM usage_days')) == '2027-04-01'


@pytest.mark.usefixtures('nothing_counted')
def test_the_zone_is_written_down_once_by_many_that_are_first(world: World, db: Engine) -> None:
    organizations = [world.organization_id, world.stranger.organization_id]

    def count(number: int) -> None:
        with database.transaction(System(organizations[number % 2])) as tx:
            usage.record(tx, Metric.MESSAGES, 1, f'{number}')

    days.settle('Europe/Berlin')
    with at_once(8) as run_all:
        assert run_all([partial(count, number) for number in range(8)]) == [None] * 8
    assert rows(db, 'SELECT time_zone FROM billing_settings') == [('Europe/Berlin',)]
    assert value(db, 'SELECT count(*) FROM usage_events') == 8


@pytest.mark.usefixtures('nothing_counted')
def test_another_zone_is_refused_once_something_was_counted(world: World) -> None:
    days.settle('Europe/Berlin')
    use(world, 'one')
    with pytest.raises(ConfigError) as caught:
        days.settle('Asia/Tokyo')
    assert 'BOTCADENCE_TIME_ZONE is Asia/Tokyo' in str(caught.value)
    assert str(caught.value).endswith('Set BOTCADENCE_TIME_ZONE=Europe/Berlin.')
    assert days.time_zone() == 'Europe/Berlin'
    days.settle('Europe/Berlin')


@pytest.mark.usefixtures('nothing_counted')
def test_a_process_with_another_setting_counts_by_the_days_there_are(world: World, db: Engine) -> None:
    run(db, "INSERT INTO billing_settings (id, time_zone, since) VALUES (1, 'Asia/Kathmandu', CURRENT_TIMESTAMP)")
    clock.source = lambda: datetime(2027, 3, 31, 20, 0, tzinfo=UTC)
    days.adopt('Europe/Berlin')
    assert days.time_zone() == 'Asia/Kathmandu'
    days.configure('America/Santiago')
    database.connect(db.url.render_as_string(hide_password=False))  # nobody has looked at this one yet
    use(world, 'one')
    assert str(value(db, "SELECT day FROM usage_days WHERE metric = 'messages'")) == '2027-04-01'
    run(db, "UPDATE billing_settings SET time_zone = 'Nowhere/Land'")
    with pytest.raises(ConfigError, match='tzdata'):
        days.adopt('UTC')


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.usefixtures('nothing_counted')
def test_the_start_says_that_days_stay_as_they_are_and_commands_go_by_them(
    world: World, database_url: str, tmp_path: Path
) -> None:
    days.configure('Europe/Berlin')
    use(world, 'one')
    database.close()
    environment = {
        **os.environ,
        'BOTCADENCE_DATA_DIR': str(tmp_path),
        'BOTCADENCE_DATABASE_URL': database_url,
        'BOTCADENCE_TIME_ZONE': 'Asia/Tokyo',
    }
    command = [sys.executable, 'main.py']
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, '')
    assert ended.stderr.splitlines() == [
        'BOTCADENCE_TIME_ZONE is Asia/Tokyo, but usage has been counted by the days of Europe/Berlin, and they stay. '
        'Set BOTCADENCE_TIME_ZONE=Europe/Berlin.'
    ]
    command = [sys.executable, '-m', 'data', 'list']
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, '')


clean = pytest.fixture(nothing_set)


@pytest.mark.usefixtures('clean')
@pytest.mark.parametrize('zone', ['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])
def test_a_zone_is_taken(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    assert loaded(monkeypatch, TIME_ZONE=zone).time_zone == zone


@pytest.mark.usefixtures('clean')
@pytest.mark.parametrize(
    'zone',
    [
        *('CET+1', '../etc/passwd', '/etc/passwd', 'Berlin', 'Europe', '+01:00', 'x' * 65),
        *('localtime', 'posixrules', 'Factory', 'right/Europe/Berlin', 'posix/Europe/Berlin'),
    ],
)
def test_what_is_no_zone_is_refused(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    sentence = refused(monkeypatch, TIME_ZONE=zone)
    assert sentence.startswith('BOTCADENCE_TIME_ZONE must be a time zone')


@pytest.mark.usefixtures('clean')
def test_no_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch).time_zone == loaded(monkeypatch, TIME_ZONE='').time_zone == 'UTC'
