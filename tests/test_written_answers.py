"""Written answers: found by their question, by what else is asked, gone when they are; what can be none."""

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.models import Project, SourceKind, SourceState
from data.problems import Invalid, Stale
from data.services import audit, sources
from data.services.audit import Topic
from data.services.sources import answers
from tests.support.knowledge import ANSWER, add, found, stored
from tests.support.probes import everything, refused
from tests.support.world import World

NORWAY = 'Do you ship to Norway?'


def test_an_answer_is_found_by_its_question_and_by_other_ways_to_ask_it(
    world: World, project: Project, db: Engine, published: list[Change]
) -> None:
    source = sources.write_answer(world.member, project.id, ANSWER)
    assert (source.state, source.kind, source.name) == (SourceState.READY, SourceKind.ANSWER, NORWAY)
    [change] = [it for it in published if it.topic == Topic.SOURCE]
    assert change.subject == source.id
    for asked in ('do you ship to norway', 'Is there delivery to Oslo?'):
        look = sources.would_find(world.viewer, project.id, asked)
        assert (look.hits[0].name, look.hits[0].text) == (NORWAY, 'Yes, within five days.'), asked
        assert look.sure
    [row] = sources.portion(world.viewer, project.id, SourceKind.ANSWER).rows
    assert (row.answer, row.also) == ('Yes, within five days.', ('Delivery to Oslo',))
    assert stored(db, project.id) == sum(len(text) for text in ANSWER.values())
    [event, *_] = audit.portion(world.owner, limit=1).rows
    assert (event.action, event.target) == ('source:write', NORWAY)


def test_what_is_changed_is_found_as_it_is_now(world: World, project: Project, db: Engine) -> None:
    source = sources.write_answer(world.member, project.id, ANSWER)
    other = {'question': 'Do you ship to Chile?', 'answer': 'No.\n\nNot yet.', 'also': ''}
    changed = sources.change_answer(world.admin, source.id, other, version=1)
    assert (changed.name, changed.version) == ('Do you ship to Chile?', 2)
    assert found(world.viewer, project.id, 'delivery to Oslo') == []
    assert found(world.viewer, project.id, 'Chile') == ['Do you ship to Chile?']
    assert stored(db, project.id) == sum(len(text) for text in other.values())
    before = everything(db)
    refused(Stale, sources.change_answer, world.member, source.id, ANSWER, version=1)
    assert everything(db) == before
    file = add(world.member, project.id)
    refused(Invalid, sources.change_answer, world.member, file.id, ANSWER, version=1)


def test_a_question_has_one_answer(world: World, project: Project, db: Engine) -> None:
    sources.write_answer(world.member, project.id, ANSWER)
    other = sources.write_answer(world.member, project.id, {**ANSWER, 'question': 'Why?'})
    before = everything(db)
    problem = refused(Invalid, sources.write_answer, world.member, project.id, {**ANSWER, 'question': NORWAY.upper()})
    assert problem.fields == {'question': answers.TAKEN}
    refused(Invalid, sources.change_answer, world.member, other.id, ANSWER, version=1)
    assert everything(db) == before
    sources.change_answer(world.member, other.id, {**ANSWER, 'question': 'WHY?'}, version=1)


@pytest.mark.parametrize(
    ('values', 'fields'),
    [
        ({}, {'question', 'answer'}),
        ({'question': ' ', 'answer': '\n\u200b'}, {'question', 'answer'}),
        ({'question': 'x' * 301, 'answer': 'x' * 1201}, {'question', 'answer'}),
        ({'question': 'a\nb', 'answer': 'a\x00'}, {'question', 'answer'}),
        ({'question': 'a', 'answer': 'b', 'also': '\n'.join(map(str, range(21)))}, {'also'}),
        ({'question': 'a', 'answer': 'b', 'also': 'x' * 301}, {'also'}),
        ({'question': 'a', 'answer': 'b', 'also': ['c', 7]}, {'also'}),
        ({'question': 'a', 'answer': 'b', 'also': 7}, {'also'}),
        ({'question': 7, 'answer': ['b']}, {'question', 'answer'}),
        (None, {'question', 'answer'}),
    ],
    ids=range(10),
)
def test_what_can_be_none_is_said_at_its_field(values: dict[str, object], fields: set[str]) -> None:
    assert refused(Invalid, answers.checked, values).fields.keys() == fields


def test_the_same_question_in_other_letters_is_asked_once() -> None:
    also = f'{NORWAY.upper()}\n\nDelivery to Oslo\n delivery  to oslo \nTo Bergen?'
    wording = answers.checked({'question': NORWAY, 'answer': 'Yes.', 'also': also})
    assert wording.also == ['Delivery to Oslo', 'To Bergen?']
    assert answers.checked({'question': 'a', 'answer': 'b', 'also': ['c']}).also == ['c']
