"""The process that reads a document: bounded in memory, time and reach, ended with the server, and never in its way."""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from data.integrations.reader import Crashed, Media, NotStarted, Stopped, Unreadable, process, read
from data.jobs import reading
from data.models import Project
from tests.support.papers import handbook
from tests.support.waiting_files import add, standing, until

ROOT = Path(__file__).parents[1]
STALL = 0.05
"""Seconds of processor time that the event loop waits for at most."""

PARSERS = 'pypdfium2', 'docx', 'lxml', 'markdown_it', 'snowballstemmer'


END = 'print(json.dumps({"pages": 0, "characters": 1}))'


def go_on() -> bool:
    return True


def stand_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let this be what is started instead of the reader."""
    monkeypatch.setattr(process, 'COMMAND', (sys.executable, '-B', '-c', script))


def confined(act: str) -> str:
    """What comes of this in a process that is confined as the reader is, before and after it has its document."""
    script = f"""
import socket, subprocess, os
from data.integrations.reader.confinement import close_off, confine
confine()
close_off()
try:
    {act}
    print('done')
except (OSError, MemoryError) as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, '-B', '-c', script], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or str(done.returncode)


@pytest.mark.skipif(sys.platform != 'linux', reason='other systems know fewer of these limits')
@pytest.mark.parametrize(
    ('act', 'end'),
    [
        ("open('/etc/passwd')", 'OSError'),
        ("open('/tmp/left-behind', 'w')", 'OSError'),
        ('socket.socket()', 'OSError'),
        ("subprocess.run(['true'])", 'OSError'),
        ('bytes(600 * 1024**2)', 'MemoryError'),
        ('bytes(100 * 1024**2)', 'done'),
    ],
    ids=['read', 'write', 'network', 'program', 'much memory', 'some memory'],
)
def test_it_reaches_nothing_and_takes_what_it_may(act: str, end: str) -> None:
    assert confined(act) == end


def test_it_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = (
        'from data.integrations.reader import confinement; confinement.SECONDS = 1; confinement.confine()\n'
        'while True: pass'
    )
    stand_in(monkeypatch, endless)
    with pytest.raises(Unreadable, match='slow'):
        read(b'x', Media.TXT, go_on)


def test_one_that_does_nothing_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, 'import time; time.sleep(600)')
    monkeypatch.setattr(process, 'PATIENCE', 0.1)
    with pytest.raises(Unreadable, match='slow'):
        read(b'x', Media.TXT, go_on)


def test_where_a_document_takes_all_memory_that_is_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    little = """
from data.integrations.reader import confinement
confinement.MEMORY = 200 * 1024 * 1024
from data.integrations.reader import __main__ as it
from data.integrations.reader.documents import Media
it.main(Media.MD)
"""
    stand_in(monkeypatch, little)
    with pytest.raises(Unreadable, match='memory'):
        read(b'*a_ ' * 100_000, Media.MD, go_on)


def test_one_that_nobody_waits_for_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, 'import time; time.sleep(600)')
    before = set(psutil.Process().children())
    with pytest.raises(Stopped):
        read(b'x', Media.TXT, lambda: False)
    assert set(psutil.Process().children()) == before


@pytest.mark.parametrize(
    'script',
    [
        'import os, signal; os.kill(os.getpid(), signal.SIGSEGV)',
        'import os, signal; os.kill(os.getpid(), signal.SIGKILL)',
        'print("rubbish")',
        'print(["", None, "x"])',
        'print("""["", null, "text"]\\n{"pages": -1, "characters": 4}""")',
        'print("""["", null, ""]\\n{"pages": null, "characters": 4}""")',
        'print("""[1, null, "x"]\\n{"pages": null, "characters": 4}""")',
        'print("""["", "1", "x"]\\n{"pages": null, "characters": 4}""")',
        'print("""["", null, "%s"]\\n{"pages": null, "characters": 4}""" % ("x" * 1201))',
        'print("""{"reason": "nobody knows"}""")',
        'print("""["", null, "x"]""")',
        'print("[" * 100_000)',
        'import json\nfor it in (["", None, chr(0xD800)], {"pages": None, "characters": 4}): print(json.dumps(it))',
        'import json\nfor it in (["", None, chr(0)], {"pages": None, "characters": 4}): print(json.dumps(it))',
        'pass',
        'import sys\nwhile True: sys.stdout.write("x" * 65536)',
        '(',
    ],
)
def test_what_it_answers_is_believed_in_the_right_form_only(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    stand_in(monkeypatch, script)
    monkeypatch.setattr(process, 'ANSWER', 4 * 1024 * 1024)
    with pytest.raises(Crashed):
        read(b'x', Media.TXT, go_on)


def test_where_none_can_be_started_it_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, 'COMMAND', ('/nowhere/at/all',))
    with pytest.raises(NotStarted):
        read(b'x', Media.TXT, go_on)


def test_it_knows_nothing_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BOTCADENCE_SECRET_KEY', 'very secret')
    stand_in(monkeypatch, 'import json, os\nprint(json.dumps(["", None, str(dict(os.environ))]))\n' + END)
    assert 'secret' not in read(b'x', Media.TXT, go_on).parts[0].text


@pytest.mark.skipif(not Path('/proc').exists(), reason='only Linux tells what a process has open')
def test_it_has_nothing_open_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        'import json, os\nopen_ = sorted(os.listdir("/proc/self/fd"), key=int)\n'
        'print(json.dumps(["", None, " ".join(open_[:-1])]))\n'
    )
    stand_in(monkeypatch, script + END)
    with open(tmp_path / 'database', 'w') as file:
        os.set_inheritable(file.fileno(), False)
        assert read(b'x', Media.TXT, go_on).parts[0].text == '0 1 2'


def test_it_ends_with_the_server(tmp_path: Path) -> None:
    """Killed without a word, the server leaves none behind that reads on for nobody."""
    (tmp_path / 'big.pdf').write_bytes(handbook(500))
    script = (
        'import sys; from data.integrations.reader import Media, read\n'
        f'read(open({str(tmp_path / "big.pdf")!r}, "rb").read(), Media.PDF, lambda: True)'
    )
    server = psutil.Popen([sys.executable, '-B', '-c', script], cwd=ROOT)
    until(lambda: any(child.cpu_times().user > 0.3 for child in server.children()))
    [child] = server.children()
    server.kill()
    server.wait()
    psutil.wait_procs([child], timeout=20)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


# the server ----------------------------------------------------------------------------------------------------------


def test_nothing_that_parses_is_loaded_by_the_server() -> None:
    script = (
        'import sys, data.jobs, data.services.sources, pages, pages.server.start, data.__main__;'
        f'print([it for it in sys.modules if it.split(".")[0] in {PARSERS!r}])'
    )
    done = subprocess.run([sys.executable, '-c', script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == '[]\n'


@pytest.mark.skipif(not Path('/proc').exists(), reason='only Linux tells how large a process was at most')
def test_what_is_read_does_not_make_the_server_larger(tmp_path: Path) -> None:
    """After the first one, which brings along what reading needs at all: a zip bomb, and fifteen times 500 pages."""
    script = f"""
import psutil, sys
sys.path.insert(0, {str(ROOT)!r})
from data.integrations.reader import Media, Unreadable, read
from data.runtime import memory
memory.settle()
def once(name):
    with open(name, 'rb') as file:
        content = file.read()
    try:
        assert len(read(content, Media(name.rpartition('.')[2]), lambda: True).parts) > 300
    except Unreadable as problem:
        assert problem.reason.value == 'unpacked'
    memory.give_back()
    return psutil.Process().memory_info().rss
first = once('book.pdf')
most = max(once(name) for name in ('book.pdf', 'bomb.docx', 'book.pdf', 'bomb.docx'))
highest = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]
print(most - first, int(highest) * 1024 - first)
print([it for it in sys.modules if it.split('.')[0] in {PARSERS!r}])
"""
    from tests.support.papers import bomb

    (tmp_path / 'book.pdf').write_bytes(handbook(120))
    (tmp_path / 'bomb.docx').write_bytes(bomb())
    done = subprocess.run([sys.executable, '-c', script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    grown, loaded = done.stdout.splitlines()
    after, meanwhile = map(int, grown.split())
    assert after < 4 * 1024**2
    assert meanwhile < 32 * 1024**2
    assert loaded == '[]'


@contextmanager
def collected_as_in_a_server() -> Iterator[None]:
    """What was there before is nothing that the collector looks at."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def test_five_hundred_pages_are_read_while_the_event_loop_goes_on(project: Project, db: Engine) -> None:
    """How long it waits is counted in time of the processor: whatever else this machine does is no stall."""
    made = add(project, 'handbook.pdf', handbook(500))
    job = reading.FileReading()
    waits: list[float] = []
    with collected_as_in_a_server():
        before = time.process_time()
        work = asyncio.create_task(asyncio.to_thread(job.read))
        while not work.done():
            await asyncio.sleep(0.002)
            now = time.process_time()
            waits.append(now - before)
            before = now
        await work
    there = standing(db, made)
    assert (there.state, there.pages, there.passages) == ('ready', 500, 1500)
    print(f'longest wait {max(waits) * 1000:.1f} ms of {len(waits)}')
    assert max(waits) < STALL
