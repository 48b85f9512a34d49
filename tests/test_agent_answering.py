"""What an agent says to a question: a written answer, extracts with where they stand, or that it can't say."""

from dataclasses import replace

import pytest

from data import database
from data.database import System
from data.models import Project, Source
from data.services.agents import answering
from data.services.agents.answering import FROM_DOCUMENTS, WELCOME, Answer, Outcome
from data.services.agents.settings import FIRST
from data.services.passages import Piece
from tests.support import questions, searched
from tests.support.world import World


def answered(world: World, project: Project, question: str) -> Answer:
    with database.reading(System(world.organization_id)) as tx:
        return answering.answer(tx, project.id, FIRST, question)


def test_an_answer_is_an_extract_with_where_it_stands(world: World, project: Project) -> None:
    searched.file_of(world.organization_id, project.id, 'handbook.pdf', questions.SHOP)
    answer = answered(world, project, 'How long do I have to return a lamp?')
    [first, *_] = answer.sources
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text == f'{FROM_DOCUMENTS}\n\n{first["text"]}'
    assert first['text'].startswith('You can send back anything within 30 days')
    assert {**first, 'passage': '', 'source': '', 'text': ''} == {
        'passage': '',
        'source': '',
        'name': 'handbook.pdf',
        'kind': 'file',
        'heading': 'Returns',
        'page': 1,
        'text': '',
    }
    assert len({source['heading'] for source in answer.sources}) == len(answer.sources) <= 3


def test_a_written_answer_is_the_answer(world: World, project: Project) -> None:
    searched.file_of(world.organization_id, project.id, 'handbook.pdf', questions.SHOP)
    with database.transaction(System(world.organization_id)) as tx:
        text = 'Yes: in Berlin, at the station.'
        source = searched.answer(tx, project.id, 'Do you have a shop in Berlin?', text, ['Where is your Berlin store?'])
    for question in ('is there a shop in berlin', 'Berlin store?'):
        answer = answered(world, project, question)
        assert (answer.outcome, answer.text) == (Outcome.ANSWERED, text)
        assert [(it['source'], it['kind'], it['text']) for it in answer.sources] == [(source.id, 'answer', text)]


@pytest.mark.parametrize(
    ('question', 'outcome', 'text'),
    [
        ('Who won the world cup?', Outcome.NOTHING, FIRST.unknown),
        ('what is it?', Outcome.NOTHING, FIRST.unknown),
        ('', Outcome.NOTHING, FIRST.unknown),
        ('\0', Outcome.NOTHING, FIRST.unknown),
        ('😀😀', Outcome.NOTHING, FIRST.unknown),
        ('\u202e<img onerror=1>', Outcome.NOTHING, FIRST.unknown),
        ('a\u0301' * 1000, Outcome.NOTHING, FIRST.unknown),
        ('lorem ' * 333, Outcome.NOTHING, FIRST.unknown),
        ('Hello!', Outcome.GREETING, FIRST.greeting),
        ('hallo', Outcome.GREETING, FIRST.greeting),
        ('Thank you very much', Outcome.GREETING, WELCOME),
        ('OK', Outcome.GREETING, WELCOME),
        ('okay, thanks', Outcome.GREETING, WELCOME),
    ],
    ids=[
        'off-topic',
        'small-words',
        'empty',
        'nul',
        'emoji',
        'bidi',
        'marks',
        'long',
        'hello',
        'hallo',
        'thanks',
        'ok',
        'okay',
    ],
)
def test_what_is_no_question_to_the_knowledge(
    world: World, project: Project, question: str, outcome: Outcome, text: str
) -> None:
    searched.file_of(world.organization_id, project.id, 'handbook.pdf', questions.SHOP)
    answer = answered(world, project, question)
    assert (answer.outcome, answer.text, answer.sources) == (outcome, text, [])


def test_whoever_greets_is_greeted_in_any_script(world: World, project: Project) -> None:
    searched.file_of(world.organization_id, project.id, 'handbook.pdf', questions.SHOP)
    greetings = (
        'Good morning',
        'good afternoon!',
        'こんにちは',
        'おはようございます',
        '안녕하세요',
        'สวัสดีครับ',
        'สวัสดี',
        'مرحبا',
    )
    assert {answered(world, project, it).text for it in greetings} == {FIRST.greeting}
    for it in ('ありがとうございます', '감사합니다', '谢谢你', 'شكرا'):
        assert (it, answered(world, project, it).text) == (it, WELCOME)


def test_whoever_greets_an_agent_without_a_greeting_is_told_something(world: World, project: Project) -> None:
    with database.reading(System(world.organization_id)) as tx:
        answer = answering.answer(tx, project.id, replace(FIRST, greeting=''), 'Hello!')
    assert (answer.outcome, answer.text) == (Outcome.GREETING, FIRST.greeting)


def test_where_there_is_nothing_nothing_is_found(world: World, project: Project) -> None:
    assert answered(world, project, 'How long do I have to return a lamp?').outcome is Outcome.NOTHING
    searched.file_of(world.organization_id, project.id, 'empty.txt', [])
    searched.file_of(world.organization_id, project.id, 'small.txt', [Piece('', None, 'and so it is, or was')])
    assert answered(world, project, 'How long do I have to return a lamp?').outcome is Outcome.NOTHING


def test_what_is_gone_never_answers_again(world: World, project: Project) -> None:
    source_id = searched.file_of(world.organization_id, project.id, 'handbook.pdf', questions.SHOP)
    assert answered(world, project, 'Can the Vega be dimmed?').outcome is Outcome.ANSWERED
    with database.transaction(System(world.organization_id)) as tx:
        tx.delete(tx.find(Source, source_id))
        answering.passages.changed(tx, project.id)
    assert answered(world, project, 'Can the Vega be dimmed?').outcome is Outcome.NOTHING
