"""Projects as cards: three of them, two hundred, and beside them two hundred organizations."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from data import database
from data.runtime import rate_limiter
from data.services import organizations, projects
from tests.load import servers, world
from tests.load.report import Row, Times, ratio
from tests.load.speed import OVERVIEW
from tests.load.tab import SILENCE, Tab, Visitor
from tests.load.world import PASSWORD

FEW, MANY = 3, 200
PEOPLE = {FEW: 'few@projects.test', MANY: 'many@projects.test'}
PROJECTS, ORGANIZATIONS = 'Project 000', 'Branch 000'


def fill(folder: Path) -> dict[int, str]:
    """Two people with so many projects each, one of them with as many organizations; where each has the projects."""
    world.prepare(folder, ())
    database.connect(world.url(folder))
    homes = {}
    for number, email in PEOPLE.items():
        actor = world.signed_up(email)
        homes[number] = actor.organization_id
        for each in range(number):
            rate_limiter.reset()
            projects.create(actor, {'name': f'Project {each:03}', 'description': 'Answers what visitors ask.'})
            if number == MANY:
                organizations.create(actor, f'Branch {each:03}')
    database.close()
    return homes


async def measure(folder: Path, few: int) -> list[Row]:
    """Each list in turns with the others: as a sub page, and every third time as the first screen of a browser."""
    homes = fill(folder)
    paths = {number: f'/organizations/{home}' for number, home in homes.items()}
    looks = {
        'few': (FEW, f'{paths[FEW]}/projects', PROJECTS),
        'many': (MANY, f'{paths[MANY]}/projects', PROJECTS),
        'organizations': (MANY, '/organizations', ORGANIZATIONS),
    }
    inside, first = ({name: Times() for name in looks} for _ in range(2))
    async with servers.botcadence(folder) as app, AsyncExitStack() as stack:
        visitors = {number: await stack.enter_async_context(Visitor.of(app.url)) for number in PEOPLE}
        tabs = {}
        for number, email in PEOPLE.items():
            await visitors[number].sign_in(email, PASSWORD)
            tabs[number] = await stack.enter_async_context(Tab.open(visitors[number], paths[number]))
        for turn in range(-1, 60 // few):
            for name, (number, path, drawn) in looks.items():
                await asyncio.sleep(SILENCE)
                taken = await tabs[number].go(path, drawn)
                await tabs[number].go(paths[number], *OVERVIEW)
                if turn >= 0:
                    inside[name].append(taken)
                if turn % 3 == 0:
                    async with Tab.open(visitors[number], path) as tab:
                        first[name].append(tab.fetched_in)
    return [row for what, times in (('as a sub page', inside), ('first GET', first)) for row in rows(what, times)]


def rows(what: str, times: dict[str, Times]) -> list[Row]:
    """Many projects against few, and against as many organizations."""
    return [
        ratio(f'{MANY} projects, {what}', times['many'], times['few'], 1.5, f'{FEW} projects'),
        ratio(
            f'{MANY} projects beside {MANY} organizations, {what}',
            times['many'],
            times['organizations'],
            1.1,
            f'{MANY} organizations',
        ),
    ]
