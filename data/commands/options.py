"""What commands have in common: the application they belong to, and the options and arguments that several take."""

from typing import Annotated

import typer

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
