"""Unanswered questions: collected as visitors ask them, answered in writing, closed by whoever is answered."""

import pytest
from sqlalchemy import Engine

from data import database
from data.changes import Change
from data.database import System
from data.models import UnansweredState
from data.problems import Forbidden, Invalid, NotFound
from data.services import conversations, sources, unanswered
from data.services.agents.serving import Serving
from data.services.audit import Topic
from data.services.projects import OtherStatus, archive
from data.services.unanswered import AnswerWritten, UnansweredQuestion
from tests.support.probes import value
from tests.support.talking import QUESTION, agent_of, ask, texts_of
from tests.support.world import World

ASKED = 'Do you have a shop in Berlin?'
WRITTEN = {'answer': 'Yes, at the main station.'}
OPEN, DONE, DISMISSED = UnansweredState.OPEN, UnansweredState.ANSWERED, UnansweredState.DISMISSED


@pytest.fixture
def agent(world: World) -> Serving:
    """An agent of Acme that knows nothing of Berlin."""
    return agent_of(world.owner)


def questions_of(world: World, agent: Serving, state: UnansweredState = OPEN) -> list[UnansweredQuestion]:
    return unanswered.portion(world.viewer, agent.project_id, state).rows


def test_the_same_words_are_one_question_and_its_written_answer_closes_it(world: World, agent: Serving) -> None:
    for text in (
        ASKED,
        'have you got SHOPS in berlin',
        'a Berlin shop?',
        'Do you sell gift cards?',
        QUESTION,
        'Hello',
        '?',
    ):
        ask(agent, text)
    first, second = questions_of(world, agent)
    assert [(it.question, it.count, it.source_id) for it in (first, second)] == [
        (ASKED, 3, None),
        ('Do you sell gift cards?', 1, None),
    ]
    source = unanswered.write(world.member, first.id, {**WRITTEN, 'question': 'Where are your shops?'})
    [again, _] = questions_of(world, agent)
    assert (again.id, again.source_id, again.answered_as) == (first.id, source.id, 'Where are your shops?')
    said = ask(agent, 'Is your shop in Berlin?')
    assert texts_of(agent, said.token)[-1] == WRITTEN['answer']
    assert [it.question for it in questions_of(world, agent)] == ['Do you sell gift cards?']
    [done] = questions_of(world, agent, DONE)
    assert (done.id, done.count) == (first.id, 3)
    with pytest.raises(AnswerWritten, match='meanwhile'):
        unanswered.write(world.member, first.id, WRITTEN)


def test_a_question_is_not_done_where_its_answer_only_stands_below_another_source(world: World, agent: Serving) -> None:
    ask(agent, ASKED)
    [asked] = questions_of(world, agent)
    source = unanswered.write(world.member, asked.id, WRITTEN)
    file = {'source': 'z' * 16}
    with database.transaction(System(agent.organization_id)) as tx:
        unanswered.close(tx, agent.project_id, 'When is your warehouse closed?', [file, {'source': source.id}])
    assert [it.id for it in questions_of(world, agent)] == [asked.id]
    with database.transaction(System(agent.organization_id)) as tx:
        unanswered.close(tx, agent.project_id, 'A shop in Berlin, please?', [{'source': source.id}])
    assert [it.id for it in questions_of(world, agent, DONE)] == [asked.id]


def test_where_the_answer_is_deleted_it_is_open_again_once_it_is_asked(world: World, agent: Serving) -> None:
    ask(agent, ASKED)
    [entry] = questions_of(world, agent)
    source = unanswered.write(world.member, entry.id, WRITTEN)
    ask(agent, ASKED)
    sources.remove(world.member, source.id)
    assert questions_of(world, agent) == []
    ask(agent, ASKED)
    [again] = questions_of(world, agent)
    assert (again.id, again.count, again.source_id) == (entry.id, 2, None)
    assert unanswered.write(world.member, entry.id, WRITTEN).name == ASKED


def test_what_is_dismissed_stays_so_until_somebody_takes_it_up(world: World, agent: Serving) -> None:
    ask(agent, ASKED)
    [entry] = questions_of(world, agent)
    unanswered.dismiss(world.member, entry.id)
    unanswered.dismiss(world.member, entry.id)
    ask(agent, ASKED)
    assert questions_of(world, agent) == []
    assert [it.count for it in questions_of(world, agent, DISMISSED)] == [2]
    unanswered.reopen(world.member, entry.id)
    assert [it.count for it in questions_of(world, agent)] == [2]
    counts = unanswered.portion(world.viewer, agent.project_id).counts
    assert counts == {OPEN: 1, DONE: 0, DISMISSED: 0}


def test_what_a_visitor_asked_goes_with_the_conversation(world: World, agent: Serving, db: Engine) -> None:
    asked = [ask(agent, text) for text in ('Shop in Berlin?', ASKED, ASKED)]
    alone = ask(agent, 'Do you sell gift cards?')
    conversations.delete(world.owner, asked[0].conversation_id)
    assert [(it.question, it.count) for it in questions_of(world, agent)] == [
        (ASKED, 2),
        ('Do you sell gift cards?', 1),
    ]
    conversations.delete(world.owner, alone.conversation_id)
    assert [it.question for it in questions_of(world, agent)] == [ASKED]
    for said in asked[1:]:
        conversations.delete(world.owner, said.conversation_id)
    assert questions_of(world, agent) == []
    assert value(db, 'SELECT count(*) FROM unanswered') + value(db, 'SELECT count(*) FROM unanswered_askings') == 0


def test_a_long_question_is_itself_and_has_a_short_name_in_the_knowledge(world: World, agent: Serving) -> None:
    long = ' '.join(f'gift{number}' for number in range(200))
    for text in (long, long, f'{long} zeppelin'):
        ask(agent, text)
    first, second = questions_of(world, agent)
    assert (first.question, first.count, second.count) == (long, 2, 1)
    source = unanswered.write(world.member, first.id, WRITTEN)
    assert long.startswith(source.name) and len(source.name) <= sources.QUESTION_LIMIT


@pytest.mark.parametrize('entry_id', ['', None, 7, 'x' * 16, '../../etc', 'abcdefghijklmnop'])
def test_what_is_no_question_is_not_here(world: World, agent: Serving, entry_id: object) -> None:
    for act in (unanswered.dismiss, unanswered.reopen, lambda *args: unanswered.write(*args, WRITTEN)):
        with pytest.raises(NotFound):
            act(world.owner, entry_id)


def test_who_may_what(world: World, agent: Serving) -> None:
    ask(agent, ASKED)
    [entry] = questions_of(world, agent)
    for act in (unanswered.dismiss, unanswered.reopen, lambda *args: unanswered.write(*args, WRITTEN)):
        with pytest.raises(Forbidden):
            act(world.viewer, entry.id)
        with pytest.raises(NotFound):
            act(world.stranger, entry.id)
    with pytest.raises(NotFound):
        unanswered.portion(world.stranger, agent.project_id)
    assert questions_of(world, agent) == [entry]
    with pytest.raises(Invalid) as wrong:
        unanswered.write(world.owner, entry.id, {'answer': ' '})
    assert wrong.value.fields == {'answer': 'The answer is required.'}
    with pytest.raises(Invalid):
        unanswered.portion(world.owner, agent.project_id, 'lost')
    archive(world.owner, agent.project_id)
    with pytest.raises(OtherStatus):
        unanswered.write(world.owner, entry.id, WRITTEN)


def test_who_looks_at_the_list_is_told(world: World, agent: Serving, published: list[Change]) -> None:
    ask(agent, ASKED)
    [entry] = questions_of(world, agent)
    assert [it.subject for it in published if it.topic == Topic.UNANSWERED] == [entry.id]
    published.clear()
    ask(agent, QUESTION)
    assert [it for it in published if it.topic == Topic.UNANSWERED] == []


def test_nothing_of_one_project_is_in_the_list_of_another(world: World, agent: Serving) -> None:
    theirs, other = agent_of(world.stranger), agent_of(world.owner)
    for each in (agent, theirs, other):
        ask(each, ASKED)
    ids = {questions_of(world, each)[0].id for each in (agent, other)}
    [entry] = unanswered.portion(world.stranger, theirs.project_id).rows
    assert len({*ids, entry.id}) == 3
    assert [it.count for it in questions_of(world, agent)] == [1]
