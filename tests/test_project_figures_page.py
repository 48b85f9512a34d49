"""The overview of a project: four figures that are live, and the one step that comes next for whoever looks."""

from dataclasses import fields

import pytest

from components.kit.figures import Figures
from data.models import Role
from data.services import agents, projects
from data.services.conversations import Figures as Counted
from tests.support.conversing import WAITING, Guest, crowd, serving_project
from tests.support.project_screen import Visit, path_of
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of


def numbers(visitor: Visitor) -> dict[str, str]:
    """The figures by their names."""
    [card] = [it for it in visitor._elements() if isinstance(it, Figures)]
    return {name: number for name, number, *_ in card.props['items']}


async def test_what_goes_on_is_counted_while_one_looks(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    vera: Visitor = await visit(email_of(world.viewer))
    await vera.open(path_of(world, project_id))
    nothing = {
        'Conversations': '0',
        'Answered by the agent': '0',
        'Wait for a person': '0',
        'Unanswered questions': '0',
    }
    assert numbers(vera) == nothing
    assert 'The agent knows nothing yet' not in vera.shown, 'nothing is offered to who may not do it'
    mia = await visit(email_of(world.member))
    await mia.open(path_of(world, project_id))
    await mia.sees('The agent knows nothing yet: add what it answers from.', 'Add knowledge')
    crowd(serving, 1_233, WAITING)
    guest = Guest(serving)
    guest.say('Hello')
    guest.ask_person()
    for visitor in (vera, mia):
        await until(lambda visitor=visitor: numbers(visitor)['Conversations'] == '1,234')
        await until(lambda visitor=visitor: numbers(visitor)['Wait for a person'] == '1,234')
    await mia.sees('1,234 visitors wait for a person.', 'See who waits')
    mia.press('See who waits')
    await until(lambda: mia.path == path_of(world, project_id) + '/conversations')
    projects.archive(world.owner, project_id)
    await until(lambda: 'Archived' in vera.shown)


STEPS = [
    ({}, 'add what it answers from', '/knowledge'),
    ({'sources': 2}, 'Nothing of the knowledge can be used yet', '/knowledge'),
    ({'sources': 2, 'ready': 1}, 'then publish it', '/agent'),
    ({'sources': 2, 'ready': 1, 'is_published': True}, 'not seen on any site', '/install'),
    ({'sources': 2, 'ready': 1, 'is_published': True, 'unanswered': 1}, '1 question has', '/unanswered'),
    ({'sources': 2, 'ready': 1, 'is_published': True, 'is_seen': True}, '', ''),
    ({'waiting': 1}, '1 visitor waits', '/conversations'),
    ({'waiting': 1, 'is_active': False}, '', ''),
]


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_the_next_step_is_the_first_that_is_not_done(world: World) -> None:
    from pages.projects.figures import Goings, next_step

    project = projects.create(world.owner, {'name': 'Website', 'description': ''})
    mia, vera = (agents.view(world.of(role), project.id).member for role in (Role.MEMBER, Role.VIEWER))
    for there, words, screen in STEPS:
        counted = Counted(**{it.name: there.get(it.name, 0) for it in fields(Counted)})
        stands = {'is_published': False, 'is_seen': False, 'is_active': True}
        goings = Goings(counted, **{name: bool(there.get(name, it)) for name, it in stands.items()})
        step = next_step(mia, goings)
        assert (step.screen if step else '') == screen
        assert words in (step.sentence if step else '')
        assert next_step(vera, goings) is None
