"""The record as a file: what is in it, what a spreadsheet makes of it, and that taking one is an act."""

import csv
import hashlib
import io
import json
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.models import Status
from data.problems import Forbidden
from data.services import audit, exports, organizations
from data.services.audit import Topic, log, looking, verify
from tests.support.probes import refused
from tests.support.records import add, fill
from tests.support.world import EVENTS, World, email_of


def as_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode('utf-8-sig'), newline=''), strict=True))


def test_a_csv_file_says_what_the_record_says(world: World) -> None:
    add(world.owner, 'a "quoted", one', 'Ä; 💶')
    entries = audit.portion(world.owner).rows
    found = audit.export(world.owner, 'csv')
    assert (found.events, found.complete) == (EVENTS + 2, True)
    table = as_rows(found.content)
    assert [row['target'] for row in table] == [entry.target for entry in entries]
    assert [row['hash'] for row in table] == [entry.hash for entry in entries]
    assert [json.loads(row['details']) for row in table] == [entry.details for entry in entries]


def test_formulas_in_a_csv_file_are_neutralized(world: World) -> None:
    names = ['=1+1', '+1', '-1', '@x', '＝1', 'a=b', 'a;=1+1', "'=1"]
    for version, name in enumerate(names, 2):
        organizations.rename(world.owner, name, version=version)
    table = as_rows(audit.export(world.owner, 'csv', action='organization:rename').content)
    shown = [row['target'] for row in table][::-1][1:]
    assert shown == ["'=1+1", "'+1", "'-1", "'@x", "'＝1", 'a=b', "a;'=1+1", "'=1"]


def test_a_json_file_proves_itself(world: World) -> None:
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    events = json.loads(audit.export(world.owner, 'json').content)
    previous = ''
    for event in reversed(events):
        stated = event.pop('hash')
        said = json.dumps(event, sort_keys=True, separators=(',', ':'))
        previous = hashlib.sha256(f'{previous}\n{said}'.encode()).hexdigest()
        assert previous == stated
    assert [event['seq'] for event in events] == list(range(EVENTS + 1, 0, -1))


@pytest.mark.parametrize('kind', ['csv', 'json'])
def test_taking_a_file_is_an_act(kind: Any, world: World, published: list[Change]) -> None:
    audit.export(world.admin, kind, search='olga', action=('invitation', 'owner'), outcome=None)
    entry = audit.portion(world.owner, limit=1).rows[0]
    assert (entry.actor_email, entry.action, entry.target) == (email_of(world.admin), 'audit:export', kind.upper())
    assert entry.details == {'events': 6, 'wanted': {'search': 'olga', 'action': ['invitation', 'owner']}}
    assert published == [Change(world.organization_id, Topic.AUDIT, 'adam@acme.test')]
    assert all(it.broken is None for it in verify.verify(world.organization_id))


def test_a_search_is_on_the_record_no_longer_than_it_was_looked_for(world: World) -> None:
    for search in ('x ' * 60_000, 'x' * 120_000, '\0 \ud800 x'):
        audit.export(world.owner, 'csv', search=search)
    kept = [entry.details['wanted']['search'] for entry in audit.portion(world.owner, limit=3).rows]
    assert kept == ['x', 'x' * looking.SEARCH_LIMIT, ' '.join('x' * looking.WORDS_LIMIT)]
    audit.export(world.owner, 'csv', search=' \0 ')
    assert audit.portion(world.owner, limit=1).rows[0].details['wanted'] == {}


def test_a_file_can_be_taken_from_a_suspended_organization(world: World) -> None:
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'unpaid')
    assert audit.export(world.admin, 'csv').events == EVENTS + 1


def test_nothing_makes_an_empty_file(world: World) -> None:
    assert json.loads(audit.export(world.owner, 'json', search='nothing').content) == []
    found = audit.export(world.owner, 'csv', search='nothing')
    assert (as_rows(found.content), found.events, found.complete) == ([], 0, True)
    assert found.content.startswith(b'\xef\xbb\xbf"seq","at"')


def test_a_file_has_an_end_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, 'READ_AT_ONCE', 2)
    for limit, complete in ((4, False), (EVENTS + 1, True)):  # that the first was taken is one more event
        monkeypatch.setattr(log, 'EXPORT_LIMIT', limit)
        found = audit.export(world.owner, 'csv')
        assert (found.events, found.complete) == (limit, complete)
        assert [row['seq'] for row in as_rows(found.content)][-1] == (str(EVENTS - 3) if limit == 4 else '1')


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_a_file_of_the_largest_size_is_made_soon(world: World, db: Engine) -> None:
    fill(db, world, 10_500)
    began = time.perf_counter()
    found = audit.export(world.owner, 'csv')
    assert (found.events, found.complete) == (log.EXPORT_LIMIT, False)
    assert len(found.content) < 4_000_000
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ('languages', 'separator', 'zone'), [('de-DE', ';', 'Europe/Berlin'), ('en-US', ',', 'America/New_York')]
)
def test_a_csv_file_is_as_the_readers_spreadsheet_wants_it(
    languages: str, separator: str, zone: str, world: World
) -> None:
    content = audit.export(world.owner, 'csv', exports.habits(languages, zone)).content.decode('utf-8-sig')
    table = list(csv.DictReader(io.StringIO(content, newline=''), delimiter=separator, strict=True))
    entries = audit.portion(world.owner).rows[1:]  # the first is that the file was taken
    assert [row['target'] for row in table] == [entry.target for entry in entries]
    assert [datetime.fromisoformat(row['at']) for row in table] == [entry.at for entry in entries], 'exact, in UTC'
    local = [f'{entry.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}' for entry in entries]
    assert [row[f'date and time ({zone})'] for row in table] == local
