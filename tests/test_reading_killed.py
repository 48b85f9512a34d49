"""A server that is killed while it reads: after the start each file is read once, whatever is broken beside it."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from data import database
from data.models import Project
from data.services import projects
from tests.support.databases import Files
from tests.support.papers import handbook
from tests.support.probes import value
from tests.support.served import Served
from tests.support.waiting_files import add, standing, until

BROKEN = b'%PDF-1.7\n' + b'rubbish ' * 500 + b'\n%%EOF'
CUT = handbook(3)[:2000]


@pytest.fixture
def books(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with people in it, for a process of its own."""
    files: Files = request.getfixturevalue('files')  # now: it needs the key of this module
    yield database.connect(files.make('killed', 'world'))
    database.close()
    files.drop('killed')


@pytest.fixture
def shop(books: Engine, request: pytest.FixtureRequest) -> Project:
    """A project in it."""
    files: Files = request.getfixturevalue('files')
    return projects.create(files.world.owner, {'name': 'Shop', 'description': ''})


def reads(server: Served) -> bool:
    """Whether a process of this server is in the middle of a document."""
    return any(child.cpu_times().user > 0.2 for child in psutil.Process(server.process.pid).children())


@pytest.mark.slow
def test_a_file_is_read_once_after_a_kill_and_what_is_broken_does_not_delay_it(
    books: Engine, shop: Project, tmp_path: Path
) -> None:
    big = add(shop, 'handbook.pdf', handbook(300))
    broken = [add(shop, f'broken {number}.pdf', content) for number, content in enumerate((BROKEN, CUT))]
    server = Served(tmp_path, BOTCADENCE_DATABASE_URL=str(books.url))
    try:
        until(lambda: standing(books, big).state == 'reading' and reads(server))
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        psutil.wait_procs(children, timeout=20)
        assert not any(child.is_running() for child in children), 'nobody reads on'
        assert standing(books, big).state == 'reading', 'as it was left'
        assert value(books, 'SELECT count(*) FROM passages') == 0
        server.start()
        until(lambda: standing(books, big).state == 'ready')
        loaded = Path(f'/proc/{server.process.pid}/maps').read_text() if Path('/proc').exists() else ''
        assert not re.findall(r'site-packages/(?:pypdfium2|lxml|docx)', loaded), 'the server itself reads nothing'
    finally:
        server.stop()
    there = standing(books, big)
    assert (there.pages, there.attempts) == (300, 2)
    assert value(books, 'SELECT count(*) FROM passages WHERE source_id = :id', id=big) == there.passages == 900
    assert [standing(books, it).state for it in broken] == ['failed', 'failed']
    assert [standing(books, it).reason for it in broken] == ['broken', 'cut']
    assert len(re.findall('a file was read', server.log)) == 1
    assert len(re.findall('a file can’t be read', server.log)) == 2
    assert 'Traceback' not in server.log
