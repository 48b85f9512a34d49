"""Passages: written, found, forgotten, each in its project, and never out of date."""

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import database
from data.database import System
from data.models import Source, SourceKind, SourceState, WrittenAnswer
from data.services import passages, projects
from data.services.passages import Piece, index
from tests.support import searched
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('db')


def source_of(world: World, project_id: str, name: str, *, kind: SourceKind = SourceKind.FILE) -> Source:
    return Source(
        organization_id=world.organization_id,
        project_id=project_id,
        kind=kind,
        name=name,
        name_key=name.casefold(),
        state=SourceState.READY,
    )


def test_what_is_written_is_found_and_what_is_forgotten_is_not(world: World, db: Engine) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        source = source_of(world, project.id, 'handbook.pdf')
        tx.add(source)
        pieces = [
            Piece('Returns', 3, 'You can return everything within thirty days. Lamps need their box.'),
            Piece('Shipping', 4, 'We ship to Norway and Sweden. It takes four days.'),
        ]
        passages.write(tx, source, pieces)
        found = passages.find(tx, project.id, 'Do you ship to Sweden?')
        assert [hit.heading for hit in found.hits] == ['Shipping']
        assert found.sure
    with database.reading(System(world.organization_id)) as tx:
        [hit] = passages.find(tx, project.id, 'How long can I return a lamp?').hits
        assert (hit.name, hit.page, hit.words) == ('handbook.pdf', 3, ('lamp', 'return'))
    with database.transaction(System(world.organization_id)) as tx:
        passages.forget(tx, tx.find(Source, source.id))
    with database.reading(System(world.organization_id)) as tx:
        assert passages.find(tx, project.id, 'How long can I return a lamp?').hits == ()


def test_a_written_answer_is_found_however_it_is_asked(world: World, db: Engine) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        source = source_of(world, project.id, 'Can I pick up my order?', kind=SourceKind.ANSWER)
        tx.add(source)
        tx.flush()
        written = WrittenAnswer(
            organization_id=world.organization_id,
            source_id=source.id,
            question=source.name,
            answer='Yes, from Monday to Friday at our warehouse.',
            also=['Where is the collection point?'],
        )
        tx.add(written)
        passages.write_answer(tx, source, written)
    with database.reading(System(world.organization_id)) as tx:
        for question in ('Is there a collection point', 'may i pick up orders?'):
            [hit] = passages.find(tx, project.id, question).hits
            assert (hit.kind, hit.extract) == (SourceKind.ANSWER, written.answer)


def test_an_answer_without_words_is_in_the_language_of_its_question(world: World, db: Engine) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        searched.answer(tx, project.id, 'What are the numbers of your phones?', '030 123456')
    found = searched.found(world.organization_id, project.id, 'Which number has your phone?')
    assert (found.sure, [hit.text for hit in found.hits]) == (True, ['030 123456'])


def test_a_question_of_nothing_but_words_of_questions_is_answered_by_who_wrote_its_answer(
    world: World, db: Engine
) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        searched.answer(tx, project.id, 'How can you help me?', 'With all that is in our handbook.')
        searched.add(tx, project.id, 'letter.txt', [Piece('', None, 'Hello, and thanks: we are able to help.')])
    for question in ('Can you help?', 'help', 'Could you help us please'):
        found = searched.found(world.organization_id, project.id, question)
        assert (question, found.sure, [hit.kind for hit in found.hits]) == (question, True, [SourceKind.ANSWER])
    assert not any(searched.found(world.organization_id, project.id, it).sure for it in ('Hello', 'thanks', 'ok'))


def test_whoever_thanks_or_greets_is_not_told_an_answer_in_which_somebody_does(world: World, db: Engine) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        said = 'Hello, and thanks for asking. Yes, we are happy to help: please tell us more, ok?'
        searched.answer(tx, project.id, 'Do you ship to Norway?', said)
        searched.answer(tx, project.id, 'Hello, do you deliver?', 'Yes.')
        searched.answer(tx, project.id, 'Can you help me?', said)
        searched.answer(tx, project.id, 'Are you open?', 'On good days from early morning until late in the evening.')
    small = (
        'Good morning',
        'good evening!',
        'hello',
        'Thank you very much',
        'ok',
        'thanks for your help',
        'come again?',
    )
    assert {it: searched.found(world.organization_id, project.id, it).sure for it in small} == dict.fromkeys(
        small, False
    )
    found = searched.found(world.organization_id, project.id, 'Are you able to help me?')
    assert [hit.name for hit in found.hits] == ['Can you help me?']


def test_an_answer_is_found_by_its_question_word_for_word_whatever_that_is_made_of(world: World, db: Engine) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    with database.transaction(System(world.organization_id)) as tx:
        for question in ('Who are you?', 'C++', '👍', 'Hello'):
            searched.answer(tx, project.id, question, f'This is said to {question}')
    for asked, question in {'who are you': 'Who are you?', ' c++ ?': 'C++', '👍': '👍', 'hello!': 'Hello'}.items():
        found = searched.found(world.organization_id, project.id, asked)
        assert (asked, found.sure, [(it.text, it.strength) for it in found.hits]) == (
            asked,
            True,
            [(f'This is said to {question}', 'Strong')],
        )
    assert [it for it in ('', '?', 'who', 'C') if searched.found(world.organization_id, project.id, it).hits] == []


def test_of_those_who_ask_at_once_one_reads_what_there_is(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects.create(world.owner, {'name': 'Shop'})
    searched.file_of(world.organization_id, project.id, 'terms.md', [Piece('Lamps', None, 'Our lamps are dimmed.')])
    read, built = list[object](), index._built
    monkeypatch.setattr(index, '_built', lambda *given: read.append(1) or built(*given))
    found = list[list[str]]()

    def ask() -> None:
        hits = searched.found(world.organization_id, project.id, 'Can lamps be dimmed?').hits
        found.append([hit.name for hit in hits])

    with at_once(4) as run:
        assert run([ask] * 4) == [None] * 4
    assert (found, len(read)) == ([['terms.md']] * 4, 1)
