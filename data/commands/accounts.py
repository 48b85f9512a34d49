"""What the operator does to an account: makes one, helps somebody in, takes a lost second factor away."""

import sys
from getpass import getpass

from data.commands.options import EmailWord, JsonOption, app
from data.inputs import emails, moments
from data.operations import checks, terminal
from data.runtime import mail_server
from data.security import tokens
from data.services.accounts.resetting import remove_second_factor as remove_second_factor_of
from data.services.accounts.resetting import reset_link as reset_link_of
from data.services.accounts.resetting import set_password as set_password_of


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
