"""Sources: files that are added, replaced and read again; what is switched off or deleted; what is counted of them."""

from functools import partial

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.models import Project, SourceKind, SourceState
from data.problems import Forbidden, Invalid, NotFound, TooMany
from data.runtime import limits
from data.services import audit, projects, sources
from data.services.audit import Topic
from data.services.projects import OtherStatus
from data.services.sources import NameTaken, naming, standing
from data.services.usage import LimitReached, Metric
from data.services.usage.limits import set_limit
from tests.support.knowledge import ANSWER, PIECES, TEXT, add, fail, found, read, stored
from tests.support.probes import everything, refused, run, value
from tests.support.world import World, inside

FILE, ANSWERS = SourceKind.FILE, SourceKind.ANSWER
QUESTION = 'How do I send something back?'


def names(world: World, project: Project, kind: SourceKind = FILE, search: str = '') -> list[str]:
    return [row.source.name for row in sources.portion(world.viewer, project.id, kind, search).rows]


# adding --------------------------------------------------------------------------------------------------------------


def test_a_file_waits_to_be_read_and_is_counted(
    world: World, project: Project, db: Engine, published: list[Change]
) -> None:
    added = sources.add_file(world.member, project.id, 'Terms.md', TEXT)
    assert added.is_new
    source = added.source
    assert (source.state, source.media, source.size, source.passages) == (SourceState.WAITING, 'md', len(TEXT), 0)
    assert source.next_try is not None
    assert value(db, 'SELECT content FROM source_files WHERE source_id = :id', id=source.id) == TEXT
    assert stored(db, project.id) == len(TEXT)
    [change] = [it for it in published if it.topic == Topic.SOURCE]
    assert (change.subject, change.by) == (source.id, 'mia@acme.test')
    [event, *_] = audit.portion(world.owner, limit=1).rows
    assert (event.action, event.target, event.details) == ('source:add', 'Terms.md', {'project': 'Website'})
    found_there = sources.portion(world.viewer, project.id, FILE)
    assert [row.source.id for row in found_there.rows] == [source.id]
    assert found_there.totals[FILE].size == len(TEXT)
    assert found_there.totals[ANSWERS].number == 0


def test_the_same_file_once_more_is_the_one_that_is_there(world: World, project: Project, db: Engine) -> None:
    first = add(world.member, project.id)
    before = everything(db)
    again = sources.add_file(world.admin, project.id, 'TERMS.md', TEXT)
    assert (again.is_new, again.source.id) == (False, first.id)
    twin = refused(Invalid, add, world.admin, project.id, 'copy.md')
    assert str(twin) == 'This file is here already, as “terms.md”.'
    taken = refused(NameTaken, add, world.admin, project.id, 'Terms.md', b'other')
    assert (taken.source_id, str(taken)) == (
        first.id,
        'There is a file called “terms.md” already, with something else in it.',
    )
    assert everything(db) == before
    other = projects.create(world.member, {'name': 'Other'})
    assert add(world.member, other.id).id != first.id, 'another project has its own'


REFUSED = {
    '': 'The name of the file is required.',
    'x': naming.WHAT,
    '.pdf': naming.WHAT,
    ' .pdf': naming.WHAT,
    'x.exe': naming.WHAT,
    'x.pdf.zip': naming.WHAT,
    'x.doc': f'{naming.WHAT} Save it as .docx or PDF first.',
    'x.XLSX': f'{naming.WHAT} Save it as CSV first.',
    'photo.jpeg': f'{naming.WHAT} A picture has no text to be found.',
    'invoice\u202efdp.exe': naming.WHAT,
    'x' * 197 + '.pdf': 'The name of the file is too long. Use at most 200 characters.',
    'x.pdf' + '\u0301' * 20: 'The name of the file has too many accents on one letter.',
}
KEPT = {
    '../../etc/x.pdf': ('x.pdf', 'pdf'),
    'C:\\Users\\mia\\x.DOCX': ('x.DOCX', 'docx'),
    'a\x00b\r\n.txt': ('ab.txt', 'txt'),
    'fdp\u202e.md': ('fdp.md', 'md'),
    '<img src=x onerror=alert(1)>.csv': ('<img src=x onerror=alert(1)>.csv', 'csv'),
    'Ärger 🐙 مساعد.htm': ('Ärger 🐙 مساعد.htm', 'html'),
    "' OR 1=1 --.pdf": ("' OR 1=1 --.pdf", 'pdf'),
    '{0} %s ${x}.markdown': ('{0} %s ${x}.markdown', 'md'),
    'e\u0301.pdf': ('é.pdf', 'pdf'),
    '\ud800x.pdf': ('x.pdf', 'pdf'),
    'x' * 5000 + '/short.pdf': ('short.pdf', 'pdf'),
}


@pytest.mark.parametrize(('name', 'sentence'), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_can_not_be_a_name_or_be_read_is_refused(name: str, sentence: str) -> None:
    assert str(refused(Invalid, naming.file_name, name)) == sentence


@pytest.mark.parametrize(('name', 'kept'), KEPT.items(), ids=range(len(KEPT)))
def test_odd_names_are_names(name: str, kept: tuple[str, str]) -> None:
    assert naming.file_name(name) == kept


def test_no_name_at_all_is_none() -> None:
    for nothing in (None, 7, b'x.pdf', ['x.pdf']):
        refused(Invalid, naming.file_name, nothing)


def test_a_file_has_something_in_it_and_not_too_much(world: World, project: Project, db: Engine) -> None:
    before = everything(db)
    assert str(refused(Invalid, add, world.member, project.id, 'x.txt', b'')) == 'This file is empty.'
    large = refused(Invalid, add, world.member, project.id, 'x.txt', b'x' * (limits.FILE + 1))
    assert str(large) == 'A file can have 10 MB. This one is larger.'
    for size in (0, limits.FILE + 1):
        refused(Invalid, sources.expect_file, world.member, project.id, 'x.txt', size)
    assert everything(db) == before


def test_a_project_has_so_many_sources(
    world: World, project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, 'SOURCE_LIMIT', 2)
    first = add(world.member, project.id, '1.txt', b'one')
    sources.write_answer(world.member, project.id, ANSWER)
    before = everything(db)
    for act in (
        partial(add, world.member, project.id, '3.txt', b'three'),
        partial(sources.write_answer, world.member, project.id, {**ANSWER, 'question': 'Why?'}),
    ):
        assert str(refused(Invalid, act)) == standing.FULL
    assert everything(db) == before
    assert not sources.add_file(world.member, project.id, '1.txt', b'one').is_new
    sources.replace_file(world.member, project.id, first.id, '1.txt', b'another')
    sources.remove(world.member, first.id)
    add(world.member, project.id, '3.txt', b'three')


def test_a_limit_of_bytes_refuses_what_is_more(world: World, project: Project, db: Engine) -> None:
    set_limit(world.organization_id, Metric.STORAGE, 10)
    source = add(world.member, project.id, 'x.txt', b'12345678')
    before = everything(db, record=False)
    for act in (
        partial(add, world.member, project.id, 'y.txt', b'123'),
        partial(sources.replace_file, world.member, project.id, source.id, 'x.txt', b'12345678901'),
        partial(sources.write_answer, world.member, project.id, ANSWER),
    ):
        refused(LimitReached, act)
    assert everything(db, record=False) == before
    sources.replace_file(world.member, project.id, source.id, 'x.txt', b'1234567890')
    assert stored(db, project.id) == 10
    sources.remove(world.member, source.id)
    assert stored(db, project.id) == 0


def test_nobody_sends_files_without_end(world: World, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.UPLOADS, 'amount', 2)
    for _ in range(2):
        sources.expect_file(world.member, project.id, 'x.txt', 1)
    problem = refused(TooMany, sources.expect_file, world.member, project.id, 'x.txt', 1)
    assert str(problem).startswith('You have sent many files lately. This one was not taken.')
    problem = refused(TooMany, sources.expect_file, world.admin, project.id, 'x.txt', 1)
    assert str(problem).startswith('This organization has sent many files lately.')


# what becomes of them ------------------------------------------------------------------------------------------------


def test_what_is_replaced_is_gone_from_the_next_answer(world: World, project: Project, db: Engine) -> None:
    source = add(world.member, project.id)
    read(source)
    assert found(world.viewer, project.id, QUESTION) == ['terms.md']
    unchanged = sources.replace_file(world.member, project.id, source.id, 'terms.md', TEXT)
    assert not unchanged.is_new
    assert found(world.viewer, project.id, QUESTION) == ['terms.md']
    replaced = sources.replace_file(world.admin, project.id, source.id, 'Terms 2.txt', b'Nothing').source
    assert (replaced.id, replaced.name, replaced.media, replaced.state) == (
        source.id,
        'Terms 2.txt',
        'txt',
        SourceState.WAITING,
    )
    assert found(world.viewer, project.id, QUESTION) == []
    assert sources.passages_of(world.viewer, source.id).total == 0
    assert value(db, 'SELECT content FROM source_files') == b'Nothing'
    assert stored(db, project.id) == len(b'Nothing')
    other = add(world.member, project.id, 'other.txt', b'Other')
    refused(NameTaken, sources.replace_file, world.member, project.id, other.id, 'Terms 2.txt', b'Third')
    assert str(
        refused(Invalid, sources.replace_file, world.member, project.id, other.id, 'n.txt', b'Nothing')
    ).endswith('as “Terms 2.txt”.')


def test_a_file_takes_the_place_of_a_file_of_its_project_only(world: World, project: Project, db: Engine) -> None:
    other = projects.create(world.member, {'name': 'Other'})
    source, answer = add(world.member, project.id), sources.write_answer(world.member, project.id, ANSWER)
    before = everything(db)
    for at, replaced in ((other.id, source.id), (project.id, answer.id)):
        refused(Invalid, sources.replace_file, world.member, at, replaced, 'x.txt', b'x')
        refused(Invalid, sources.expect_file, world.member, at, 'x.txt', 1, replaced)
    assert everything(db) == before


def test_what_failed_is_read_again_and_what_is_under_way_is_left_alone(world: World, project: Project) -> None:
    source = add(world.member, project.id)
    assert sources.read_again(world.member, source.id).version == source.version
    fail(source, 'broken')
    again = sources.read_again(world.member, source.id)
    assert (again.state, again.reason, again.attempts) == (SourceState.WAITING, '', 0)
    assert again.next_try is not None
    read(source)
    again = sources.read_again(world.member, source.id)
    assert again.state is SourceState.WAITING
    assert found(world.viewer, project.id, QUESTION) == ['terms.md'], 'it says what it said until it is read'
    answer = sources.write_answer(world.member, project.id, ANSWER)
    refused(Invalid, sources.read_again, world.member, answer.id)


def test_what_is_off_answers_nobody_until_it_is_on(world: World, project: Project, published: list[Change]) -> None:
    source = add(world.member, project.id)
    read(source)
    published.clear()
    assert sources.switch_off(world.member, source.id).is_off
    assert sources.switch_off(world.member, source.id).is_off
    assert [it.topic for it in published].count(Topic.SOURCE) == 1, 'what is off already is no change'
    assert found(world.viewer, project.id, QUESTION) == []
    assert sources.passages_of(world.viewer, source.id).total == 1
    assert sources.portion(world.viewer, project.id, FILE).totals[FILE].ready == 0
    sources.switch_on(world.member, source.id)
    assert found(world.viewer, project.id, QUESTION) == ['terms.md']


def test_what_is_deleted_is_gone_with_all_of_it(world: World, project: Project, db: Engine) -> None:
    source, answer = add(world.member, project.id), sources.write_answer(world.member, project.id, ANSWER)
    read(source)
    known = value(db, 'SELECT knowledge FROM projects')
    for each in (source, answer):
        sources.remove(world.member, each.id)
        refused(NotFound, sources.get, world.member, each.id)
        assert str(refused(NotFound, sources.remove, world.member, each.id)) == standing.GONE
    for table in ('sources', 'source_files', 'written_answers', 'passages'):
        assert value(db, f'SELECT count(*) FROM {table}') == 0
    assert value(db, 'SELECT knowledge FROM projects') > known
    assert found(world.viewer, project.id, QUESTION) == []
    assert stored(db, project.id) == 0


# who and where -------------------------------------------------------------------------------------------------------


def test_only_who_may_edit_and_only_where_it_works(world: World, project: Project, db: Engine) -> None:
    source = add(world.member, project.id)
    acts = (
        lambda actor: add(actor, project.id, 'new.txt'),
        lambda actor: sources.expect_file(actor, project.id, 'new.txt', 1),
        lambda actor: sources.replace_file(actor, project.id, source.id, 'new.txt', b'new'),
        lambda actor: sources.read_again(actor, source.id),
        lambda actor: sources.switch_off(actor, source.id),
        lambda actor: sources.switch_on(actor, source.id),
        lambda actor: sources.remove(actor, source.id),
        lambda actor: sources.write_answer(actor, project.id, ANSWER),
    )
    before = everything(db, record=False)
    for act in acts:
        refused(Forbidden, act, world.viewer)
        refused(NotFound, act, world.stranger)
        refused(NotFound, act, inside(world.stranger, world.organization_id))
    assert everything(db, record=False) == before
    projects.archive(world.owner, project.id)
    for act in acts:
        assert (
            str(refused(OtherStatus, act, world.member))
            == 'This project is archived. Take it out of the archive first.'
        )
    projects.delete(world.owner, project.id, 'Website')
    before = everything(db)
    for act in acts:
        assert str(refused(OtherStatus, act, world.member)) == 'This project is being deleted. Restore it first.'
    assert everything(db) == before
    assert names(world, project) == ['terms.md'], 'it can be looked at'


def test_nothing_of_another_organization_or_project_is_seen(world: World, project: Project) -> None:
    source = add(world.member, project.id)
    read(source)
    theirs = projects.create(world.stranger, {'name': 'Theirs'})
    for look in (sources.get, sources.passages_of):
        refused(NotFound, look, world.stranger, source.id)
    refused(NotFound, sources.portion, world.stranger, project.id, FILE)
    refused(NotFound, sources.would_find, world.stranger, project.id, QUESTION)
    assert found(world.stranger, theirs.id, QUESTION) == []
    other = projects.create(world.member, {'name': 'Other'})
    assert found(world.member, other.id, QUESTION) == []
    assert sources.portion(world.member, other.id, FILE).rows == []
    refused(NotFound, add, world.member, theirs.id)


def test_a_project_that_is_erased_takes_its_knowledge_along(world: World, project: Project, db: Engine) -> None:
    add(world.member, project.id)
    sources.write_answer(world.member, project.id, ANSWER)
    projects.delete(world.owner, project.id, 'Website')
    run(db, "UPDATE projects SET deleted_at = '2020-01-01 00:00:00+00:00'")
    assert projects.erase(world.organization_id, 10) == 1
    assert value(db, 'SELECT count(*) FROM sources') == 0
    assert value(db, "SELECT level FROM usage_levels WHERE metric = 'storage' AND project_id = ''") == 0


# looking -------------------------------------------------------------------------------------------------------------


def test_a_list_is_searched_and_comes_in_portions(world: World, project: Project) -> None:
    for name in ('Über uns.txt', 'handbook.pdf', 'Prices 2027.csv', '100%.md'):
        add(world.member, project.id, name, name.encode())
    assert names(world, project) == ['100%.md', 'handbook.pdf', 'Prices 2027.csv', 'Über uns.txt']
    assert names(world, project, search='uber') == ['Über uns.txt']
    assert names(world, project, search='2027 PRICES') == ['Prices 2027.csv']
    assert names(world, project, search='%') == ['100%.md']
    first = sources.portion(world.viewer, project.id, FILE, limit=3)
    assert (len(first.rows), first.total, first.more) == (3, 4, True)
    rest = sources.portion(world.viewer, project.id, FILE, offset=3, limit=3)
    assert (len(rest.rows), rest.more) == (1, False)
    for wrong in ('page', None, 7):
        refused(Invalid, sources.portion, world.viewer, project.id, wrong)
    refused(Invalid, sources.portion, world.viewer, project.id, FILE, offset=-1)


def test_what_was_found_in_a_file_can_be_looked_at(world: World, project: Project) -> None:
    source = add(world.member, project.id)
    read(source, PIECES * 3)
    seen = sources.passages_of(world.viewer, source.id, limit=2)
    assert (seen.total, seen.more, [it.ordinal for it in seen.rows]) == (3, True, [0, 1])
    assert (seen.rows[0].heading, seen.rows[0].page, seen.rows[0].text) == ('Returns', 2, PIECES[0].text)
    view = sources.get(world.viewer, source.id)
    assert (view.creator, view.source.passages) == ('mia@acme.test', 3)


def test_what_would_be_found_says_why(world: World, project: Project) -> None:
    read(add(world.member, project.id))
    look = sources.would_find(world.viewer, project.id, QUESTION)
    [hit] = look.hits
    assert (hit.name, hit.heading, hit.page) == ('terms.md', 'Returns', 2)
    assert look.why
    assert sources.would_find(world.viewer, project.id, 'Zebra?').hits == ()
    for nothing in ('', ' \n', None, 7, 'x' * 2001, 'a\x00b'):
        refused(Invalid, sources.would_find, world.viewer, project.id, nothing)
