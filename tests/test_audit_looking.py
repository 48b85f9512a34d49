"""Looking through a long record: a step at a time, each bounded, and in the end all that is like what was asked for."""

import random
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine

from data.database import transaction
from data.models import Role
from data.permissions import Permission, authorize
from data.services import audit, invitations, phone_numbers
from data.services.audit import Act, looking, unworded
from data.services.audit.entries import Entry
from data.services.audit.words import search_words, searchable
from tests.support.probes import run, statements, statements_of_writers, value
from tests.support.world import World, offered

STEP = 10
"""How many events a step looks at here."""


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, 'STEP', STEP)
    monkeypatch.setattr(looking, 'UNWORDED_STEP', STEP // 2)


@pytest.fixture
def long(world: World) -> World:
    """A record with a number at its beginning, and what people do all day."""
    phone_numbers.add(world.owner, {'number': '+1 202-555-0143', 'country': 'US', 'label': '', 'purpose': 'voice'})
    for number in range(6):
        for actor, act in ((world.owner, Act.MEMBER_ADD), (world.admin, Act.PHONE_REMOVE)):
            with transaction(actor) as tx:
                member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
                for each in range(4):
                    audit.record(tx, member, act, f'+4930{number}{each}', role='viewer')
    with pytest.raises(Exception, match='Only'):
        invitations.invite(world.viewer, 'a@b.test', Role.MEMBER)
    return world


def steps(world: World, limit: int = 3, **filters: Any) -> Iterator[audit.log.Step[Entry]]:
    """Every step that is needed to see all events that are like this."""
    before = None
    while True:
        step = audit.portion(world.owner, before=before, limit=limit, **filters)
        yield step
        if step.before is None:
            assert not step.more
            return
        assert before is None or step.before < before
        before = step.before


def wanted(entry: Entry, filters: dict[str, Any]) -> bool:
    """Whether an event is like this, said by the simplest means."""
    kinds, who = filters.get('action'), filters.get('who')
    return (
        all(word in searchable(entry) for word in search_words(filters.get('search', '')))
        and filters.get('outcome') in (None, entry.outcome)
        and (not kinds or entry.action.partition(':')[0] in kinds)
        and (not who or entry.actor_email in who)
    )


SEARCHES = '', '202 555 0143', 'VIEWER', 'removed the number', 'nothing of the kind', 'refused'
KINDS = None, ('phone',), ('member', 'invitation'), ('billing',)
PEOPLE = None, ('adam@acme.test',), ('vera@acme.test', 'mia@acme.test'), ('nobody@acme.test',)
OUTCOMES = None, 'done', 'refused'
ASKED = random.Random(7).sample(list(product(SEARCHES, KINDS, PEOPLE, OUTCOMES)), 40)


@pytest.mark.parametrize('is_worded', [True, False])
def test_all_that_is_asked_for_is_found_whatever_is_asked_for(long: World, db: Engine, is_worded: bool) -> None:
    everything = [entry for step in steps(long) for entry in step.rows]
    assert [entry.seq for entry in everything] == list(range(len(everything), 0, -1))
    assert len(everything) == value(db, 'SELECT audit_seq FROM organizations WHERE id = :id', id=long.organization_id)
    if not is_worded:
        run(db, 'UPDATE audit_events SET said = NULL WHERE seq % 7 < 4 AND seq > 20')
    for search, action, who, outcome in ASKED:
        filters = {'search': search, 'action': action, 'who': who, 'outcome': outcome}
        found = [entry.seq for step in steps(long, **filters) for entry in step.rows]
        assert found == [entry.seq for entry in everything if wanted(entry, filters)], filters


def test_a_step_ends_and_says_how_far_it_went(long: World) -> None:
    first, second, *others = steps(long, search='202 555 0143')
    newest = first.newest
    assert first.rows == second.rows == []
    assert (first.before, second.before) == (newest + 1 - STEP, newest + 1 - 2 * STEP)
    assert first.since and second.since and first.since >= second.since
    assert [entry.target for step in others for entry in step.rows] == ['+12025550143']
    assert (others[-1].before, others[-1].since, others[-1].more) == (None, None, False)


@pytest.mark.parametrize('number', ['+1 202-555-0143', '(202) 555-0143', '2025550143', '001 202 555 0143'])
def test_a_number_is_found_as_it_is_shown_and_as_people_write_it(long: World, number: str) -> None:
    assert [entry.action for step in steps(long, search=number) for entry in step.rows] == ['phone:add']


def test_an_export_holds_what_the_steps_find(long: World) -> None:
    export = audit.export(long.owner, 'json', search='202 555 0143')
    assert (export.events, export.complete) == (1, True)


def test_old_events_are_put_into_words_in_portions(long: World, db: Engine) -> None:
    before = value(db, "SELECT group_concat(said, '|') FROM audit_events") if db.dialect.name == 'sqlite' else None
    number = run(db, 'UPDATE audit_events SET said = NULL')
    assert number > len({long.owner.organization_id, long.stranger.organization_id}) > 1
    with statements_of_writers(db) as seen:
        assert unworded.fill() == number
    assert set(seen) == {1}, 'whosever they are'
    assert value(db, 'SELECT count(*) FROM audit_events WHERE said IS NULL') == 0
    assert unworded.fill() == 0
    if before:
        assert value(db, "SELECT group_concat(said, '|') FROM audit_events") == before


# people --------------------------------------------------------------------------------------------------------------


def test_people_are_found_by_the_beginning_or_a_part_of_their_address(long: World) -> None:
    others = ['mia@acme.test', 'olga@acme.test', 'vera@acme.test']
    assert (
        list(audit.people(long.owner, 'A').found) == list(audit.people(long.owner).found) == ['adam@acme.test', *others]
    )
    assert list(audit.people(long.owner, 'v').found) == ['vera@acme.test']
    assert list(audit.people(long.owner, 'm').found) == ['mia@acme.test', 'adam@acme.test', *others[1:]]
    assert list(audit.people(long.owner, ' \u200bVERA\u00ad@acme.test\u202c').found) == ['vera@acme.test']
    for pasted in ('<vera@acme.test>', 'mailto:vera@acme.test', 'Vera <vera@acme.test>', 'vera@acme.test,'):
        assert list(audit.people(long.owner, pasted).found) == ['vera@acme.test']
    assert audit.people(long.owner, '%').found == audit.people(long.owner, '_').found == {}


def test_where_there_are_more_that_is_said(long: World) -> None:
    few = audit.people(long.owner, '', 2)
    assert (list(few.found), few.more) == (['adam@acme.test', 'mia@acme.test'], True)
    assert audit.people(long.owner, '', 4).more is False


def test_who_declined_and_came_later_is_there_once_with_both(world: World) -> None:
    nina = world.newcomers[0]
    invitations.decline(offered(world.owner, 'Nina@New.test'))
    invitations.accept(nina, offered(world.owner, 'nina@new.test'))
    found = audit.people(world.owner, 'nina').found
    assert list(found) == ['nina@new.test']
    actions = [entry.action for entry in audit.portion(world.owner, who=found['nina@new.test']).rows]
    assert actions == ['invitation:accept', 'invitation:decline']


# plans ---------------------------------------------------------------------------------------------------------------


BOUNDED = re.compile(
    r'SEARCH audit_events USING (COVERING )?INDEX \w+ \((organization_id=\? AND (\w+=\? AND )*seq[<>])'
)


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_no_step_reads_more_than_a_part_of_an_index(long: World, db: Engine) -> None:
    for search, action, who, outcome in ASKED:
        with statements(db) as seen:
            audit.portion(long.owner, before=40, limit=3, search=search, action=action, who=who, outcome=outcome)
        for statement in (each for each in seen if 'FROM audit_events' in each):
            cursor = db.raw_connection().cursor()
            cursor.execute(f'EXPLAIN QUERY PLAN {statement}', ['x'] * statement.count('?'))
            plan = [step for *_, step in cursor.fetchall()]
            assert all(BOUNDED.match(step) for step in plan), (plan, statement)
