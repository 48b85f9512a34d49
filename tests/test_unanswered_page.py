"""Unanswered questions on screen: listed live, answered in a dialog, dismissed and taken up again."""

from collections.abc import Awaitable, Callable

import pytest

from data.services import projects, unanswered
from data.services.agents.serving import Serving
from tests.support.talking import agent_of, ask, texts_of
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]

ASKED = 'Do you have a shop in Berlin?'


@pytest.fixture
def agent(world: World) -> Serving:
    """An agent of Acme that was asked something once that it knows nothing of."""
    agent = agent_of(world.owner)
    ask(agent, ASKED)
    return agent


async def list_of(visit: Visit, world: World, agent: Serving, who: str = 'mia') -> Visitor:
    visitor = await visit(f'{who}@acme.test')
    await visitor.open(f'/organizations/{world.organization_id}/projects/{agent.project_id}/unanswered')
    assert visitor.title == 'Unanswered · Shop · Acme · Botcadence'
    return visitor


async def test_a_question_comes_is_answered_and_goes(visit: Visit, world: World, agent: Serving) -> None:
    mia = await list_of(visit, world, agent)
    [row] = mia.rows
    assert (row['question'], row['times'], row['note'], row['writable']) == (ASKED, 'Asked once', '', True)
    assert row['path'].endswith(f'/projects/{agent.project_id}/conversations/{row["path"][-16:]}')
    ask(agent, 'a shop in berlin')
    await until(lambda: mia.rows[0]['times'] == 'Asked 2 times')
    mia.choose(row, 'write')
    form = mia.form('unanswered')
    assert form['question'] == ASKED
    form.fill(answer=' ').send()
    await until(lambda: form.error('answer') == 'The answer is required.')
    form.fill(answer='Yes, at the main station.', also='Where is the Berlin store?').send()
    await until(lambda: mia.rows[0]['note'])
    assert mia.rows[0]['note'] == f'The answer is written as “{ASKED}”. This is done once a visitor gets it.'
    assert not mia.rows[0]['writable']
    said = ask(agent, 'berlin store?')
    assert texts_of(agent, said.token)[-1] == 'Yes, at the main station.'
    await until(lambda: not mia.rows)
    await mia.sees('Nothing is unanswered.')


async def test_a_question_is_dismissed_and_taken_up_again(visit: Visit, world: World, agent: Serving) -> None:
    mia = await list_of(visit, world, agent)
    [row] = mia.rows
    mia.choose(row, 'dismiss')
    await until(lambda: not mia.rows)
    field = mia.field('state')
    with field:
        field.set_value('dismissed')
    await until(lambda: mia.rows)
    mia.choose(mia.rows[0], 'dismiss')  # not offered here
    mia.choose(mia.rows[0], 'reopen')
    await until(lambda: not mia.rows)
    assert [it.question for it in unanswered.portion(world.owner, agent.project_id).rows] == [ASKED]


async def test_who_only_reads_is_told_why(visit: Visit, world: World, agent: Serving) -> None:
    vera = await list_of(visit, world, agent, 'vera')
    [row] = vera.rows
    assert not row['open'] and not row['writable'] and not row['dismissable']
    await vera.sees('Only Owners, Admins and Members can create, change or delete projects and what is in them.')
    vera.choose(row, 'dismiss')
    assert [it.question for it in unanswered.portion(world.owner, agent.project_id).rows] == [ASKED]


async def test_in_the_archive_nothing_is_answered(visit: Visit, world: World, agent: Serving) -> None:
    mia = await list_of(visit, world, agent)
    projects.archive(world.owner, agent.project_id)
    await mia.sees('This project is archived.')
    assert not mia.rows[0]['open']
