"""Memory: all threads share one heap, what is free goes back to the system, and other C libraries are left alone."""

import ctypes
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data import jobs
from data.runtime import memory
from data.runtime.settings import Settings

needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='only glibc has heaps of threads')

HEAPS = """
import ctypes, sys, threading
from data.runtime import memory
if 'settled' in sys.argv:
    memory.settle()
all_have = threading.Barrier(8)
def work():
    kept = bytearray(10_000)
    all_have.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[it.start() for it in threads]
[it.join() for it in threads]
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, 'stdout'))
libc.fflush(None)
"""

START = """
import os, sys
import main
main.memory.settle = lambda: print(len(os.listdir('/proc/self/task')), 'thread', flush=True)
main.prepare = lambda: sys.exit('prepared')
main.main()
"""

FREED = """
import os
from data.runtime import memory
memory.settle()
kept = [bytearray(64_000) for _ in range(1000)]
del kept[:-1]
def pages(): return int(open('/proc/self/statm').read().split()[1])
before = pages()
memory.give_back()
print((before - pages()) * os.sysconf('SC_PAGE_SIZE'))
"""


def run(code: str, *arguments: str) -> 'subprocess.CompletedProcess[str]':
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(('MALLOC_', 'GLIBC_'))}
    command = [sys.executable, '-c', code, *arguments]
    return subprocess.run(command, env=theirs, capture_output=True, text=True, timeout=60)


@needs_glibc
def test_all_threads_share_one_heap() -> None:
    assert run(HEAPS).stdout.count('<heap nr=') > 4
    assert run(HEAPS, 'settled').stdout.count('<heap nr=') == 1


@needs_glibc
def test_it_is_settled_before_anything_else_and_before_the_second_thread() -> None:
    done = run(START)
    assert (done.stdout, done.stderr) == ('1 thread\n', 'prepared\n')


@needs_glibc
def test_what_is_free_goes_back_to_the_system() -> None:
    assert int(run(FREED).stdout) > 50_000_000


def test_a_c_library_without_these_settings_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Library:
        def __init__(self, name: None) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            raise AttributeError(name)

    monkeypatch.setattr(ctypes, 'CDLL', Library)
    memory.settle()
    memory.give_back()
    assert asked == ['mallopt', 'malloc_trim']


def test_it_goes_back_as_soon_as_the_jobs_run(db: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = threading.Event()
    monkeypatch.setattr(memory, 'give_back', given.set)
    jobs.start(Settings(data_dir=tmp_path))
    try:
        assert given.wait(10)
    finally:
        jobs.stop()
