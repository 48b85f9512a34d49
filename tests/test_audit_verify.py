"""Verifying the record: whatever is done to it around the application is found, and the first event is named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from data.database import audit_chain
from data.models import AuditEvent, new_id
from data.problems import NotFound
from data.services import audit, organizations, phone_numbers
from data.services.audit import verify
from data.services.audit.verify import Broken, Head, Report
from tests.support.probes import refused, run, statements, value
from tests.support.world import EVENTS, World

NUMBER = {'number': '030 123456', 'country': 'DE', 'purpose': 'voice', 'label': ''}
OTHERS = {
    'at': datetime(2020, 1, 1, tzinfo=UTC),
    'outcome': 'refused',
    'details': '{"role": "owner"}',
    'actor_id': None,
}
COLUMNS = sorted({column.name for column in AuditEvent.__table__.columns} - {'id', 'said'})
"""What a search looks through is made of the others, by each version in its own words."""
DOES_NOT_FIT = 'This event does not fit its hash: something was changed.'
MISSING = 'This event is missing.'
CUT_OFF = 'This event and those after it are missing.'
PUT_IN = 'This event was put in.'


def verdict(organization_id: str) -> Report:
    [found] = verify.verify(organization_id)
    return found


def broken(world: World) -> tuple[int, str]:
    found = verdict(world.organization_id).broken
    assert found is not None
    return found.seq, found.why


def touch(db: Engine, world: World, change: str, seq: int, **values: object) -> None:
    where = 'WHERE organization_id = :of AND seq = :seq'
    assert run(db, f'{change} {where}', of=world.organization_id, seq=seq, **values) == 1


@pytest.mark.parametrize('column', COLUMNS)
def test_a_changed_column_is_found(column: str, world: World, db: Engine) -> None:
    as_before = verdict(world.organization_id)
    assert as_before.broken is None and as_before.events == EVENTS
    if column == 'organization_id':
        touch(db, world, 'UPDATE audit_events SET organization_id = :to', 3, to=world.stranger.organization_id)
    elif column == 'seq':
        touch(db, world, 'UPDATE audit_events SET seq = 100', 3)
    else:
        touch(db, world, f'UPDATE audit_events SET {column} = :to', 3, to=OTHERS.get(column, 'x'))
    assert broken(world) == (3, MISSING if column in ('organization_id', 'seq') else DOES_NOT_FIT)
    assert verdict(world.organization_id).events == 2
    if column == 'organization_id':
        found = verdict(world.stranger.organization_id).broken
        assert found is not None and (found.seq, found.why) == (3, PUT_IN)


def test_a_moment_later_is_found(world: World, db: Engine) -> None:
    at = audit.portion(world.owner, before=4, limit=1).rows[0].at
    touch(db, world, 'UPDATE audit_events SET at = :at', 3, at=at + timedelta(microseconds=1))
    assert broken(world) == (3, DOES_NOT_FIT)


@pytest.mark.parametrize(('seq', 'why'), [(1, MISSING), (3, MISSING), (EVENTS, CUT_OFF)])
def test_a_removed_event_is_found(seq: int, why: str, world: World, db: Engine) -> None:
    touch(db, world, 'DELETE FROM audit_events', seq)
    assert broken(world) == (seq, why)
    assert verdict(world.organization_id).broken == Broken(seq, None, why)


def test_a_record_cut_off_altogether_is_found(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM audit_events WHERE organization_id = :of', of=world.organization_id)
    assert broken(world) == (1, CUT_OFF)


def test_a_record_cut_off_with_what_the_organization_knows_is_found(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM audit_events WHERE organization_id = :of', of=world.organization_id)
    run(db, "UPDATE organizations SET audit_seq = 0, audit_head = '' WHERE id = :of", of=world.organization_id)
    assert broken(world) == (1, CUT_OFF)


def test_a_head_that_was_kept_is_still_there_later(world: World) -> None:
    before = verdict(world.organization_id)
    kept = Head(before.events, before.head)
    for version in (2, 3):
        [found] = verify.verify(world.organization_id, kept)
        assert found.broken is None
        organizations.rename(world.owner, f'Acme {version}', version=version)


def test_a_record_written_anew_does_not_fit_a_head_that_was_kept(world: World, db: Engine) -> None:
    before = verdict(world.organization_id)
    forged = audit.portion(world.owner, before=2, limit=1).rows
    touch(db, world, "UPDATE audit_events SET target = 'x'", 1)
    previous = ''
    for seq in range(1, before.events + 1):
        [event] = audit.portion(world.owner, before=seq + 1, limit=1).rows
        previous = audit_chain.digest(previous, event)
        touch(db, world, 'UPDATE audit_events SET hash = :hash', seq, hash=previous)
    run(db, 'UPDATE organizations SET audit_head = :head WHERE id = :of', head=previous, of=world.organization_id)
    assert verdict(world.organization_id).broken is None
    [found] = verify.verify(world.organization_id, Head(before.events, before.head))
    assert found.broken == Broken(before.events, event.id, 'This event has another hash than the one that was kept.')
    [found] = verify.verify(world.organization_id, Head(1, forged[0].hash))
    assert found.broken and found.broken.seq == 1


def test_a_record_that_ends_before_a_head_that_was_kept_is_found(world: World, db: Engine) -> None:
    kept = verdict(world.organization_id)
    [last_but_one] = audit.portion(world.owner, before=EVENTS, limit=1).rows
    touch(db, world, 'DELETE FROM audit_events', EVENTS)
    known = 'UPDATE organizations SET audit_seq = :seq, audit_head = :head WHERE id = :of'
    run(db, known, seq=EVENTS - 1, head=last_but_one.hash, of=world.organization_id)
    assert verdict(world.organization_id).broken is None
    [found] = verify.verify(world.organization_id, Head(kept.events, kept.head))
    assert found.broken == Broken(EVENTS, None, CUT_OFF)


def test_two_that_have_changed_places_are_found(world: World, db: Engine) -> None:
    for before, after in ((2, 100), (3, 2), (100, 3)):
        touch(db, world, f'UPDATE audit_events SET seq = {after}', before)
    assert broken(world) == (2, DOES_NOT_FIT)


COPY = """INSERT INTO audit_events
    (organization_id, seq, at, actor_id, actor_email, action, target, outcome, rule, details, network, hash)
    SELECT organization_id, :as, at, actor_id, actor_email, action, target, outcome, rule, details, network, {hash}
    FROM audit_events"""


def test_an_event_put_in_at_the_end_is_found(world: World, db: Engine) -> None:
    touch(db, world, COPY.format(hash='hash'), EVENTS, **{'as': EVENTS + 1})
    assert broken(world) == (EVENTS + 1, PUT_IN)


def test_an_event_put_in_between_is_found(world: World, db: Engine) -> None:
    for seq in range(EVENTS, 3, -1):
        touch(db, world, f'UPDATE audit_events SET seq = {seq + 1}', seq)
    touch(db, world, COPY.format(hash='hash'), 3, **{'as': 4})
    run(db, 'UPDATE organizations SET audit_seq = audit_seq + 1 WHERE id = :of', of=world.organization_id)
    assert broken(world) == (4, DOES_NOT_FIT)


def test_a_number_is_given_once_and_begins_at_one(world: World, db: Engine) -> None:
    for number in (5, 0, -1):
        with pytest.raises(IntegrityError):
            touch(db, world, COPY.format(hash='hash'), 5, **{'as': number})


def test_an_end_cut_off_with_its_number_is_found(world: World, db: Engine) -> None:
    known = 'UPDATE organizations SET audit_seq = audit_seq - 1 WHERE id = :of'
    touch(db, world, 'DELETE FROM audit_events', EVENTS)
    run(db, known, of=world.organization_id)
    assert broken(world) == (EVENTS - 1, 'The organization knows another hash of its newest event.')
    run(db, known, of=world.organization_id)
    assert broken(world) == (EVENTS - 1, PUT_IN)


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize(
    'change',
    [
        "details = 'no JSON'",
        'details = \'["a"]\'',
        "details = 'NaN'",
        "at = 'yesterday'",
        "target = CAST(x'ff' AS TEXT)",
        "target = x'00'",
    ],
)
def test_nonsense_is_found(change: str, world: World, db: Engine) -> None:
    touch(db, world, f'UPDATE audit_events SET {change}', 3)
    assert broken(world) in [(3, DOES_NOT_FIT), (3, 'This event cannot be read: something was changed.')]
    found = verdict(world.organization_id).broken
    assert found is not None and found.id is not None


def test_others_are_not_to_blame(world: World, db: Engine) -> None:
    touch(db, world, "UPDATE audit_events SET target = 'x'", 3)
    found = list(verify.verify())
    assert [it.organization_id for it in found] == sorted(it.organization_id for it in found)
    assert len(found) == value(db, 'SELECT count(*) FROM organizations')
    assert [it.organization_id for it in found if it.broken] == [world.organization_id]
    assert verdict(world.stranger.organization_id).head == value(
        db, 'SELECT audit_head FROM organizations WHERE id = :id', id=world.stranger.organization_id
    )


def test_an_organization_that_is_not_there_can_not_be_verified(world: World) -> None:
    for nothing in (new_id(), '', 'x' * 5000):
        refused(NotFound, lambda nothing=nothing: verdict(nothing))


def test_verifying_while_others_write_blames_nobody(world: World) -> None:
    phone = phone_numbers.add(world.owner, NUMBER).id
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [phone_numbers.make_primary(world.owner, phone) for _ in range(40)])
        checked = 0
        while not writing.done() or not checked:
            assert verdict(world.organization_id).broken is None
            checked += 1


def test_verifying_reads_a_portion_at_a_time(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, 'READ_AT_ONCE', 2)
    with statements(db) as seen:
        assert verdict(world.organization_id).events == EVENTS
    assert len(seen) == 1 + EVENTS // 2 + 1
    assert len(list(verify.verify())) == 8
    touch(db, world, "UPDATE audit_events SET target = 'x'", 4)
    assert broken(world) == (4, DOES_NOT_FIT)
