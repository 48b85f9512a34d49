"""What the operator does to the whole installation: its database, backups, checks, mail, what is thrown away."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from data.commands.options import JsonOption, app
from data.database import schema
from data.operations import backups, checks, mail_check, terminal
from data.runtime.instance_lock import acquire


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
    """Throw away sessions that are over, old sign-ins, mails and usage events, files of browsers, backups not kept."""
    with terminal.terminal(json) as output:
        gone = checks.prune(terminal.opened())
        output.tell(', '.join(f'{number} {what}' for what, number in gone.items()) + ' thrown away.', **gone)
