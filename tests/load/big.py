"""`python -m tests.load.big --data FOLDER`: every screen on a large database against one with ten of everything.

The two databases are made in the folder where they are not there yet: 200,000 users, 250,000 organizations, one of them
with 2,000 people and 300,000 events. Then they are measured in turns; the exit code is 1 when a limit is missed.
`--url` makes the large one on a PostgreSQL server instead, in an empty database, and measures the services on it.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from threading import Event, Thread

from data import clock, database
from data.database import Actor
from data.security import tokens
from data.services import accounts, audit, invitations, members, organizations
from data.services.accounts import events, sessions
from data.services.mail import outbox
from tests.load import masses, servers
from tests.load.masses import BIG, SMALL
from tests.load.report import Row, Times, most, ratio, table
from tests.load.tab import Tab, Visitor

TIMES = 30
SEARCHES: dict[str, Callable[[Actor], object]] = {
    'nothing is like this': lambda actor: audit.portion(actor, search='nothing at all'),
    'the first number': lambda actor: audit.portion(actor, search='202 555 0143'),
    'eight words': lambda actor: audit.portion(actor, search='person acme com 192 0 2 7 zzz'),
    'somebody seldom': lambda actor: audit.portion(actor, who=(masses.SELDOM,)),
    'a kind without events': lambda actor: audit.portion(actor, action=('billing',)),
    'refusals of somebody': lambda actor: audit.portion(actor, who=(masses.FOUNDER,), outcome='refused'),
    'people by a part': lambda actor: audit.people(actor, '1999'),
}
SCREENS: dict[str, Callable[[Actor], object]] = {
    'organizations': organizations.portion,
    'overview': organizations.overview,
    'team': members.portion,
    'invitations': invitations.portion,
    'activity': audit.portion,
    'being there': members.touch,
}
PATHS = {
    'organizations': '/organizations',
    'overview': f'/organizations/{masses.LARGE}',
    'team': f'/organizations/{masses.LARGE}/members',
    'activity': f'/organizations/{masses.LARGE}/activity',
    'settings': f'/organizations/{masses.LARGE}/settings',
}


def services(urls: dict[str, str]) -> list[Row]:
    """What the services need for every screen, in turns, and for one step of each search.

    In time of the processor on SQLite, which works in it; of a server it is how long one waits.
    """
    taken: dict[tuple[str, str], Times] = {}
    tokens.configure('a key for measurements that is long enough')
    for round_ in range(-1, TIMES // 5):
        for size, url in urls.items():
            database.connect(url)
            actor = _founder()
            for name, act in {**SCREENS, **(SEARCHES if size == 'big' else {})}.items():
                for _ in range(5):
                    now = time.thread_time if url.startswith('sqlite') else time.perf_counter
                    began = now()
                    act(actor)
                    if round_ >= 0:
                        taken.setdefault((size, name), Times()).append(1000 * (now() - began))
            database.close()
    rows = [most(f'service: {name}', taken['big', name].p50, 60, 'ms', str(taken['big', name])) for name in SEARCHES]
    if 'small' in urls:
        pairs = [(name, taken['big', name], taken['small', name]) for name in SCREENS]
        rows += [Row(f'service: {it}', '', f'{big.p50 / small.p50:.2f} ×', str(big)) for it, big, small in pairs]
    return rows


def _founder() -> Actor:
    actor = sessions.of_token(accounts.sign_in(masses.FOUNDER, masses.PASSWORD))
    assert actor is not None
    return replace(actor, organization_id=masses.LARGE)


async def screens(folders: dict[str, Path]) -> list[Row]:
    """The first request of every screen through the running application, in turns."""
    taken = {(size, name): Times() for size in folders for name in PATHS}
    async with AsyncExitStack() as stack:
        visitors: dict[str, Visitor] = {}
        for size, folder in folders.items():
            server = await stack.enter_async_context(servers.botcadence(folder))
            visitors[size] = await stack.enter_async_context(Visitor.of(server.url))
            await visitors[size].sign_in(masses.FOUNDER, masses.PASSWORD)
        for number in range(-2, TIMES):
            for (name, path), (size, visitor) in product(PATHS.items(), visitors.items()):
                async with Tab.open(visitor, path) as tab:
                    if number >= 0:
                        taken[size, name].append(tab.fetched_in)
    return [ratio(f'first GET: {it}', taken['big', it], taken['small', it], 1.2, '10 of all') for it in PATHS]


@contextmanager
def held(path: str) -> Iterator[Times]:
    """For how many ms the lock of SQLite's writers was held, each time, as another writer sees it meanwhile."""
    taken, end = Times(), Event()

    def look() -> None:
        since = None
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            while not end.wait(0.001):
                try:
                    connection.execute('BEGIN IMMEDIATE')
                    connection.execute('ROLLBACK')
                    taken.extend([1000 * (time.perf_counter() - since)] if since else [])
                    since = None
                except sqlite3.OperationalError:
                    since = since or time.perf_counter()

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield taken
    finally:
        end.set()
        watcher.join()


def pruning(url: str) -> list[Row]:
    """For how long `prune` keeps others from writing where much is over; nothing on a server, or without `--dead`."""
    rows: list[Row] = []
    engine = database.connect(url)
    if engine.dialect.name == 'sqlite':
        for name, prune in (('sessions', sessions.prune), ('events', events.prune), ('mails', outbox.tidy)):
            with held(str(engine.url.database)) as taken:
                deleted = prune()
            if taken:
                rows.append(most(f'lock held, {deleted:,} dead {name}', max(taken), 100, 'ms', str(taken)))
    database.close()
    return rows


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog='python -m tests.load.big')
    parser.add_argument('--data', type=Path, required=True, help='where the databases are')
    parser.add_argument('--url', default='', help='a PostgreSQL database for the large one')
    parser.add_argument('--dead', type=int, default=0, help='so many sessions, mails and sign-ins that are over')
    asked = parser.parse_args()
    folders = {name: asked.data / name for name in ('big', 'small')}
    urls = {name: f'sqlite:///{folder.resolve()}/botcadence.db' for name, folder in folders.items()}
    urls = {'big': asked.url} if asked.url else urls
    dead = {'sessions': asked.dead, 'mails': asked.dead, 'account_events': asked.dead}
    sizes = {'big': replace(BIG, **dead), 'small': SMALL}
    for name, size in ((name, sizes[name]) for name in urls):
        folders[name].mkdir(parents=True, exist_ok=True)
        if not (folders[name] / 'made').exists():
            masses.make(urls[name], size, clock.now(), folders[name] / 'backups')
            (folders[name] / 'made').touch()
    rows = services(urls) + ([] if asked.url else asyncio.run(screens(folders))) + pruning(urls['big'])
    print(table(rows))
    sys.exit(any(row.kept is False for row in rows))


if __name__ == '__main__':
    main()
