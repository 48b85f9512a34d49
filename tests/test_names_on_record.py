"""Names on the record: as they were then, part of what the hashes cover, and found by a search."""

import csv
import hashlib
import io
import json

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.permissions import Permission
from data.problems import Forbidden, NotFound
from data.services import audit, invitations, members, organizations
from data.services.audit import unworded, verify, words
from tests.support.probes import refused, rows, run, value
from tests.support.world import EVENTS, World, introduce, offered, pending

DOES_NOT_FIT = 'This event does not fit its hash: something was changed.'


def newest(world: World) -> audit.Entry:
    return audit.portion(world.owner, limit=1).rows[0]


def said(world: World) -> str:
    return words.happened(newest(world))


def broken(world: World) -> tuple[int, str] | None:
    [report] = verify.verify(world.organization_id)
    return report.broken and (report.broken.seq, report.broken.why)


def test_the_record_says_who_did_what_to_whom_by_name_and_address(world: World) -> None:
    introduce(world.owner, 'Olga Berg')
    introduce(world.member, 'Mia')
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    assert said(world) == 'Olga Berg (olga@acme.test) changed the role of Mia (mia@acme.test)'
    members.remove(world.owner, world.member.user_id)
    assert said(world) == 'Olga Berg (olga@acme.test) removed Mia (mia@acme.test)'
    assert words.named(newest(world)) == ('Olga Berg (olga@acme.test)', 'Mia (mia@acme.test)')
    members.remove(world.owner, world.viewer.user_id)
    assert said(world) == 'Olga Berg (olga@acme.test) removed vera@acme.test'
    assert broken(world) is None


def test_it_keeps_the_name_of_that_time(world: World) -> None:
    introduce(world.admin, 'Adam')
    organizations.rename(world.admin, 'Beta', version=2)
    introduce(world.admin, 'Adam Ek')
    organizations.rename(world.admin, 'Gamma', version=3)
    introduce(world.admin, '')
    organizations.rename(world.admin, 'Delta', version=4)
    whose = [words.who(entry) for entry in audit.portion(world.owner, limit=3).rows]
    assert whose == ['adam@acme.test', 'Adam Ek (adam@acme.test)', 'Adam (adam@acme.test)']
    assert broken(world) is None


def test_two_of_one_name_are_told_apart(world: World) -> None:
    introduce(world.owner, 'Mia Novak')
    introduce(world.member, 'Mia Novak')
    members.remove(world.owner, world.member.user_id)
    assert said(world) == 'Mia Novak (olga@acme.test) removed Mia Novak (mia@acme.test)'


def test_refusals_and_answers_to_invitations_name_people_too(world: World) -> None:
    introduce(world.viewer, 'Vera V.')
    introduce(world.owner, 'Olga Berg')
    introduce(world.newcomers[0], 'Nina')
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    assert said(world) == f'Vera V. (vera@acme.test) tried to {Permission.ORGANIZATION_RENAME.phrase}'
    invitations.accept(world.newcomers[0], offered(world.owner, 'nina@new.test'))
    assert said(world) == 'Nina (nina@new.test) accepted the invitation by Olga Berg (olga@acme.test)'
    invitations.decline(offered(world.owner, 'noah@new.test'))
    assert said(world) == 'noah@new.test declined the invitation by Olga Berg (olga@acme.test)'
    invitations.invite(world.owner, 'nora@new.test', Role.MEMBER)
    assert said(world) == 'Olga Berg (olga@acme.test) invited nora@new.test', 'nobody learns who has an account'
    invitations.resend(world.admin, pending(world.owner)[0].id)
    assert words.remark(newest(world)) == 'As Member. Olga Berg (olga@acme.test) had invited them before'
    assert broken(world) is None


# the chain -----------------------------------------------------------------------------------------------------------


def test_events_from_before_there_were_names_are_still_as_they_were_written(world: World) -> None:
    """The hash of such an event, put together here as the version before did."""
    events = json.loads(audit.export(world.owner, 'json').content)
    assert len(events) == EVENTS and not any('actor_name' in event for event in events)
    previous = ''
    for event in reversed(events):
        stated = event.pop('hash')
        assert set(event) == {
            *('seq', 'at', 'actor_email', 'action', 'target', 'outcome', 'rule', 'details', 'network', 'actor_id'),
            'organization_id',
        }
        line = json.dumps(event, sort_keys=True, separators=(',', ':'))
        previous = hashlib.sha256(f'{previous}\n{line}'.encode()).hexdigest()
        assert previous == stated
    introduce(world.owner, 'Olga')
    organizations.rename(world.owner, 'Beta', version=2)
    assert broken(world) is None


@pytest.mark.parametrize('name', ['Mallory', None, '', 'olga berg'])
def test_a_name_that_was_changed_or_taken_away_is_found(world: World, db: Engine, name: str | None) -> None:
    introduce(world.owner, 'Olga Berg')
    organizations.rename(world.owner, 'Beta', version=2)
    organizations.rename(world.owner, 'Gamma', version=3)
    one = 'UPDATE audit_events SET actor_name = :name WHERE organization_id = :of AND seq = :seq'
    assert run(db, one, name=name, of=world.organization_id, seq=EVENTS + 1) == 1
    assert broken(world) == (EVENTS + 1, DOES_NOT_FIT)


@pytest.mark.parametrize('name', ['Mallory', ''])
def test_a_name_that_was_put_into_an_old_event_is_found(world: World, db: Engine, name: str) -> None:
    one = 'UPDATE audit_events SET actor_name = :name WHERE organization_id = :of AND seq = 3'
    assert run(db, one, name=name, of=world.organization_id) == 1
    assert broken(world) == (3, DOES_NOT_FIT)


def test_the_name_of_whom_it_was_done_to_is_covered_as_well(world: World, db: Engine) -> None:
    introduce(world.member, 'Mia')
    members.remove(world.owner, world.member.user_id)
    assert json.loads(value(db, f'SELECT CAST(details AS TEXT) FROM audit_events WHERE seq = {EVENTS + 1}')) == {
        'target_name': 'Mia'
    }
    run(db, "UPDATE audit_events SET details = '{}' WHERE seq = :seq AND action = 'member:remove'", seq=EVENTS + 1)
    assert broken(world) == (EVENTS + 1, DOES_NOT_FIT)


# looking, and taking along -------------------------------------------------------------------------------------------


@pytest.mark.parametrize('search', ['olga berg', 'ÖLGA', 'Berg removed', 'mia novák', 'novak olga@acme.test'])
def test_it_is_searched_by_names(world: World, db: Engine, search: str) -> None:
    introduce(world.owner, 'Ólga Berg')
    introduce(world.member, 'Mia Novák')
    members.remove(world.owner, world.member.user_id)
    found = {entry.seq for entry in audit.portion(world.owner, search=search).rows}
    assert EVENTS + 1 in found
    run(db, 'UPDATE audit_events SET said = NULL')
    assert EVENTS + 1 in {entry.seq for entry in audit.portion(world.owner, search=search).rows}
    assert unworded.fill() >= EVENTS
    assert EVENTS + 1 in {entry.seq for entry in audit.portion(world.owner, search=search).rows}


def test_the_filter_by_person_offers_names_and_finds_by_them(world: World) -> None:
    introduce(world.admin, 'Mia Novak')
    introduce(world.member, 'Mia Novak')
    organizations.rename(world.admin, 'Beta', version=2)
    refused(Forbidden, lambda: organizations.rename(world.member, 'Mine', version=3))
    offered_ = audit.people(world.owner, 'novak')
    assert offered_.names == {'adam@acme.test': 'Mia Novak', 'mia@acme.test': 'Mia Novak'}
    assert [words.known_as(key, name) for key, name in offered_.names.items()] == [
        'Mia Novak (adam@acme.test)',
        'Mia Novak (mia@acme.test)',
    ]
    assert offered_.found == {key: (key,) for key in offered_.names}
    [entry] = audit.portion(world.owner, who=offered_.found['mia@acme.test'], outcome='refused').rows
    assert words.who(entry) == 'Mia Novak (mia@acme.test)'
    everybody = audit.people(world.owner)
    assert everybody.names['olga@acme.test'] is None and list(everybody.found) == list(everybody.names)


def test_files_have_the_name_beside_the_address(world: World) -> None:
    introduce(world.admin, '=Adam "Ek"')
    organizations.rename(world.admin, 'Beta', version=2)
    table = list(csv.DictReader(io.StringIO(audit.export(world.owner, 'csv').content.decode('utf-8-sig'))))
    assert (table[0]['actor_email'], table[0]['actor_name']) == ('adam@acme.test', '\'=Adam "Ek"')
    assert {row['actor_name'] for row in table[1:]} == {''}
    [_, first, *_] = json.loads(audit.export(world.owner, 'json').content)
    assert first['actor_name'] == '=Adam "Ek"'
    assert rows_with_names(world) == 1


def rows_with_names(world: World) -> int:
    return sum(entry.actor_name is not None for entry in audit.portion(world.owner).rows)


def test_a_stranger_s_name_is_on_no_record_but_their_own(world: World, db: Engine) -> None:
    introduce(world.stranger, 'Sam Stranger')
    refused(NotFound, lambda: organizations.rename(world.intruder, 'Mine', version=2))
    organizations.rename(world.stranger, 'Theirs', version=1)
    named_there = rows(db, 'SELECT DISTINCT organization_id FROM audit_events WHERE actor_name IS NOT NULL')
    assert named_there == [(world.stranger.organization_id,)]
    assert audit.people(world.owner, 'stranger').found == {}
