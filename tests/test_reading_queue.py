"""Files wait, are read once, in turns, and whatever ends in between, each ends as ready or with a reason in words."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs
from test_races import at_once

from data import clock
from data.changes import Change
from data.database import System, transaction
from data.integrations.reader import NotStarted, Part, Reading, Reason
from data.jobs import reading
from data.models import Project, Source, SourceState
from data.problems import Unavailable
from data.services import passages, projects
from data.services.audit import Topic
from data.services.passages import pieces
from data.services.sources import claims, queue
from data.services.sources.claims import Claim
from tests.support.probes import rows, run, value
from tests.support.waiting_files import add, standing, texts, until
from tests.support.world import World

RETURNS = b'You may return everything within thirty days, unused and in its box.'
READ = Reading(None, 20, [Part('', None, 'You may return everything.')])


def take(served: dict[str, int] | None = None) -> Claim:
    claim = queue.take(served or {})
    assert claim is not None
    return claim


@pytest.fixture
def theirs(world: World) -> Project:
    return projects.create(world.stranger, {'name': 'Shop', 'description': ''})


@pytest.fixture
def job() -> Iterator[reading.FileReading]:
    found = reading.FileReading()
    yield found
    found.stop()


def test_a_file_waits_is_read_and_answers(project: Project, db: Engine, published: list[Change]) -> None:
    made = add(project, 'returns.txt', RETURNS)
    assert standing(db, made).state == 'waiting'
    claim = take()
    assert (standing(db, made).state, standing(db, made).attempts) == ('reading', 1)
    assert queue.take({}) is None, 'nobody else gets it'
    assert queue.content(claim) == RETURNS
    claims.finish(claim, READ)
    there = standing(db, made)
    assert (there.state, there.reason, there.passages, there.language) == ('ready', '', 1, 'en')
    assert texts(db, made) == [('', None, 'You may return everything.')]
    told = [change.subject for change in published if change.topic is Topic.SOURCE]
    assert told == [made, made], 'when it is taken, and when it is ready'
    with transaction(System(project.organization_id)) as tx:
        assert passages.find(tx, project.id, 'return').hits


@pytest.mark.parametrize('reason', [Reason.SCAN, Reason.ENCRYPTED])
def test_a_failure_is_for_good_says_why_and_takes_what_was_read_before(
    project: Project, db: Engine, reason: Reason
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    claims.finish(take(), READ)
    run(db, "UPDATE sources SET state = 'waiting', next_try = :now, attempts = 0", now=clock.now())
    claims.fail(take(), reason)
    there = standing(db, made)
    assert (there.state, there.reason, there.passages) == ('failed', reason.value, 0)
    assert there.sentence.endswith('.')
    assert texts(db, made) == []
    assert queue.take({}) is None
    assert queue.due_in() is None


def test_organizations_take_turns_however_much_one_of_them_has(project: Project, theirs: Project) -> None:
    for number in range(3):
        add(project, f'{number}.txt', RETURNS)
    add(theirs, 'theirs.txt', RETURNS)
    served: dict[str, int] = {}
    order = []
    for turn in range(4):
        claim = take(served)
        served[claim.organization_id] = turn
        order.append(claim.organization_id)
    assert order[:2] in ([project.organization_id, theirs.organization_id], [*reversed(order[:2])])
    assert set(order[:2]) == {project.organization_id, theirs.organization_id}


def test_of_two_that_take_at_once_nobody_gets_what_the_other_has(project: Project) -> None:
    waiting = {add(project, f'{number}.txt', RETURNS) for number in range(8)}
    taken: list[str] = []
    with at_once(2) as run_both:
        while len(taken) < len(waiting):
            assert run_both([lambda: taken.append(take().source_id)] * 2) == [None, None]
    assert sorted(taken) == sorted(waiting)


def test_what_has_failed_comes_after_what_has_not_been_tried(project: Project, db: Engine) -> None:
    broken = add(project, 'broken.pdf', b'x')
    claim = take()
    assert claim.source_id == broken
    queue.put_off(claim)
    fine = add(project, 'fine.txt', RETURNS)
    assert take().source_id == fine
    assert take().source_id == broken, 'at once, where nothing else waits'


def test_who_ends_the_reader_is_tried_three_times_and_no_more(project: Project, db: Engine) -> None:
    made = add(project, 'poison.pdf', b'x')
    began = clock.now()
    for minutes in (0, 0, 1):
        clock.source = lambda minutes=minutes: began + timedelta(minutes=minutes, seconds=minutes)
        queue.put_off(take())
    there = standing(db, made)
    assert (there.state, there.reason, there.attempts) == ('failed', 'crashed', 3)
    assert 'several tries' in there.sentence


def test_a_file_that_a_killed_process_had_in_hand_is_read_again_at_once(project: Project, db: Engine) -> None:
    made = add(project, 'returns.txt', RETURNS)
    take()
    queue.release_lost()
    assert standing(db, made).state == 'reading', 'its reader may be alive'
    queue.release_lost(at_start=True)
    assert standing(db, made).state == 'waiting'
    claims.finish(take(), READ)
    assert (standing(db, made).state, standing(db, made).attempts) == ('ready', 2)


def test_a_reader_that_says_nothing_for_a_minute_is_gone(project: Project, db: Engine) -> None:
    made = add(project, 'returns.txt', RETURNS)
    claim, began = take(), clock.now()
    clock.source = lambda: began + timedelta(seconds=50)
    assert queue.alive(claim)
    clock.source = lambda: began + timedelta(seconds=100)
    queue.release_lost()
    assert standing(db, made).state == 'reading'
    clock.source = lambda: began + timedelta(seconds=111)
    queue.release_lost()
    assert standing(db, made).state == 'waiting'
    assert not queue.alive(claim)
    claims.finish(claim, READ)
    assert standing(db, made).state == 'waiting', 'it is not in its hand any more'


def test_what_comes_out_of_a_file_that_was_replaced_or_deleted_meanwhile_is_thrown_away(
    project: Project, db: Engine
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    claim = take()
    run(db, "UPDATE sources SET sha256 = 'other', state = 'waiting', attempts = 0, next_try = :now", now=clock.now())
    claims.finish(claim, READ)
    claims.fail(claim, Reason.SCAN)
    queue.put_off(claim)
    queue.release(claim)
    assert not queue.alive(claim)
    assert (standing(db, made).state, standing(db, made).attempts) == ('waiting', 0)
    claim = take()
    assert claim.sha256 == 'other'
    run(db, 'DELETE FROM sources')
    claims.finish(claim, READ)
    assert value(db, 'SELECT count(*) FROM passages') == 0


def test_files_of_a_project_that_is_being_deleted_wait(project: Project, world: World, db: Engine) -> None:
    add(project, 'returns.txt', RETURNS)
    projects.delete(world.owner, project.id, project.name)
    assert queue.take({}) is None
    assert queue.due_in() is None
    projects.restore(world.owner, project.id)
    assert queue.take({}) is not None


def test_there_is_no_room_beyond_twenty_thousand_passages(project: Project, db: Engine) -> None:
    full = add(project, 'full.txt', RETURNS)
    claims.finish(take(), READ)
    run(db, 'UPDATE sources SET passages = :most WHERE id = :id', most=passages.MOST, id=full)
    made = add(project, 'more.txt', RETURNS)
    claims.finish(take(), READ)
    assert '20,000 passages' in standing(db, made).sentence
    run(db, "UPDATE sources SET state = 'waiting', next_try = :now WHERE id = :id", now=clock.now(), id=full)
    claims.finish(take(), READ)
    assert standing(db, full).state == 'ready', 'what it had before does not count'


def test_what_has_only_small_words_says_so(project: Project, db: Engine) -> None:
    made = add(project, 'small.txt', b'x')
    claims.finish(take(), Reading(None, 20, [Part('', None, 'and the of it was to be or not to be')]))
    assert 'nothing in it to find it by' in standing(db, made).sentence


def test_while_words_are_told_nobody_waits_for_the_database_whatever_language_they_are_in(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, 'returns.txt', RETURNS)
    claims.finish(take(), READ)
    table = add(project, 'table.csv', b'x')
    held, words_of = claims.held, pieces.words_of

    @contextmanager
    def holding(claim: Claim) -> Iterator[object]:
        with held(claim) as it:
            monkeypatch.setattr(pieces, 'words_of', None)
            yield it

    monkeypatch.setattr(claims, 'held', holding)
    claims.finish(take(), Reading(None, 20, [Part('', None, 'Vega; XK-100; lamps')]))
    monkeypatch.setattr(pieces, 'words_of', words_of)
    assert (standing(db, table).state, standing(db, table).language) == ('ready', 'en')
    with transaction(System(project.organization_id)) as tx:
        assert [hit.name for hit in passages.find(tx, project.id, 'lamp?').hits] == ['table.csv']


def test_one_that_is_switched_off_is_read_and_stays_off(project: Project, db: Engine) -> None:
    made = add(project, 'returns.txt', RETURNS)
    with transaction(System(project.organization_id)) as tx:
        tx.find(Source, made).is_off = True
    claims.finish(take(), READ)
    assert rows(db, 'SELECT state, is_off FROM sources') == [(SourceState.READY.value, True)]


# the job -------------------------------------------------------------------------------------------------------------


def test_the_job_reads_what_waits_and_what_comes(job: reading.FileReading, project: Project, db: Engine) -> None:
    broken = add(project, 'broken.pdf', b'%PDF-1.7 rubbish\n%%EOF')
    fine = add(project, 'returns.txt', RETURNS)
    with capture_logs() as said:
        job.start()
        until(lambda: {standing(db, it).state for it in (broken, fine)} == {'failed', 'ready'})
        later = add(project, 'later.md', b'# Shipping\n\nWe ship on Mondays.')
        until(lambda: standing(db, later).state == 'ready')
    assert texts(db, later) == [('Shipping', None, 'We ship on Mondays.')]
    assert 'damaged' in standing(db, broken).sentence
    assert {line['event'] for line in said} == {'a file was read', 'a file can’t be read'}
    assert not any('Mondays' in str(line) or 'returns' in str(line) for line in said), 'the log has no content'


SLOW_TABLES = f"""
import os, sys, time
if sys.argv[1] == 'csv':
    time.sleep(60)
os.execv({sys.executable!r}, [{sys.executable!r}, '-m', 'data.integrations.reader', sys.argv[1]])
"""
"""A reader that takes a minute for each table."""


def test_a_file_that_takes_long_is_in_nobodys_way(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.reader.process, 'COMMAND', (sys.executable, '-c', SLOW_TABLES))
    slow = add(project, 'slow.csv', b'name,price')
    jobs = reading.jobs()
    for job in jobs:
        job.start()
    until(lambda: standing(db, slow).state == 'reading')
    others = [add(project, f'{number}.txt', RETURNS) for number in range(3)]
    until(lambda: {standing(db, it).state for it in others} == {'ready'})
    assert standing(db, slow).state == 'reading'
    for job in jobs:
        job.stop()
    until(lambda: standing(db, slow).state == 'waiting')


def test_a_process_that_ends_gives_back_what_it_reads(
    job: reading.FileReading, project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.reader.process, 'COMMAND', (sys.executable, '-c', 'import time; time.sleep(60)'))
    made = add(project, 'returns.txt', RETURNS)
    job.start()
    until(lambda: standing(db, made).state == 'reading')
    job.stop()
    until(lambda: standing(db, made).state == 'waiting')
    assert standing(db, made).attempts == 0, 'nobody has tried it'


def test_where_no_reader_can_be_started_files_wait_and_nothing_is_counted(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    job = reading.FileReading()
    with monkeypatch.context() as patch:
        patch.setattr(reading.reader.process, 'COMMAND', ('/nowhere/at/all',))
        for _ in range(4):
            with pytest.raises(NotStarted):
                job.read()
    job.read()
    assert (standing(db, made).state, standing(db, made).attempts) == ('ready', 1)


def test_a_reader_that_ends_in_the_middle_is_tried_again(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    job = reading.FileReading()
    with monkeypatch.context() as patch, capture_logs() as said:
        patch.setattr(reading.reader.process, 'COMMAND', ('false',))
        assert job.read() == reading.IDLE
    assert [line['event'] for line in said] == ['the reader of a file has ended'] * 2
    assert (standing(db, made).state, standing(db, made).attempts) == ('waiting', 2)
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=2)
    job.read()
    assert standing(db, made).state == 'ready'


def test_a_failure_that_nobody_has_thought_of_counts_as_a_try(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    with monkeypatch.context() as patch, capture_logs() as said:
        patch.setattr(reading.reader, 'read', lambda *_: 1 / 0)
        assert reading.FileReading().read() == reading.IDLE
    assert [(line['event'], line['error']) for line in said] == [('a file could not be kept', 'ZeroDivisionError')] * 2
    assert (standing(db, made).state, standing(db, made).attempts) == ('waiting', 2)


def test_where_the_database_was_away_in_the_middle_it_is_read_again_and_nothing_is_counted(
    project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(project, 'returns.txt', RETURNS)
    job = reading.FileReading()
    with monkeypatch.context() as patch:
        patch.setattr(claims, 'finish', lambda *_: (_ for _ in ()).throw(Unavailable('It is away.')))
        with pytest.raises(Unavailable):
            job.read()
    assert standing(db, made).state == 'reading'
    job.read()
    assert (standing(db, made).state, standing(db, made).attempts) == ('ready', 1)
