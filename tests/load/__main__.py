"""`python -m tests.load`: speed and memory of Botcadence, against a bare NiceGUI page on the same machine.

Everything runs on this machine only, on free ports and temporary data. The exit code is 1 when a limit is missed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from data.security import passwords
from tests.load import browser, crowd, first_load, growth, lists, memory, report, servers, speed, team, world
from tests.load.report import Row, Times


async def measure(folder: Path, quick: bool) -> tuple[list[Row], str, str]:
    """Every row, how far to trust them, and the statements in full."""
    few = 3 if quick else 1
    people = world.prepare(folder / 'app', (3, 20, 200))
    passwords.warm_up()
    bare_starts, app_starts = Times(), Times()
    for _ in range(6 // few):
        await memory.starts(lambda: servers.bare(folder / 'bare'), bare_starts)
        await memory.starts(lambda: servers.botcadence(folder / 'app'), app_starts)
    async with servers.bare(folder / 'bare') as bare, servers.botcadence(folder / 'app') as app:
        said('one person, in turns')
        found = await speed.measure(bare, app, people, 90 // few)
        said('a click in Chromium')
        clicks = await browser.clicks(bare, app, people[20], 40 // few)
        clicks += await first_load.measure(bare, app, people[3], 24 // few)
        said('lists while others sign up')
        others = await crowd.measure(app, [people[3], people[200]], 40 // few)
    said('memory')
    weights = await memory.weights(folder / 'bare', folder / 'app', people[200])
    grown = await growth.measure(folder / 'app', people, 90 // few)
    async with servers.transparent(folder / 'app') as inside:
        said('navigations')
        left = await memory.flat(inside, people[3], 1000 // few)
        statements, full = await memory.statements(inside, people[200])
        said('stalls')
        idle, busy = await crowd.stalls(inside, 12 // few)
    said('two hundred projects')
    listed = await lists.measure(folder / 'lists', few)
    said('a team of a thousand')
    teams = await team.measure(folder / 'team', few)
    rows = [
        *speed.rows(found),
        *clicks,
        *crowd.rows(others, idle, busy),
        *statements,
        *memory.start_rows(bare_starts, app_starts),
        *weights,
        *grown,
        *left,
        *listed,
        *teams,
    ]
    return rows, report.trust(idle), full


def said(what: str) -> None:
    """Tell on the error stream what is being measured."""
    print(f'{time.strftime("%H:%M:%S")} {what}', file=sys.stderr)


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(prog='python -m tests.load', description='Measure speed and memory.')
    parser.add_argument('--quick', action='store_true', help='a third of the measurements')
    parser.add_argument('--write', action='store_true', help='put the table into docs/benchmarks.md')
    parser.add_argument('--statements', action='store_true', help='list the SQL of each screen with its times')
    asked, busy = parser.parse_args(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix='botcadence-bench-') as folder:
        rows, trust, full = asyncio.run(measure(Path(folder), asked.quick))
    text = f'Measured on {report.machine(busy)} {trust}\n\n{report.table(rows)}'
    print(text)
    if asked.statements:
        print(full)
    if asked.write:
        report.write(text)
    sys.exit(any(row.kept is False for row in rows))


if __name__ == '__main__':
    main()
