"""`python -m tests.load.streams`: what a thousand visitors cost who have their chat open, and whether others notice.

Each has written once and listens. What the process has grown by, shared among them, is what one costs; then one of them
writes again and again, and it is measured how long it takes until they read it. The exit code is 1 where a stream costs
more than LARGEST.
"""

import json
import socket
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from data import database
from data.security import tokens as security_tokens
from data.services import projects, visitors
from data.services.agents import serving
from data.services.visitors import Arrival
from tests.support.chats import know, serve_agent
from tests.support.raw import Person
from tests.support.served import Served
from tests.support.steps import standing

STREAMS, ROUNDS = 1000, 9
LARGEST = 40_000
"""Bytes of one, at most."""

WAIT = 30
"""Seconds within which anything has to come."""


class Browser:
    """A browser that listens, and keeps nothing but its connection."""

    def __init__(self, server: Served, agent: str, token: str) -> None:
        self.server, self.agent, self.token = server, agent, token
        self.socket = socket.create_connection(('127.0.0.1', server.port), timeout=WAIT)
        self._send('GET', '/events?after=0')
        self.text = b''

    def _send(self, method: str, path: str, body: bytes = b'', on: socket.socket | None = None) -> None:
        head = (
            f'{method} /widget/{self.agent}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n'
            f'Origin: {self.server.url}\r\nAuthorization: Bearer {self.token}\r\nContent-Type: application/json\r\n'
            f'Content-Length: {len(body)}\r\n\r\n'
        )
        (on or self.socket).sendall(head.encode() + body)

    def hear(self, words: str) -> None:
        """Read until that was said."""
        while words.encode() not in self.text:
            piece = self.socket.recv(65536)
            assert piece, self.text[-500:]
            self.text += piece

    def say(self, words: str) -> None:
        """Write, by another connection."""
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=WAIT) as other:
            self._send('POST', '/messages', json.dumps({'text': words, 'key': words.replace(' ', '-')}).encode(), other)
            answer = other.recv(65536)
            assert b' 200 ' in answer, answer


def tokens(server: Served, number: int) -> tuple[str, list[str]]:
    """An agent, and so many visitors who have written to it."""
    person = Person(server)
    assert person.sign_up('olga@streams.test').status_code == 303
    at = person.home.rsplit('/', 1)[-1]
    security_tokens.configure((server.folder / 'secret_key').read_text(encoding='utf-8').strip())
    with standing(server, 'olga@streams.test', at) as olga:
        project = projects.create(olga, {'name': 'Shop'})
        know(at, project.id)
        agent = serve_agent(at, project.id)
        found = serving.find(agent)
        assert found
        said = [visitors.say(found, Arrival(), 'Hello', 'k') for _ in range(number)]
    return agent, [str(each.token) for each in said]


def resident(server: Served) -> int:
    """Bytes of memory that the process has for itself."""
    lines = Path(f'/proc/{server.process.pid}/status').read_text(encoding='utf-8').splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith('RssAnon'))
    return int(kilobytes) * 1024


def measured(server: Served) -> tuple[float, list[float]]:
    """Bytes of one stream, and milliseconds until somebody reads what was said, a few times."""
    agent, known = tokens(server, STREAMS + 20)
    early = [Browser(server, agent, token) for token in known[:20]]  # what is made once is made by these
    for browser in early:
        browser.hear('Hello')
    before = resident(server)
    browsers = [Browser(server, agent, token) for token in known[20:]]
    for browser in browsers:
        browser.hear('Hello')
    size = (resident(server) - before) / STREAMS
    times = []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        browsers[number].say(f'Number {number}')
        browsers[number].hear(f'Number {number}')
        times.append((time.perf_counter() - begin) * 1000)
    stopped = time.perf_counter()
    assert server.stop() == 0, server.log[-2000:]
    print(f'The server with {STREAMS + 20} streams stopped within {time.perf_counter() - stopped:.1f} s.')
    return size, times


def main() -> int:
    """Measure, and say it."""
    with tempfile.TemporaryDirectory() as folder:
        server = Served(Path(folder))
        try:
            size, times = measured(server)
        finally:
            server.stop()
            database.close()
    print(f'{STREAMS} streams: {size / 1000:.1f} kB each; read after {median(times):.1f} ms, at most {max(times):.1f}.')
    return 0 if size <= LARGEST else 1


if __name__ == '__main__':
    sys.exit(main())
