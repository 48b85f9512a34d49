"""What other processes do reaches the open screens of this one."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import changes, database
from data.changes import Change
from data.jobs.other_processes import EventPoller
from data.services import organizations
from data.services.audit import Topic
from tests.load.tab import Tab, Visitor
from tests.support.served import Served
from tests.support.world import PASSWORD, World

ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where another process finds the database of this test."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)
    return tmp_path


def other_process(*arguments: str) -> None:
    """Run a command in a process of its own."""
    command = [sys.executable, '-m', 'data', *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)


def test_what_the_command_line_does_reaches_the_open_screens(home: Path, world: World, db: Engine) -> None:
    heard: list[Change] = []
    poller = EventPoller()
    poller.look()
    changes.listen(heard.append)
    organizations.rename(world.owner, 'New', version=2)
    heard.clear()
    poller.look()
    assert heard == [], 'its own acts have been told already'
    other_process('suspend', world.organization_id, '--reason', 'Not paid')
    poller.look()
    assert heard == [Change(world.organization_id, Topic.ORGANIZATION, 'the administrator')]
    poller.look()
    assert len(heard) == 1


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_somebody_sees_at_once_that_their_organization_is_suspended(
    world: World, db: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.dispose()
    server = Served(tmp_path, BOTCADENCE_DATABASE_URL=database_url)
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    async def seen() -> float:
        async with Visitor.of(server.url) as visitor:
            await visitor.post('/auth/sign-in', {'email': 'olga@acme.test', 'password': PASSWORD})
            async with Tab.open(visitor, f'/organizations/{world.organization_id}') as tab:
                await asyncio.to_thread(other_process, 'suspend', world.organization_id, '--reason', 'Not paid')
                done = time.perf_counter()
                return await tab.until('Suspended') - done

    try:
        assert asyncio.run(seen()) < 2
    finally:
        assert server.stop() == 0
    assert 'Traceback' not in server.log


def test_looking_does_no_harm_without_a_database(
    home: Path, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> int:
        tried.append(1)
        raise OSError('gone')

    tried: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(database, 'newest_event', gone)
        patch.setattr('data.jobs.other_processes.EVERY', 0.01)
        patch.setattr('data.jobs.other_processes.AFTER_FAILURE', 0.01)
        poller = EventPoller()
        poller.start()
        end = time.monotonic() + 5
        while len(tried) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        poller.stop()
    assert len(tried) >= 3
