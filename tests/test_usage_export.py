"""The usage of a month as a file: what the screen says, no formula in it, with an end, on the record."""

import csv
import io

import pytest
from sqlalchemy import Engine

from data.problems import Invalid
from data.services import audit
from data.services.audit import Topic
from data.services.usage import exporting
from tests.support.months import at, exported, messages, project, store, use
from tests.support.probes import listening, refused, run
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')


def test_a_file_says_what_the_screen_says(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM seat_spans')
    at(2027, 3, 2)
    one = project(world, 'One')
    use(world, messages(3, 'a', one), messages(4, 'b'))
    store(world, 10, one)
    at(2027, 3, 3)
    found = exporting.export(world.admin, '2027-03', 'csv')
    sheet = list(csv.reader(io.StringIO(found.content.decode('utf-8-sig'))))
    assert sheet[0] == ['day', 'metric', 'unit', 'project_id', 'project', 'quantity']
    expected = [
        ['2027-03-02', 'messages', 'messages', '', '', '4'],
        ['2027-03-02', 'messages', 'messages', one, 'One', '3'],
        ['2027-03-02', 'storage', 'bytes', '', '', '10'],
        ['2027-03-02', 'storage', 'bytes', one, 'One', '10'],
        ['2027-03-03', 'storage', 'bytes', '', '', '10'],
        ['2027-03-03', 'storage', 'bytes', one, 'One', '10'],
    ]
    assert [row for row in sheet[1:] if row[1] != 'projects'] == expected
    assert (found.month, found.rows, found.complete) == ('2027-03', len(sheet) - 1, True)


@pytest.mark.parametrize('name', ['=1+1', '+cmd', '-x', '@SUM(A1)', ';=1+1', '=1;@x'], ids=ascii)
def test_no_name_is_a_formula(world: World, name: str) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a', project(world, name)))
    content = exporting.export(world.owner, '', 'csv').content.decode('utf-8-sig')
    [cell] = {row['project'] for row in csv.DictReader(io.StringIO(content)) if row['metric'] == 'messages'}
    assert cell.replace("'", '') == name
    assert cell.startswith(("'", ";'"))
    assert {row['project'] for row in exported(world.owner) if row['metric'] == 'messages'} == {name}


def test_a_file_has_an_end_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a', project(world, 'A')), messages(1, 'b', project(world, 'B')))
    assert exporting.export(world.owner, '', 'csv').complete
    monkeypatch.setattr(exporting, 'EXPORT_LIMIT', 1)
    found = exporting.export(world.owner, '', 'csv')
    assert (found.rows, found.complete) == (1, False)


def test_whoever_takes_a_file_is_on_the_record(world: World) -> None:
    at(2027, 3, 5)
    use(world, messages(1, 'a'))
    with listening() as published:
        found = exporting.export(world.admin, '2027-03', 'csv')
    [entry, *_] = audit.portion(world.owner).rows
    assert (entry.action, entry.actor_id, entry.target) == ('usage:export', world.admin.user_id, 'CSV')
    assert (entry.details['rows'], entry.details['month']) == (found.rows, '2027-03')
    assert {change.topic for change in published} == {Topic.USAGE}


@pytest.mark.parametrize('kind', ['xlsx', '', None, ['csv']], ids=ascii)
def test_what_is_no_kind_of_file_is_refused(world: World, kind: object) -> None:
    assert set(refused(Invalid, exporting.export, world.owner, '', kind).fields) == {'kind'}
