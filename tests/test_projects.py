"""Projects: made, renamed, described, put away, deleted, restored, erased; by anybody, and by two people at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import combinations_with_replacement
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from test_closing import closes
from test_organizations import BAD_IDS, BAD_NAMES, ODD_NAMES
from test_races import at_once

from data import clock, database
from data.changes import Change
from data.database import Actor
from data.jobs import project_erasure
from data.models import Project, ProjectStatus, Role, Status, new_id
from data.problems import Forbidden, Invalid, NotFound, Stale, TooMany
from data.runtime import limits, rate_limiter
from data.services import audit, members, projects, usage
from data.services.audit import Topic, verify, words
from data.services.projects import KEPT, PORTION, OtherStatus
from data.services.usage import LimitReached, Metric
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, rows_written, run, value
from tests.support.stage import delete_long_ago
from tests.support.world import World, inside, introduce

ACTIVE, ARCHIVED, DELETING = ProjectStatus
GONE = 'This project is no longer here.'
MINUTE = timedelta(minutes=1)


def make(actor: Actor, name: str = 'Support', description: str = '') -> Project:
    return projects.create(actor, {'name': name, 'description': description})


def archived(actor: Actor, name: str = 'Support') -> Project:
    return projects.archive(actor, make(actor, name).id)


def deleted(actor: Actor, name: str = 'Support') -> Project:
    return projects.delete(actor, make(actor, name).id, name)


def names(actor: Actor, search: object = '', status: object = None) -> list[str]:
    return [card.name for card in projects.portion(actor, search, status).rows]


def status_of(actor: Actor, project: Project) -> ProjectStatus:
    return projects.get(actor, project.id).project.status


def about_projects(published: list[Change]) -> list[Change]:
    return [change for change in published if change.topic == Topic.PROJECT]


def counted(world: World) -> int:
    """How many active projects Acme has, as what it uses is counted."""
    with database.reading(world.owner) as tx:
        return next(it.used for it in usage.standings(tx) if it.metric is Metric.PROJECTS)


def limit(world: World, cap: int | None) -> None:
    with database.transaction(database.System(world.organization_id)) as tx:
        usage.set_cap(tx, Metric.PROJECTS, cap)


# making and looking --------------------------------------------------------------------------------------------------


def test_everybody_but_a_viewer_makes_one_and_all_see_it(world: World, published: list[Change]) -> None:
    made = [make(world.of(role), f'Of {role.value}', 'What it\nis for') for role in Role if role is not Role.VIEWER]
    assert about_projects(published) == [
        Change(world.organization_id, Topic.PROJECT, f'{who}@acme.test', subject=project.id)
        for who, project in zip(('olga', 'adam', 'mia'), made, strict=True)
    ]
    problem = refused(Forbidden, make, world.viewer)
    assert str(problem) == 'Only Owners, Admins and Members can create, change or delete projects. You are a Viewer.'
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
        lambda it: find_active(world, it),
    ]
    for target in [*BAD_IDS, foreign, new_id()]:
        with subtests.test(f'{target!r:.40}'):
            assert {str(refused(NotFound, act, target)) for act in acts} == {GONE}
            assert everything(db) == before


def find_active(world: World, project_id: object) -> Project:
    with database.reading(world.owner) as tx:
        return projects.find_active(tx, project_id)


def test_only_an_active_one_is_found_for_what_it_does(world: World) -> None:
    made = make(world.owner)
    assert find_active(world, made.id).id == made.id
    projects.archive(world.owner, made.id)
    problem = refused(OtherStatus, find_active, world, made.id)
    assert str(problem) == 'This project is archived. Take it out of the archive first.'
    projects.delete(world.owner, made.id, 'Support')
    assert str(refused(OtherStatus, find_active, world, made.id)) == 'This project is being deleted. Restore it first.'


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


# standing ------------------------------------------------------------------------------------------------------------

LEADS = {
    (ACTIVE, 'archive'): ARCHIVED,
    (ACTIVE, 'delete'): DELETING,
    (ARCHIVED, 'reopen'): ACTIVE,
    (ARCHIVED, 'delete'): DELETING,
    (DELETING, 'restore'): ACTIVE,
}
ACTS: dict[str, Callable[[Actor, str], Project]] = {
    'archive': projects.archive,
    'reopen': projects.reopen,
    'delete': lambda actor, project: projects.delete(actor, project, 'support'),
    'restore': projects.restore,
}
MADE = {ACTIVE: make, ARCHIVED: archived, DELETING: deleted}


@pytest.mark.parametrize('act', ACTS)
@pytest.mark.parametrize('status', list(ProjectStatus))
def test_each_act_leads_from_where_it_can_and_from_nowhere_else(
    world: World, db: Engine, status: ProjectStatus, act: str
) -> None:
    made = MADE[status](world.owner)
    before, active = everything(db), counted(world)
    if (status, act) in LEADS:
        changed = ACTS[act](world.member, made.id)
        assert changed.status is status_of(world.owner, made) is LEADS[status, act]
        assert changed.changed_at > made.created_at
        assert counted(world) == active + (changed.status is ACTIVE) - (status is ACTIVE)
    else:
        problem = refused(OtherStatus, ACTS[act], world.member, made.id)
        assert str(problem).startswith('This project is ')
        assert everything(db) == before


def test_what_is_restored_is_as_it_was_before(world: World) -> None:
    made = archived(world.owner)
    since = projects.get(world.owner, made.id).project.archived_at
    projects.delete(world.owner, made.id, 'Support')
    view = projects.get(world.viewer, made.id)
    assert view.project.deleted_at
    assert view.erased_at == view.project.deleted_at + timedelta(days=30)
    restored = projects.restore(world.owner, made.id)
    assert (restored.status, restored.archived_at, restored.deleted_at) == (ARCHIVED, since, None)
    assert counted(world) == 0, 'what is archived counts nothing'


TYPED = {
    'Bo’s Café – 1': ['Bo’s Café – 1', "bo's cafe - 1", 'BO’S  CAFE\u0301 – 1', ' Bo’s Café – 1 ', 'Bo’s\xa0Café – 1'],
    '...': ['...', '…'],
    '\u0301\u0640': ['\u0301\u0640'],
}
NOT_TYPED = [
    '',
    ' ',
    'Bo',
    'Bo’s Café',
    'Bo’s Café – 12',
    'x' * 10**6,
    None,
    True,
    5,
    [],
    {'name': 'Bo'},
    b'Bo',
    '\x00',
]


@pytest.mark.parametrize('name', TYPED, ids=ascii)
def test_whoever_deletes_types_the_name_in_the_letters_they_have(world: World, db: Engine, name: str) -> None:
    for typed in TYPED[name]:
        deleted_one = projects.delete(world.owner, make(world.owner, name).id, typed)
        assert deleted_one.status is DELETING
    made = make(world.owner, name)
    before = everything(db)
    for typed in NOT_TYPED:
        problem = refused(Invalid, projects.delete, world.owner, made.id, typed)
        assert problem.fields == {'name': f'Type the name of the project: “{name}”.'}
    assert everything(db) == before


def test_who_types_a_name_that_was_changed_meanwhile_is_told_the_new_one(world: World) -> None:
    made = make(world.owner)
    projects.change(world.member, made.id, {'name': 'Sales'}, version=1)
    problem = refused(Invalid, projects.delete, world.owner, made.id, 'Support')
    assert str(problem) == 'Type the name of the project: “Sales”.'


@pytest.mark.parametrize('act', ['create', 'change', *ACTS])
def test_each_act_happens_whole_or_not_at_all(act: str, world: World, db: Engine, published: list[Change]) -> None:
    one, two, three = make(world.owner), archived(world.owner), deleted(world.owner)
    del published[:]
    tried: dict[str, Callable[[], object]] = {
        'create': lambda: make(world.member),
        'change': lambda: projects.change(world.member, one.id, {'name': 'A', 'description': 'B'}, version=1),
        'archive': lambda: projects.archive(world.member, one.id),
        'reopen': lambda: projects.reopen(world.member, two.id),
        'delete': lambda: projects.delete(world.member, one.id, 'Support'),
        'restore': lambda: projects.restore(world.member, three.id),
    }
    assert happens_whole_or_not_at_all(db, tried[act], published) >= 3
    assert len(about_projects(published)) == 1


# at once -------------------------------------------------------------------------------------------------------------


def ways(one: Actor, other: Actor, project: Project) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Every two things that two people can do to one project in the same moment."""
    name = partial(projects.change, values={'name': 'Sales'}, version=project.version)
    each = {**ACTS, 'rename': lambda actor, at: name(actor, at)}
    for first, second in combinations_with_replacement(each.values(), 2):
        yield partial(first, one, project.id), partial(second, other, project.id)


@pytest.mark.parametrize('status', list(ProjectStatus))
def test_two_at_once_are_one_after_the_other(world: World, db: Engine, status: ProjectStatus) -> None:
    with at_once(2) as run_both:
        for number in range(15):
            rate_limiter.reset()
            made = MADE[status](world.owner)
            acts_of = list(ways(world.owner, world.member, made))[number]
            before = len(recorded(db))
            ends = run_both(acts_of)
            assert all(end is None or isinstance(end, OtherStatus | Stale | Invalid) for end in ends), ends
            assert all(str(end) for end in ends)
            assert len(recorded(db)) - before == ends.count(None), 'what was refused has left nothing'
            assert counted(world) == value(
                db,
                'SELECT count(*) FROM projects WHERE organization_id = :at AND archived_at IS NULL '
                'AND deleted_at IS NULL',
                at=world.organization_id,
            )
    assert all(verdict.broken is None for verdict in verify.verify())


def recorded(db: Engine) -> list[tuple[Any, ...]]:
    return rows(db, "SELECT action, target FROM audit_events WHERE action LIKE 'project:%' ORDER BY id")


@pytest.mark.parametrize('act', ['archive', 'delete', 'reopen', 'restore', 'rename'])
def test_of_two_who_do_the_same_one_is_told(world: World, act: str) -> None:
    start = {'reopen': ARCHIVED, 'restore': DELETING}.get(act, ACTIVE)
    rename = partial(projects.change, values={'name': 'Sales'}, version=1)
    with at_once(2) as run_both:
        for _ in range(5):
            made = MADE[start](world.owner)
            doing = partial(ACTS[act], project_id=made.id) if act in ('archive', 'reopen', 'restore') else None
            both = [
                partial(doing, actor) if doing else partial(rename if act == 'rename' else ACTS[act], actor, made.id)
                for actor in (world.owner, world.member)
            ]
            ends = run_both(both)
            [problem] = [end for end in ends if end is not None]
            assert isinstance(problem, Stale if act == 'rename' else OtherStatus)


def test_the_last_project_that_a_limit_leaves_goes_to_one(world: World) -> None:
    make(world.owner)
    limit(world, 3)
    with at_once(8) as run_all:
        ends = run_all([partial(make, actor) for actor in (world.owner, world.admin, world.member) * 3][:8])
    assert ends.count(None) == 2
    assert all(end is None or isinstance(end, LimitReached) for end in ends)
    assert counted(world) == len(names(world.owner)) == 3


def test_a_limit_refuses_what_works_and_never_what_puts_away(world: World, db: Engine) -> None:
    one, two, three = make(world.owner), archived(world.owner), deleted(world.owner)
    limit(world, 1)
    before = everything(db, record=False)
    for act in (partial(make, world.member), partial(projects.reopen, world.member, two.id)):
        refused(LimitReached, act)
    refused(LimitReached, projects.restore, world.member, three.id)
    assert everything(db, record=False) == before
    assert rows(db, "SELECT DISTINCT rule FROM audit_events WHERE outcome = 'refused'") == [('limit:projects',)]
    projects.archive(world.member, one.id)
    projects.reopen(world.member, two.id)
    projects.delete(world.member, two.id, 'Support')
    limit(world, 0)
    projects.delete(world.member, one.id, 'Support')
    assert counted(world) == 0
    assert projects.restore(world.member, one.id).status is ARCHIVED, 'what is archived is not limited'


def test_nobody_fills_the_database(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.PROJECTS, 'amount', 3)
    for actor in (world.owner, world.owner, world.member):
        make(actor)
    before = everything(db)
    problem = refused(TooMany, make, world.admin)
    assert str(problem).startswith('This organization has made many projects lately. This one was not made.')
    assert everything(db) == before
    make(world.stranger)
    refused(TooMany, make, inside(world.owner, world.organization_id))


# erasing -------------------------------------------------------------------------------------------------------------


def test_after_thirty_days_it_goes_for_good_and_what_it_used_stays(world: World, db: Engine) -> None:
    kept, gone = deleted(world.owner, 'Kept'), deleted(world.owner, 'Gone')
    deleted(world.stranger, 'Foreign')
    archived(world.owner, 'Old')
    sums = rows(db, 'SELECT * FROM usage_days ORDER BY 1, 2, 3')
    delete_long_ago(db)
    run(db, 'UPDATE projects SET deleted_at = created_at WHERE id = :id', id=kept.id)
    assert projects.erase_due() == 2
    assert names(world.owner) == ['Old', 'Kept']
    assert names(world.stranger) == []
    assert refused(NotFound, projects.get, world.owner, gone.id)
    assert rows(db, 'SELECT * FROM usage_days ORDER BY 1, 2, 3') == sums
    newest = audit.portion(world.owner).rows[0]
    assert (words.happened(newest), words.place(newest)) == ('Botcadence deleted the project Gone for good', '–')
    before = everything(db)
    assert projects.erase_due() == 0, 'again, there is nothing to do'
    assert everything(db) == before


def test_a_minute_before_it_can_be_restored_and_a_minute_after_no_more(world: World, db: Engine) -> None:
    made = deleted(world.owner)
    delete_long_ago(db, KEPT - MINUTE)
    assert projects.erase_due() == 0
    assert projects.restore(world.owner, made.id).status is ACTIVE
    projects.delete(world.owner, made.id, 'Support')
    delete_long_ago(db, KEPT + MINUTE)
    assert str(refused(NotFound, projects.restore, world.owner, made.id)) == GONE
    assert projects.erase_due() == 1


@pytest.mark.parametrize('by', [-timedelta(days=1), -timedelta(days=365)], ids=['a day', 'a year'])
def test_a_clock_that_is_set_back_erases_nothing(world: World, by: timedelta) -> None:
    made = deleted(world.owner)
    clock.source = lambda: clock._system() + by
    assert projects.erase_due() == 0
    assert projects.restore(world.owner, made.id).status is ACTIVE
    assert projects.archive(world.owner, made.id).status is ARCHIVED
    assert all(verdict.broken is None for verdict in verify.verify())


@pytest.mark.parametrize('status', [Status.RESTRICTED, Status.SUSPENDED, Status.DELETING, Status.DELETED])
def test_it_goes_wherever_the_organization_stands(world: World, db: Engine, status: Status) -> None:
    deleted(world.owner)
    delete_long_ago(db)
    run(db, 'UPDATE organizations SET status = :to WHERE id = :id', to=status.value, id=world.organization_id)
    assert projects.erase_due() == 1
    assert value(db, 'SELECT count(*) FROM projects') == 0


def test_many_go_in_portions(world: World, db: Engine, published: list[Change]) -> None:
    for number in range(60):
        deleted(world.owner, f'Shop {number:02}')
    kept = make(world.owner, 'Kept')
    deleted(world.stranger)
    delete_long_ago(db)
    del published[:]
    with rows_written(db, 'DELETE') as each:
        assert projects.erase_due() == 61
    assert sum(each) == 61
    assert max(each) <= 100
    assert len(each) >= 3
    assert [card.id for card in projects.portion(world.owner).rows] == [kept.id]
    assert {change.organization_id for change in published} == {world.organization_id, world.stranger.organization_id}
    assert {change.by for change in published} == {'Botcadence'}
    assert all(verdict.broken is None for verdict in verify.verify())


def test_an_erasure_that_fails_has_erased_nothing_by_halves(world: World, db: Engine, published: list[Change]) -> None:
    deleted(world.owner)
    deleted(world.owner, 'Sales')
    delete_long_ago(db)
    assert happens_whole_or_not_at_all(db, projects.erase_due, published) >= 2


def test_of_restoring_and_erasing_at_once_one_happens(world: World, db: Engine) -> None:
    with at_once(2) as run_both:
        for _ in range(10):
            made = deleted(world.owner)
            delete_long_ago(db, KEPT - timedelta(milliseconds=3))
            before = recorded(db)
            ends = run_both([partial(projects.restore, world.owner, made.id), projects.erase_due])
            projects.erase_due()
            left = rows(db, 'SELECT deleted_at FROM projects WHERE id = :id', id=made.id)
            assert ends[1] is None
            if ends[0] is None:
                assert left == [(None,)]
            else:
                assert isinstance(ends[0], NotFound)
                assert left == []
            assert len(recorded(db)) == len(before) + 1
            run(db, 'DELETE FROM projects')


def test_the_job_says_what_it_has_done_and_nothing_otherwise(world: World, db: Engine) -> None:
    deleted(world.owner)
    with capture_logs() as said:
        project_erasure.erase()
        delete_long_ago(db)
        project_erasure.erase()
        project_erasure.erase()
    assert said == [{'event': 'projects erased', 'projects': 1, 'log_level': 'info'}]
    assert project_erasure.job().every == project_erasure.AGAIN


def test_the_database_itself_keeps_names_and_owners(world: World, db: Engine) -> None:
    made = make(world.owner)
    for change in ("name = ' '", f"name = '{'x' * 81}'", f"description = '{'x' * 501}'", "organization_id = 'nobody'"):
        with pytest.raises(DBAPIError):
            run(db, f'UPDATE projects SET {change} WHERE id = :id', id=made.id)
    assert projects.get(world.owner, made.id).project.name == 'Support'
