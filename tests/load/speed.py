"""How long one person waits on a quiet server: everything in turns, so that noise meets everything alike."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import mean

from data.security import passwords
from tests.load.report import Row, Times, most, ratio
from tests.load.servers import Server
from tests.load.tab import SILENCE, Tab, Visitor, prop
from tests.load.world import Person, newcomer

OVERVIEW = '"title":"Overview"', ',"at":"'
"""The heading, and a moment in the feed, which comes last."""


WORK = {'a list of 3': 'list 3', 'a switch': 'switch 3', 'a save': 'save', 'an invitation': 'invite'}
"""Acts of which it is said what the server did for them: ticks of 10 ms, so only their mean says something."""


@dataclass
class Speed:
    """What was measured, by name; `work` is what the server did for it until nothing more came, in milliseconds."""

    server: Server | None = None
    times: dict[str, Times] = field(default_factory=lambda: defaultdict(Times))
    work: dict[str, Times] = field(default_factory=lambda: defaultdict(Times))
    screens: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, milliseconds: float) -> None:
        """Keep a measurement."""
        self.times[what].append(milliseconds)

    async def take(self, what: str, act: Awaitable[float]) -> None:
        """Keep how long an act took, and what the server did for it."""
        before = self.server.processor_time() if self.server else 0
        self.note(what, await act)
        if self.server:
            self.work[what].append(self.server.processor_time() - before)


async def measure(bare: Server, app: Server, people: Mapping[int, Person], rounds: int) -> Speed:
    """Everything, `rounds` times; first requests and sign-ups every third time."""
    speed = Speed(app)
    async with AsyncExitStack() as stack:
        stranger = await stack.enter_async_context(Visitor.of(bare.url))
        visitors = [await stack.enter_async_context(Visitor.of(app.url)) for _ in range(4)]
        small, middle, large, new = visitors
        for person, visitor in zip(people.values(), visitors, strict=False):
            await visitor.sign_in(person.email, person.password)
        few, some, many = people.values()
        counter = await stack.enter_async_context(Tab.open(stranger, '/event'))
        listing = await stack.enter_async_context(Tab.open(small, f'/organizations/{few.organizations[0]}'))
        picking = await stack.enter_async_context(Tab.open(large, f'/organizations/{many.organizations[0]}'))
        inviting = await stack.enter_async_context(Tab.open(middle, f'/organizations/{some.organizations[1]}/members'))
        saving = await stack.enter_async_context(Tab.open(middle, f'/organizations/{some.organizations[0]}/settings'))
        speed.screens = screens(listing)
        for number in range(rounds):
            await hello(speed, stranger, counter, number)
            await cards(speed, listing, few, 3, 0)
            await cards(speed, picking, many, 200, number)
            await save(speed, saving, number)
            await invite(speed, inviting)
            if number % 3 == 0:
                await first_requests(speed, small, large)
                await sign_up(speed, new)
    return speed


def screens(tab: Tab) -> dict[str, str]:
    """Path by name of every screen that the menu leads to; outside of projects, those of one lead nowhere."""
    links = [it for it in tab.elements.values() if it['tag'] == 'a' and 'menu-link' in it.get('class', ())]
    return {str(link['text']): path for link in links if (path := prop(link, 'href'))}


async def hello(speed: Speed, stranger: Visitor, counter: Tab, number: int) -> None:
    """What everything is compared with."""
    await asyncio.sleep(SILENCE)
    speed.note('hello', (await stranger.get('/'))[0])
    button = counter.find(lambda it: it['tag'] == 'q-btn')
    speed.note('event', await counter.timed(f'"text":"{number + 1}"', element_id=button, event='click'))


async def cards(speed: Speed, tab: Tab, person: Person, size: int, number: int) -> None:
    """The list of organizations, then a click on one of its cards: each time another one where there are many."""
    await speed.take(f'list {size}', tab.go('/organizations', person.organizations[-1 if size < 60 else 1]))
    chosen = person.organizations[(number + 2) % (size - 1)]
    await speed.take(f'switch {size}', tab.go(f'/organizations/{chosen}', *OVERVIEW))


async def save(speed: Speed, tab: Tab, number: int) -> None:
    """Type another name, then press Enter; only what follows Enter is timed."""
    form = tab.find(lambda it: prop(it, 'data-form').startswith('name-'))
    box = tab.find(lambda it: prop(it, 'name') == 'name', form)
    await tab.fire(box, 'update:value', f'Organization 000 {number}')
    await tab.until('"data-unsaved":"true"')
    await tab.settle()
    await speed.take('save', tab.timed('"data-unsaved":null', element_id=form, event='submit', args=({},)))


async def invite(speed: Speed, tab: Tab) -> None:
    """Fill in the dialog that invites somebody; only what follows Enter is timed, until they are in the list."""
    address = newcomer()['email']
    await tab.fire(tab.find(lambda it: prop(it, 'label') == 'New invitation'), 'click')
    await tab.until('Invite users')
    await tab.settle()
    form = tab.find(lambda it: prop(it, 'data-form').startswith('invite-'))
    await tab.fire(tab.find(lambda it: prop(it, 'name') == 'addresses', form), 'update:value', address)
    await tab.until('Will be invited.')
    await tab.settle()
    seen = 'Invited.', f'"email":"{address}"'
    await speed.take('invite', tab.timed(*seen, element_id=form, event='submit', args=({},)))


async def first_requests(speed: Speed, small: Visitor, large: Visitor) -> None:
    """Every screen as the first one of a browser, which then connects and goes away."""
    asked = [(name, small, path) for name, path in speed.screens.items()]
    for name, visitor, path in [*asked, ('Organizations (200)', large, '/organizations')]:
        await asyncio.sleep(SILENCE)
        async with Tab.open(visitor, path) as tab:
            speed.note(f'first {name}', tab.fetched_in)


async def sign_up(speed: Speed, new: Visitor) -> None:
    """Somebody new, who comes once more, and what the hash of a password alone costs here."""
    new.http.cookie_jar.clear()
    await asyncio.sleep(SILENCE)
    person = newcomer()
    speed.note('sign-up', await new.post('/auth/sign-up', person))
    began = time.perf_counter()
    passwords.hash(person['password'])
    speed.note('hash', 1000 * (time.perf_counter() - began))
    new.http.cookie_jar.clear()
    await asyncio.sleep(SILENCE)
    speed.note('sign-in', await new.post('/auth/sign-in', person))


def rows(speed: Speed) -> list[Row]:
    """What was measured against its limits."""
    times = speed.times
    base = times['hello']
    beyond = times['save'].p50 - times['event'].p50
    more, again = (times[what].p50 - times['hash'].p50 for what in ('sign-up', 'sign-in'))
    return [
        Row('bare NiceGUI “hello” page, GET', '', '1 ×', str(base)),
        Row('bare socket event, round trip', '', f'{times["event"].p50 / base.p50:.1f} ×', str(times['event'])),
        ratio('list of 200 organizations, as a sub page', times['list 200'], base, 3),
        ratio('list of 3 organizations, as a sub page', times['list 3'], base, 2.5),
        ratio('switch to an organization not seen before', times['switch 200'], base, 2.2),
        ratio('switch to one seen before', times['switch 3'], base, 2.2),
        *(
            ratio(f'first GET: {name.removeprefix("first ")}', found, base, 10)
            for name, found in times.items()
            if name.startswith('first ')
        ),
        most('saving a setting, beyond a bare event', beyond, 3, 'ms', str(times['save'])),
        Row('inviting one, until they are in the list', '', '', str(times['invite'])),
        *(
            Row(f'work of the server for {what}, with all that follows', '', f'{mean(speed.work[name]):.1f} ms')
            for what, name in WORK.items()
        ),
        Row('one argon2id hash (19 MiB, 2 passes)', '', '', str(times['hash'])),
        most('sign-up, beyond its hash', more, 10, 'ms', str(times['sign-up'])),
        most('sign-in, beyond its hash', again, 10, 'ms', str(times['sign-in'])),
    ]
