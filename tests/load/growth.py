"""What stays in memory when many people have signed up, and when everything has been done for a while."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from tests.load import servers
from tests.load.memory import HURRY
from tests.load.report import Row, most
from tests.load.servers import Server
from tests.load.speed import OVERVIEW, Speed, cards, invite, save
from tests.load.tab import Tab, Visitor
from tests.load.world import Person, newcomer

AT_ONCE, TIMES = 8, 12

AFTERWARDS = 30
"""Seconds after which what was only lent has been given back: a page whose browser has gone is kept for as long."""


async def measure(folder: Path, people: Mapping[int, Person], rounds: int) -> list[Row]:
    """Both, on servers of their own, with the people of the data in `folder`."""
    async with servers.botcadence(folder) as app:
        start = app.megabytes()
        await sign_up(app, AT_ONCE, TIMES)
        at_once = app.megabytes()
        await asyncio.sleep(AFTERWARDS)
        left, crowd = app.megabytes() - start, f'{AT_ONCE * TIMES} sign-ups, {AT_ONCE} at a time'
        seen = f'{start:.0f} MB at the start, {at_once:.0f} at the end, {app.megabytes():.0f} {AFTERWARDS} s later'
    rows = [most(f'memory left by {crowd}', left, 45, 'MB', seen)]
    async with servers.botcadence(folder) as app:
        start = app.megabytes()
        done = await everything(app, people, rounds)
        seen = f'{start:.0f} MB at the start; {done}'
        rows.append(most('memory after a run of everything', app.megabytes(), 200, 'MB', seen))
    return rows


async def sign_up(app: Server, how_many: int, times: int = 1) -> None:
    """So many strangers at once, each as somebody new as many times."""
    async with AsyncExitStack() as stack:
        strangers = [await stack.enter_async_context(Visitor.of(app.url)) for _ in range(how_many)]
        for _ in range(times):
            for stranger in strangers:
                stranger.http.cookie_jar.clear()
            await asyncio.gather(*(stranger.post('/auth/sign-up', newcomer()) for stranger in strangers))


async def everything(app: Server, people: Mapping[int, Person], rounds: int) -> str:
    """Whatever people do, in turns, `rounds` times; how much that was.

    Every fifth time eight sign up at once. Nobody sends more frames a second than a socket may.
    """
    few, some, many = people.values()
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Visitor.of(app.url)) for _ in range(4)]
        for person, visitor in zip(people.values(), visitors, strict=False):
            await visitor.sign_in(person.email, person.password)
        small, middle, large, returning = visitors

        async def tab_of(visitor: Visitor, path: str) -> Tab:
            return await stack.enter_async_context(Tab.open(visitor, f'/organizations/{path}', HURRY))

        listing, picking = await tab_of(small, few.organizations[0]), await tab_of(large, many.organizations[0])
        saving = await tab_of(middle, f'{some.organizations[0]}/settings')
        inviting = await tab_of(middle, f'{some.organizations[0]}/members')
        for number in range(rounds):
            await sign_up(app, 1 if number % 5 else AT_ONCE)
            await returning.sign_in(few.email, few.password)
            await lists(listing, few, picking, many, number)
            await save(Speed(), saving, number)
            await invite(Speed(), inviting)
            await come_and_go(large, many, number)
    return f'{rounds} × sign-in, save, invitation, page opened and left; {6 * rounds} × list and switch'


async def lists(listing: Tab, few: Person, picking: Tab, many: Person, number: int) -> None:
    """Three times the list of each, and a click on a card of it."""
    for each in range(3):
        await cards(Speed(), listing, few, 3, each)
        await cards(Speed(), picking, many, 200, 3 * number + each)


async def come_and_go(visitor: Visitor, person: Person, number: int) -> None:
    """Open a page, look at another organization, and leave."""
    first, second = (person.organizations[(2 * number + each) % len(person.organizations)] for each in range(2))
    async with Tab.open(visitor, f'/organizations/{first}', HURRY) as tab:
        await tab.go(f'/organizations/{second}', *OVERVIEW)
