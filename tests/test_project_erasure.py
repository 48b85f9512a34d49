"""Projects that are erased: after thirty days, in portions, wherever the organization stands, and no sooner."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs
from test_races import at_once

from data import clock
from data.changes import Change
from data.jobs import project_erasure
from data.models import Status
from data.problems import NotFound
from data.services import audit, projects
from data.services.audit import verify, words
from data.services.projects import KEPT
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, rows_written, run, value
from tests.support.projects import ACTIVE, ARCHIVED, GONE, archived, deleted, make, names, recorded
from tests.support.stage import delete_long_ago
from tests.support.world import World

MINUTE = timedelta(minutes=1)


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
