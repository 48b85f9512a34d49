"""What the operator reads in the books, of all organizations, and decides about the taxes of one."""

from typing import Annotated, Any

import typer

from data.commands.options import JsonOption, OrganizationWord, app
from data.money import currencies
from data.operations import directory, terminal
from data.problems import NotFound
from data.services.payments import books, tax_status
from data.services.payments.books import Booked, Entry, Which

_WHAT = {
    Which.FINAL: 'invoices',
    Which.OPEN: 'open invoices',
    Which.OVERDUE: 'overdue invoices',
    Which.DRAFT: 'drafts',
}


@app.command('invoices')
def invoices(
    is_open: Annotated[bool, typer.Option('--open', help='Only those of which something is due.')] = False,
    is_overdue: Annotated[
        bool, typer.Option('--overdue', help='Only those that should have been paid by now.')
    ] = False,
    drafts: Annotated[bool, typer.Option('--drafts', help='Those that are not final yet, instead.')] = False,
    organization: Annotated[str, typer.Option(help='Only those of this one.', metavar='ORGANIZATION')] = '',
    csv: Annotated[bool, typer.Option('--csv', help='Print them as CSV for bookkeepers.')] = False,
    json: JsonOption = False,
) -> None:
    """List the invoices and credit notes of all organizations, also of those that are gone."""
    if csv and json:
        raise typer.BadParameter('It is CSV or JSON, not both.')
    if is_open + is_overdue + drafts > 1:
        raise typer.BadParameter('It is --open, --overdue or --drafts, not several.')
    which = Which.OPEN if is_open else Which.OVERDUE if is_overdue else Which.DRAFT if drafts else Which.FINAL
    with terminal.terminal(json) as output:
        terminal.opened()
        rows = books.booked(which, _id_of(organization) or organization)
        if csv:
            text = books.as_csv(rows).decode('utf-8-sig').replace('\r\n', '\n').rstrip('\n')
        else:
            text = '\n'.join([*map(_line, rows), *_sums(rows)]) or f'There are no {_WHAT[which]}.'
        output.tell(text, invoices=[books.facts(row) for row in rows])


def _id_of(word: str) -> str | None:
    """The id of an organization, None for one that is not there: perhaps it is gone, and this is its id."""
    try:
        return directory.id_of(word) if word else None
    except NotFound:
        return None


def _line(row: Booked) -> str:
    whose = terminal.name(row.organization) or f'{terminal.name(row.buyer)} (gone)'
    total = currencies.shown(row.total, row.currency)
    due = f'{currencies.shown(row.due, row.currency)} due by {row.due_on}' if row.due > 0 else ''
    of = f'of {row.credits}' if row.credits else due
    on = str(row.issued_on or '')
    return f'{row.number:<18}  {on:<10}  {row.standing:<8}  {total:>14}  {whose}  {of}'.rstrip()


def _sums(rows: list[Booked]) -> list[str]:
    due = {row.currency: sum(it.due for it in rows if it.currency == row.currency) for row in rows}
    return [f'{currencies.shown(amount, currency)} are due.' for currency, amount in due.items() if amount > 0]


@app.command('statement')
def statement(organization: OrganizationWord, json: JsonOption = False) -> None:
    """Say what an organization was billed and has paid from the beginning, and what it owes; also one that is gone."""
    with terminal.terminal(json) as output:
        terminal.opened()
        account = books.statement(organization, _id_of(organization))
        lines = [_entry_line(it, account.currency) for it in account.entries]
        text = '\n'.join([terminal.name(account.name) or account.organization_id, *lines, _end(account)])
        facts = {'organization': account.organization_id, 'name': account.name, 'currency': account.currency}
        entries = [_entry_facts(it, account.currency) for it in account.entries]
        output.tell(text, **facts, entries=entries, balance=_plain(account.balance, account.currency))


def _entry_line(entry: Entry, currency: str) -> str:
    amount, balance = (currencies.shown(money, currency) for money in (entry.amount, entry.balance))
    what = f'{entry.what} {entry.number}'.rstrip()
    return f'{entry.day}  {what:<38}  {amount:>14}  {balance:>14}  {terminal.name(entry.reference)}'.rstrip()


def _end(account: books.Statement) -> str:
    if not account.currency or account.balance == 0:
        return 'Nothing is owed.'
    shown = currencies.shown(abs(account.balance), account.currency)
    return f'{shown} are owed.' if account.balance > 0 else f'{shown} are credit for invoices to come.'


def _plain(amount: int, currency: str) -> str:
    return currencies.plain(amount, currency) if currency else '0'


def _entry_facts(entry: Entry, currency: str) -> dict[str, Any]:
    return {
        'date': entry.day.isoformat(),
        'what': entry.what,
        'number': entry.number,
        'reference': entry.reference,
        'amount': _plain(entry.amount, currency),
        'balance': _plain(entry.balance, currency),
    }


@app.command('confirm-tax-id')
def confirm_tax_id(organization: OrganizationWord, json: JsonOption = False) -> None:
    """Keep that you have looked up the tax ID of an organization, and that it is right: it counts from then on."""
    with terminal.terminal(json) as output:
        terminal.opened()
        organization_id = directory.id_of(organization)
        tax_id = tax_status.confirm_tax_id(organization_id)
        output.tell(f'The tax ID {tax_id} is confirmed.', organization=organization_id, tax_id=tax_id)


@app.command('exempt')
def exempt(
    organization: OrganizationWord,
    lift: Annotated[bool, typer.Option('--lift', help='Let tax be due again, instead.')] = False,
    json: JsonOption = False,
) -> None:
    """Let no tax be on the invoices of an organization from the next one on."""
    with terminal.terminal(json) as output:
        terminal.opened()
        row = tax_status.exempt(directory.id_of(organization), is_exempt=not lift)
        how = 'Tax is' if lift else 'No tax is'
        text = f'{how} on the invoices of {terminal.name(row.name)} from the next one on.'
        output.tell(text, organization=row.id, name=row.name, exempt=not lift)
