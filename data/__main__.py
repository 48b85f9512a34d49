"""The command line: `python -m data`. Exit codes: 0 done, 1 something is wrong, 2 wrong use, 3 not available now."""

import gc
import os
import re
import sys
from dataclasses import asdict
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from data.database import schema
from data.inputs import emails, moments
from data.models import Status
from data.operations import backups, checks, directory, mail_check, terminal
from data.runtime import mail_server
from data.runtime.instance_lock import acquire
from data.security import tokens
from data.services import organizations
from data.services.accounts.resetting import remove_second_factor as remove_second_factor_of
from data.services.accounts.resetting import reset_link as reset_link_of
from data.services.accounts.resetting import set_password as set_password_of
from data.services.audit import verify

app = typer.Typer(
    help='Look after Botcadence. It reads the same BOTCADENCE_ settings as the server.',
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
JsonOption = Annotated[bool, typer.Option('--json', help='Print the result as JSON.')]
OrganizationWord = Annotated[
    str, typer.Argument(help='Its name where no other has it, or its id from the address bar.', metavar='ORGANIZATION')
]
EmailWord = Annotated[str, typer.Argument(help='The address of the account.', metavar='EMAIL')]


def _head(text: str) -> verify.Head:
    parts = re.fullmatch('([1-9][0-9]{0,17}):([0-9a-f]{64})', text)
    if not parts:
        raise typer.BadParameter('It must be SEQ:HASH as verify-audit prints it.')
    return verify.Head(int(parts[1]), parts[2])


ExpectedHead = Annotated[
    verify.Head | None,
    typer.Option(help='A head printed earlier; needs ORGANIZATION.', metavar='SEQ:HASH', parser=_head),
]


@app.command()
def migrate(json: JsonOption = False) -> None:
    """Bring the database to the schema of this version; Botcadence must not be running."""
    with terminal.terminal(json) as output:
        settings = terminal.settings()
        url = settings.database_url.get_secret_value()
        acquire(settings.data_dir, url)
        output.progress('Migrating')
        schema.prepare(url, backups.folder(settings))
        output.tell(f'The database has schema {schema.HEAD}.', schema=schema.HEAD)


@app.command()
def backup(json: JsonOption = False) -> None:
    """Copy the database while people work, check the copy, and let the oldest backups go."""
    with terminal.terminal(json) as output:
        settings = terminal.opened()
        path = backups.make(settings, output.progress)
        size = path.stat().st_size
        output.tell(f'{path} ({size:,} bytes)', file=str(path), bytes=size, kept=len(backups.kept(settings)))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help='A backup.', metavar='FILE')], json: JsonOption = False) -> None:
    """Put a backup in the place of the database, which is kept aside; Botcadence must not be running."""
    with terminal.terminal(json) as output:
        settings = terminal.settings()
        aside = backups.restore(settings, file, output.progress)
        text = f'Restored {file}. Everybody has to sign in again.'
        output.tell(text + (f'\nWhat was there before is in {aside}.' if aside else ''), aside=aside and str(aside))


@app.command()
def check(json: JsonOption = False) -> None:
    """See whether everything is in order: settings, schema, integrity, free space, Owners, homes, backups."""
    with terminal.terminal(json) as output:
        settings = terminal.opened()
        findings = []
        for finding in checks.inspect(settings):
            output.progress(f'Looked at {finding.name}')
            findings.append(finding)
        ok = all(finding.ok for finding in findings)
        lines = [f'{"ok   " if one.ok else "WRONG"}  {one.name}: {one.detail}' for one in findings]
        output.tell('\n'.join(lines), ok=ok, checks=[asdict(one) for one in findings])
        raise typer.Exit(terminal.OK if ok else terminal.WRONG)


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


@app.command('create-owner')
def create_owner(email: EmailWord, json: JsonOption = False) -> None:
    """Make an account with its first organization; the password is asked for, or read from the input stream."""
    with terminal.terminal(json) as output:
        terminal.opened()
        organization = checks.create_owner(email, *_password())
        output.tell(f'{email} owns organization {organization}.', organization=organization)


@app.command('set-password')
def set_password(email: EmailWord, json: JsonOption = False) -> None:
    """Give an account another password, asked for or read from the input stream; it is signed out everywhere."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        ended = set_password_of(email, *_password())
        email = emails.parse(email).shown
        told = ' They are told by mail.' if mail_server.is_configured() else ''
        where = 'was signed in nowhere' if ended == 0 else f'is signed out of {ended} browser{"s" * (ended > 1)}'
        output.tell(f'{email} has a new password and {where}.{told}', email=email, sessions_ended=ended)


@app.command('reset-link')
def reset_link(email: EmailWord, json: JsonOption = False) -> None:
    """Make a link by which somebody sets a new password for their account, good for an hour and once."""
    with terminal.terminal(json) as output:
        settings = terminal.opened()
        tokens.configure(settings.secret_key.get_secret_value())
        path, until = reset_link_of(email)
        link, email = f'{settings.public_url}{path}', emails.parse(email).shown
        text = f'{link}\nGood until {moments.in_words(until)}, and for one use. Give it to nobody but {email}.'
        output.tell(text, link=link, email=email, until=until.isoformat())


def _password() -> tuple[str, str]:
    if sys.stdin.isatty():
        return getpass('Password: '), getpass('Once more: ')
    line = sys.stdin.readline().removeprefix('\ufeff').rstrip('\r\n')  # a byte order mark is typed by nobody
    return line, line


@app.command('remove-second-factor')
def remove_second_factor(email: EmailWord, json: JsonOption = False) -> None:
    """Take passkeys, authenticator app and recovery codes from the account of somebody who has lost them."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        address = remove_second_factor_of(email)
        output.tell(f'{address} has no second factor any more.', email=address)


@app.command('send-test-mail')
def send_test_mail(
    address: Annotated[str, typer.Argument(help='To whom.', metavar='ADDRESS')], json: JsonOption = False
) -> None:
    """Hand a mail in at the mail server of the settings now, and say what it answers."""
    with terminal.terminal(json) as output:
        result = mail_check.send_test(terminal.settings(), address, output.progress)
        output.tell(result.sentence, ok=result.ok, result=result.sentence)
        raise typer.Exit(terminal.OK if result.ok else terminal.WRONG)


@app.command()
def prune(json: JsonOption = False) -> None:
    """Throw away sessions that are over, old sign-ins and mails, files of browsers not seen, backups not kept."""
    with terminal.terminal(json) as output:
        gone = checks.prune(terminal.opened())
        output.tell(', '.join(f'{number} {what}' for what, number in gone.items()) + ' thrown away.', **gone)


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


if __name__ == '__main__':
    os.umask(0o077)  # what is kept is for its owner only
    terminal.speak_plainly()
    gc.freeze()  # a full collection of what was loaded would take 70 ms, perhaps while the lock of SQLite is held
    app(prog_name='python -m data')
