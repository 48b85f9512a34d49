"""What others notice while people sign up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.load.report import Row, Times, most, ratio
from tests.load.servers import Server
from tests.load.speed import OVERVIEW
from tests.load.tab import Tab, Visitor
from tests.load.world import Person, newcomer


@dataclass
class Crowd:
    """How long lists took with and without others signing up, by the number of organizations; how many signed up."""

    idle: dict[int, Times] = field(default_factory=dict)
    busy: dict[int, Times] = field(default_factory=dict)
    sign_ups: Times = field(default_factory=Times)


async def measure(app: Server, people: list[Person], rounds: int) -> Crowd:
    """The list of each person, first on a quiet server, then while 8 others sign up without pause."""
    crowd = Crowd()
    for person in people:
        size = len(person.organizations)
        async with Visitor.of(app.url) as visitor:
            await visitor.sign_in(person.email, person.password)
            async with Tab.open(visitor, f'/organizations/{person.organizations[0]}') as tab:
                crowd.idle[size] = await lists(tab, person, rounds)
                async with signing_up(app, 8, crowd.sign_ups):
                    crowd.busy[size] = await lists(tab, person, rounds)
    return crowd


async def lists(tab: Tab, person: Person, rounds: int) -> Times:
    """The list of organizations, as a sub page, over and over."""
    found = Times()
    for _ in range(rounds):
        found.append(await tab.go('/organizations', person.organizations[-1 if len(person.organizations) < 60 else 1]))
        await tab.go(f'/organizations/{person.organizations[0]}', *OVERVIEW)
    return found


@asynccontextmanager
async def signing_up(app: Server, how_many: int, taken: Times) -> AsyncIterator[None]:
    """People who sign up, each one after the other, as long as the block lasts."""

    async def one_after_the_other(visitor: Visitor) -> None:
        while True:
            visitor.http.cookie_jar.clear()
            taken.append(await visitor.post('/auth/sign-up', newcomer()))

    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor.of(app.url)) for _ in range(how_many)]
        tasks = [asyncio.create_task(one_after_the_other(visitor)) for visitor in visitors]
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task


async def stalls(inside: Server, rounds: int) -> tuple[Times, Times]:
    """The longest stall of each round: for a while of nothing, and while 10 people sign up at once."""
    idle, busy = Times(), Times()
    async with AsyncExitStack() as stack:
        observer, *visitors = [await stack.enter_async_context(Visitor.of(inside.url)) for _ in range(11)]
        for _ in range(rounds):
            await observer.json('/inside')
            await asyncio.sleep(0.3)
            idle.append((await observer.json('/inside'))['stall'])
            for visitor in visitors:
                visitor.http.cookie_jar.clear()
            await asyncio.gather(*(visitor.post('/auth/sign-up', newcomer()) for visitor in visitors))
            busy.append((await observer.json('/inside'))['stall'])
    return idle, busy


def rows(crowd: Crowd, idle: Times, busy: Times) -> list[Row]:
    """What was measured against its limits."""
    return [
        Row('longest stall of the event loop, nobody there', '', f'{max(idle):.1f} ms', str(idle)),
        most('longest stall while 10 people sign up at once', max(busy), 50, 'ms', str(busy)),
        *(
            ratio(f'list of {size} while 8 sign up without pause', crowd.busy[size], crowd.idle[size], 3, 'idle')
            for size in crowd.idle
        ),
        Row('each of these sign-ups', '', '', str(crowd.sign_ups)),
    ]
