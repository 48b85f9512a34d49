"""How fast it starts, what an open dashboard weighs, and what a long day leaves behind."""

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path

from tests.load import servers
from tests.load.report import Row, Times, most, ratio
from tests.load.servers import Server
from tests.load.speed import OVERVIEW
from tests.load.tab import Tab, Visitor
from tests.load.world import Person

HURRY = 0.02
"""Seconds without a message that are enough where nothing is timed. With less, a tab that goes from screen to screen
sends more frames a second than a socket may, and what is too much is dropped."""


async def starts(make: Callable[[], Server], times: Times) -> None:
    """One start to the first 200."""
    async with make() as server:
        times.append(1000 * server.seconds)


async def each(
    server: Server, paths: Iterable[str], person: Person | None, clients: int, *, compress: bool = False
) -> float:
    """Megabytes that one more connected page takes, after a few that make room."""
    path = cycle(paths)
    async with AsyncExitStack() as stack:
        visitor = await stack.enter_async_context(Visitor.of(server.url))
        if person:
            await visitor.sign_in(person.email, person.password)
        for _ in range(20):
            await stack.enter_async_context(Tab.open(visitor, next(path), HURRY, compress=compress))
        before = server.megabytes()
        for _ in range(clients):
            await stack.enter_async_context(Tab.open(visitor, next(path), HURRY, compress=compress))
        return (server.megabytes() - before) / clients


async def weights(bare: Path, app: Path, person: Person) -> list[Row]:
    """What a connected page of each screen takes: each on a server of its own, each page in another organization."""
    clients = 60  # also where there is little time: of 20 pages, each takes two thirds more, for memory grows in steps
    async with servers.bare(bare) as server:
        hello, whole = await each(server, ['/'], None, clients, compress=True), server.megabytes()
    async with servers.bare(bare) as server:
        plain = await each(server, ['/'], None, clients)
    bare_row = 'memory of a bare page, connected as browsers do, which offer to compress'
    found = [Row(bare_row, '', f'1 × = {hello:.3f} MB', f'(n {clients}, process {whole:.0f} MB)')]
    found.append(Row('the same with a client that does not offer it', '', f'{plain:.3f} MB'))
    homes = [f'/organizations/{organization_id}' for organization_id in person.organizations]
    screens = {'overview': homes, 'settings': [f'{home}/settings' for home in homes], 'list of 200': ['/organizations']}
    for name, paths in screens.items():
        async with servers.botcadence(app) as server:
            size, whole = await each(server, paths, person, clients, compress=True), server.megabytes()
        times = f'(n {clients}, process {whole:.0f} MB)'
        measured = f'{size / hello:.1f} × = {size:.3f} MB'
        found.append(Row(f'memory of a dashboard, {name}', '≤ 2.5 × bare', measured, times, size <= 2.5 * hello))
    return found


async def flat(inside: Server, person: Person, navigations: int) -> list[Row]:
    """What many navigations in one tab leave behind, after some that fill the caches."""
    async with Visitor.of(inside.url) as visitor:
        await visitor.sign_in(person.email, person.password)
        async with Tab.open(visitor, f'/organizations/{person.organizations[0]}', HURRY) as tab:
            await wander(tab, person, 300)
            before = await visitor.json('/inside/kept')
            await wander(tab, person, navigations)
            after = await visitor.json('/inside/kept')
    grown = {what: after[what] - before[what] for what in before}
    counts = ', '.join(f'{what} {after[what]} ({grown[what]:+})' for what in before if what != 'megabytes')
    kept = all(grown[what] == 0 for what in ('clients', 'elements', 'viewers', 'subscriptions'))
    return [
        Row(f'left behind by {navigations:,} navigations', 'nothing', counts, '', kept),
        most('memory they leave behind', grown['megabytes'], 3, 'MB', f'{after["megabytes"]:.0f} MB in all'),
    ]


async def wander(tab: Tab, person: Person, navigations: int) -> None:
    """Go from screen to screen, and back to where it began."""
    first, second = person.organizations[:2]
    for _ in range(navigations // 5):
        await tab.go('/organizations', second)
        await tab.go(f'/organizations/{second}', *OVERVIEW)
        await tab.go(f'/organizations/{second}/settings', '"title":"Phone numbers"', 'Front desk')
        await tab.go(f'/organizations/{first}/settings', '"title":"Phone numbers"', 'Front desk')
        await tab.go(f'/organizations/{first}', *OVERVIEW)
    await tab.acknowledge()


async def statements(inside: Server, person: Person) -> tuple[list[Row], str]:
    """How many statements the screens take, without BEGIN, and all of them with their times."""
    found: dict[str, list[tuple[str, float]]] = {}
    first = person.organizations[0]
    async with Visitor.of(inside.url) as visitor:
        await visitor.sign_in(person.email, person.password)
        async with Tab.open(visitor, f'/organizations/{first}') as tab:
            await wander(tab, person, 10)
            for name, path, marks in (
                ('picker', '/organizations', (person.organizations[1],)),
                ('switch', f'/organizations/{first}', OVERVIEW),
                ('settings', f'/organizations/{first}/settings', ('"title":"Phone numbers"', 'Front desk')),
            ):
                await visitor.json('/inside')
                await tab.go(path, *marks)
                found[name] = (await visitor.json('/inside'))['statements']
    counts = {name: sum(not sql.startswith('BEGIN') for sql, _ in told) for name, told in found.items()}
    rows = [
        most(f'statements, list of {len(person.organizations)}', counts.pop('picker'), 6, 'statements'),
        *(Row(f'statements, {name}', '', f'{count} statements') for name, count in counts.items()),
    ]
    lines = [f'{name}: {ms:6.2f} ms  {" ".join(sql.split())[:160]}' for name, told in found.items() for sql, ms in told]
    return rows, '\n'.join(lines)


def start_rows(bare: Times, app: Times) -> list[Row]:
    """What was measured against its limits."""
    return [
        Row('bare NiceGUI, start to first 200', '', '1 ×', str(bare)),
        ratio('start to first 200', app, bare, 1.8, 'bare'),
    ]
