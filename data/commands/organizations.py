"""What the operator does to an organization: finds it, verifies its record, suspends and reinstates it."""

import re
from dataclasses import asdict
from typing import Annotated

import typer

from data.commands.options import JsonOption, OrganizationWord, app
from data.models import Status
from data.operations import directory, terminal
from data.services import organizations
from data.services.audit import verify


def _head(text: str) -> verify.Head:
    parts = re.fullmatch('([1-9][0-9]{0,17}):([0-9a-f]{64})', text)
    if not parts:
        raise typer.BadParameter('It must be SEQ:HASH as verify-audit prints it.')
    return verify.Head(int(parts[1]), parts[2])


ExpectedHead = Annotated[
    verify.Head | None,
    typer.Option(help='A head printed earlier; needs ORGANIZATION.', metavar='SEQ:HASH', parser=_head),
]


@app.command('verify-audit')
def verify_audit(
    organization: Annotated[str, typer.Argument(help='Only this one.', metavar='ORGANIZATION')] = '',
    expect: ExpectedHead = None,
    json: JsonOption = False,
) -> None:
    """Read every record from its beginning, name the first event that is not as it was written, print each head."""
    if expect and not organization:
        raise typer.BadParameter('It is the head of one organization: name that, too.')
    with terminal.terminal(json) as output:
        terminal.opened()
        events, heads, broken, lines = 0, [], [], []
        only = directory.id_of(organization) if organization else None
        for number, report in enumerate(verify.verify(only, expect), 1):
            output.progress(f'{number} organizations, {(events := events + report.events)} events')
            if report.broken:
                broken.append({'organization': report.organization_id, **asdict(report.broken)})
                lines.append(f'{report.organization_id}: event {report.broken.seq}: {report.broken.why}')
            else:
                heads.append({'organization': report.organization_id, 'seq': report.events, 'hash': report.head})
                lines.append(f'{report.organization_id} {report.events}:{report.head}')
        if not broken:
            lines.append(f'{events} events are as they were written.')
        output.tell('\n'.join(lines), events=events, heads=heads, broken=broken)
        raise typer.Exit(terminal.WRONG if broken else terminal.OK)


@app.command('list')
def list_organizations(
    search: Annotated[str, typer.Option(help='Only those with this in their name, id or Owner.')] = '',
    limit: Annotated[int, typer.Option(help='How many at most.', min=1)] = directory.PORTION,
    json: JsonOption = False,
) -> None:
    """List the organizations by name: id, status, people, last activity, name, Owners."""
    with terminal.terminal(json) as output:
        terminal.opened()
        found = directory.portion(search, limit)
        more = (found.total or 0) - len(found.rows)
        lines = [_line(row) for row in found.rows] or [
            'There is no organization' + (' like this.' if search else ' yet.')
        ]
        values = [{**asdict(row), 'active_at': row.active_at.isoformat()} for row in found.rows]
        output.tell('\n'.join([*lines, *([f'and {more:,} more'] if more else [])]), organizations=values, more=more)


def _line(row: directory.Listed) -> str:
    people = '1 person' if row.people == 1 else f'{row.people:,} people'
    named = [f'{name} <{at}>' if name else at for name, at in zip(row.owner_names, row.owners, strict=True)]
    owners = ', '.join(named[:3]) + (f' and {len(named) - 3} more' if len(named) > 3 else '')
    facts = f'{row.id}  {row.status.value:<10}  {people:<10}  {row.active_at.astimezone():%Y-%m-%d %H:%M}'
    return f'{facts}  {terminal.name(row.name)} ({terminal.name(owners) or "no Owner"})'


@app.command()
def suspend(organization: OrganizationWord, reason: Annotated[str, typer.Option()], json: JsonOption = False) -> None:
    """Make an organization read-only for everybody in it, at once, on every open screen."""
    _change_status(organization, Status.SUSPENDED, reason, json)


@app.command()
def reinstate(
    organization: OrganizationWord, reason: Annotated[str, typer.Option()] = '', json: JsonOption = False
) -> None:
    """Let an organization work again."""
    _change_status(organization, Status.ACTIVE, reason, json)


def _change_status(organization: str, status: Status, reason: str, json: bool) -> None:
    with terminal.terminal(json) as output:
        terminal.opened()
        row = organizations.change_status(directory.id_of(organization), status, reason)
        output.tell(
            f'{terminal.name(row.name)} is {status.value}.', organization=row.id, name=row.name, status=status.value
        )
