"""What the operator does about invoices: closes periods, looks at one, adds a line, makes it final; and the numbers."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from data.commands.options import JsonOption, OrganizationWord, app
from data.inputs.moments import day_in_words
from data.models import Invoice
from data.money import currencies, taxes
from data.operations import directory, terminal
from data.runtime import mail_server
from data.services.invoices import closing, looking, numbering, operating
from data.services.payments import finding

NumberWord = Annotated[str, typer.Argument(help='Its number, or draft- and its id.', metavar='NUMBER')]
invoice = typer.Typer(help='Look at one invoice, put a line on the next one, make a draft final.', no_args_is_help=True)
app.add_typer(invoice, name='invoice')


def _day(text: str) -> date:
    """A day as 2027-03-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter('It must be a day, as 2027-03-31.') from None


@app.command('close-period')
def close_period(
    until: Annotated[
        date | None, typer.Option(help='Only what ended by this day; today if not said.', metavar='DAY', parser=_day)
    ] = None,
    dry_run: Annotated[bool, typer.Option('--dry-run', help='Say what would be closed, and change nothing.')] = False,
    json: JsonOption = False,
) -> None:
    """Close the periods that are over, and prepare their invoices; the server does so by itself every ten minutes."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        found = closing.close_all(
            until, dry_run=dry_run, progress=lambda done, of: output.progress(f'{done:,} of {of:,} organizations')
        )
        text = [_closed_line(each) for each in found.closed]
        text += [f'{organization_id}: this failed. The log says why.' for organization_id in found.failed]
        drafts = sum(each.total is not None for each in found.closed)
        done = 'would be closed' if dry_run else 'closed'
        text.append(f'Periods {done}: {len(found.closed):,}. Invoices: {drafts:,}.')
        facts = [{**asdict(it), 'first': it.first.isoformat(), 'next': it.next.isoformat()} for it in found.closed]
        output.tell('\n'.join(text), closed=facts, failed=found.failed, dry_run=dry_run)
        raise typer.Exit(terminal.WRONG if found.failed else terminal.OK)


def _closed_line(it: closing.Closed) -> str:
    total = 'nothing to be paid' if it.total is None else currencies.shown(it.total, it.currency)
    return f'{it.organization_id}  {it.first} to before {it.next}  {total}'


@invoice.command()
def show(number: NumberWord, json: JsonOption = False) -> None:
    """Print an invoice, a credit note or a draft with its lines, taxes and payments."""
    with terminal.terminal(json) as output:
        terminal.opened()
        there = finding.find(number)
        organization, view = operating.show(there.organization_id, there.number)
        name = terminal.name(organization.name) if organization else 'An organization that is gone'
        output.tell('\n'.join([name, *_lines(view)]), organization=there.organization_id, **_facts(view))


@invoice.command()
def finalize(number: NumberWord, json: JsonOption = False) -> None:
    """Make a draft final now: it gets its number, and never changes again."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        there = finding.find(number)
        row = operating.finalize(there.organization_id, there.invoice_id)
        output.tell(f'{row.number} is final: {_shown(row)}.', organization=row.organization_id, number=row.number)


@invoice.command('add-line', context_settings={'ignore_unknown_options': True})  # an amount below zero is none
def add_line(
    organization: OrganizationWord,
    text: Annotated[str, typer.Argument(help='What it is for.', metavar='TEXT')],
    amount: Annotated[str, typer.Argument(help='Without tax, such as 49.00; -49.00 takes back.', metavar='AMOUNT')],
    draft: Annotated[str, typer.Option(help='Put it on this draft instead.', metavar='NUMBER')] = '',
    json: JsonOption = False,
) -> None:
    """Put a line on the next invoice of an organization."""
    with terminal.terminal(json) as output:
        terminal.opened()
        organization_id = directory.id_of(organization)
        draft_id = finding.find(draft).invoice_id if draft else ''
        row, line = operating.add_line(organization_id, text, amount, draft_id)
        where = f'the draft {draft}' if draft else 'the next invoice'
        output.tell(f'“{terminal.name(line.text)}” is on {where} of {terminal.name(row.name)}.', net=line.net)


@app.command()
def numbers(
    skip_to: Annotated[int | None, typer.Option(help='Let the series go on with this number.', min=1)] = None,
    reason: Annotated[str, typer.Option(help='Why the numbers before it are on no document here.')] = '',
    series: Annotated[str, typer.Option(help='INV for invoices, CN for credit notes.')] = numbering.INVOICES,
    json: JsonOption = False,
) -> None:
    """Say which numbers were given, and which are on no document; after an older backup, write such a gap down."""
    with terminal.terminal(json) as output:
        terminal.opened()
        if skip_to is not None:
            numbering.skip_to(series, skip_to, reason)
        found = numbering.numbers()
        text = '\n'.join(line for each in found for line in _number_lines(each))
        output.tell(text, series=[_number_facts(each) for each in found])


def _number_lines(each: dict[str, Any]) -> list[str]:
    behind = '' if each['given'] <= each['last'] else f'; {each["given"]:,} was given already'
    day = f' of {day_in_words(each["issued_on"])}' if each['issued_on'] else ''
    gaps = [f'  {gap.first:,} to {gap.last:,}: {terminal.name(gap.reason)}' for gap in each['gaps']]
    return [f'{each["series"]}: {each["last"]:,}{day}{behind}', *gaps]


def _number_facts(each: dict[str, Any]) -> dict[str, Any]:
    gaps = [{'first': gap.first, 'last': gap.last, 'reason': gap.reason} for gap in each['gaps']]
    return {**each, 'issued_on': each['issued_on'] and each['issued_on'].isoformat(), 'gaps': gaps}


def _shown(row: Invoice) -> str:
    return currencies.shown(row.total, row.currency)


def _lines(view: looking.InvoiceView) -> list[str]:
    row, currency = view.row, view.invoice.currency
    found = [f'{row.number}  {row.standing.value}']
    if row.issued_on:
        found.append(f'Of {day_in_words(row.issued_on)}' + (f', due {day_in_words(row.due_on)}' if row.due_on else ''))
    if view.lacks_address:
        found.append('There is no billing address yet: it stays a draft until there is one.')
    width = max(len(terminal.name(line.text)) for line in view.lines)
    for line in view.lines:
        found.append(f'{terminal.name(line.text):<{width}}  {currencies.shown(line.net, currency):>14}')
    for tax in view.taxes:
        what = f'{tax.category} {taxes.shown(tax.rate)} on {currencies.shown(tax.net, currency)}'
        found.append(f'{what:<{width}}  {currencies.shown(tax.tax, currency):>14}')
    found.append(f'{"Total":<{width}}  {_shown(view.invoice):>14}')
    return [*found, *(f'Due: {currencies.shown(row.due, currency)}' for _ in [row] if row.due)]


def _facts(view: looking.InvoiceView) -> dict[str, Any]:
    plain = view.invoice.model_dump(mode='json', exclude={'organization_id', 'number'})
    return {
        **plain,
        'number': view.row.number,
        'standing': view.row.standing.value,
        'due': view.row.due,
        'lines': [it.model_dump(mode='json', exclude={'organization_id', 'invoice_id'}) for it in view.lines],
        'taxes': [it.model_dump(mode='json', exclude={'organization_id', 'invoice_id'}) for it in view.taxes],
        'payments': [it.model_dump(mode='json', exclude={'organization_id', 'invoice_id'}) for it in view.payments],
    }
