"""The process that reads one document: started, given the bytes, listened to, and killed where it takes too long.

What it answers is bounded and checked, as if it came from whoever made the document.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from data.integrations.reader.documents import LONGEST, PATH, PIECES, Media, Part, Reading, Reason, Unreadable

ANSWER = 48 * 1024 * 1024
"""Bytes of the longest answer: two million letters of four bytes each, and the headings above them."""

POLL = 0.25
"""Seconds between two looks whether it should go on."""

PATIENCE = 300.0
"""Seconds after which it is killed; it has a minute of processor time, of which others take what they need first."""

PORTION = 64 * 1024

ROOT = Path(__file__).parents[3]

COMMAND = (sys.executable, '-B', '-E', '-s', '-m', 'data.integrations.reader')
"""Without the environment: what is in it (the key, the address of the database) is not for documents."""


_ENDS = {-signal.SIGXCPU: Reason.SLOW, -signal.SIGABRT: Reason.MEMORY}
"""Signals by which it ends at a limit: where there is no memory left, what is written in C++ aborts."""


class Crashed(Exception):
    """The process ended in the middle; another try may help."""


class NotStarted(Exception):
    """The process could not be started: nothing is wrong with the document, the machine has no room for it now."""


class Stopped(Exception):
    """Whoever wanted the document read does not want it any more."""


def read(content: bytes, media: Media, go_on: Callable[[], bool]) -> Reading:
    """The text of a document in pieces, read in a process of its own while `go_on` says yes, asked every POLL seconds.

    Raises Unreadable with the reason, Crashed where another try may help, NotStarted, Stopped, and what `go_on` raises.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  # our own module, and arguments of ours
            [*COMMAND, media.value],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={'LC_ALL': 'C.UTF-8'},
            start_new_session=True,  # what a terminal sends to the server is not for it
        )
    except OSError as error:
        raise NotStarted(f'The reader could not be started: {error}.') from error
    with process:
        try:
            answer = _answer(process, len(content).to_bytes(8, 'big') + content, go_on)
        finally:
            process.kill()
    return _reading(answer, process.returncode)


def _answer(process: subprocess.Popen[bytes], question: bytes, go_on: Callable[[], bool]) -> bytearray:
    """Hand in the question and collect what it answers, until it has said all."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101  # both are pipes
    ends, answer, left = time.monotonic() + PATIENCE, bytearray(), memoryview(question)
    for end in (process.stdin, process.stdout):
        os.set_blocking(end.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while True:
            for key, _ in selector.select(POLL):
                if key.fileobj is process.stdin:
                    left = _hand_in(process.stdin, left)
                    if not left:  # it stays open: its end tells the process that nobody is waiting
                        selector.unregister(process.stdin)
                elif portion := os.read(process.stdout.fileno(), PORTION):
                    answer += portion
                else:
                    _wait(process)
                    return answer
            if len(answer) > ANSWER:
                raise Crashed('It answers without end.')
            if time.monotonic() > ends:
                raise Unreadable(Reason.SLOW)
            if not go_on():
                raise Stopped


def _hand_in(pipe: IO[bytes], left: memoryview) -> memoryview:
    """Write what the pipe takes now; what is left, nothing where nobody reads it."""
    try:
        return left[os.write(pipe.fileno(), left[:PORTION]) :]
    except BrokenPipeError:
        return left[:0]


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Let it end that has said all, so that its exit code says how; where it does not, it is killed."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)


def _reading(answer: bytearray, code: int) -> Reading:
    """What was answered, believed only where it has the right form. Raises Unreadable, Crashed."""
    *lines, last = bytes(answer).splitlines() or [b'']
    if code in _ENDS:
        raise Unreadable(_ENDS[code])
    if code or len(lines) > PIECES:
        raise Crashed(f'It ended with {code}, after {len(lines)} pieces.')
    try:
        end = json.loads(last)
        if 'reason' in end:
            raise Unreadable(Reason(end['reason']), str(end.get('error', ''))[:80])
        return Reading(_number(end['pages']), _number(end['characters']) or 0, [_part(line) for line in lines])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Crashed('It answers what nobody asked.') from error


def _part(line: bytes) -> Part:
    heading, page, text = json.loads(line)
    if not (isinstance(heading, str) and isinstance(text, str) and len(heading) <= PATH and 0 < len(text) <= LONGEST):
        raise ValueError('This is no piece.')
    if b'\0' in (heading + text).encode():  # half a letter raises as well: no database keeps either
        raise ValueError('This is no text.')
    return Part(heading, _number(page), text)


def _number(value: Any) -> int | None:
    if value is None or (type(value) is int and 0 <= value < 2**31):
        return value
    raise ValueError('This is no number.')
