"""`python -m tests.load.usage --data FOLDER`: usage by the million, and what its screen needs to show it.

Two databases are made in the folder where they are not there yet: one organization with 1,000 events and one with
1,000,000 (or `--events`), which are recorded in batches as agents would report them. Then their screens are measured
in turns, and what a burst of 5,000 events in a second does to an open one; the exit code is 1 when a limit is missed.
With `--only-fill` it is a load generator, and ends after that: the data folder is one that a server can be started on.
"""

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from data import clock, database
from data.database import Actor, System, transaction
from data.services import accounts, organizations, projects, usage
from data.services.accounts import sessions
from data.services.usage import Event, Metric, looking
from tests.load import servers, world
from tests.load.report import Row, Times, most, ratio, table
from tests.load.tab import SILENCE, Tab, Visitor
from tests.load.world import PASSWORD

OWNER = 'usage@acme.com'
SMALL, LARGE = 1_000, 1_000_000
BATCH, PROJECTS, DAYS = 500, 20, 34
TIMES = 30
DRAWN = '"totals"'
"""What only the chart says, whenever it is drawn anew."""

BURST, REPAINTS, STALL = 5_000, 4, 50
"""Events in a second, how often a screen may be drawn anew in it, and how many ms the event loop may be late."""


def actor_of(email: str = OWNER) -> Actor:
    """The owner of the organization that uses something, standing in it."""
    actor = sessions.of_token(accounts.sign_in(email, PASSWORD))
    assert actor is not None
    return replace(actor, organization_id=organizations.latest_of(actor) or '')


def events(number: int, project_ids: list[str]) -> Iterator[Event]:
    """So many messages of the last weeks, in the order of their keys as little as in that of their days."""
    dice, now = random.Random(number), clock.now()
    for each in range(number):
        at = now - timedelta(seconds=dice.randrange(DAYS * 86_400))
        yield Event(Metric.MESSAGES, dice.randint(1, 9), f'message {each}', dice.choice(project_ids), at)


def fill(folder: Path, number: int, size: int = BATCH) -> Row:
    """A database with so many events, and how fast they were recorded in batches of this size."""
    world.prepare(folder, ())
    database.connect(world.url(folder))
    actor = world.signed_up(OWNER)
    ids = [projects.create(actor, {'name': f'Project {number:02}'}).id for number in range(PROJECTS)]
    waiting, taken, worked = events(number, ids), Times(), 0.0
    while batch := list(islice(waiting, size)):
        began, at_work = time.perf_counter(), time.thread_time()
        with transaction(System(actor.organization_id)) as tx:
            usage.record_many(tx, batch)
        taken.append(1000 * (time.perf_counter() - began))
        worked += time.thread_time() - at_work
    database.close()
    rate, seen = 1000 * number / sum(taken), f'{taken}; {number / worked:,.0f} a second of the processor'
    what = f'usage: {number:,} events recorded in batches of {size:,}'
    return Row(what, '≥ 10,000 a second', f'{rate:,.0f} a second', seen, rate >= 10_000)


def one_inside(folder: Path) -> Row:
    """One event more in a transaction that has read and will commit anyway."""
    database.connect(world.url(folder))
    actor, taken = actor_of(), Times()
    ids = [card.id for card in projects.portion(actor).rows]
    for number in range(-20, 300):
        with transaction(System(actor.organization_id)) as tx:
            tx.exec(looking.sums._NAMES, params={'projects': ids}).all()
            began = time.perf_counter()
            usage.record(tx, Metric.MESSAGES, 1, f'inside {time.time_ns()} {number}', project_id=ids[0])
            if number >= 0:
                taken.append(1000 * (time.perf_counter() - began))
    database.close()
    return most('usage: one event inside another transaction', taken.p50, 1, 'ms', str(taken))


def services(folders: dict[str, Path]) -> Row:
    """Reading a month, in turns, in time of the processor."""
    taken = {size: Times() for size in folders}
    for round_ in range(-1, TIMES // 5):
        for size, folder in folders.items():
            database.connect(world.url(folder))
            actor = actor_of()
            for _ in range(5):
                began = time.thread_time()
                looking.month(actor)
                if round_ >= 0:
                    taken[size].append(1000 * (time.thread_time() - began))
            database.close()
    return ratio('usage: a month read, 1,000,000 events', taken['large'], taken['small'], 1.5, '1,000 events')


async def screens(folders: dict[str, Path]) -> list[Row]:
    """The screen as the first one of a browser, and as a sub page, in turns."""
    first = {size: Times() for size in folders}
    later = {size: Times() for size in folders}
    async with AsyncExitStack() as stack:
        tabs: dict[str, tuple[Visitor, Tab, str]] = {}
        for size, folder in folders.items():
            server = await stack.enter_async_context(servers.botcadence(folder))
            visitor = await stack.enter_async_context(Visitor.of(server.url))
            await visitor.sign_in(OWNER, PASSWORD)
            home = f'/organizations/{organization_of(folder)}'
            tabs[size] = visitor, await stack.enter_async_context(Tab.open(visitor, home)), home
        for number in range(-2, TIMES):
            for size, (visitor, tab, home) in tabs.items():
                await asyncio.sleep(SILENCE)
                taken = await tab.go(f'{home}/billing', DRAWN)
                await tab.go(home, '"title":"Overview"')
                async with Tab.open(visitor, f'{home}/billing') as opened:
                    if number >= 0:
                        first[size].append(opened.fetched_in)
                        later[size].append(taken)
    return [
        ratio(f'usage: {what}, 1,000,000 events', times['large'], times['small'], 1.5, '1,000 events')
        for what, times in (('first GET', first), ('sub page', later))
    ]


def organization_of(folder: Path) -> str:
    """The id of the organization in this database."""
    database.connect(world.url(folder))
    found = actor_of().organization_id
    database.close()
    return found


async def burst(folder: Path) -> list[Row]:
    """What an open screen gets of a burst, and how late the event loop is meanwhile."""
    idle, stalls, repaints, lasted = Times(), Times(), list[int](), Times()
    at = organization_of(folder)
    async with (
        servers.transparent(folder) as inside,
        Visitor.of(inside.url) as observer,
        Visitor.of(inside.url) as olga,
    ):
        await olga.sign_in(OWNER, PASSWORD)
        async with Tab.open(olga, f'/organizations/{at}/billing') as tab:
            for number in range(-1, 5):
                await tab.settle()
                await observer.json('/inside')
                await asyncio.sleep(1)
                quiet = (await observer.json('/inside'))['stall']
                told = await observer.json(f'/inside/use/{at}?events={BURST}')
                seen = [moment for moment, frame in await frames(tab, 1) if DRAWN in frame]
                if number >= 0:
                    idle.append(quiet)
                    stalls.append((await observer.json('/inside'))['stall'])
                    repaints.append(max(sum(one <= it < one + 1 for it in seen) for one in seen))
                    lasted.append(1000 * told['seconds'])
    what = f'while {BURST:,} events are recorded in a second'
    return [
        most(f'usage: repaints of an open screen in a second {what}', max(repaints), REPAINTS, 'times', str(lasted)),
        most(f'usage: longest stall of the event loop {what}', max(stalls), STALL, 'ms', f'{stalls}; idle {idle}'),
    ]


async def frames(tab: Tab, seconds: float) -> list[tuple[float, str]]:
    """What has come since the last look, and what comes for so long."""
    await asyncio.sleep(seconds)
    return [tab._frames.get_nowait() for _ in range(tab._frames.qsize())]


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog='python -m tests.load.usage')
    parser.add_argument('--data', type=Path, required=True, help='where the databases are')
    parser.add_argument('--events', type=int, default=LARGE, help='how many the large one has')
    parser.add_argument('--batch', type=int, default=BATCH, help='how many are recorded at once')
    parser.add_argument('--only-fill', action='store_true', help='record, and measure nothing else')
    asked, rows = parser.parse_args(), list[Row]()
    folders = {name: asked.data / name for name in ('large', 'small')}
    for name, number in (('small', SMALL), ('large', asked.events)):
        if not (folders[name] / 'made').exists():
            row = fill(folders[name], number, asked.batch)
            rows += [row] if name == 'large' else []
            (folders[name] / 'made').touch()
    if not asked.only_fill:
        rows += [one_inside(folders['large']), services(folders), *asyncio.run(screens(folders))]
        rows += asyncio.run(burst(folders['large']))
    print(table(rows))
    sys.exit(any(row.kept is False for row in rows))


if __name__ == '__main__':
    main()
