"""Invoices as people and the operator see them: the next one, the list, one of them, and the commands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from test_billing import GERMAN
from typer.testing import CliRunner

from data.commands import app
from data.models import Invoice, InvoiceKind
from data.problems import Forbidden, NotFound
from data.services import billing_address, subscriptions
from data.services.invoices import forecast, looking
from data.services.payments import InvoiceStanding
from tests.support import billed, catalogues
from tests.support.probes import refused, rows
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')

FIVE = [('2026-01-01', None)] * 5


@pytest.fixture
def acme(world: World, db: Engine) -> str:
    """Acme, which begins with Team on 1 March 2027 and has an address and five members."""
    billed.on('2027-03-01')
    catalogues.applied()
    billing_address.set_address(world.owner, GERMAN, version=0)
    billed.begin(world.organization_id)
    billed.seat(db, world.organization_id, FIVE)
    return world.organization_id


def draft_of(at: str) -> Invoice:
    billed.on('2027-04-01')
    [draft] = billed.close(at)
    return draft


# the next one --------------------------------------------------------------------------------------------------------


def test_the_next_invoice_is_shown_as_it_will_be(acme: str, world: World, db: Engine) -> None:
    billed.seat(db, acme, [*FIVE, ('2027-03-17', None)])
    billed.on('2027-03-20')
    billed.use(acme, 13417, 'all of them')
    billed.on('2027-03-31')
    shown = forecast.forecast(world.owner)
    assert shown is not None
    closed = draft_of(acme)
    kept = [(line.text, line.net, line.quantity, line.unit_price, line.per) for line in billed.lines(closed)]
    assert [(line.text, line.net, line.quantity, line.unit_price, line.per) for line in shown.lines] == kept
    assert (shown.totals.total, shown.so_far, shown.about) == (closed.total,) * 3
    assert str(shown.closes_on) == '2027-04-01' and not shown.lacks_address


def test_what_it_may_come_to_is_guessed_from_the_third_day_on(acme: str, world: World) -> None:
    billed.on('2027-03-02')
    billed.use(acme, 2000, 'early')
    shown = forecast.forecast(world.admin)
    assert shown is not None and shown.about is None and shown.so_far == 5831
    billed.on('2027-03-04')
    shown = forecast.forecast(world.admin)
    # 2,000 in 4 days are 15,500 in 31: 5,500 beyond are 22.00, with tax 26.18 more.
    assert shown is not None and (shown.so_far, shown.about) == (5831, 5831 + 2618)


def test_a_plan_that_ends_is_not_on_the_next_invoice(acme: str, world: World) -> None:
    subscriptions.cancel(world.owner, version=subscriptions.standing(world.owner).version)
    shown = forecast.forecast(world.owner)
    assert shown is not None and shown.lines == ()
    billed.on('2027-04-01')
    assert billed.close(acme) == []


def test_members_see_no_invoice(acme: str, world: World) -> None:
    number = f'{looking.DRAFT}{draft_of(acme).id}'
    for who in (world.member, world.viewer):
        refused(Forbidden, forecast.forecast, who)
        refused(Forbidden, looking.portion, who)
        refused(Forbidden, looking.get, who, number)


# the list, and one of them -------------------------------------------------------------------------------------------


def test_drafts_come_first_then_the_newest(acme: str, world: World) -> None:
    billed.on('2027-06-01')
    drafts = sorted(billed.close(acme), key=lambda draft: str(billed.lines(draft)[0].service_from))
    for draft in drafts[:2]:
        billed.finalize(draft)
    billed.on('2027-06-20')
    part = looking.portion(world.admin, limit=2)
    assert (part.total, part.more) == (3, True)
    assert [row.number for row in part.rows] == [f'draft-{drafts[2].id}', 'INV-2027-000002']
    assert [row.standing for row in part.rows] == [InvoiceStanding.DRAFT, InvoiceStanding.OVERDUE]
    [last] = looking.portion(world.admin, offset=2).rows
    assert (last.number, last.due, str(last.first), str(last.last)) == (
        'INV-2027-000001',
        5831,
        '2027-03-01',
        '2027-03-31',
    )
    assert last.kind is InvoiceKind.INVOICE


def test_a_draft_is_found_by_its_id_until_it_is_final(acme: str, world: World) -> None:
    draft = draft_of(acme)
    view = looking.get(world.owner, f'draft-{draft.id}')
    assert [line.text for line in view.lines] == ['Team'] and not view.lacks_address
    billed.finalize(draft)
    refused(NotFound, looking.get, world.owner, f'draft-{draft.id}')
    assert looking.get(world.owner, 'INV-2027-000001').row.due == 5831


@pytest.mark.parametrize('number', ['', 'draft-', 'draft-x', 'INV-2027-000002', 'x' * 100, None, 7, '\x00', "' OR 1=1"])
def test_what_is_no_number_finds_nothing(acme: str, world: World, number: object) -> None:
    billed.finalize(draft_of(acme))
    refused(NotFound, looking.get, world.owner, number)
    refused(NotFound, looking.get, world.stranger, 'INV-2027-000001')


# the commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(acme: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`python -m data` on this database, in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    def run(*words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*words, '--json'])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout.splitlines()[-1])

    yield run


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_the_operator_closes_looks_adds_and_finalizes(command: Any, acme: str, db: Engine) -> None:
    billed.on('2027-04-01')
    assert command('close-period', '--until', '2027-04-02', code=2)['error'].startswith('A period is closed when')
    dry = command('close-period', '--dry-run')
    assert [it['total'] for it in dry['closed'] if it['organization_id'] == acme] == [5831]
    assert rows(db, 'SELECT * FROM invoices') == []
    assert command('close-period')['failed'] == []
    [[draft]] = rows(db, 'SELECT id FROM invoices')
    assert command('invoice', 'add-line', acme, 'Help', '100.00', '--draft', f'draft-{draft}')['net'] == 10000
    assert 'error' in command('invoice', 'add-line', acme, 'x', '-1000.00', '--draft', f'draft-{draft}', code=2)
    assert 'error' in command('invoice', 'add-line', acme, 'x', '0.00', code=2)
    assert command('invoice', 'add-line', acme, 'For next month', '-5.00')['net'] == -500
    shown = command('invoice', 'show', f'draft-{draft}')
    assert (shown['state'], shown['net'], shown['total'], len(shown['lines'])) == ('draft', 14900, 17731, 2)
    assert command('invoice', 'finalize', f'draft-{draft}')['number'] == 'INV-2027-000001'
    assert command('invoice', 'show', 'inv 2027 1')['due'] == 17731
    assert 'error' in command('invoice', 'add-line', acme, 'x', '1.00', '--draft', 'INV-2027-000001', code=2)
    series = {it['series']: it for it in command('numbers')['series']}
    assert (series['INV']['last'], series['INV']['given'], series['INV']['gaps']) == (1, 1, [])
    assert 'error' in command('numbers', '--skip-to', '2', '--reason', 'why', code=2)
    skipped = command('numbers', '--skip-to', '5', '--reason', 'Printed by hand')['series']
    assert [it['gaps'] for it in skipped if it['series'] == 'INV'] == [
        [{'first': 2, 'last': 4, 'reason': 'Printed by hand'}]
    ]
