"""The command line: `python -m data`. Exit codes: 0 done, 1 something is wrong, 2 wrong use, 3 not available now."""

import os
import re
import sys
from dataclasses import asdict
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from data.database import schema
from data.models import Status
from data.operations import backups, checks, terminal
from data.runtime.instance_lock import acquire
from data.services import organizations
from data.services.audit import verify

app = typer.Typer(
    help='Look after Botcadence. It reads the same BOTCADENCE_ settings as the server.',
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option('--json', help='Print the result as JSON.')]
OrganizationId = Annotated[str, typer.Argument(help='The id from the address bar.', metavar='ORGANIZATION')]


def _head(text: str) -> verify.Head:
    found = re.fullmatch('([1-9][0-9]{0,17}):([0-9a-f]{64})', text)
    if not found:
        raise typer.BadParameter('It must be SEQ:HASH as verify-audit prints it.')
    return verify.Head(int(found[1]), found[2])


Head = Annotated[
    verify.Head | None,
    typer.Option(help='A head printed earlier; needs ORGANIZATION.', metavar='SEQ:HASH', parser=_head),
]


@app.command()
def migrate(json: Json = False) -> None:
    """Bring the database to the schema of this version; Botcadence must not be running."""
    with terminal.terminal(json) as it:
        settings = terminal.settings()
        url = settings.database_url.get_secret_value()
        acquire(settings.data_dir, url)
        it.progress('Migrating')
        schema.prepare(url, backups.folder(settings))
        it.tell(f'The database has schema {schema.HEAD}.', schema=schema.HEAD)


@app.command()
def backup(json: Json = False) -> None:
    """Copy the database while people work, check the copy, and let the oldest backups go."""
    with terminal.terminal(json) as it:
        settings = terminal.opened()
        path = backups.make(settings, it.progress)
        size = path.stat().st_size
        it.tell(f'{path} ({size:,} bytes)', file=str(path), bytes=size, kept=len(backups.kept(settings)))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help='A backup.')], json: Json = False) -> None:
    """Put a backup in the place of the database, which is kept aside; Botcadence must not be running."""
    with terminal.terminal(json) as it:
        settings = terminal.settings()
        aside = backups.restore(settings, file, it.progress)
        text = f'Restored {file}. Everybody has to sign in again.'
        it.tell(text + (f'\nWhat was there before is in {aside}.' if aside else ''), aside=aside and str(aside))


@app.command()
def check(json: Json = False) -> None:
    """See whether everything is in order: settings, schema, integrity, free space, Owners, homes, backups."""
    with terminal.terminal(json) as it:
        settings = terminal.opened()
        found = []
        for finding in checks.inspect(settings):
            it.progress(f'Looked at {finding.name}')
            found.append(finding)
        ok = all(finding.ok for finding in found)
        lines = [f'{"ok   " if one.ok else "WRONG"}  {one.name}: {one.detail}' for one in found]
        it.tell('\n'.join(lines), ok=ok, checks=[asdict(one) for one in found])
        raise typer.Exit(terminal.OK if ok else terminal.WRONG)


@app.command('verify-audit')
def verify_audit(
    organization: Annotated[str, typer.Argument(help='Only this one.', metavar='[ORGANIZATION]')] = '',
    expect: Head = None,
    json: Json = False,
) -> None:
    """Read every record from its beginning, name the first event that is not as it was written, print each head."""
    if expect and not organization:
        raise typer.BadParameter('It is the head of one organization: name that, too.')
    with terminal.terminal(json) as it:
        terminal.opened()
        events, heads, broken, lines = 0, [], [], []
        for number, one in enumerate(verify.verify(organization or None, expect), 1):
            it.progress(f'{number} organizations, {(events := events + one.events)} events')
            if one.broken:
                broken.append({'organization': one.organization_id, **asdict(one.broken)})
                lines.append(f'{one.organization_id}: event {one.broken.seq}: {one.broken.why}')
            else:
                heads.append({'organization': one.organization_id, 'seq': one.events, 'hash': one.head})
                lines.append(f'{one.organization_id} {one.events}:{one.head}')
        if not broken:
            lines.append(f'{events} events are as they were written.')
        it.tell('\n'.join(lines), events=events, heads=heads, broken=broken)
        raise typer.Exit(terminal.WRONG if broken else terminal.OK)


@app.command('create-owner')
def create_owner(email: str, json: Json = False) -> None:
    """Make an account with its first organization; the password is asked for, or read from the input stream."""
    with terminal.terminal(json) as it:
        terminal.opened()
        organization = checks.create_owner(email, *_password())
        it.tell(f'{email} owns organization {organization}.', organization=organization)


def _password() -> tuple[str, str]:
    if sys.stdin.isatty():
        return getpass('Password: '), getpass('Once more: ')
    line = sys.stdin.readline().rstrip('\r\n')
    return line, line


@app.command()
def prune(json: Json = False) -> None:
    """Throw away sessions that are over, files of browsers not seen for 30 days, and backups beyond those kept."""
    with terminal.terminal(json) as it:
        gone = checks.prune(terminal.opened())
        it.tell(', '.join(f'{number} {what}' for what, number in gone.items()) + ' thrown away.', **gone)


@app.command()
def suspend(organization: OrganizationId, reason: Annotated[str, typer.Option()], json: Json = False) -> None:
    """Make an organization read-only for everybody in it, at once, on every open screen."""
    _change_status(organization, Status.SUSPENDED, reason, json)


@app.command()
def reinstate(organization: OrganizationId, reason: Annotated[str, typer.Option()] = '', json: Json = False) -> None:
    """Let an organization work again."""
    _change_status(organization, Status.ACTIVE, reason, json)


def _change_status(organization: str, status: Status, reason: str, json: bool) -> None:
    with terminal.terminal(json) as it:
        terminal.opened()
        found = organizations.change_status(organization, status, reason)
        it.tell(f'{found.name} is {status.value}.', organization=found.id, name=found.name, status=status.value)


if __name__ == '__main__':
    os.umask(0o077)  # what is kept is for its owner only
    app(prog_name='python -m data')
