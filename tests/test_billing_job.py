"""The job of billing: whole rounds, failures that hold up nobody else, and a kill at each statement of them."""

import json
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from test_billing import GERMAN

from data import database
from data.jobs import billing
from data.models import InvoiceState
from data.runtime import number_book
from data.services import billing_address, organizations
from data.services.invoices import closing, finalizing, numbering, rounds
from tests.support import billed, catalogues
from tests.support.probes import rows, value
from tests.support.world import World, inside

pytestmark = pytest.mark.usefixtures('at_any_time')

ON_SQLITE = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
"""What is the same on both databases, and takes long."""

KILLED = 9
"""What a process ends with that a test kills."""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Path]:
    """The number book in a folder of its own."""
    number_book.configure(tmp_path)
    yield tmp_path / number_book.FILE
    number_book.configure(None)


def begun(world: World, number: int, plan: str = 'team') -> list[str]:
    """So many organizations of Olga's that begin on 1 March 2027, all with an address."""
    billed.on('2027-03-01')
    catalogues.applied(('review_hours = 24', 'review_hours = 0'))
    ids = [organizations.create(world.owner, f'Number {each}').id for each in range(number)]
    for at in ids:
        billing_address.set_address(inside(world.owner, at), GERMAN, version=0)
        billed.begin(at, plan)
    return ids


def a_round() -> None:
    billing.Billing().round()


def states(db: Engine) -> list[Any]:
    return rows(db, 'SELECT state, count(*) FROM invoices GROUP BY state ORDER BY state')


# rounds --------------------------------------------------------------------------------------------------------------


def test_without_a_catalogue_nothing_happens(world: World, db: Engine) -> None:
    a_round()
    for table in ('subscriptions', 'billing_periods', 'invoices', 'number_sequences'):
        assert value(db, f'SELECT count(*) FROM {table}') == 0


def test_a_round_does_everything(world: World, db: Engine, book: Path) -> None:
    ids = begun(world, 2)
    a_round()
    assert value(db, 'SELECT count(*) FROM organizations') == value(db, 'SELECT count(*) FROM subscriptions')
    billed.on('2027-04-01')
    a_round()
    assert states(db) == [('final', 2)]
    assert value(db, 'SELECT count(*) FROM invoice_documents') == 2
    assert json.loads(book.read_text())['INV']['last'] == 2
    for at in ids:
        assert billed.periods(db, at) == [('2027-03-01', '2027-04-01', 'closed'), ('2027-04-01', '2027-05-01', 'open')]
    before = rows(db, 'SELECT * FROM invoices ORDER BY id'), rows(db, 'SELECT count(*) FROM audit_events')
    a_round()
    assert (rows(db, 'SELECT * FROM invoices ORDER BY id'), rows(db, 'SELECT count(*) FROM audit_events')) == before
    billed.on('2027-04-16')
    a_round()
    late = rows(db, "SELECT id FROM organizations WHERE status = 'past_due'")
    assert {it for [it] in late} == set(ids)


def test_closing_twice_is_closing_once(world: World, db: Engine) -> None:
    [at] = begun(world, 1)
    billed.on('2027-06-15')
    assert [(it.first.month, it.total) for it in closing.close(at)] == [(3, 5831), (4, 5831), (5, 5831)]
    before = rows(db, 'SELECT * FROM invoices ORDER BY id')
    assert closing.close(at) == [] and closing.close_all().closed == []
    assert rows(db, 'SELECT * FROM invoices ORDER BY id') == before
    assert [state for *_, state in billed.periods(db, at)] == ['closed', 'closed', 'closed', 'open']


def test_a_dry_run_says_what_would_be_and_changes_nothing(world: World, db: Engine) -> None:
    ids = begun(world, 2)
    billed.on('2027-04-01')
    before = rows(db, 'SELECT * FROM billing_periods ORDER BY id')
    seen: list[tuple[int, int]] = []
    found = closing.close_all(dry_run=True, progress=lambda done, of: seen.append((done, of)))
    assert rows(db, 'SELECT * FROM billing_periods ORDER BY id') == before and states(db) == []
    assert closing.close_all() == replace(found, closed=sorted(found.closed, key=lambda it: it.organization_id))
    assert {it.organization_id: it.total for it in found.closed} == dict.fromkeys(ids, 5831)
    assert seen == [(1, 2), (2, 2)]


def test_a_failure_at_one_organization_holds_up_no_other(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = begun(world, 3)
    real = closing.close_within

    def close_within(tx: Any, by: Any, *rest: Any) -> Any:
        if by.organization_id == ids[1]:
            raise ZeroDivisionError
        return real(tx, by, *rest)

    monkeypatch.setattr(closing, 'close_within', close_within)
    billed.on('2027-04-01')
    a_round()
    assert states(db) == [('final', 2)]
    assert closing.close_all().failed == [ids[1]]
    assert billed.periods(db, ids[1]) == [('2027-03-01', '2027-04-01', 'open')]
    monkeypatch.setattr(closing, 'close_within', real)
    a_round()
    assert states(db) == [('final', 3)]


def test_a_number_that_is_gone_stops_what_becomes_final_and_nothing_else(world: World, db: Engine, book: Path) -> None:
    begun(world, 2)
    book.write_text('{"INV": {"last": 7}}')
    billed.on('2027-04-01')
    a_round()
    assert states(db) == [('draft', 2)]
    numbering.skip_to('INV', 8, 'A backup came back.')
    a_round()
    assert rows(db, 'SELECT seq FROM invoices ORDER BY seq') == [(8,), (9,)]


def test_who_tells_it_to_stop_waits_for_one_organization_at_most(world: World, db: Engine) -> None:
    begun(world, 3)
    billed.on('2027-04-01')
    job = billing.Billing()
    job.stop()
    job.round()
    assert states(db) == []


# killed --------------------------------------------------------------------------------------------------------------


def killed(url: str, at: int, act: Callable[[], object]) -> bool:
    """Do something in a process of its own that dies before its `at`th statement or commit; whether it did."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)  # the child runs nothing of the threads there are
        child = os.fork()
    if child == 0:
        try:
            _die_at(database.connect(url), at)
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED


def _die_at(engine: Engine, at: int) -> None:
    left = [at]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            os._exit(KILLED)

    event.listen(engine, 'before_cursor_execute', count)
    event.listen(engine, 'commit', count)


@pytest.fixture
def forkable(database_url: str, db: Engine) -> Iterator[str]:
    """The address of the database, which nothing of this process has open meanwhile."""
    yield database_url


def kill_until_done(url: str, act: Callable[[], object], step: int) -> int:
    """Kill it later each time, until it gets through; how often it was killed."""
    database.close()
    kills = 0
    while killed(url, kills * step, act):
        kills += 1
        assert kills < 500
    database.connect(url)
    return kills


def test_a_kill_in_the_close_leaves_nothing_half_done(world: World, forkable: str) -> None:
    begun(world, 2)
    billed.on('2027-05-02')
    kills = kill_until_done(forkable, closing.close_all, 2)
    assert kills >= 20
    db = database.connect(forkable)
    whole = (
        'SELECT count(*), count(DISTINCT period_id), sum(net) FROM invoices WHERE net = '
        '(SELECT sum(net) FROM invoice_lines WHERE invoice_id = invoices.id)'
    )
    assert rows(db, whole) == [(4, 4, 4 * 4900)]
    assert rows(db, 'SELECT state, count(*) FROM billing_periods GROUP BY state ORDER BY state') == [
        ('closed', 4),
        ('open', 2),
    ]
    assert value(db, "SELECT count(*) FROM audit_events WHERE action = 'billing:draft'") == 4
    db.dispose()


@ON_SQLITE
def test_a_kill_while_it_becomes_final_leaves_no_gap(world: World, forkable: str, book: Path) -> None:
    begun(world, 2)
    billed.on('2027-05-02')
    closing.close_all()

    def finalize() -> None:
        for at, invoice_id in rounds.to_finalize():
            finalizing.finalize(at, invoice_id)

    assert kill_until_done(forkable, finalize, 1) >= 20
    a_round()
    db = database.connect(forkable)
    assert rows(db, 'SELECT seq FROM invoices ORDER BY seq') == [(1,), (2,), (3,), (4,)]
    assert rows(db, 'SELECT last FROM number_sequences') == [(4,)]
    assert json.loads(book.read_text())['INV']['last'] == 4
    assert value(db, "SELECT count(*) FROM audit_events WHERE action = 'billing:invoice'") == 4
    db.dispose()


@ON_SQLITE
def test_a_kill_anywhere_in_a_round_is_made_up_for_by_the_next(
    world: World, forkable: str, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(world, 1)
    billed.on('2027-05-02')
    with monkeypatch.context() as patch:  # the threads of typst are not in a copy of the process
        patch.setattr(billing, 'STEPS', [step for step in billing.STEPS if step.name != 'documents'])
        assert kill_until_done(forkable, a_round, 17) >= 5
    database.close()
    database.connect(forkable)
    a_round()
    db = database.connect(forkable)
    assert rows(db, 'SELECT seq, state FROM invoices ORDER BY seq') == [(1, 'final'), (2, 'final')]
    assert value(db, 'SELECT count(*) FROM invoice_documents') == 2
    assert value(db, 'SELECT count(*) FROM subscriptions') == value(db, 'SELECT count(*) FROM organizations')
    db.dispose()


@ON_SQLITE
def test_a_kill_between_the_commit_and_the_book_loses_no_number(
    world: World, forkable: str, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(world, 1)
    billed.on('2027-04-01')
    closing.close_all()
    monkeypatch.setattr(numbering, '_write', lambda _: os._exit(KILLED))
    [(at, invoice_id)] = rounds.to_finalize()
    database.close()
    assert killed(forkable, 10_000, lambda: finalizing.finalize(at, invoice_id))
    monkeypatch.undo()
    db = database.connect(forkable)
    assert states(db) == [(InvoiceState.FINAL.value, 1)] and not book.exists()
    a_round()
    assert json.loads(book.read_text())['INV']['last'] == 1
    db.dispose()
