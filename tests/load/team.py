"""A team of a thousand: its screen, and inviting many people or one."""

import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from data import database
from data.models import Role
from data.runtime import rate_limiter
from data.security import tokens
from data.services import invitations
from tests.load import servers, world
from tests.load.report import Row, Times, most, ratio
from tests.load.servers import Server
from tests.load.speed import OVERVIEW
from tests.load.tab import Tab, Visitor, prop
from tests.load.world import Person

SIZES = 10, 1000


async def measure(folder: Path, few: int) -> list[Row]:
    """Everything, on servers of its own; a part of the rounds where `few` is more than 1."""
    world.prepare(folder, ())
    teams = world.teams(folder, SIZES)
    inviting = world.teams(folder, range(20, 20 + 12 // few))  # a person each: one may send so many in an hour
    async with servers.botcadence(folder) as app:
        rows = await screens(app, teams, 90 // few)
    async with servers.transparent(folder) as inside:
        rows += await stalls(inside, inviting.values())
    return rows + one(folder, 90 // few)


async def screens(app: Server, teams: Mapping[int, Person], rounds: int) -> list[Row]:
    """The team's screen, for both sizes in turns: as a sub page, and every third time as the first one."""
    inside = {size: Times() for size in SIZES}
    first = {size: Times() for size in SIZES}
    async with AsyncExitStack() as stack:
        visitors = {size: await stack.enter_async_context(Visitor.of(app.url)) for size in SIZES}
        tabs: dict[int, Tab] = {}
        for size, person in teams.items():
            await visitors[size].sign_in(person.email, person.password)
            home = f'/organizations/{person.organizations[0]}'
            tabs[size] = await stack.enter_async_context(Tab.open(visitors[size], home))
        for number in range(rounds):
            for size, person in teams.items():
                home = f'/organizations/{person.organizations[0]}'
                inside[size].append(
                    await tabs[size].go(f'{home}/members', world.colleague(0), 'Leave this organization')
                )
                await tabs[size].go(home, *OVERVIEW)
                if number % 3 == 0:
                    async with Tab.open(visitors[size], f'{home}/members') as tab:
                        first[size].append(tab.fetched_in)
    few, many = SIZES
    return [
        Row(f'team members, {few} people, as a sub page', '', '1 ×', str(inside[few])),
        ratio(f'team members, {many:,} people, as a sub page', inside[many], inside[few], 2, f'{few} people'),
        Row(f'first GET: team members, {few} people', '', '1 ×', str(first[few])),
        ratio(f'first GET: team members, {many:,} people', first[many], first[few], 2, f'{few} people'),
    ]


async def stalls(inside: Server, people: Iterable[Person]) -> list[Row]:
    """The longest stall while people paste 200 addresses each, read what becomes of them, and send."""
    found, sent = Times(), Times()
    for number, person in enumerate(people):
        async with Visitor.of(inside.url) as visitor:
            await visitor.sign_in(person.email, person.password)
            async with Tab.open(visitor, f'/organizations/{person.organizations[0]}/members') as tab:
                await tab.fire(tab.find(lambda it: prop(it, 'label') == 'New invitation'), 'click')
                await tab.until('Invite users')
                await tab.settle()
                form = tab.find(lambda it: prop(it, 'data-form').startswith('invite-'))
                box = tab.find(lambda it: prop(it, 'name') == 'addresses', form)
                await visitor.json('/inside')
                await tab.fire(box, 'update:value', '\n'.join(f'guest{number}-{each}@acme.com' for each in range(200)))
                await tab.until('Will be invited.')
                await tab.settle()
                sent.append(await tab.timed('Invited.', element_id=form, event='submit', args=({},)))
                found.append((await visitor.json('/inside'))['stall'])
    return [
        most('longest stall while 200 addresses are pasted and invited', max(found), 50, 'ms', str(found)),
        Row('sending 200 invitations, until all verdicts are there', '', '', str(sent)),
    ]


def one(folder: Path, rounds: int) -> list[Row]:
    """Inviting one address, without a screen, where nobody waits and where a thousand do; in turns, on a disk."""
    found = {'few': Times(), 'many': Times()}
    tokens.configure('a key for measurements that is long enough')
    engine = database.connect(world.url(folder))
    try:
        few, many = (world.signed_up(f'inviting-{name}@acme.com') for name in found)
        for batch in range(5):
            rate_limiter.reset()
            invitations.invite(many, '\n'.join(f'waiting{batch}-{each}@acme.com' for each in range(200)), Role.MEMBER)
        for number in range(-5, rounds):
            rate_limiter.reset()
            for (_, times), actor in zip(found.items(), (few, many), strict=True):
                began = time.perf_counter()
                invitations.invite(actor, f'new{number}@acme.com', Role.MEMBER)
                if number >= 0:
                    times.append(1000 * (time.perf_counter() - began))
    finally:
        engine.dispose()
    return [
        most('one invitation, in the service', found['few'].p50, 3.8, 'ms', str(found['few'])),
        ratio('one invitation where 1,000 wait', found['many'], found['few'], 1.1, 'few'),
    ]
