"""`python -m tests.load.siege`: many open dashboards and one that floods; thousands of pages nobody ever opens.

Everything runs on this machine only and stops by itself. The exit code is 1 when a limit is missed.
"""

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from aiohttp import ClientConnectionError

from tests.load import report, servers, world
from tests.load.report import Row, Times, most
from tests.load.servers import Server
from tests.load.tab import Tab, Visitor, prop
from tests.load.world import Person

DASHBOARDS = 300
FLOOD = 20_000
"""Events that the one socket tries to send."""

LOADS = 2_000
OBSERVERS = 5
ROUNDS = 60
PRUNED_WITHIN = 150
"""Seconds: NiceGUI forgets a page that never connected after 60 and looks every 10; the rest is patience."""


async def keystroke(tab: Tab, number: int) -> float:
    """Milliseconds from a typed letter to what the server makes of it."""
    form = tab.find(lambda it: prop(it, 'data-form').startswith('name-'))
    box = tab.find(lambda it: prop(it, 'name') == 'name', form)
    mark = '"data-unsaved":"true"' if number % 2 else '"data-unsaved":null'
    await tab.settle()
    began = time.perf_counter()
    await tab.fire(box, 'update:value', 'typed' if number % 2 else tab.kept_name)
    return 1000 * (await tab.until(mark) - began)


async def observe(tabs: list[Tab], rounds: int) -> Times:
    """Keystrokes of several people, in turns."""
    found = Times()
    for number in range(1, rounds * 2 + 1):
        found.extend(await asyncio.gather(*(keystroke(tab, number) for tab in tabs)))
    return found


async def flood(tab: Tab) -> int:
    """Send events as fast as the socket takes them, for nothing; how many went out before it was closed."""
    frame = '42' + json.dumps(['event', {'id': 0, 'client_id': tab.client_id, 'listener_id': '', 'args': []}])
    sent = 0
    with suppress(ClientConnectionError, ConnectionError):
        while sent < FLOOD:
            await tab._socket.send_str(frame)
            sent += 1
    return sent


async def crowd(app: Server, people: list[Person]) -> list[Row]:
    """Keystrokes among open dashboards: quietly, then beside a flood."""
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor.of(app.url)) for _ in people]
        for visitor, person in zip(visitors, people, strict=True):
            await visitor.sign_in(person.email, person.password)
        paths = [f'/organizations/{person.organizations[0]}/settings' for person in people]
        tabs = []
        for number in range(DASHBOARDS):
            at = number % len(people)
            tabs.append(await stack.enter_async_context(Tab.open(visitors[at], paths[at])))
        observers = tabs[1 : OBSERVERS + 1]
        for tab in observers:
            tab.kept_name = str(tab.elements[_box(tab)]['props']['value'])
        quiet, before = await observe(observers, ROUNDS), app.megabytes()
        flooding = asyncio.create_task(flood(tabs[0]))
        beside = await observe(observers, ROUNDS)
        sent = await flooding
    p99 = sorted(beside)[int(0.99 * (len(beside) - 1))]
    return [
        Row(f'keystroke among {DASHBOARDS} dashboards', '', '', str(quiet)),
        most(f'p99 of a keystroke beside {sent:,} events of one socket', p99, 100, 'ms', str(beside)),
        most('memory it took', app.megabytes() - before, 50, 'MB', f'{before:.0f} MB before'),
    ]


def _box(tab: Tab) -> str:
    form = tab.find(lambda it: prop(it, 'data-form').startswith('name-'))
    return tab.find(lambda it: prop(it, 'name') == 'name', form)


async def robots(app: Server) -> list[Row]:
    """Pages that are fetched without a cookie and never connected, and what is left of them after a while.

    They come from as many addresses as the limit of pages for one network asks for: what is refused costs nothing.
    """
    before = app.megabytes()
    answers: dict[int, int] = {}
    for _ in range(LOADS):
        async with Visitor.of(app.url) as visitor, visitor.http.get('/sign-in') as response:
            await response.read()
            answers[response.status] = answers.get(response.status, 0) + 1
    peak, until = app.megabytes(), time.perf_counter() + PRUNED_WITHIN
    while app.megabytes() > before * 1.2 and time.perf_counter() < until:
        await asyncio.sleep(2)
    after = app.megabytes()
    told = ', '.join(f'{count:,} × {status}' for status, count in sorted(answers.items()))
    return [
        most(f'memory after {LOADS:,} pages nobody opened ({told})', after / before, 1.2, '×', f'peak {peak:.0f} MB')
    ]


async def measure(folder: Path) -> list[Row]:
    """Both sieges, each on a server of its own."""
    people = list(world.prepare(folder / 'app', range(1, 11)).values())
    async with servers.botcadence(folder / 'app') as app:
        rows = await crowd(app, people)
    async with servers.botcadence(folder / 'app') as app:
        return rows + await robots(app)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix='botcadence-siege-') as folder:
        rows = asyncio.run(measure(Path(folder)))
    print(report.table(rows))
    sys.exit(any(row.kept is False for row in rows))


if __name__ == '__main__':
    main()
