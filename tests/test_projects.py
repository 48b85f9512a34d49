"""Projects: made, looked at, found in a list, renamed and described; names and texts that are none."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from test_closing import closes
from test_organizations import BAD_IDS, BAD_NAMES, ODD_NAMES

from data import database
from data.changes import Change
from data.models import Role, new_id
from data.problems import Forbidden, Invalid, NotFound, Stale
from data.services import audit, members, projects
from data.services.audit import Topic, words
from data.services.projects import PORTION, OtherStatus
from tests.support.probes import everything, refused, run
from tests.support.projects import ACTIVE, ARCHIVED, DELETING, GONE, about_projects, archived, deleted, make, names
from tests.support.world import World, introduce

# making and looking --------------------------------------------------------------------------------------------------


def test_everybody_but_a_viewer_makes_one_and_all_see_it(world: World, published: list[Change]) -> None:
    made = [make(world.of(role), f'Of {role.value}', 'What it\nis for') for role in Role if role is not Role.VIEWER]
    assert about_projects(published) == [
        Change(world.organization_id, Topic.PROJECT, f'{who}@acme.test', subject=project.id)
        for who, project in zip(('olga', 'adam', 'mia'), made, strict=True)
    ]
    problem = refused(Forbidden, make, world.viewer)
    sentence = 'Only Owners, Admins and Members can create, change or delete projects and what is in them.'
    assert str(problem) == f'{sentence} You are a Viewer.'
    seen = projects.portion(world.viewer)
    assert [(card.name, card.description, card.status) for card in seen.rows] == [
        (f'Of {who}', 'What it\nis for', ACTIVE) for who in ('admin', 'member', 'owner')
    ]
    assert seen.counts == {ACTIVE: 3, ARCHIVED: 0, DELETING: 0}
    assert all(card.created_at == card.changed_at and card.erased_at is None for card in seen.rows)


def test_it_is_told_who_made_it_as_long_as_they_are_here(world: World) -> None:
    introduce(world.member, 'Mia Berg')
    project = make(world.member)
    assert projects.get(world.viewer, project.id).creator == 'Mia Berg (mia@acme.test)'
    members.remove(world.owner, world.member.user_id)
    assert projects.get(world.viewer, project.id).creator is None


def test_a_project_outlives_the_account_of_whoever_made_it(world: World) -> None:
    project = make(world.member)
    closes(world.member, 'mia@acme.test')
    found = projects.get(world.owner, project.id)
    assert (found.project.created_by, found.creator, found.project.name) == (None, None, 'Support')


def test_names_need_not_be_unique_and_odd_ones_stay_as_they_are(world: World) -> None:
    for name in ODD_NAMES:
        assert make(world.owner, name).name == name
        assert make(world.owner, name).name == name
    assert sorted(names(world.owner)) == sorted([*ODD_NAMES, *ODD_NAMES])[:PORTION]


def test_a_name_that_is_none_is_refused_at_its_field(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    project = make(world.owner)
    before = everything(db)
    for name in BAD_NAMES:
        with subtests.test(f'{name!r:.40}'):
            for act in (projects.create, partial(projects.change, project_id=project.id, version=1)):
                assert list(refused(Invalid, act, world.owner, values={'name': name}).fields) == ['name']
            assert everything(db) == before


BAD_TEXTS = [
    *('x' * 501, 'x\n' * 251 + 'x', 'x' * 10**6, '\n' * 10**6, 'e' + '\u0301' * 200),
    *('a\x00b', 'a\x07b', 'a\u202eb', 'a\nb\u2066c', '\ud800', '\ufffe', True, 5, b'x', ['x'], {'a': 1}, object()),
]
GOOD_TEXTS = {
    '  A\r\nB\rC\u2028D  ': '  A\nB\nC\nD',
    'one \t\n\n\n\n\ntwo\n\n': 'one\n\ntwo',
    '\n \u200b\n': '',
    'x' * 500: 'x' * 500,
    'e\u0301': 'é',
    'שירות\nلقاء 👩‍👩‍👧': 'שירות\nلقاء 👩‍👩‍👧',
    '<b>{{7*7}}</b> :x': '<b>{{7*7}}</b> :x',
}


def test_a_description_has_lines_and_nothing_hidden(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    for typed, kept in GOOD_TEXTS.items():
        with subtests.test(f'{typed!r:.40}'):
            assert make(world.owner, 'Support', typed).description == kept
    before = everything(db)
    for text in BAD_TEXTS:
        with subtests.test(f'{text!r:.40}'):
            values: dict[str, Any] = {'name': 'Support', 'description': text}
            assert list(refused(Invalid, projects.create, world.owner, values).fields) == ['description']
    assert everything(db) == before


@pytest.mark.parametrize('values', [{}, None, [], 'name', {1: 2}, {'description': 'x'}], ids=repr)
def test_what_is_missing_is_said(values: Any, world: World) -> None:
    assert refused(Invalid, projects.create, world.owner, values).fields == {'name': 'The name is required.'}


def test_everything_wrong_is_said_at_once(world: World) -> None:
    problem = refused(Invalid, projects.create, world.owner, {'name': '', 'description': 'x' * 501})
    assert problem.fields == {
        'name': 'The name is required.',
        'description': 'The description is too long. Use at most 500 characters.',
    }


def test_a_project_that_is_not_there_is_not_found(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    make(world.owner)
    foreign = make(world.stranger, 'Foreign').id
    before = everything(db)
    acts: list[Callable[[Any], object]] = [
        lambda it: projects.get(world.owner, it),
        lambda it: projects.change(world.owner, it, {'name': 'Mine'}, version=1),
        lambda it: projects.archive(world.owner, it),
        lambda it: projects.reopen(world.owner, it),
        lambda it: projects.delete(world.owner, it, 'Foreign'),
        lambda it: projects.restore(world.owner, it),
    ]
    for target in [*BAD_IDS, foreign, new_id()]:
        with subtests.test(f'{target!r:.40}'):
            assert {str(refused(NotFound, act, target)) for act in acts} == {GONE}
            assert everything(db) == before


def test_the_database_itself_keeps_names_and_owners(world: World, db: Engine) -> None:
    made = make(world.owner)
    for change in ("name = ' '", f"name = '{'x' * 81}'", f"description = '{'x' * 501}'", "organization_id = 'nobody'"):
        with pytest.raises(DBAPIError):
            run(db, f'UPDATE projects SET {change} WHERE id = :id', id=made.id)
    assert projects.get(world.owner, made.id).project.name == 'Support'


# lists ---------------------------------------------------------------------------------------------------------------


def test_the_list_is_sorted_by_status_and_name(world: World) -> None:
    for name in ('zebra', 'Äpfel', 'apple', 'Zoo'):
        make(world.owner, name)
    archived(world.owner, 'Birch')
    deleted(world.owner, 'Alder')
    assert names(world.viewer) == ['Äpfel', 'apple', 'zebra', 'Zoo', 'Birch', 'Alder']
    assert names(world.viewer, status='active') == ['Äpfel', 'apple', 'zebra', 'Zoo']
    assert names(world.viewer, status=ARCHIVED) == ['Birch']
    assert names(world.viewer, status=DELETING) == ['Alder']
    assert projects.portion(world.viewer, 'zzz').counts == {ACTIVE: 4, ARCHIVED: 1, DELETING: 1}


def test_search_takes_words_and_does_without_accents(world: World) -> None:
    for name in ('Köln Support', 'Support, Zürich', 'Straße_1', '100 %', 'Bo’s – bot'):
        make(world.owner, name)
    for search, found in {
        'KOLN': ['Köln Support'],
        'port koln': ['Köln Support'],
        'zurich support': ['Support, Zürich'],
        'support': ['Köln Support', 'Support, Zürich'],
        '%': ['100 %'],
        '_': ['Straße_1'],
        'strasse': ['Straße_1'],
        "bo's - bot": ['Bo’s – bot'],
        'koln zurich': [],
        '\x00': names(world.owner),
        'x' * 100_000: [],
        'q ' * 5_000: [],
        "' OR 1=1 --": [],
    }.items():
        assert names(world.owner, search) == found, search[:40]
    for strange in (None, 7, [], {}, True, b'x', '\ud800'):
        assert len(names(world.owner, strange)) == 5


@pytest.mark.parametrize('status', ['', 'ACTIVE', 'gone', "x' OR 1=1", 0, True, [], {}, b'active'], ids=repr)
def test_a_status_that_is_none_is_refused(world: World, status: object) -> None:
    problem = refused(Invalid, projects.portion, world.owner, status=status)
    assert problem.fields == {'status': 'Projects are active, archived, deleting.'}


def test_portions_follow_each_other(world: World) -> None:
    for number in range(45):
        make(world.owner, f'Shop {number:02}')
    first = projects.portion(world.owner)
    rest = projects.portion(world.owner, offset=len(first.rows))
    assert (len(first.rows), first.total, first.more) == (PORTION, 45, True)
    assert (len(rest.rows), rest.total, rest.more) == (45 - PORTION, 45, False)
    assert [card.name for card in first.rows + rest.rows] == [f'Shop {number:02}' for number in range(45)]
    assert projects.portion(world.owner, 'shop 1', offset=5, limit=3).total == 14


def test_an_overview_reads_the_latest_and_how_many(world: World) -> None:
    made = [make(world.owner, name) for name in ('A', 'B', 'C', 'D')]
    projects.archive(world.owner, made[0].id)
    projects.delete(world.owner, made[3].id, 'D')
    with database.reading(world.owner) as tx:
        found = projects.states(tx)
    assert found.counts == {ACTIVE: 2, ARCHIVED: 1, DELETING: 1}
    assert [card.name for card in found.latest] == ['A', 'C', 'B'], 'what changed last, and nothing that goes'
    with database.reading(world.stranger) as tx:
        nothing = projects.states(tx)
    assert (nothing.counts, nothing.latest) == ({ACTIVE: 0, ARCHIVED: 0, DELETING: 0}, [])


# changing ------------------------------------------------------------------------------------------------------------


def acts(world: World) -> list[str]:
    """What the newest events on the record say, the oldest first."""
    return [words.happened(entry).partition(' ')[2] for entry in reversed(audit.portion(world.owner).rows)]


def test_a_name_and_a_description_are_changed_alone_or_together(world: World, published: list[Change]) -> None:
    made = make(world.owner)
    before = len(acts(world))
    del published[:]
    renamed = projects.change(world.member, made.id, {'name': ' Café '}, version=1)
    assert (renamed.name, renamed.description, renamed.version) == ('Café', '', 2)
    assert renamed.changed_at > renamed.created_at
    described = projects.change(world.member, made.id, {'description': 'For\nall'}, version=2)
    assert (described.name, described.description, described.version) == ('Café', 'For\nall', 3)
    projects.change(world.member, made.id, {'name': 'Sales', 'description': ''}, version=3)
    assert acts(world)[before:] == [
        'renamed a project to Café',
        'changed the description of the project Café',
        'renamed a project to Sales',
        'changed the description of the project Sales',
    ]
    assert names(world.viewer, 'sales') == ['Sales']
    assert {change.subject for change in about_projects(published)} == {made.id}
    assert len(about_projects(published)) == 3


def test_the_same_again_is_no_act(world: World, db: Engine) -> None:
    made = make(world.owner, 'Support', 'For all')
    before = everything(db)
    for values in ({'name': 'Support ', 'description': 'For all\n'}, {'description': 'For all'}, {}, None, 'name'):
        assert projects.change(world.owner, made.id, values, version=1).version == 1
    assert everything(db) == before


def test_the_second_to_save_is_told(world: World, db: Engine) -> None:
    made = make(world.owner)
    projects.change(world.member, made.id, {'name': 'Sales'}, version=1)
    before = everything(db)
    for values in ({'name': 'Other'}, {'description': 'Other'}, {}):
        refused(Stale, projects.change, world.owner, made.id, values, version=1)
    assert everything(db) == before


def test_one_in_the_archive_can_be_renamed_and_one_being_deleted_can_not(world: World) -> None:
    made = archived(world.owner)
    projects.change(world.owner, made.id, {'name': 'Old support'}, version=made.version)
    projects.delete(world.owner, made.id, 'Old support')
    for values in ({'name': 'Other'}, {'description': 'Other'}):
        refused(OtherStatus, projects.change, world.owner, made.id, values, version=2)
