"""Payments on the command line: what came, what goes back, files of the bank, credit notes, lists."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from test_billing import GERMAN
from typer.testing import CliRunner

from data import changes
from data.changes import Change
from data.commands import app
from data.jobs import other_processes
from data.jobs.other_processes import EventPoller
from data.models import Status
from data.runtime import instance_lock, mail_server, number_book
from data.services import billing_address, organizations
from data.services.audit import Topic
from data.services.payments import dunning
from tests.support import books, catalogues, loggers
from tests.support.probes import rows, run
from tests.support.world import World, organization

OK, WRONG, MISUSED, UNAVAILABLE = range(4)
ISSUED, TODAY = date(2027, 4, 2), date(2027, 4, 20)
Cli = Callable[..., Result]

pytestmark = pytest.mark.usefixtures('at_any_time')


@pytest.fixture
def cli(tmp_path: Path, database_url: str, db: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run a command in this process."""
    monkeypatch.setenv('BOTCADENCE_DATA_DIR', str(tmp_path))
    monkeypatch.setenv('BOTCADENCE_DATABASE_URL', database_url)

    def call(*arguments: str) -> Result:
        with loggers.kept():
            result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, SystemExit | None) and 'Traceback' not in result.output
        return result

    yield call
    instance_lock.release()
    mail_server.configure(None)
    number_book.configure(None)


@pytest.fixture
def number(world: World) -> str:
    """An invoice of Acme over 58.31 EUR, four days late."""
    catalogues.applied()
    books.stand_on(TODAY)
    books.subscribe(world.organization_id)
    return books.invoice(world.organization_id, [4900], issued_on=ISSUED)


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == OK, result.output
    return dict(json.loads(result.stdout))


def test_paying_says_what_came_of_it(cli: Cli, world: World, number: str) -> None:
    dunning.chase(world.organization_id, TODAY)
    assert cli('mark-paid', 'inv-2027-1', '--amount', '8.31').stdout == (
        f'€8.31 for {number} of Acme. €50.00 of it are due still.\n'
    )
    done = cli('mark-paid', number, '--amount', '60', '--date', '2027-04-19', '--reference', 'FT 1')
    assert done.stdout.splitlines() == [
        f'€50.00 for {number} of Acme. It is paid.',
        '€10.00 more than was due: kept as credit for the next invoice.',
        'Acme is active again.',
    ]
    assert organization(world.owner).status is Status.ACTIVE
    back = cli('unmark-paid', number, '--reference', 'FT 1')
    assert back.stdout == f'€60.00 for {number} are taken back. €50.00 of it are due now.\n'
    facts = answer(cli('mark-paid', number, '--json'))
    assert (facts['paid'], facts['rest'], facts['due'], facts['standing']) == ('50.00', '0.00', '0.00', 'paid')
    assert (facts['number'], facts['organization_id']) == (number, world.organization_id)


def test_what_is_wrong_is_a_sentence_and_code_2(cli: Cli, world: World, number: str) -> None:
    for arguments in (
        ['mark-paid', 'INV-2027-99'],
        ['mark-paid', number, '--amount', '0'],
        ['mark-paid', number, '--amount', '5.00 USD'],
        ['mark-paid', number, '--date', '2027-04-21'],
        ['mark-paid', number, '--date', '20.4.2027'],
        ['unmark-paid', number],
        ['credit', number, '--reason', 'Why', '--lines', '7'],
        ['import-payments', '/nowhere/bank.csv'],
        ['invoices', '--csv', '--json'],
        ['invoices', '--open', '--overdue'],
        ['statement', 'nobody'],
        ['confirm-tax-id', 'acme'],
        ['exempt', 'nobody'],
    ):
        result = cli(*arguments)
        assert result.exit_code == MISUSED, arguments
        assert result.output.strip(), arguments
    assert json.loads(cli('mark-paid', 'INV-2027-99', '--json').stdout)['error'].startswith('There is no invoice')


def test_a_file_of_the_bank_is_tried_then_read(cli: Cli, world: World, number: str, tmp_path: Path) -> None:
    file = tmp_path / 'bank.csv'
    file.write_text('Date,Reference,Amount\n2027-04-19,inv 2027 1,58.31\n2027-04-19,Rent,-800.00\n2027-04-19,?,5.00\n')
    tried = cli('import-payments', str(file), '--dry-run')
    assert tried.stdout.splitlines() == [
        f'line 2: €58.31 for {number} of Acme. It is paid.',
        'line 4: not written. 2027-04-19, “?”: No number of an invoice is in its reference.',
        '1 payments would be written, 0 known already, 1 not written, 1 going out.',
    ]
    done = answer(cli('import-payments', str(file), '--json'))
    assert (done['paid'], done['unmatched'], done['outgoing'], done['dry_run']) == (1, 1, 1, False)
    assert done['rows'][0]['receipt']['paid'] == '58.31'
    again = cli('import-payments', str(file)).stdout.splitlines()
    assert again[-1] == '0 payments written, 1 known already, 1 not written, 1 going out.'


def test_a_file_is_read_as_somebody_says(cli: Cli, number: str, tmp_path: Path) -> None:
    file = tmp_path / 'bank.csv'
    file.write_text('Tag:Was:Wieviel\n04/05/2027:INV-2027-1:1,50\n')
    told = ['--date-column', 'Tag', '--amount-column', 'Wieviel', '--reference-column', 'was', '--separator', ':']
    assert '--day-first' in cli('import-payments', str(file), *told).output
    done = answer(cli('import-payments', str(file), *told, '--month-first', '--decimal', ',', '--json'))
    assert (done['rows'][0]['date'], done['rows'][0]['receipt']['paid']) == ('2027-04-05', '1.50')


def test_a_credit_note_says_what_it_takes_back(cli: Cli, world: World, number: str) -> None:
    cli('mark-paid', number)
    done = cli('credit', number, '--lines', '1:10.00', '--reason', 'A day without service')
    assert done.stdout.splitlines() == [
        f'CN-2027-000001 takes back €11.90 of {number}, of which €0.00 are due now.',
        '€11.90 were paid already: kept as credit for the next invoice.',
    ]
    facts = answer(cli('credit', number, '--reason', 'All of it', '--json'))
    assert (facts['number'], facts['net'], facts['total']) == ('CN-2027-000002', '-39.00', '-46.41')


def test_the_books_are_listed_also_of_who_is_gone(cli: Cli, world: World, number: str, db: Engine) -> None:
    books.invoice(world.stranger.organization_id, [100], issued_on=TODAY, buyer='=1+1')
    lines = cli('invoices').stdout.splitlines()
    assert lines[0].split() == [
        *(number, '2027-04-02', 'overdue', '€58.31', 'Acme', '€58.31', 'due', 'by', '2027-04-16')
    ]
    assert lines[2] == '€59.50 are due.'
    assert [it['number'] for it in answer(cli('invoices', '--overdue', '--json'))['invoices']] == [number]
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    assert '(gone)' in cli('invoices', '--overdue').stdout
    read = list(csv.DictReader(io.StringIO(cli('invoices', '--csv').stdout)))
    assert [(it['number'], it['total'], it['organization']) for it in read] == [
        (number, '58.31', ''),
        ('INV-2027-000002', '1.19', 'sam'),
    ]
    assert read[1]['buyer'] == "'=1+1"
    account = answer(cli('statement', world.organization_id, '--json'))
    assert (account['balance'], account['name']) == ('58.31', '')
    assert cli('statement', 'sam').stdout.splitlines()[-1] == '€1.19 are owed.'
    assert cli('invoices', '--drafts').stdout == 'There are no drafts.\n'


def test_a_tax_id_is_confirmed_and_tax_waived(cli: Cli, world: World, number: str, db: Engine) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    tax_id = billing_address.address(world.owner)
    assert tax_id is not None and tax_id.tax_id
    assert answer(cli('confirm-tax-id', 'acme', '--json'))['tax_id'] == tax_id.tax_id
    assert rows(db, 'SELECT confirmed_tax_id FROM subscriptions') == [(tax_id.tax_id,)]
    assert cli('exempt', 'acme').stdout == 'No tax is on the invoices of Acme from the next one on.\n'
    assert answer(cli('exempt', 'acme', '--lift', '--json'))['exempt'] is False
    acts = rows(db, "SELECT action FROM audit_events WHERE action LIKE 'billing:%' ORDER BY id")
    assert [it for (it,) in acts] == [
        'billing:set_address',
        'billing:confirm_tax_id',
        'billing:exempt',
        'billing:exempt',
    ]
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'whatever')
    assert cli('exempt', 'acme').exit_code == OK


def test_open_screens_hear_of_it_whatever_process_did_it(cli: Cli, world: World, number: str) -> None:
    dunning.chase(world.organization_id, TODAY)
    poller = EventPoller()
    poller.look()
    heard: list[Change] = []
    cli('mark-paid', number)
    other_processes._own.clear()  # as if another process had written it
    changes.listen(heard.append)
    poller.look()
    assert {(it.organization_id, it.topic) for it in heard} == {
        (world.organization_id, Topic.BILLING),
        (world.organization_id, Topic.ORGANIZATION),
    }
