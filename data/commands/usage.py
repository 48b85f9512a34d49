"""What the operator does about usage: limits it for an organization, and reads what a month came to."""

import sys
from json import loads
from typing import Annotated, Any

import typer

from data.commands.options import JsonOption, OrganizationWord, app
from data.operations import directory, terminal
from data.runtime import mail_server
from data.services import subscriptions
from data.services.usage import Kind, Metric, Standing, exporting, limits

NONE = 'none'


def _amount(text: str) -> int | str:
    """What stands for how much; a limit is a plain number, for '10.000' means another one in every country."""
    if text.casefold() == NONE:
        return NONE
    if text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    raise typer.BadParameter('It must be a whole number without separators, or none.')


@app.command()
def limit(
    organization: OrganizationWord,
    metric: Annotated[
        Metric | None, typer.Argument(help='What is limited: ' + ', '.join(Metric), metavar='METRIC')
    ] = None,
    amount: Annotated[
        str | None, typer.Argument(help='How much of it; none for no limit.', metavar='AMOUNT', parser=_amount)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Limit what an organization uses, at once, on every open screen; without AMOUNT, say what its limits are."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        organization_id = directory.id_of(organization)
        if metric is not None and amount is not None:
            most = None if amount == NONE else int(amount)
            lifted = subscriptions.follow_limits
            row, standing = limits.set_limit(organization_id, metric, most, lifted=lifted)
            text, standings = f'{terminal.name(row.name)} {_allowed(standing)}', [standing]
        else:
            row, standings = limits.limits_of(organization_id)
            standings = [it for it in standings if metric in (None, it.metric)]
            text = '\n'.join([terminal.name(row.name), *map(_line, standings)])
        output.tell(text, organization=row.id, name=row.name, limits=[_facts(it) for it in standings])


@app.command()
def usage(
    organization: OrganizationWord,
    month: Annotated[str, typer.Option(help='Which one, as 2027-03; the present one if not said.')] = '',
    csv: Annotated[bool, typer.Option('--csv', help='Print a row for each day, metric and project.')] = False,
    json: JsonOption = False,
) -> None:
    """Say what an organization used in a month; with --csv or --json by days and projects."""
    if csv and json:
        raise typer.BadParameter('It is CSV or JSON, not both.')
    with terminal.terminal(json) as output:
        terminal.opened()
        report = exporting.report(directory.id_of(organization), month, 'csv' if csv else 'json')
        row, file = report.organization, report.file
        totals = [f'{total:>12,} {metric.unit}' for metric, total in report.totals.items()]
        text = '\n'.join([f'{terminal.name(row.name)}, {file.month}', *totals])
        if csv:
            text = file.content.decode('utf-8-sig').replace('\r\n', '\n').rstrip('\n')
        if not file.complete:
            print(f'Only the first {file.rows:,} rows are printed.', file=sys.stderr)
        facts = {'organization': row.id, 'name': row.name, 'month': file.month, 'complete': file.complete}
        rows = [] if csv else loads(file.content)
        output.tell(text, **facts, totals={it.value: total for it, total in report.totals.items()}, rows=rows)


def _allowed(standing: Standing) -> str:
    allowed = (
        f'may have {standing.allowed}'
        if standing.cap is not None
        else f'has no limit of {standing.metric.label.lower()}'
    )
    when = 'this month' if standing.metric.kind is Kind.SUM else 'now'
    there = f'Used {when}: {standing.metric.number(standing.used)}.'
    is_over = standing.cap is not None and standing.used > standing.cap
    beyond = ' They stay; there can be no more.' if standing.blocks else f' {standing.beyond}'
    return f'{allowed}. {there}' + (beyond if is_over else '')


def _line(standing: Standing) -> str:
    limited = 'no limit' if standing.cap is None else f'limit {standing.cap:,}'
    what = f'{standing.metric.counted} this month' if standing.metric.kind is Kind.SUM else standing.metric.counted
    return f'{standing.used:>12,} {what:<20} {limited}'


def _facts(standing: Standing) -> dict[str, Any]:
    return {'metric': standing.metric.value, 'used': standing.used, 'limit': standing.cap, 'told': standing.told}
