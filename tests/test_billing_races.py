"""Billing in eight threads at once: each period has one invoice, each invoice one number, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from test_billing import GERMAN

from data.models import Invoice
from data.problems import Problem
from data.services import billing_address, organizations, subscriptions
from data.services.invoices import closing, finalizing
from tests.support import billed, catalogues
from tests.support.probes import rows, value
from tests.support.world import World, inside

pytestmark = pytest.mark.usefixtures('at_any_time')

THREADS = 8


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of these came to, or the problem it ended with; all else is raised."""
    ready = Barrier(len(acts))

    def attempt(act: Callable[[], object]) -> object:
        ready.wait(20)
        try:
            return act()
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def begun(world: World, number: int) -> list[str]:
    billed.on('2027-03-01')
    catalogues.applied()
    ids = [organizations.create(world.owner, f'Number {each}').id for each in range(number)]
    for at in ids:
        billing_address.set_address(inside(world.owner, at), GERMAN, version=0)
        billed.begin(at)
    return ids


def test_eight_close_at_once(world: World, db: Engine) -> None:
    [at] = begun(world, 1)
    billed.on('2027-05-02')
    found = at_once(*[lambda: closing.close(at)] * THREADS)
    assert sum(len(closed) for closed in found if isinstance(closed, list)) == 2
    assert rows(db, 'SELECT net FROM invoices') == [(4900,), (4900,)]
    assert value(db, 'SELECT count(DISTINCT period_id) FROM invoices') == 2


def test_eight_make_one_final_at_once(world: World, db: Engine) -> None:
    [at] = begun(world, 1)
    billed.on('2027-04-01')
    [draft] = billed.close(at)
    found = at_once(*[lambda: finalizing.finalize(at, draft.id)] * THREADS)
    assert {it.number for it in found if isinstance(it, Invoice)} == {'INV-2027-000001'}
    assert len(found) == THREADS and rows(db, 'SELECT last FROM number_sequences') == [(1,)]


def test_eight_make_eight_final_at_once(world: World, db: Engine) -> None:
    ids = begun(world, 4)
    billed.on('2027-05-02')
    drafts = [draft for at in ids for draft in billed.close(at)]
    at_once(*[lambda draft=draft: finalizing.finalize(draft.organization_id, draft.id) for draft in drafts])
    assert [seq for [seq] in rows(db, 'SELECT seq FROM invoices ORDER BY seq')] == list(range(1, 9))


def test_an_upgrade_during_the_close_is_billed_once(world: World, db: Engine) -> None:
    [at] = begun(world, 1)
    owner = inside(world.owner, at)
    version = subscriptions.standing(owner).version
    billed.on('2027-04-01')

    def choose() -> object:
        return subscriptions.choose(owner, 'business', version=version)

    at_once(*[choose] * 4, *[lambda: closing.close(at)] * 4)
    assert value(db, "SELECT count(*) FROM plan_spans WHERE plan = 'business'") == 1
    billed.on('2027-05-01')
    billed.close(at)
    nets = [net for [net] in rows(db, 'SELECT net FROM invoices ORDER BY created_at')]
    # April was paid as Team, and the change of its first day taken back and charged; or as Business at once.
    assert sum(nets) == 9900 + 9900
    assert value(db, 'SELECT count(*) FROM pending_lines WHERE invoice_id IS NULL') == 0
