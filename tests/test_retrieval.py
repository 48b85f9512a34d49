"""How well questions find what answers them, and that what is about something else is refused."""

from collections.abc import Mapping, Sequence

import pytest

from data import database
from data.database import System
from data.models import Project
from data.services import passages
from data.services.passages import Found, Piece
from tests.support import questions, searched
from tests.support.world import World

NOISE = [
    Piece(f'Minutes {number}', None, f'{first} and {second} were discussed in round {number}, and life went on.')
    for number, (first, second) in enumerate(
        (first, second)
        for first in ('Budgets', 'Holidays', 'Laptops', 'Desks', 'Printers', 'Meetings', 'Rents', 'Keys', 'Plants')
        for second in ('coffee', 'chairs', 'windows', 'posters', 'salaries', 'trains', 'phones', 'calendars', 'paint')
    )
]
"""Much that is about something else: what words are worth depends on how much there is."""


def asked(world: World, project: Project, pieces: Sequence[Piece], those: Sequence[str]) -> dict[str, Found]:
    searched.file_of(world.organization_id, project.id, 'all.md', pieces)
    with database.reading(System(world.organization_id)) as tx:
        return {question: passages.find(tx, project.id, question) for question in those}


def right(found: Mapping[str, Found], expected: Mapping[str, str], *, within: int, sure: bool = False) -> int:
    """How many have the right heading among so many first hits."""
    return sum(
        expected[question] in [hit.heading for hit in found[question].hits[:within]]
        and (found[question].sure or not sure)
        for question in expected
    )


@pytest.mark.parametrize('noise', [[], NOISE], ids=['alone', 'among-others'])
def test_a_shop_is_asked(world: World, project: Project, noise: list[Piece]) -> None:
    expected, as_people_do = questions.ASKED, questions.ASKED_AS_PEOPLE_DO
    those = [*expected, *as_people_do, *questions.OFF_TOPIC]
    found = asked(world, project, [*questions.SHOP, *noise], those)
    assert right(found, expected, within=1) >= 32
    assert right(found, expected, within=3) == len(expected) == 34
    assert right(found, expected, within=3, sure=True) >= 31
    assert right(found, as_people_do, within=3) >= 15
    assert right(found, as_people_do, within=3, sure=True) >= 13
    assert [question for question in questions.OFF_TOPIC if found[question].sure] == []


@pytest.mark.parametrize(
    ('pieces', 'expected', 'off_topic'),
    [
        (questions.MUSEUM, questions.ASKED_OF_MUSEUM, questions.OFF_TOPIC_OF_MUSEUM),
        (questions.TEA, questions.ASKED_OF_TEA, questions.OFF_TOPIC_OF_TEA),
    ],
    ids=['german', 'chinese-and-japanese'],
)
def test_other_languages_are_asked(
    world: World, project: Project, pieces: list[Piece], expected: dict[str, str], off_topic: list[str]
) -> None:
    found = asked(world, project, pieces, [*expected, *off_topic])
    assert right(found, expected, within=1, sure=True) == len(expected)
    assert [question for question in off_topic if found[question].sure] == []


def test_what_a_question_has_and_has_not_is_said(world: World, project: Project) -> None:
    found = asked(
        world, project, questions.SHOP, ['Do you rent lamps?', 'Bitcoin?', 'What is it?', 'Is a Vega dimmed?']
    )
    assert [(it.sure, it.why) for it in found.values()] == [
        (False, 'No passage has enough of the question: the best one has “lamps”, not “rent”.'),
        (False, 'None of its words is in the knowledge.'),
        (False, 'The question has no words that can be looked for.'),
        (True, 'The best passage has “dimmed” and “vega”.'),
    ]
    assert [hit.strength for hit in found['Is a Vega dimmed?'].hits] == ['Strong']
